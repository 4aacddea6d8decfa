"""Sessions in real processes: what a host does with them."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from outlast.kit.errors import (
    AlreadyAnswered,
    AppBroken,
    InputNotFound,
    InvalidAnswer,
    InvalidArguments,
    SessionHeld,
    SessionNotFound,
    SessionOver,
    TooMuch,
)
from outlast.protocol import events as e
from outlast.runtime.pressure import MemoryWatch
from tests.process.stage import USER, Stage, running, texts, write_app

GREET = """
@app
def greet(name: str = "you"):
    write(f"Hello {name}")
    age = ask("How old are you?", int, min=0)
    write(f"{age} it is")
    return age
"""


async def test_a_session_runs_from_its_start_to_its_result(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET)) as stage:
        session = await stage.start("greet", {"name": "Ada"})
        await stage.answer(session, 36)
        document = await stage.over(session)
        assert (document.state, document.result) == ("completed", 36)
        assert texts(document) == ["Hello Ada", "36 it is"]
        assert [event.seq for event in await stage.events(session)] == list(range(1, document.seq + 1))
        record = await stage.runtime.records.get(session)
        assert (record.state, record.host, record.title) == ("completed", None, document.title)


async def test_arguments_that_do_not_fit_start_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET)) as stage:
        with pytest.raises(InvalidArguments) as refused:
            await stage.start("greet", {"name": 3, "nme": "x"})
        assert set(refused.value.errors) == {"name", "nme"}
        assert not stage.host.awake


async def test_a_wrong_answer_is_refused_and_the_session_still_waits(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET)) as stage:
        session = await stage.start("greet")
        with pytest.raises(InvalidAnswer):
            await stage.answer(session, "old")
        with pytest.raises(InputNotFound):
            await stage.answer(session, 3, "i99")
        await stage.answer(session, 3)
        document = await stage.over(session)
        assert document.result == 3
        with pytest.raises(SessionOver):
            await stage.answer(session, 4, "i1")


async def test_of_two_answers_at_once_the_first_wins(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET)) as stage:
        session = await stage.start("greet")
        await stage.state(session, "waiting")
        given = await asyncio.gather(
            *(stage.host.submit(session, "i1", age, by=USER) for age in (1, 2)), return_exceptions=True
        )
        assert given[0] is None
        assert isinstance(given[1], AlreadyAnswered)
        assert (await stage.over(session)).result == 1


async def test_of_two_answers_to_a_sleeping_session_the_first_wins(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET)) as stage:
        session = await stage.start("greet")
        await stage.asleep(session)
        given = await asyncio.gather(
            *(stage.host.submit(session, "i1", age, by=USER) for age in (1, 2)), return_exceptions=True
        )
        assert given[0] is None
        assert isinstance(given[1], (AlreadyAnswered, SessionOver))
        assert (await stage.over(session)).result == 1


async def test_a_sleeping_session_has_no_process_and_an_answer_wakes_it(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET)) as stage:
        session = await stage.start("greet")
        await stage.state(session, "waiting")
        pid = stage.pid(session)
        await stage.asleep(session)
        assert not _runs(pid)
        assert session not in stage.host.awake
        assert (await stage.document(session)).state == "hibernated"
        await stage.answer(session, 5)
        document = await stage.over(session)
        assert texts(document) == ["Hello you", "5 it is"]
        opened = [event for event in await stage.events(session) if isinstance(event, e.BlockOpened)]
        assert len(opened) == 2, "what viewers had was not written again"


async def test_a_waiting_session_falls_asleep_by_itself(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET), hibernate_after="50ms") as stage:
        session = await stage.start("greet")
        await stage.state(session, "hibernated")
        await stage.answer(session, 5)
        assert (await stage.over(session)).result == 5


async def test_waiting_sessions_sleep_sooner_when_memory_is_short(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET)) as stage:
        session = await stage.start("greet")
        await stage.state(session, "waiting")
        watch = MemoryWatch(stage.host, free=lambda: 0.01, look_every_s=0.01)
        watch.start()
        await stage.state(session, "hibernated")
        await watch.stop()


async def test_a_wrong_answer_does_not_wake_a_session(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET)) as stage:
        session = await stage.start("greet")
        await stage.asleep(session)
        with pytest.raises(InvalidAnswer):
            await stage.answer(session, "old", "i1")
        assert session not in stage.host.awake
        assert (await stage.runtime.records.get(session)).host is None


CLEANS_UP = """
@app
def cleans_up():
    try:
        ask("Go on?")
    finally:
        write("cleaned up")
"""


@pytest.mark.parametrize("asleep", [False, True])
async def test_cancel_runs_the_clean_up_of_a_session_awake_or_asleep(tmp_path: Path, asleep: bool) -> None:
    async with running(tmp_path, write_app(tmp_path, CLEANS_UP)) as stage:
        session = await stage.start("cleans_up")
        await stage.state(session, "waiting")
        if asleep:
            await stage.asleep(session)
        await stage.host.cancel(session, by=USER, reason="enough")
        document = await stage.over(session)
        assert (document.state, document.ended_reason, document.ended_by) == ("cancelled", "enough", USER)
        assert texts(document) == ["cleaned up"]


async def test_cancel_ends_an_app_that_will_not_listen(tmp_path: Path) -> None:
    app = write_app(
        tmp_path,
        """
        @app
        def stubborn():
            write("here")
            while True:
                try:
                    time.sleep(60)
                except BaseException:
                    pass
        """,
    )
    async with running(tmp_path, app, cancel_grace="100ms") as stage:
        session = await stage.start("stubborn")
        await stage.until(session, lambda document: bool(document.blocks))
        await stage.host.cancel(session, by=USER)
        assert (await stage.over(session)).state == "cancelled"


NAPS = """
@app
def naps():
    write("lies down")
    sleep(0.3)
    write("gets up")
