"""Nothing outlives its server, however that ends; and sessions in threads."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from outlast.executors.base import ProcessExit
from outlast.executors.inline import InlineExecutor
from outlast.protocol import events as e
from outlast.protocol.commands import Acked, Cancel
from outlast.sdk.app import app
from outlast.sdk.context import current
from outlast.worker.loading import AnyApp
from tests.process.running import Running, begin, descendants, open_descriptors, until_gone, write_app

SERVER = """
import asyncio, sys
from pathlib import Path
from outlast.executors.base import Source
from outlast.executors.select import Executors
from tests.process.running import begin, descendants, write_app
import os

async def main():
    executor = Executors()
    for name in ("trip", "threads"):
        path = Path(sys.argv[1], f"{name}.py")
        source = Source(path=path, module=name, root=path.parent, code="c", env={"PATH": os.environ["PATH"]})
        for _ in range(2):
            running = await begin(executor, source)
            await running.until_asked()
    print(*descendants(os.getpid()), flush=True)
    if sys.argv[2] == "close":
        await executor.close()
    elif sys.argv[2] == "kill":
        executor.kill()
        print("left", *descendants(os.getpid()), flush=True)
        os._exit(0)
    else:
        await asyncio.sleep(1000)  # sleeps: until it is killed

asyncio.run(main())
"""

APP = """
import subprocess
{threads}
@app
def main():
    subprocess.Popen(["sleep", "1000"], start_new_session=True)
    recorder().request("text", "Name?", {{}}).wait()
"""


@pytest.mark.parametrize("how", ["close", "kill", "SIGKILL", "SIGTERM"])
async def test_no_process_outlives_its_server(tmp_path: Path, how: str) -> None:
    write_app(tmp_path, APP.format(threads=""))
    threads = "import threading, time; threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()"
    write_app(tmp_path, APP.format(threads=threads), name="threads")
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, str(tmp_path), how, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    line = await server.stdout.readline()
    family = [int(pid) for pid in line.split()]
    assert len(family) >= 2 + 4 + 4  # templates, sessions, and what those started
    if how.startswith("SIG"):
        server.send_signal(signal.Signals[how])
    rest = await server.stdout.read()
    assert rest in (b"", b"left\n")
    await server.wait()
    await until_gone(family)


@pytest.fixture
async def inline() -> AsyncIterator[InlineExecutor]:
    """An executor of threads; afterwards no descriptor is left."""
    descriptors = open_descriptors()
    executor = InlineExecutor()
    yield executor
    await executor.close()
    while open_descriptors() > descriptors:  # noqa: ASYNC110  threads let go by themselves
        await asyncio.sleep(0.01)  # sleeps: polls


async def play(inline: InlineExecutor, function: AnyApp, answers: dict[str, object] | None = None) -> Running:
    """Start a session of a function of the test's own."""
    return await begin(inline, inline.add(function), function.name, answers=answers)


async def test_a_function_that_no_import_reaches_runs_in_a_thread(inline: InlineExecutor) -> None:
    seen: list[object] = []

    @app
    def main() -> str:
        recorder = current()
        seen.append(recorder.request("text", "Name?", {}).wait().value)
        recorder.open("markdown", {"text": "Hi"}, closed=True)
        return "done"

    outcome = await (await play(inline, main, {"Name?": "Ada"})).ended()
    assert outcome.last == e.SessionCompleted(result="done")
    assert outcome.exit == ProcessExit(code=0)
    assert seen == ["Ada"]


@pytest.mark.parametrize("way", ["cancel", "kill"])
@pytest.mark.parametrize("what", ["waits", "busy", "in_task"])
async def test_a_thread_can_be_stopped(inline: InlineExecutor, way: str, what: str) -> None:
    cleaned = asyncio.Event()
    loop = asyncio.get_running_loop()

    @app
    def waits() -> None:
        try:
            current().request("text", "Name?", {}).wait()
        finally:
            loop.call_soon_threadsafe(cleaned.set)

    @app
    def busy() -> None:
        recorder = current()
        try:
            recorder.request("text", "Name?", {})
            n = 0
            while True:
                n += 1
        finally:
            loop.call_soon_threadsafe(cleaned.set)

    @app
    async def in_task() -> None:
        try:
            await current().request("text", "Name?", {})
        finally:
            loop.call_soon_threadsafe(cleaned.set)

    apps: dict[str, AnyApp] = {"waits": waits, "busy": busy, "in_task": in_task}
    running = await play(inline, apps[what])
    await running.until_asked()
    if way == "cancel":
        running.process.send(Cancel(reason="enough"))
    else:
        running.process.kill()
    outcome = await running.ended()
    await cleaned.wait()
    if way == "cancel":
        assert outcome.last == e.SessionCancelled(reason="enough")
    else:
        assert outcome.exit == ProcessExit(signal=signal.SIGKILL)


async def test_a_process_that_is_gone_takes_no_harm_from_commands(inline: InlineExecutor) -> None:
    @app
    def main() -> None:
        pass

    running = await play(inline, main)
    await running.ended()
    running.process.send(Acked(emission=1))
    running.process.kill()
    assert descendants(os.getpid()) == []
