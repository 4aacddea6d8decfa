"""A workspace whose time is over leaves nothing: no row, file, key, stream or claim (and others lose nothing)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from outlast.db.base import metadata
from outlast.ee.cloud import workspaces
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import SERVER_SCOPE
from outlast.ee.cloud.unit import Unit
from outlast.kit.clock import ManualClock
from tests.api.cloud import CloudApi, Someone, problem, serving_cloud
from tests.api.invitations import invite, mailed_secret

MARK = "unmistakable"
BYTES = b"the bytes of an unmistakable file"


@pytest.fixture
def clock() -> ManualClock:
    """Tells the time to the server."""
    return ManualClock()


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[CloudApi]:
    """A server over each kind of database."""
    async with serving_cloud(database_url, tmp_path, clock=clock) as serving:
        yield serving


async def _fill(api: CloudApi, owner: Someone, workspace_id: str) -> str:
    """Do all that leaves something behind; a session's id."""
    path = f"/workspaces/{workspace_id}"
    started = await owner.http.post(
        f"{path}/sessions", json={"app": "talk:greet", "args": {"name": MARK}}, headers={"idempotency-key": MARK}
    )
    assert started.status_code == 201, started.text
    stored = await owner.http.post(f"{path}/files", params={"name": f"{MARK}.txt"}, content=BYTES)
    assert stored.status_code == 201, stored.text
    await invite(api, owner, workspace_id, email=f"{MARK}@example.com")
    await mailed_secret(api, f"{MARK}@example.com")
    await api.token(owner, workspace_id, scopes=await api.scopes())
    return str(started.json()["id"])


async def _rows(api: CloudApi) -> Mapping[str, Sequence[Mapping[str, object]]]:
    async with api.cloud.engine.connect() as connection:
        return {
            table.name: [
                dict(row) for row in (await connection.execute(text(f"SELECT * FROM {table.name}"))).mappings()
            ]
            for table in metadata.sorted_tables
        }


def _with(rows: Mapping[str, Sequence[Mapping[str, object]]], *marks: str) -> set[str]:
    """The tables with a row that says one of these."""
    return {name for name, found in rows.items() for row in found if any(mark in str(row) for mark in marks)}


def _files_with(folder: Path, *marks: str) -> list[Path]:
    def holds(path: Path) -> bool:
        said = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
        return any(mark.encode() in said for mark in marks)

    return [path for path in folder.rglob("*") if "sqlite3" not in path.name and holds(path)]


async def _until(done: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while True:
            if await done():
                return
            await asyncio.sleep(0.02)  # sleeps: what the relay does beside the server tells nobody


async def test_a_purged_workspace_leaves_nothing(api: CloudApi, clock: ManualClock) -> None:
    """[security 76]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    doomed, kept = await api.workspace(ada, f"Doomed {MARK}"), await api.workspace(ada, "Kept")
    await api.join(doomed, bob, Role.MEMBER)
    session_id, other_session = await _fill(api, ada, doomed), await _fill(api, ada, kept)
    before = await _rows(api)
    assert {"sessions", "files", "invites", "members", "audit_entries", "personal_tokens"} <= _with(before, doomed)
    assert (await ada.http.delete(f"/workspaces/{doomed}")).status_code == 204

    async def ended() -> bool:
        return (await api.cloud.runtime.records.get(session_id)).over

    await _until(ended)
    clock.advance(timedelta(days=30) - timedelta(seconds=1))
    await workspaces.purge_due(api.cloud)
    assert "workspaces" in _with(await _rows(api), doomed)
    clock.advance(timedelta(seconds=1))
    await workspaces.purge_due(api.cloud)

    folder = api.cloud.settings.data_dir

    async def told() -> bool:
        return not (await _rows(api))["outbox"]

    await _until(told)
    after = await _rows(api)
    assert {name for name, rows in after.items() for row in rows if row.get("workspace_id") == doomed} == set()
    # The trail of the server and of accounts keeps that there was one, and nothing of what it was.
    assert _with(after, doomed, session_id) == {"audit_entries"}
    said = {(row["workspace_id"], row["verb"]) for row in after["audit_entries"] if doomed in str(row)}
    assert said == {(SERVER_SCOPE, "workspace.purge"), (SERVER_SCOPE, "token.create")}
    assert _with(after, f"Doomed {MARK}") == set()
    assert _files_with(folder, doomed, session_id) == []
    for name, rows in after.items():  # nobody else's is gone
        whose = [row for row in before[name] if row.get("workspace_id") == kept]
        assert len([row for row in rows if row.get("workspace_id") == kept]) >= len(whose) or name == "idempotency_keys"
    assert other_session in str(after["sessions"])
    assert _files_with(folder, kept) != []
    ada = await api.sign_in(ada.id, ada.email)
    assert (await ada.http.get("/auth/me")).json()["active_workspace_id"] != doomed
    problem(await ada.http.get(f"/workspaces/{doomed}"), 404, "workspace.not_found")
    problem(await ada.http.post(f"/workspaces/deleted/{doomed}/restore"), 404, "workspace.not_deleted")
    assert [w["id"] for w in (await ada.http.get("/workspaces")).json()["items"]] == [kept]


async def test_a_purge_that_fails_is_done_again_and_keeps_no_other_from_it(api: CloudApi, clock: ManualClock) -> None:
    """[security 76]"""
    ada = await api.someone("ada")
    stuck, free = await api.workspace(ada, "Stuck"), await api.workspace(ada, "Free")
    broken = True

    async def hook(unit: Unit) -> None:
        if broken and unit.workspace_id == stuck:
            raise OSError("the storage is away")

    workspaces.on_purge(api.cloud, hook)
    for workspace_id in (stuck, free):
        assert (await ada.http.delete(f"/workspaces/{workspace_id}")).status_code == 204
    clock.advance(timedelta(days=31))
    await workspaces.purge_due(api.cloud)
    assert [row["id"] for row in (await _rows(api))["workspaces"]] == [stuck]
    broken = False
    await workspaces.purge_due(api.cloud)
    assert (await _rows(api))["workspaces"] == []