"""


@pytest.mark.parametrize("asleep", [False, True])
async def test_a_durable_sleep_ends_whether_its_process_lives_or_not(tmp_path: Path, asleep: bool) -> None:
    async with running(tmp_path, write_app(tmp_path, NAPS)) as stage:
        session = await stage.start("naps")
        if asleep:
            await stage.asleep(session)
        document = await stage.over(session)
        assert texts(document) == ["lies down", "gets up"]


async def test_a_session_sleeps_through_a_restart_and_its_timer_still_rings(tmp_path: Path) -> None:
    app = write_app(tmp_path, NAPS)
    async with running(tmp_path, app) as stage:
        session = await stage.start("naps")
        await stage.state(session, "waiting")
    async with running(tmp_path, app) as stage:
        assert texts(await stage.over(session)) == ["lies down", "gets up"]


async def test_a_running_session_goes_on_after_an_orderly_stop(tmp_path: Path) -> None:
    app = write_app(tmp_path, "@app\ndef works():\n    write('one')\n    time.sleep(0.5)\n    write('two')\n")
    async with running(tmp_path, app) as stage:
        session = await stage.start("works")
        await stage.until(session, lambda document: bool(document.blocks))
        pid = stage.pid(session)
    assert not _runs(pid)
    async with running(tmp_path, app) as stage:
        document = await stage.over(session)
        assert (texts(document), document.attempt) == (["one", "two"], 2)


async def test_a_branch_shares_the_history_and_goes_its_own_way(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET)) as stage:
        session = await stage.start("greet", {"name": "Ada"})
        await stage.answer(session, 36)
        parent = await stage.over(session)
        other = await stage.host.branch(session, seq=parent.inputs["i1"].seq, by=USER, value=40)
        branch = await stage.over(other)
        assert (branch.result, texts(branch)) == (40, ["Hello Ada", "40 it is"])
        assert branch.branched_from == e.BranchPoint(session=session, seq=parent.inputs["i1"].seq)
        assert await stage.document(session) == parent
        waiting = await stage.host.branch(session, seq=parent.inputs["i1"].seq, by=USER)
        assert (await stage.state(waiting, "waiting")).inputs["i1"].state == "open"


async def test_a_deleted_session_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET)) as stage:
        session = await stage.start("greet")
        await stage.state(session, "waiting")
        pid = stage.pid(session)
        await stage.host.delete(session)
        assert session not in stage.host.awake
        assert not _runs(pid)
        assert await stage.events(session) == []
        with pytest.raises(SessionNotFound):
            await stage.runtime.records.get(session)


async def test_an_answer_is_kept_while_the_app_is_broken_and_taken_up_when_it_is_mended(tmp_path: Path) -> None:
    path = write_app(tmp_path, GREET)
    async with running(tmp_path, path) as stage:
        session = await stage.start("greet")
        await stage.asleep(session)
        mended = path.read_text()
        path.write_text(mended + "\nraise RuntimeError('half saved')\n")
        assert await stage.runtime.registry.reload(path)
        with pytest.raises(AppBroken):
            await stage.start("play:greet")
        await stage.answer(session, 7)
        assert (await stage.document(session)).inputs["i1"].state == "submitted"
        path.write_text(mended)
        assert await stage.runtime.registry.reload(path)
        await stage.host.wake(session, "test")
        assert (await stage.over(session)).result == 7


async def test_a_session_can_be_owned_by_one_host_only(tmp_path: Path) -> None:
    path = write_app(tmp_path, GREET)
    async with running(tmp_path, path) as first, running(tmp_path, path) as second:
        session = await first.start("greet")
        await first.state(session, "waiting")
        with pytest.raises(SessionHeld):
            await second.host.submit(session, "i1", 1, by=USER)
        await first.asleep(session)
        await second.host.submit(session, "i1", 2, by=USER)
        assert (await second.over(session)).result == 2


async def test_a_host_that_was_taken_over_is_fenced_off(tmp_path: Path) -> None:
    path = write_app(tmp_path, GREET)
    async with running(tmp_path, path) as first, running(tmp_path, path) as second:
        session = await first.start("greet")
        await first.state(session, "waiting")
        live = first.host.awake[session]
        await _take_lease_from(first)
        await second.host.submit(session, "i1", 2, by=USER)
        with pytest.raises(SessionHeld):
            await first.host.submit(session, "i1", 3, by=USER)
        assert await live.ended == "fenced"
        assert (await second.over(session)).result == 2
        assert [event.seq for event in await second.events(session)] == list(
            range(1, (await second.document(session)).seq + 1)
        )


async def _take_lease_from(stage: Stage) -> None:
    await stage.runtime.records.leave(stage.runtime.lease)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_at_the_limit_a_session_that_waits_makes_room_for_a_new_one(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, GREET), max_sessions=2) as stage:
        first = await stage.start("greet")
        await stage.state(first, "waiting")
        second = await stage.start("greet")
        await stage.state(second, "waiting")
        third = await stage.start("greet")
        assert (await stage.state(first, "hibernated")).inputs["i1"].state == "open"
        for session in (first, second, third):
            await stage.answer(session, 1)
            assert (await stage.over(session)).result == 1


async def test_at_the_limit_no_session_at_work_is_disturbed(tmp_path: Path) -> None:
    app = write_app(tmp_path, "@app\ndef spins():\n    while True: pass\n")
    async with running(tmp_path, app, max_sessions=1) as stage:
        session = await stage.start("spins")
        await stage.state(session, "running")
        with pytest.raises(TooMuch):
            await stage.start("spins")
        await stage.host.cancel(session, by=USER)
        await stage.over(session)
