"""How a file of apps is imported, and how its template lives and dies."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.executors.base import NotForkable, ProcessExit
from outlast.executors.fork import ForkExecutor
from outlast.executors.select import Executors
from outlast.executors.warm import WarmExecutor
from outlast.kit.errors import AppBroken
from outlast.protocol import events as e
from outlast.protocol.commands import Answered
from tests.process.running import begin, descendants, open_descriptors, until_no_process_is_left, write_app


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
    running.process.send(Answered(input="i1", value="Ada"))
    assert (await running.ended()).last == e.SessionCompleted(result="Ada")
    await until_no_process_is_left()


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
