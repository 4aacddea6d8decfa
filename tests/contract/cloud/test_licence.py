"""Seats, workspaces and the licence in force, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, insert, select

from outlast.ee.cloud import license as licences
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.audit.tables import audit_entries
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.license import service
from outlast.ee.cloud.license.documents import License, issue, make_keys
from outlast.ee.cloud.license.errors import (
    FeatureMissing,
    LicenseExpired,
    LicenseFixed,
    LicenseRefused,
    SeatLimit,
)
from outlast.ee.cloud.license.licensing import Licensing, Usage, from_settings
from outlast.ee.cloud.license.schemas import LicenseDetails
from outlast.ee.cloud.license.standing import GRACE
from outlast.ee.cloud.policy import Rule, Who
from outlast.ee.cloud.unit import Unit
from outlast.kit.clock import ManualClock
from outlast.kit.ids import new_id
from outlast.kit.settings import InvalidSettings, load_settings
from tests.contract.cloud.part import ADA, START, part_of_cloud, rows_of

PRIVATE, PUBLIC = make_keys()
HERE = new_id()
LICENCE = License(
    id="lic-1",
    org="Ministry of Tea",
    plan="business",
    seats=12,
    features=("workspaces", "seats", "audit_export"),
    not_before=START - timedelta(days=1),
    expires_at=START + timedelta(days=364),
)
WRITES = Rule(verb="thing.change", needs=Role.MEMBER)


def text(**changes: object) -> str:
    return issue(msgspec.structs.replace(LICENCE, **changes), PRIVATE)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def cloud(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Cloud]:
    async with part_of_cloud(database_url, tmp_path, clock=clock, license_public_key=PUBLIC) as cloud:
        yield cloud


async def install(cloud: Cloud, licence: str, *, workspace_id: str = HERE) -> None:
    async with units.writing(cloud, caller=ADA, workspace_id=workspace_id) as unit:
        await service.install(unit, text=licence)


async def details(cloud: Cloud) -> LicenseDetails:
    async with units.looking(cloud, workspace_id=HERE) as unit:
        return await service.details(unit)


async def seated(unit: Unit) -> int:
    """How many have a seat; here each entry of the audit trail is one."""
    return (await unit.connection.execute(select(func.count()).select_from(audit_entries))).scalar_one()


def _row(number: int) -> Mapping[str, object]:
    texts = (c.name for c in audit_entries.columns if c.name not in ("workspace_id", "id", "at"))
    return dict.fromkeys(texts, "") | {"workspace_id": HERE, "id": f"{number}", "at": START}


async def sit_down(cloud: Cloud, number: int) -> bool:
    """Take a seat in the transaction that adds a member; whether there was one."""
    try:
        async with units.writing(cloud, workspace_id=HERE) as unit:
            await unit.connection.execute(insert(audit_entries).values(**_row(number)))
            await asyncio.sleep(0)
            await licences.take_seat(unit, used=lambda: seated(unit))
    except SeatLimit:
        return False
    return True


@pytest.mark.parametrize("seats", [5, 12])
async def test_a_hundred_at_once_never_take_more_seats_than_there_are(
    database_url: str, tmp_path: Path, clock: ManualClock, seats: int
) -> None:
    """[security 78]"""
    given = {"license_public_key": PUBLIC, "license": text()} if seats == 12 else {}
    async with (
        part_of_cloud(database_url, tmp_path, clock=clock, **given) as cloud,
        part_of_cloud(database_url, tmp_path / "other", clock=clock, **given) as other,
    ):
        taken = await asyncio.gather(*(sit_down((cloud, other)[n % 2], n) for n in range(100)))
        assert sum(taken) == len(await rows_of(cloud, "audit_entries")) == seats


async def test_a_second_workspace_needs_the_feature(cloud: Cloud) -> None:

    with pytest.raises(FeatureMissing, match="more than one workspace"):
        await _take_workspace(cloud, 2)
    await _take_workspace(cloud, 1)
    await install(cloud, text())
    await _take_workspace(cloud, 2)


async def _take_workspace(cloud: Cloud, used: int) -> None:
    async def count() -> int:
        return used

    async with units.writing(cloud) as unit:
        await licences.take_workspace(unit, used=count)


async def test_a_licence_that_is_installed_counts_at_once_and_in_other_processes_soon(
    database_url: str, tmp_path: Path, cloud: Cloud, clock: ManualClock
) -> None:
    rule = Rule(verb="thing.export", needs=Role.ADMIN, feature="audit_export")
    gate = licences.gate(cloud)
    with pytest.raises(FeatureMissing):
        await gate.check(rule, writes=False, workspace_id=HERE)
    await install(cloud, text())
    await gate.check(rule, writes=False, workspace_id=HERE)
    shown = await details(cloud)
    assert (shown.plan, shown.state, shown.seats, shown.org, shown.source) == (
        "business", "active", 12, "Ministry of Tea", "installed",
    )  # fmt: skip
    async with part_of_cloud(database_url, tmp_path / "other", clock=clock, license_public_key=PUBLIC) as other:
        await licences.gate(other).check(rule, writes=False, workspace_id=HERE)


async def test_an_installation_is_recorded_and_told(cloud: Cloud) -> None:
    """[security 84] Each change of the licence."""
    await install(cloud, text())
    assert [row["verb"] for row in await rows_of(cloud, "audit_entries")] == ["license.install"]
    assert [(row["kind"], row["audience"]) for row in await rows_of(cloud, "outbox")] == [
        ("license.installed", "admins")
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"not_before": START + timedelta(seconds=1)}, "not_yet_valid"),
        ({"expires_at": START}, "expired"),
        ({"workspace": new_id()}, "other_workspace"),
        ({"not_before": START - timedelta(days=2)}, "superseded"),
    ],
)
async def test_what_does_not_count_here_is_not_installed(cloud: Cloud, changes: dict[str, object], reason: str) -> None:
    """[security 79]"""
    await install(cloud, text())
    with pytest.raises(LicenseRefused) as refused:
        await install(cloud, text(**changes))
    assert refused.value.reason == reason
    assert (await details(cloud)).id == "lic-1"


async def test_a_licence_of_one_workspace_is_none_in_another(cloud: Cloud) -> None:
    """[security 79]"""
    await install(cloud, text(workspace=HERE))
    await cloud.part(Licensing).fresh()
    licences.require_feature(cloud, "audit_export", workspace_id=HERE)
    for elsewhere in (new_id(), None):
        with pytest.raises(FeatureMissing):
            licences.require_feature(cloud, "audit_export", workspace_id=elsewhere)


async def test_the_operators_licence_is_the_operators_to_change(
    database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    given = {"license_public_key": PUBLIC, "license": text()}
    async with part_of_cloud(database_url, tmp_path, clock=clock, **given) as cloud:
        with pytest.raises(LicenseFixed):
            await install(cloud, text())
        assert (await details(cloud)).source == "settings"
    async with part_of_cloud(database_url, tmp_path, clock=clock) as cloud:
        with pytest.raises(LicenseFixed, match="no key"):
            await install(cloud, text())


async def test_after_the_grace_workspaces_are_read_only_and_accounts_go_on(cloud: Cloud, clock: ManualClock) -> None:
    """[security 79] It degrades as documented and never fails open."""
    gate = licences.gate(cloud)
    await install(cloud, text())
    clock.advance(LICENCE.expires_at + GRACE - START - timedelta(seconds=1))
    await gate.check(WRITES, writes=True, workspace_id=HERE)
    assert (await details(cloud)).state == "grace"
    clock.advance(timedelta(seconds=1))
    with pytest.raises(LicenseExpired):
        await gate.check(WRITES, writes=True, workspace_id=HERE)
    for rule, writes in (
        (WRITES, False),
        (Rule(verb="session.create", needs=Who.ANYONE), True),
        (Rule(verb="license.install", needs=Role.OWNER, when_read_only=True), True),
    ):
        await gate.check(rule, writes=writes, workspace_id=HERE)
    with pytest.raises(LicenseExpired):
        await sit_down(cloud, 1)


async def test_a_clock_that_is_set_back_is_remembered_recorded_and_wins_nothing(
    database_url: str, tmp_path: Path, cloud: Cloud, clock: ManualClock
) -> None:
    """[security 79]"""
    await install(cloud, text())
    clock.advance(timedelta(days=500))
    await cloud.part(Licensing).look()
    async with part_of_cloud(
        database_url, tmp_path / "other", clock=ManualClock(START), license_public_key=PUBLIC
    ) as restarted:
        await restarted.part(Licensing).look()
        assert (await details(restarted)).clock_set_back
        with pytest.raises(LicenseExpired):
            await licences.gate(restarted).check(WRITES, writes=True, workspace_id=HERE)
    assert "license.clock_set_back" in [row["verb"] for row in await rows_of(cloud, "audit_entries")]


async def test_a_server_that_lost_its_licence_has_a_grace_to_come_within_communitys_limits(
    database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    """[security 79]"""
    used = Usage(seats=9, workspaces=2)

    async def count(_unit: Unit) -> Usage:
        return used

    given = {"license_public_key": PUBLIC, "license": text()}
    async with part_of_cloud(database_url, tmp_path, clock=clock, **given) as cloud:
        licences.count_by(cloud, count)
        await cloud.part(Licensing).look()
        assert (await details(cloud)).seats_used == 9
        assert licences.standing(cloud).state == "active"
    async with part_of_cloud(database_url, tmp_path, clock=clock) as cloud:
        licences.count_by(cloud, count)
        await cloud.part(Licensing).look()
        assert licences.standing(cloud).state == "grace"
        clock.advance(GRACE)
        await cloud.part(Licensing).look()
        assert licences.standing(cloud).state == "read_only"
        used = Usage(seats=5, workspaces=1)
        await cloud.part(Licensing).look()
        assert licences.standing(cloud).state == "active"


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({"license": text()}, "OUTLAST_LICENSE_PUBLIC_KEY is not"),
        ({"license": text(), "license_public_key": "x" * 20}, "OUTLAST_LICENSE_PUBLIC_KEY: "),
        ({"license": text(), "license_public_key": make_keys()[1]}, "OUTLAST_LICENSE: .* not signed"),
        ({"license": "no such file", "license_public_key": PUBLIC}, "OUTLAST_LICENSE: .* can't be read"),
    ],
)
def test_a_server_with_a_licence_that_it_cant_verify_does_not_start(given: dict[str, str], about: str) -> None:
    """[security 79]"""
    with pytest.raises(InvalidSettings, match=about):
        from_settings(load_settings(**given))
