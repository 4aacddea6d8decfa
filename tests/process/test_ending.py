"""How sessions end that somebody ends from outside, and who may answer them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from outlast.kit.errors import AudienceOnly, SessionNotFound, SessionOver
from outlast.protocol import events as e
from tests.process.stage import USER, running, texts, write_app

ASKS = """
@app
def asks():
    try:
        return ask("Go on?", int)
    finally:
        write("cleaned up")
"""


@pytest.mark.parametrize("asleep", [False, True])
async def test_a_session_whose_time_is_over_ends_awake_or_asleep(tmp_path: Path, asleep: bool) -> None:
    async with running(tmp_path, write_app(tmp_path, ASKS)) as stage:
        session = await stage.start("asks")
        await stage.state(session, "waiting")
        pid = stage.pid(session)
        if asleep:
            await stage.asleep(session)
        await stage.host.expire(session)
        assert not _runs(pid)
        document = await stage.document(session)
        assert (document.state, document.ended_reason) == ("expired", "expires_at")
        record = await stage.runtime.records.get(session)
        assert (record.state, record.host) == ("expired", None)
        assert session not in stage.host.awake
        with pytest.raises(SessionOver):
            await stage.host.expire(session)


@pytest.mark.parametrize("asleep", [False, True])
async def test_a_deleted_session_is_cancelled_and_nothing_wakes_it(tmp_path: Path, asleep: bool) -> None:
    async with running(tmp_path, write_app(tmp_path, ASKS)) as stage:
        session = await stage.start("asks")
        await stage.state(session, "waiting")
        pid = stage.pid(session)
        if asleep:
            await stage.asleep(session)
        await stage.host.bury(session, by=USER)
        assert not _runs(pid)
        document = await stage.document(session)
        assert (document.state, document.ended_by, texts(document)) == ("cancelled", USER, [])
        host = stage.host
        for refused in (
            host.submit(session, "i1", 3, by=USER),
            host.cancel(session, by=USER),
            host.retitle(session, "x"),
            host.branch(session, seq=1, by=USER),
            host.expire(session),
            host.bury(session, by=USER),
        ):
            with pytest.raises(SessionNotFound):
                await refused
        await host.wake(session, "test")
        assert session not in host.awake
        record = await stage.runtime.records.get(session)
        assert (record.state, record.deleted_by, record.host) == ("cancelled", "ada", None)
        assert record.deleted_at is not None
        await host.restore(session)
        assert (await stage.runtime.records.get(session)).deleted_at is None
        with pytest.raises(SessionOver):
            await host.submit(session, "i1", 3, by=USER)


async def test_a_session_that_ended_is_deleted_as_it_is(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, ASKS)) as stage:
        session = await stage.start("asks")
        await stage.answer(session, 3)
        await stage.over(session)
        await stage.host.bury(session, by=USER)
        record = await stage.runtime.records.get(session)
        assert (record.state, record.deleted_by) == ("completed", "ada")


async def test_a_branch_is_of_its_parents_workspace_and_has_its_own_time(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, ASKS)) as stage:
        now = stage.host.ports.clock.now()
        session = await stage.host.start("asks", {}, user=USER, workspace_id="w", expires_at=now)
        await stage.state(session, "waiting")
        assert [r.id for r in await stage.runtime.records.expired(now)] == [session]
        branch = await stage.host.branch(session, seq=1, by=USER)
        record = await stage.runtime.records.get(branch)
        assert (record.workspace_id, record.expires_at) == ("w", None)


FOR_ADMINS = """
@app
def asks():
    return confirm("Book it?", audience="admin")
"""


@pytest.mark.parametrize("asleep", [False, True])
async def test_a_question_is_answered_only_by_whom_it_was_asked_of(tmp_path: Path, asleep: bool) -> None:
    async with running(tmp_path, write_app(tmp_path, FOR_ADMINS)) as stage:
        session = await stage.start("asks")
        await stage.state(session, "waiting")
        if asleep:
            await stage.asleep(session)
        for other in (USER, None, e.User(id="bob", role="member")):
            with pytest.raises(AudienceOnly, match="admin"):
                await stage.host.submit(session, "i1", True, by=other)
        await stage.host.submit(session, "i1", True, by=e.User(id="bob", role="admin"))
        assert (await stage.over(session)).result is True


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
