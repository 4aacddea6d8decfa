"""A session that asks something of others than its owner: whoever is asked sees it, answers, and sees what comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from outlast.ee.cloud.caller import Role
from outlast.executors.base import AppInfo
from outlast.protocol import events as e
from outlast.protocol.commands import Answered, Start
from outlast.testing.fakes import FakeExecutor, FakeProcess
from tests.api.cloud import CloudApi, problem, serving_cloud

APPROVAL = AppInfo(
    name="approve", title="Approval", schema={"type": "object", "properties": {"by": {"type": "string"}}}
)


async def _approve(process: FakeProcess) -> None:
    start = await process.expect(Start)
    asked = e.InputRequested(
        input="ok", block="ok", kind="confirm", label="Pay?", spec={}, audience=str(start.args["by"])
    )
    await process.emit(asked, e.SessionWaiting(input="ok"))
    answered = await process.expect(Answered)
    await process.emit(e.SessionCompleted(result=answered.value))


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[CloudApi]:
    executor = FakeExecutor(_approve, apps=[APPROVAL])
    async with serving_cloud(database_url, tmp_path, executor=executor, apps=(APPROVAL,)) as api:
        yield api


@pytest.mark.parametrize("audience", ["admin", "bob@example.com", "Bob@Example.com"])
async def test_who_is_asked_sees_the_session_answers_it_and_keeps_it_in_sight(api: CloudApi, audience: str) -> None:
    ada, bob, cyd = [await api.someone(name) for name in ("ada", "bob", "cyd")]
    workspace = await api.workspace(await api.someone("olga"))
    await api.join(workspace, ada, Role.MEMBER)
    await api.join(workspace, bob, Role.ADMIN if audience == "admin" else Role.MEMBER)
    await api.join(workspace, cyd, Role.MEMBER)
    sessions = f"/workspaces/{workspace}/sessions"
    started = await ada.http.post(sessions, json={"app": "talk:approve", "args": {"by": audience}})
    assert started.status_code == 201, started.text
    session = f"{sessions}/{started.json()['id']}"
    while (await ada.http.get(session)).json()["state"] != "waiting":
        pass

    listed = (await bob.http.get(sessions, params={"which": "shared"})).json()["items"]
    assert [item["id"] for item in listed] == [started.json()["id"]]
    found = (await bob.http.get(session)).json()
    assert (found["access"], list(found["document"]["inputs"])) == ("answer", ["ok"])
    problem(await cyd.http.get(session), 404, "session.not_found")
    problem(await ada.http.post(f"{session}/interactions", json={"input": "ok", "value": True}), 403, "input.not_yours")

    assert (await bob.http.post(f"{session}/interactions", json={"input": "ok", "value": True})).status_code == 204
    while (await ada.http.get(session)).json()["state"] != "completed":
        pass
    assert (await bob.http.get(session)).json()["access"] == "view"
