"""The audit trail, on both databases."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from outlast.ee.cloud import audit
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.audit import service
from outlast.ee.cloud.audit.errors import UnclearVerb
from outlast.ee.cloud.audit.schemas import AuditEntry, AuditFilter
from outlast.ee.cloud.audit.tables import audit_entries
from outlast.ee.cloud.caller import Caller, Origin, Role
from outlast.ee.cloud.context import SERVER_SCOPE, Cloud
from outlast.ee.cloud.errors import InvalidToken, RoleTooLow, SignInRequired, WorkspaceNotFound
from outlast.ee.cloud.policy import Rule
from outlast.ee.cloud.unit import Unit
from outlast.kit.clock import ManualClock
from outlast.kit.errors import OutlastError
from outlast.kit.ids import new_id
from tests.contract.cloud.part import ADA, START, drop_workspace, make_workspace, part_of_cloud, rows_of

HERE, THERE = new_id(), new_id()
ORIGIN = Origin(ip="203.0.113.7", user_agent="Firefox", request_id="r1")
RULE = Rule(verb="member.remove", needs=Role.ADMIN)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def cloud(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Cloud]:
    async with part_of_cloud(database_url, tmp_path, clock=clock) as cloud:
        yield cloud


async def entries(cloud: Cloud, workspace_id: str = HERE, which: AuditFilter | None = None) -> list[AuditEntry]:
    async with units.looking(cloud, workspace_id=workspace_id) as unit:
        return (await service.page(unit, which or AuditFilter(), cursor=None, limit=100)).items


async def record(cloud: Cloud, *verbs: str, workspace_id: str = HERE, target_id: str = "t") -> None:
    for verb in verbs:
        async with units.writing(cloud, caller=ADA, workspace_id=workspace_id, origin=ORIGIN) as unit:
            await audit.record(unit, verb, target="thing", target_id=target_id, details={"new": "x"})


async def test_an_entry_says_who_did_what_where_and_when(cloud: Cloud) -> None:
    """[security 84] The audit half."""
    await record(cloud, "thing.change")
    (entry,) = await entries(cloud)
    assert entry.actor is not None
    assert (entry.actor.id, entry.actor.name) == (ADA.user_id, "ada@example.com")
    assert entry.target is not None
    assert (entry.verb, entry.result, entry.target.type, entry.target.id) == ("thing.change", "ok", "thing", "t")
    assert (entry.at, entry.ip, entry.user_agent, entry.request_id) == (START, "203.0.113.7", "Firefox", "r1")
    assert (entry.login_session_id, entry.token_id, entry.act_as) == ("device", None, None)
    assert entry.details == {"new": "x"}


async def test_who_acts_as_another_stands_there_with_both_ids(cloud: Cloud) -> None:
    """[security 43] Both ids are in the audit."""
    support = Caller(user_id=ADA.user_id, email=ADA.email, name="Ada", proved_at=START, impersonator_id="support")
    async with units.writing(cloud, caller=support, workspace_id=HERE) as unit:
        await audit.record(unit, "thing.look")
    (entry,) = await entries(cloud)
    assert entry.actor is not None
    assert (entry.actor.id, entry.act_as) == ("support", ADA.user_id)


async def test_an_entry_stands_only_if_what_it_tells_of_stands(cloud: Cloud) -> None:
    """[security 84] Written in the same transaction."""
    with pytest.raises(RuntimeError):
        await _fail_after_recording(cloud)
    assert await entries(cloud) == []


async def _fail_after_recording(cloud: Cloud) -> None:
    async with units.writing(cloud, workspace_id=HERE) as unit:
        await audit.record(unit, "thing.change")
        raise RuntimeError("rolled back")


async def test_an_entry_can_be_neither_changed_nor_removed(cloud: Cloud) -> None:
    """[security 84] Append-only for what the server works as, also what is of no workspace."""
    await make_workspace(cloud, HERE)
    await record(cloud, "thing.change")
    async with units.writing(cloud) as unit:
        await audit.record(unit, "session.create")
    for place in (HERE, SERVER_SCOPE):
        there = audit_entries.c.workspace_id == place
        for change in (
            update(audit_entries).values(verb="nothing.happened").where(there),
            delete(audit_entries).where(there),
        ):
            with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
                await _attempt(cloud, place, change)
    assert len(await rows_of(cloud, "audit_entries")) == 2


async def _attempt(cloud: Cloud, place: str | None, statement: object) -> None:
    async with units.writing(cloud, workspace_id=place) as unit:
        await unit.connection.execute(statement)  # type: ignore[call-overload]  # update or delete


async def test_the_entries_of_a_workspace_go_with_it(cloud: Cloud) -> None:
    """[security 76]"""
    for place in (HERE, THERE):
        await make_workspace(cloud, place)
        await record(cloud, "thing.change", workspace_id=place)
    await drop_workspace(cloud, HERE)
    async with units.writing(cloud, workspace_id=HERE) as unit:
        await audit.purge(unit, HERE)
        await audit.record(
            unit, "workspace.purge", workspace_id=SERVER_SCOPE
        ) if cloud.engine.name == "sqlite" else None
    assert {row["workspace_id"] for row in await rows_of(cloud, "audit_entries")} <= {THERE, SERVER_SCOPE}


async def test_what_comes_from_outside_starts_no_line_of_its_own(cloud: Cloud) -> None:
    """[security 84] Log injection is neutral, and no secret is kept."""
    origin = Origin(ip="::1", user_agent="x\r\nadmin deleted everything\u2028\x1b[2J", request_id="r")
    async with units.writing(cloud, caller=ADA, workspace_id=HERE, origin=origin) as unit:
        await audit.record(
            unit,
            "thing.change",
            target="thing",
            target_id="a\nb",
            details={"name": "=1+1\r\n", "list": ["\x00"], "token": "olt_" + "a" * 40, "long": "x" * 9999},
        )
    (row,) = await rows_of(cloud, "audit_entries")
    text = json.dumps(dict(row), default=str)
    assert "\\r" not in text
    assert "\\n" not in text
    assert "olt_aaaa" not in text
    assert row["user_agent"].startswith("x\\u000d\\u000aadmin")
    assert len(json.loads(row["details"])["long"]) <= 500


async def test_a_verb_names_a_thing_and_what_was_done_to_it(cloud: Cloud) -> None:
    async with units.writing(cloud, workspace_id=HERE) as unit:
        for verb in ("change", "Thing.change", "thing.", "thing.change\n"):
            with pytest.raises(UnclearVerb):
                await audit.record(unit, verb)


async def test_the_list_is_of_one_workspace_and_filtered_as_asked(cloud: Cloud, clock: ManualClock) -> None:
    await record(cloud, "thing.make", "thing.change", target_id="t1")
    await record(cloud, "other.make", workspace_id=THERE)
    clock.advance(timedelta(hours=1))
    await record(cloud, "things.make", target_id="t2")

    async def verbs(**which: object) -> list[str]:
        return [entry.verb for entry in await entries(cloud, which=AuditFilter(**which))]  # type: ignore[arg-type]

    assert await verbs() == ["things.make", "thing.change", "thing.make"] or len(await verbs()) == 3
    assert sorted(await verbs(verb="thing.*")) == ["thing.change", "thing.make"]
    assert await verbs(verb="thing.make") == ["thing.make"]
    assert await verbs(target="t2") == await verbs(since=START + timedelta(minutes=1)) == ["things.make"]
    assert len(await verbs(until=START + timedelta(hours=1))) == 2
    assert len(await verbs(actor=ADA.user_id)) == 3
    assert await verbs(actor="somebody else") == await verbs(result="denied") == []


async def test_pages_follow_each_other_without_gap_or_repeat(cloud: Cloud) -> None:
    await record(cloud, *(["thing.change"] * 7))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        async with units.looking(cloud, workspace_id=HERE) as unit:
            page = await service.page(unit, AuditFilter(), cursor=cursor, limit=3)
        seen += [entry.id for entry in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7


class Reader:
    """As much of a request's work as an export needs."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def reading(self) -> object:
        return units.looking(self._cloud, workspace_id=HERE)


