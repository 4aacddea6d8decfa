"""Forked sessions: what a process may do, how it ends, and that nothing is left of it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.executors.base import NotForkable, ProcessExit
from outlast.executors.connection import Connection
from outlast.executors.fork import ForkExecutor
from outlast.executors.select import Executors
from outlast.executors.warm import WarmExecutor
from outlast.kit.errors import AppBroken, ProtocolViolation
from outlast.protocol import events as e
from outlast.protocol.commands import Limits, emissions
from tests.process.running import begin, descendants, open_descriptors, write_app


@pytest.fixture
async def executor() -> AsyncIterator[ForkExecutor]:
    """A fork executor; afterwards nothing of it is left."""
    descriptors = open_descriptors()
    before = set(descendants(os.getpid()))
    executor = ForkExecutor(load_timeout=timedelta(seconds=10))
    yield executor
    await executor.close()
    await asyncio.sleep(0)
    assert set(descendants(os.getpid())) == before
    assert open_descriptors() == descriptors


async def test_a_session_is_played_from_its_start_to_its_result(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        @app
        def main(who: str = "you") -> int:
            r = recorder()
            print("hello", who)
            r.open("markdown", {"text": "Hi"}, closed=True)
            name = r.request("text", "Name?", {}).wait().value
            r.open("markdown", {"text": name}, closed=True)
            return 5
        """,
    )
    infos = await executor.load(source)
    assert [info.name for info in infos] == ["main"]
    outcome = await (await begin(executor, source, args={"who": "Bo"}, answers={"Name?": "Ada"})).ended()
    assert outcome.last == e.SessionCompleted(result=5)
    assert outcome.exit == ProcessExit(code=0)
    assert outcome.log("stdout") == "hello Bo\n"
    assert [block.props for block in outcome.document.blocks.values()] == [
        {"text": "Hi"}, {"input": "i1"}, {"text": "Ada"},
    ]  # fmt: skip


FAULTS = """
import os, sys, time, ctypes, signal, warnings
@app
def error(): {}["a"]
@app
def exits(): sys.exit(3)
@app
def exits_well(): sys.exit()
@app
def at_once(): os._exit(7)
@app
def segfault(): ctypes.string_at(0)
@app
def killed(): os.kill(os.getpid(), signal.SIGKILL)
@app
def aborted(): os.abort()
@app
def recursion(): recursion()
@app
def interrupt(): raise KeyboardInterrupt
@app
def memory(): raise MemoryError
@app
def odd():
    class Odd(Exception):
        def __str__(self): raise ValueError
    raise Odd
@app
def closes():
    os.closerange(0, 500)
    recorder().open("markdown", {"text": "x"}, closed=True)
@app
def group(): raise ExceptionGroup("several", [ValueError("one"), KeyError("two")])
"""


@pytest.mark.parametrize(
    ("app", "code", "message"),
    [
        ("error", "app_error", "KeyError: 'a'"),
        ("exits", "app_exited", "The app ended itself: sys.exit(3)."),
        ("recursion", "app_error", "RecursionError"),
        ("interrupt", "app_error", "KeyboardInterrupt"),
        ("memory", "app_error", "MemoryError"),
        ("odd", "app_error", "Odd"),
        ("group", "app_error", "ExceptionGroup: several"),
        ("nowhere", "app_error", "no app 'nowhere'"),
    ],
)
async def test_an_app_that_fails_says_why(
    executor: ForkExecutor, tmp_path: Path, app: str, code: str, message: str
) -> None:
    outcome = await (await begin(executor, write_app(tmp_path, FAULTS), app)).ended()
    assert isinstance(outcome.last, e.SessionFailed)
    assert outcome.last.code == code
    assert message in outcome.last.message
    assert outcome.exit == ProcessExit(code=0)


@pytest.mark.parametrize(
    ("app", "exit_"),
    [
        ("at_once", ProcessExit(code=7)),
        ("segfault", ProcessExit(signal=signal.SIGSEGV)),
        ("killed", ProcessExit(signal=signal.SIGKILL)),
        ("aborted", ProcessExit(signal=signal.SIGABRT)),
        ("closes", ProcessExit(code=74)),
    ],
)
async def test_the_executor_tells_how_a_process_ended(
    executor: ForkExecutor, tmp_path: Path, app: str, exit_: ProcessExit
) -> None:
    outcome = await (await begin(executor, write_app(tmp_path, FAULTS), app)).ended()
    assert outcome.events == []
    assert outcome.exit == exit_


