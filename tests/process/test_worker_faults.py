"""How a session ends, whatever its app does, and that nothing of it is left."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.executors.base import ProcessExit
from outlast.executors.fork import ForkExecutor
from outlast.protocol import events as e
from outlast.protocol.commands import Limits
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
    await running.until_output(b"no")
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
