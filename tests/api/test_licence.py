"""The licence over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.license.documents import License, issue, make_keys
from outlast.ee.cloud.license.standing import GRACE
from outlast.kit.clock import ManualClock
from tests.api.cloud import CloudApi, Someone, problem, serving_cloud

PRIVATE, PUBLIC = make_keys()
START = datetime(2030, 1, 1, tzinfo=UTC)
LICENCE = License(
    id="lic-1",
    org="Ministry of Tea",
    plan="team",
    seats=20,
    features=("workspaces", "seats"),
    not_before=START,
    expires_at=START + timedelta(days=3),
)


def text(**changes: object) -> str:
    return issue(msgspec.structs.replace(LICENCE, **changes), PRIVATE)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[CloudApi]:
    async with serving_cloud(database_url, tmp_path, clock=clock, license_public_key=PUBLIC) as api:
        yield api


@pytest.fixture
async def ada(api: CloudApi) -> Someone:
    return await api.someone("ada")


@pytest.fixture
async def place(api: CloudApi, ada: Someone) -> str:
    return await api.workspace(ada)


async def install(someone: Someone, place: str, licence: str) -> None:
    address = f"/workspaces/{place}/license"
    etag = (await someone.http.get(address)).headers["etag"]
    answer = await someone.http.put(address, json={"text": licence}, headers={"if-match": etag})
    assert answer.status_code == 200, answer.text


class TestShowing:
    """``GET /license``."""

    async def test_anybody_may_know_the_plan_and_no_more(self, api: CloudApi, ada: Someone, place: str) -> None:
        anybody = api.client()
        assert (await anybody.get("/license")).json() == {"plan": "community", "state": "active", "expires_at": None}
        await install(ada, place, text())
        shown = (await anybody.get("/license")).json()
        assert shown == {"plan": "team", "state": "active", "expires_at": "2030-01-04T00:00:00Z"}


class TestDetails:
    """``GET /workspaces/{id}/license``."""

    async def test_admins_see_what_it_says_and_what_is_used(self, api: CloudApi, ada: Someone, place: str) -> None:
        await install(ada, place, text())
        shown = (await ada.http.get(f"/workspaces/{place}/license")).json()
        assert (shown["org"], shown["seats"], shown["features"]) == ("Ministry of Tea", 20, ["seats", "workspaces"])
        assert shown["source"] == "installed"
        assert PRIVATE not in str(shown)

    async def test_nobody_else_does(self, api: CloudApi, place: str) -> None:
        problem(await api.client().get(f"/workspaces/{place}/license"), 401, "unauthenticated")
        bob = await api.someone("bob")
        problem(await bob.http.get(f"/workspaces/{place}/license"), 404, "workspace.not_found")
        await api.join(place, bob, Role.MEMBER)
        problem(await bob.http.get(f"/workspaces/{place}/license"), 403, "role.too_low")


class TestInstalling:
    """``PUT /workspaces/{id}/license``."""

    async def test_an_admin_may_not(self, api: CloudApi, place: str) -> None:
        bob = await api.someone("bob")
        await api.join(place, bob, Role.ADMIN)
        problem(await bob.http.put(f"/workspaces/{place}/license", json={"text": text()}), 403, "role.too_low")

    async def test_a_change_names_the_version_that_it_changes(self, ada: Someone, place: str) -> None:
        """[security 82] Of the licence."""
        address, body = f"/workspaces/{place}/license", {"text": text()}
        old = (await ada.http.get(address)).headers["etag"]
        problem(await ada.http.put(address, json=body), 428, "precondition_required")
        answer = await ada.http.put(address, json=body, headers={"if-match": old})
        assert answer.status_code == 200
        assert answer.headers["etag"] not in (old, "")
        problem(await ada.http.put(address, json=body, headers={"if-match": old}), 412, "precondition_failed")

    @pytest.mark.parametrize(
        "licence",
        [
            "x",
            text()[:-4],
            text(not_before=START + timedelta(days=1)),
            text(expires_at=START),
            text(workspace="elsewhere"),
            issue(LICENCE, make_keys()[0]),
        ],
    )
    async def test_what_does_not_count_is_refused_and_changes_nothing(
        self, api: CloudApi, ada: Someone, place: str, licence: str
    ) -> None:
        """[security 79]"""
        answer = await ada.http.put(f"/workspaces/{place}/license", json={"text": licence}, headers={"if-match": "*"})
        problem(answer, 422, "license.invalid")
        assert (await api.client().get("/license")).json()["plan"] == "community"


async def test_after_the_grace_a_workspace_is_read_and_not_written_until_a_newer_licence_comes(
    api: CloudApi, ada: Someone, place: str, clock: ManualClock
) -> None:
    """[security 79] It degrades as documented, and never fails open."""
    await install(ada, place, text())
    clock.advance(timedelta(days=3) + GRACE - timedelta(minutes=30))
    ada = await api.sign_in(ada.id, ada.email)
    rename = {"json": {"name": "Tea"}, "headers": {"if-match": "*"}}
    assert (await ada.http.patch(f"/workspaces/{place}", **rename)).status_code == 200  # type: ignore[arg-type]
    clock.advance(timedelta(minutes=30))
    ada = await api.sign_in(ada.id, ada.email)
    problem(await ada.http.patch(f"/workspaces/{place}", **rename), 403, "license.expired")  # type: ignore[arg-type]
    assert (await ada.http.get(f"/workspaces/{place}")).status_code == 200
    now = clock.now()
    await install(ada, place, text(not_before=now, expires_at=now + timedelta(days=1)))
    assert (await ada.http.patch(f"/workspaces/{place}", **rename)).status_code == 200  # type: ignore[arg-type]