async def test_a_segfault_leaves_the_line_where_it_happened_in_the_output(
    executor: ForkExecutor, tmp_path: Path
) -> None:
    outcome = await (await begin(executor, write_app(tmp_path, FAULTS), "segfault")).ended()
    assert b"in segfault" in outcome.output


async def test_a_plain_exit_completes_the_session(executor: ForkExecutor, tmp_path: Path) -> None:
    outcome = await (await begin(executor, write_app(tmp_path, FAULTS), "exits_well")).ended()
    assert outcome.last == e.SessionCompleted()


async def test_a_traceback_holds_the_apps_own_frames_alone(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import json
        @app
        def main(): json.loads("{")
        """,
    )
    outcome = await (await begin(executor, source)).ended()
    assert isinstance(outcome.last, e.SessionFailed)
    assert outcome.last.error is not None
    assert "trip.py" in outcome.last.error
    assert "decoder.py" not in outcome.last.error
    assert "outlast" not in outcome.last.error.replace(str(tmp_path), "")


@pytest.mark.parametrize("app", ["busy", "asleep", "waits", "in_task", "busy_task", "in_thread"])
async def test_a_cancel_stops_an_app_whatever_it_does(executor: ForkExecutor, tmp_path: Path, app: str) -> None:
    source = write_app(
        tmp_path,
        """
        import asyncio, contextlib, threading, time
        @contextlib.contextmanager
        def told():
            recorder().open("markdown", {"text": "begun"}, closed=True)
            try:
                yield
            finally:
                recorder().open("markdown", {"text": "cleaned up"}, closed=True)
        @app
        def busy():
            with told():
                n = 0
                while True: n += 1
        @app
        def asleep():
            with told(): time.sleep(1000)
        @app
        def waits():
            with told(): recorder().request("text", "Name?", {}).wait()
        @app
        async def in_task():
            with told(): await recorder().request("text", "Name?", {})
        @app
        async def busy_task():
            with told():
                n = 0
                while True: n += 1
        @app
        def in_thread():
            with told():
                t = threading.Thread(target=lambda: recorder().request("text", "Name?", {}).wait())
                t.start(); t.join()
        """,
    )
    running = await begin(executor, source, app)
    await running.until(lambda o: len(o.events) > 0)
    running.cancel("enough")
    outcome = await running.ended()
    assert outcome.last == e.SessionCancelled(reason="enough")
    assert [x.props["text"] for x in outcome.events if isinstance(x, e.BlockOpened)] == ["begun", "cleaned up"]


async def test_an_app_that_ignores_its_cancel_can_be_killed(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import os, time
        from outlast.sdk.context import SessionCancelled
        @app
        def main():
            recorder().open("markdown", {"text": "begun"}, closed=True)
            while True:
                try:
                    time.sleep(1000)
                except SessionCancelled:
                    os.write(1, b"no")
        """,
    )
    running = await begin(executor, source)
    await running.until(lambda o: len(o.events) > 0)
    running.cancel()
    while b"no" not in running.outcome.output:
        await asyncio.sleep(0.01)  # sleeps: polls what comes past the events
    running.process.kill()
    assert (await running.ended()).exit == ProcessExit(signal=signal.SIGKILL)


