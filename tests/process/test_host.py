"""Sessions in real processes: what a host does with them."""

from __future__ import annotations

import asyncio
import os
import random
import signal
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
)
from outlast.protocol import events as e
from outlast.protocol.document import Document, fold
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


STEPS = """
@step
def charge(amount):
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write(f"{amount}\\n")
    return amount * 2

@app
def pays():
    write("begin")
    first = charge(1)
    write(f"paid {first}")
    time.sleep(float(os.environ["PAUSE"]))
    second = charge(2)
    write(f"paid {second}")
"""


async def test_a_killed_process_is_replayed_and_its_steps_are_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "ledger"
    monkeypatch.setenv("LEDGER", str(ledger))
    monkeypatch.setenv("PAUSE", "0.3")
    async with running(tmp_path, write_app(tmp_path, STEPS), sandbox=False) as stage:
        session = await stage.start("pays")
        await stage.until(session, lambda document: len(texts(document)) == 2)
        os.kill(stage.pid(session), signal.SIGKILL)
        document = await stage.over(session)
        assert (document.state, document.attempt) == ("completed", 2)
        assert texts(document) == ["begin", "paid 2", "paid 4"]
        assert ledger.read_text().split() == ["1", "2"]


async def test_a_process_that_is_always_killed_fails_its_session_in_the_end(tmp_path: Path) -> None:
    app = write_app(tmp_path, "@app\ndef doomed():\n    os.kill(os.getpid(), signal.SIGKILL)\n")
    async with running(tmp_path, app) as stage:
        document = await stage.over(await stage.start("doomed"))
        assert (document.state, document.failure_code) == ("failed", "killed")


@pytest.mark.parametrize(
    ("code", "failure", "words"),
    [
        ("raise ValueError('no good')", "app_error", "no good"),
        ("sys.exit(3)", "app_exited", "3"),
        ("os._exit(4)", "exited", "4"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "killed", "SIGSEGV"),
        ("write('x' * 10_000_000)", "limit_stream_bytes", "1000000 bytes"),
        ("[os.write(1, b'x' * 65536) for _ in range(1000)]", "limit_stream_bytes", "1000000 bytes"),
    ],
)
async def test_each_fault_is_a_clear_end_and_harms_no_neighbour(
    tmp_path: Path, code: str, failure: str, words: str
) -> None:
    paths = write_app(tmp_path, f"@app\ndef faulty():\n    {code}\n"), write_app(tmp_path, GREET, "other")
    async with running(tmp_path, *paths, limit_stream_bytes=1_000_000) as stage:
        neighbour = await stage.start("greet")
        document = await stage.over(await stage.start("faulty"))
        assert (document.state, document.failure_code) == ("failed", failure)
        assert words in str(document.failure_message)
        await stage.answer(neighbour, 1)
        assert (await stage.over(neighbour)).result == 1


async def test_an_endless_loop_does_not_delay_the_session_next_door(tmp_path: Path) -> None:
    paths = write_app(tmp_path, "@app\ndef spins():\n    while True: pass\n"), write_app(tmp_path, GREET, "other")
    async with running(tmp_path, *paths) as stage:
        spinning = await stage.start("spins")
        for age in range(5):
            session = await stage.start("greet")
            await stage.answer(session, age)
            assert (await stage.over(session)).result == age
        await stage.host.cancel(spinning, by=USER)
        assert (await stage.over(spinning)).state == "cancelled"


async def test_a_running_session_that_lasts_too_long_expires(tmp_path: Path) -> None:
    app = write_app(tmp_path, "@app\ndef spins():\n    while True: pass\n")
    async with running(tmp_path, app, limit_wall_time="200ms") as stage:
        document = await stage.over(await stage.start("spins"))
        assert (document.state, document.ended_reason) == ("expired", "wall_time")


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


VARIED = """
@step
def note(number):
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write(f"{number}\\n")
    return number * random.random()

@app
def varied():
    total = 0.0
    rows = table([], columns=["number", "value"])
    with progress(8, label="Work") as bar:
        for number in range(8):
            value = note(number)
            total += value
            rows.append([number, value])
            bar.advance()
            time.sleep(0.01)
    with section("Text"):
        text = write(f"word {number} " for number in range(30))
    metric("Total", total)
    sleep(0.05)
    name = ask("Name?")
    write(f"{name} {len(text)} {uuid()} {now().isoformat()}")
    return total
"""


@pytest.mark.parametrize("seed", range(6))
async def test_sessions_killed_at_random_end_as_if_nothing_had_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    ledger = tmp_path / "ledger"
    monkeypatch.setenv("LEDGER", str(ledger))
    async with running(tmp_path, write_app(tmp_path, VARIED), sandbox=False) as stage:
        session = await stage.start("varied")
        kills = 0
        for _ in range(5):
            after = (await stage.document(session)).seq + chance.randrange(1, 6)
            await stage.until(session, lambda d, after=after: d.seq >= after or "i1" in d.inputs)  # type: ignore[misc]
            live = stage.host.awake.get(session)
            if live is not None and live.pid is not None:
                os.kill(live.pid, signal.SIGKILL)
                kills += 1
                await live.gone.wait()
        await stage.answer(session, "Ada")
        document = await stage.over(session)
        events = await stage.events(session)
    assert document.state == "completed", document.failure_message
    assert fold(Document(), events) == document
    finished = [event.name for event in events if isinstance(event, e.StepFinished)]
    assert finished == ["note"] * 8 + ["now"]
    noted = ledger.read_text().split()
    assert set(noted) == {str(number) for number in range(8)}
    assert len(noted) <= 8 + kills, "a step ran again only where a kill fell inside it"
    blocks = [block for block in document.blocks.values() if block.kind != "input"]
    assert [block.kind for block in blocks] == ["table", "progress", "section", "markdown", "metric", "markdown"]
    assert [row[0] for row in blocks[0].props["rows"]] == list(range(8))
    assert blocks[3].props["text"] == "".join(f"word {number} " for number in range(30))
    assert blocks[4].props["value"] == document.result