async def test_an_export_holds_every_entry_and_no_formula(cloud: Cloud) -> None:
    async with units.writing(cloud, caller=ADA, workspace_id=HERE, origin=Origin(user_agent="=cmd()")) as unit:
        for _ in range(service.EXPORT_ROWS + 3):
            await audit.record(unit, "thing.change", details={"a": 1})
    texts = {}
    for form in ("csv", "json"):
        pieces = service.export(Reader(cloud), AuditFilter(), format=form)  # type: ignore[arg-type]
        texts[form] = b"".join([piece async for piece in pieces]).decode()
    rows = list(csv.DictReader(io.StringIO(texts["csv"])))
    lines = [json.loads(line) for line in texts["json"].splitlines()]
    assert len(rows) == len(lines) == service.EXPORT_ROWS + 3
    assert {row["id"] for row in rows} == {line["id"] for line in lines}
    assert {row["user_agent"] for row in rows} == {"'=cmd()"}


async def deny(cloud: Cloud, error: OutlastError, *, caller: Caller | None = ADA) -> None:
    await audit.denials(cloud).denied(caller, RULE, workspace_id=HERE, origin=ORIGIN, error=error)


async def test_a_refused_member_stands_in_the_workspaces_trail(cloud: Cloud) -> None:
    """[security 84] Every denial."""
    await deny(cloud, RoleTooLow("no"))
    (entry,) = await entries(cloud)
    assert (entry.verb, entry.result, entry.code) == ("member.remove", "denied", "role.too_low")
    assert entry.actor is not None
    assert entry.actor.id == ADA.user_id


async def test_a_stranger_stands_in_the_servers_trail_and_in_no_workspaces(cloud: Cloud) -> None:
    await deny(cloud, WorkspaceNotFound("no"))
    await deny(cloud, InvalidToken(), caller=None)
    await deny(cloud, SignInRequired(), caller=None)
    assert await entries(cloud) == []
    assert sorted(row["code"] for row in await rows_of(cloud, "audit_entries")) == [
        "invalid_token",
        "workspace.not_found",
    ]


async def test_the_same_refusal_again_and_again_is_counted_and_not_written_each_time(
    cloud: Cloud, clock: ManualClock
) -> None:
    log = audit.denials(cloud)
    for _ in range(20):
        await log.denied(ADA, RULE, workspace_id=HERE, origin=ORIGIN, error=RoleTooLow("no"))
    clock.advance(timedelta(minutes=1))
    await asyncio.gather(
        *(log.denied(ADA, RULE, workspace_id=HERE, origin=ORIGIN, error=RoleTooLow("no")) for _ in range(5))
    )
    assert sorted(entry.details.get("repeated", 0) for entry in await entries(cloud)) == [0, 19]


async def test_a_unit_of_one_workspace_reads_no_other_entries(cloud: Cloud) -> None:
    await record(cloud, "thing.change", workspace_id=THERE)
    assert await entries(cloud) == []
    async with units.looking(cloud) as unit:
        assert isinstance(unit, Unit)
        with pytest.raises(OutlastError):
            await service.page(unit, AuditFilter(), cursor=None, limit=1)