async def test_what_a_session_started_dies_with_it(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import os, subprocess
        @app
        def main():
            a = subprocess.Popen(["sleep", "1000"])
            b = subprocess.Popen(["sleep", "1000"], start_new_session=True)
            if (pid := os.fork()) == 0:
                os.setsid()
                if os.fork() == 0:
                    os.execvp("sleep", ["sleep", "1000"])
                os._exit(0)
            os.waitpid(pid, 0)
            recorder().open("markdown", {"text": "x"}, closed=True)
            return os.getpid()
        """,
    )
    outcome = await (await begin(executor, source)).ended()
    assert isinstance(outcome.last, e.SessionCompleted)
    me = descendants(os.getpid())
    assert not [pid for pid in me if Path(f"/proc/{pid}/comm").read_text() == "sleep\n"]


async def test_a_killed_session_takes_its_children_along(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import subprocess
        @app
        def main():
            subprocess.Popen(["sleep", "1000"], start_new_session=True)
            recorder().request("text", "Name?", {}).wait()
        """,
    )
    running = await begin(executor, source)
    await running.until_asked()
    running.process.kill()
    assert (await running.ended()).exit == ProcessExit(signal=signal.SIGKILL)
    names = [Path(f"/proc/{pid}/comm").read_text() for pid in descendants(os.getpid())]
    assert "sleep\n" not in names


async def test_a_flood_of_output_reaches_the_host_in_full_and_in_few_events(
    executor: ForkExecutor, tmp_path: Path
) -> None:
    source = write_app(
        tmp_path,
        """
        import os, sys, subprocess
        @app
        def main():
            for i in range(20_000): print("line", i)
            print("half", end="")
            print("err", file=sys.stderr)
            os.write(1, b"past python\\n")
            subprocess.run(["echo", "from a child"])
        """,
    )
    outcome = await (await begin(executor, source)).ended()
    lines = outcome.log("stdout").splitlines()
    assert lines == [f"line {i}" for i in range(20_000)] + ["half"]
    assert outcome.log("stderr") == "err\n"
    assert outcome.output == b"past python\nfrom a child\n"
    assert len(outcome.events) < 5_000


@pytest.mark.parametrize(
    ("app", "limits", "code"),
    [
        ("memory", Limits(memory_bytes=50_000_000), "limit_memory"),
        ("files", Limits(open_files=20), "limit_open_files"),
        ("bomb", Limits(processes=5), "limit_processes"),
        ("cpu", Limits(cpu_s=1), "limit_cpu"),
    ],
)
async def test_a_limit_has_an_error_of_its_own(
    executor: ForkExecutor, tmp_path: Path, app: str, limits: Limits, code: str
) -> None:
    source = write_app(
        tmp_path,
        """
        import subprocess
        @app
        def memory():
            held = []
            while True: held.append(bytearray(1_000_000))
        @app
        def files():
            held = []
            while True: held.append(open("/dev/null"))
        @app
        def bomb():
            while True: subprocess.Popen(["sleep", "1000"])
        @app
        def cpu():
            n = 0
            while True: n += 1
        """,
    )
    outcome = await (await begin(executor, source, app, limits=limits)).ended()
    assert isinstance(outcome.last, e.SessionFailed)
    assert outcome.last.code == code


async def test_the_environment_is_what_the_source_says(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import os, sys
        @app
        def main(): return [dict(os.environ), sys.path[0], os.getcwd(), sys.argv]
        """,
        env={"PATH": "/bin", "OUTLAST_TOKEN": "secret", "outlast_x": "y", "MINE": "1"},
    )
    outcome = await (await begin(executor, source, scratch=tmp_path / "scratch")).ended()
    assert isinstance(outcome.last, e.SessionCompleted)
    env, first, cwd, argv = outcome.last.result
    assert {name for name in env if name.upper().startswith("OUTLAST")} == set()
    assert env["MINE"] == "1"
    assert env["TMPDIR"] == str(tmp_path / "scratch")
    assert first == cwd == str(tmp_path)
    assert argv == [str(source.path)]


async def test_sealed_folders_can_not_be_read_and_only_scratch_be_written(
    executor: ForkExecutor, tmp_path: Path
) -> None:
    from outlast.worker import landlock  # late: only this test needs it

    if not landlock.abi():
        pytest.skip("this kernel has no Landlock")
    import msgspec  # late: as above

    sealed, scratch = tmp_path / "data", tmp_path / "scratch"
    sealed.mkdir()
    scratch.mkdir()
    (sealed / "db").write_text("secret")
    source = write_app(
        tmp_path,
        """
        import os, pathlib, signal
        def tried(what):
            try: what()
            except PermissionError: return "refused"
            return "done"
        @app
        def main(data: str, scratch: str, host: int):
            here = pathlib.Path(__file__)
            return [
                tried(lambda: pathlib.Path(data, "db").read_text()),
                tried(lambda: os.listdir(data)),
                tried(lambda: here.with_name("new").write_text("x")),
                tried(lambda: here.unlink()),
                tried(lambda: pathlib.Path(scratch, "new").write_text("x")),
                tried(lambda: open("/dev/null", "w").write("x")),
                tried(lambda: here.read_text()),
                tried(lambda: os.kill(host, 0)),
                tried(lambda: os.kill(os.getpid(), 0)),
            ]
        """,
    )
    source = msgspec.structs.replace(source, sealed=[sealed])
    args = {"data": str(sealed), "scratch": str(scratch), "host": os.getpid()}
    outcome = await (await begin(executor, source, args=args, scratch=scratch)).ended()
    assert isinstance(outcome.last, e.SessionCompleted), outcome.last
    signals = "refused" if landlock.abi() >= 6 else "done"
    assert outcome.last.result == ["refused"] * 4 + ["done"] * 3 + [signals, "done"]


async def test_the_spare_is_used_and_followed_by_another(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import os
        @app
        def main(): return os.getpid()
        """,
    )
    await executor.load(source)
    seen = set()
    for _ in range(5):
        running = await begin(executor, source)
        assert running.process.pid is not None
        outcome = await running.ended()
        assert outcome.last == e.SessionCompleted(result=running.process.pid)
        seen.add(running.process.pid)
    assert len(seen) == 5


async def test_many_sessions_may_start_at_once(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        @app
        def main(n: int): return n
        """,
    )
    started = await asyncio.gather(*(begin(executor, source, args={"n": n}) for n in range(30)))
    outcomes = await asyncio.gather(*(running.ended() for running in started))
    assert [o.last for o in outcomes] == [e.SessionCompleted(result=n) for n in range(30)]


async def test_sessions_do_not_share_what_random_gives(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import random
        import numpy
        @app
        def main(): return [random.random(), float(numpy.random.random())]
        """,
    )
    results = []
    for _ in range(3):
        last = (await (await begin(executor, source)).ended()).last
        assert isinstance(last, e.SessionCompleted)
        results += last.result
    assert len(set(results)) == 6


async def test_a_file_that_is_broken_is_told_with_its_own_lines(executor: ForkExecutor, tmp_path: Path) -> None:
    with pytest.raises(AppBroken, match=r"ZeroDivisionError: .*\(trip.py, line 4\)") as caught:
        await executor.load(write_app(tmp_path, "x = 1\ny = 1 / 0"))
    assert "trip.py" in str(caught.value.details["traceback"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("import os; os._exit(3)", "exit code 3"),
        ("import ctypes; ctypes.string_at(0)", "signal 11"),
        ("import sys; sys.exit('no')", "SystemExit: no"),
        ("def (", "SyntaxError"),
        ("import nowhere_to_be_found", "ModuleNotFoundError"),
    ],
)
async def test_a_file_that_ends_its_import_is_broken(
    executor: ForkExecutor, tmp_path: Path, body: str, message: str
) -> None:
    with pytest.raises(AppBroken, match=message):
        await executor.load(write_app(tmp_path, body))


async def test_a_file_that_hangs_while_it_is_imported_is_given_up(tmp_path: Path) -> None:
    executor = ForkExecutor(load_timeout=timedelta(seconds=0.5))
    with pytest.raises(AppBroken, match=r"not imported within 0\.5 s"):
        await executor.load(write_app(tmp_path, "import time; time.sleep(1000)"))
    await executor.close()


async def test_a_template_that_was_killed_is_loaded_again(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import os
        @app
        def main():
            recorder().request("text", "Name?", {}).wait()
        @app
        def parent(): return os.getppid()
        """,
    )
    running = await begin(executor, source)
    await running.until_asked()
    last = (await (await begin(executor, source, "parent")).ended()).last
    assert isinstance(last, e.SessionCompleted)
    os.kill(last.result, signal.SIGKILL)
    assert (await running.ended()).exit == ProcessExit(signal=signal.SIGKILL)
    again = (await (await begin(executor, source, "parent")).ended()).last
    assert isinstance(again, e.SessionCompleted)
    assert again.result != last.result


async def test_an_unloaded_template_ends_after_its_last_session(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        @app
        def main(): return recorder().request("text", "Name?", {}).wait().value
        """,
    )
    running = await begin(executor, source, answers={})
    await running.until_asked()
    await executor.unload(source)
    running._answers = {"Name?": "x"}
    from outlast.protocol.commands import Answered  # late: only here

    running.process.send(Answered(input="i1", value="Ada"))
    assert (await running.ended()).last == e.SessionCompleted(result="Ada")
    while descendants(os.getpid()):
        await asyncio.sleep(0.01)  # sleeps: polls for the end of a process


async def test_a_file_with_threads_is_served_by_processes_of_its_own(tmp_path: Path) -> None:
    descriptors = open_descriptors()
    source = write_app(
        tmp_path,
        """
        import threading, time
        done = []
        threading.Thread(target=lambda: [done.append(1) or time.sleep(0.01) for _ in iter(int, 1)], daemon=True).start()
        @app
        def main():
            n = len(done)
            while len(done) == n: time.sleep(0.001)
            return threading.active_count()
        """,
    )
    fork = ForkExecutor()
    with pytest.raises(NotForkable, match="1 threads"):
        await fork.load(source)
    await fork.close()
    executor = Executors()
    assert [info.name for info in await executor.load(source)] == ["main"]
    for _ in range(3):
        last = (await (await begin(executor, source)).ended()).last
        assert last == e.SessionCompleted(result=2)
    await executor.close()
    assert descendants(os.getpid()) == []
    assert open_descriptors() == descriptors


async def test_a_broken_file_is_told_by_warm_processes_too(tmp_path: Path) -> None:
    executor = WarmExecutor(load_timeout=timedelta(seconds=5))
    with pytest.raises(AppBroken, match="ZeroDivisionError"):
        await executor.load(write_app(tmp_path, "1 / 0"))
    with pytest.raises(AppBroken, match="exit code 3"):
        await executor.load(write_app(tmp_path, "import os; os._exit(3)", name="other"))
    await executor.close()
    assert descendants(os.getpid()) == []


async def test_bytes_of_any_kind_are_a_violation_and_nothing_worse() -> None:
    dice = random.Random(1)
    for _ in range(10_000):
        body = dice.randbytes(dice.randrange(0, 60))
        with pytest.raises(ProtocolViolation):
            emissions.decode(body)


async def test_a_process_that_writes_junk_is_told_from_one_that_ended(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import os, socket, stat
        @app
        def main():
            for fd in range(3, 20):
                try:
                    if stat.S_ISSOCK(os.fstat(fd).st_mode): os.write(fd, b"\\xff" * 100)
                except OSError: pass
            recorder().request("text", "Name?", {}).wait()
        """,
    )
    running = await begin(executor, source)
    with pytest.raises(ProtocolViolation):
        await running.ended()
    running.process.kill()
    assert await running.process.wait() == ProcessExit(signal=signal.SIGKILL)
    while await running.process.output() is not None:
        pass


async def test_a_bare_template_is_light(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import os, sys
        @app
        def main(): return [os.getppid(), sorted(sys.modules)]
        """,
    )
    last = (await (await begin(executor, source)).ended()).last
    assert isinstance(last, e.SessionCompleted)
    template, modules = last.result
    rss_bytes = int(Path(f"/proc/{template}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    assert rss_bytes < 30 * 1024 * 1024
    heavy = {"fastapi", "sqlalchemy", "pydantic", "pydantic_settings", "starlette", "asyncio", "numpy"}
    assert heavy & set(modules) == set()


async def test_a_connection_stops_reading_from_one_that_floods() -> None:
    import socket  # late: only here

    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    connection = Connection(ours, asyncio.get_running_loop())
    frame = b"\x00\x00\x40\x00" + b"x" * 0x4000
    sent = 0
    for _ in range(300):
        await asyncio.sleep(0)
        try:
            sent += theirs.send(frame)
        except BlockingIOError:
            continue
    assert sent < 100 * len(frame)
    assert await connection.next_body() == b"x" * 0x4000
    connection.close()
    theirs.close()
