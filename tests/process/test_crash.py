"""A server that is killed, and started again: nothing that a viewer had is lost, every session goes on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from outlast.client import AsyncClient, running_server
from outlast.client.stream import Snapshot, afollow
from outlast.kit.killpoints import VARIABLE
from outlast.protocol import events as e
from tests.process.stage import write_app

SERVE = """
import sys
from outlast.kit.settings import load_settings
from outlast.server.serve import serve
def announce(running):
    print(running.url, flush=True)
serve(load_settings(data_dir=sys.argv[1], port=int(sys.argv[2])), sys.argv[3:], announce=announce)
"""
COUNTS = """
@step
def note(number):
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write(f"{session.id} {number}\\n")
    return number

@app
def counts(upto: int = 6):
    write("begin")
    for number in range(upto):
        note(number)
        write(f"number {number}")
        time.sleep(0.05)
    write(ask("Well?"))

@app
def waits():
    write("ready")
    write("you said " + ask("Well?"))
"""


class ServerProcess:
    """A server in a process of its own, which may be killed and started again."""

    def __init__(self, folder: Path, port: int, *apps: Path) -> None:
        self._folder = folder
        self._port = port
        self._apps = apps
        self.process: subprocess.Popen[str] | None = None

    def client(self) -> AsyncClient:
        """A client of it; good for later starts too."""
        running = running_server(self._folder / "data")
        assert running is not None
        return AsyncClient.to(running)

    def start(self, **env: str) -> None:
        """Start it, and wait until it takes requests (or has died at a kill point)."""
        given = [str(self._folder / "data"), str(self._port), *map(str, self._apps)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, *given],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"LEDGER": str(self._folder / "ledger"), "OUTLAST_SANDBOX": "0"} | env,
        )
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def children(self) -> list[psutil.Process]:
        """All processes below it."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def died(self) -> None:
        """Wait for its end at a kill point."""
        assert self.process is not None
        assert self.process.stdout is not None
        assert self.process.wait() == -signal.SIGKILL
        self.process.stdout.close()

    def end(self, how: signal.Signals) -> None:
        """Send a signal and wait for the end; none of its processes is left then."""
        assert self.process is not None
        assert self.process.stdout is not None
        below = self.children()
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()
        _, alive = psutil.wait_procs(below, timeout=10)
        assert not alive, "a session process outlived its server"


@pytest.fixture
def server(tmp_path: Path, free_port: int) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path, free_port, write_app(tmp_path, COUNTS, "play"))
    yield server
    if server.process is not None and server.process.poll() is None:
        server.end(signal.SIGTERM)


class Viewer:
    """Follows one session to its end, and remembers every event it got."""

    def __init__(self, client: AsyncClient, session_id: str) -> None:
        self.session_id = session_id
        self.events: list[e.SessionEvent] = []
        self._came = asyncio.Condition()
        self.task = asyncio.create_task(self._follow(client))

    async def _follow(self, client: AsyncClient) -> None:
        async for event in afollow(client, self.session_id):
            assert not isinstance(event, Snapshot), "nothing was trimmed here"
            async with self._came:
                self.events.append(event)
                self._came.notify_all()

    async def until(self, kind: type[e.Event], count: int = 1) -> None:
        """Wait until so many events of a kind came."""
        async with self._came:
            await self._came.wait_for(lambda: sum(isinstance(event, kind) for event in self.events) >= count)

    def texts(self) -> list[str]:
        """What blocks were opened with."""
        return [str(event.props["text"]) for event in self.events if isinstance(event, e.BlockOpened)]

    def check(self) -> None:
        """Each event came once, in order, and the last one is the end."""
        assert [event.seq for event in self.events] == list(range(1, len(self.events) + 1))
        assert isinstance(self.events[-1], e.SessionCompleted)


@pytest.mark.timeout(90)
@pytest.mark.xdist_group("heavy")
async def test_a_hundred_live_sessions_outlast_a_killed_server(server: ServerProcess, tmp_path: Path) -> None:
    server.start(OUTLAST_MAX_SESSIONS="200")
    async with server.client() as client:
        kinds = [("counts", 80), ("waits", 20)]
        started = [await client.start(app) for app, count in kinds for _ in range(count)]
        viewers = [Viewer(client, item.id) for item in started]
        await asyncio.gather(*(viewer.until(e.BlockOpened) for viewer in viewers))
        server.end(signal.SIGKILL)
        had = {viewer.session_id: [event.seq for event in viewer.events] for viewer in viewers}
        server.start(OUTLAST_MAX_SESSIONS="200")
        await asyncio.gather(*(viewer.until(e.InputRequested) for viewer in viewers))
        await asyncio.gather(*(client.answer(viewer.session_id, "i1", "well") for viewer in viewers))
        await asyncio.gather(*(viewer.task for viewer in viewers))
    for viewer in viewers[:80]:
        viewer.check()
        assert viewer.texts() == ["begin", *(f"number {number}" for number in range(6)), "well"]
    for viewer in viewers[80:]:
        viewer.check()
        assert viewer.texts() == ["ready", "you said well"]
    assert all(
        had[viewer.session_id] == [v.seq for v in viewer.events][: len(had[viewer.session_id])] for viewer in viewers
    )
    noted = [line.split()[0] for line in (tmp_path / "ledger").read_text().splitlines()]
    assert all(6 <= noted.count(viewer.session_id) <= 7 for viewer in viewers[:80]), (
        "a step ran again that had finished"
    )


@pytest.mark.parametrize(
    "point",
    ["host.started", "host.before_commit:2", "host.before_commit:5", "host.after_commit:1", "host.after_commit:4"],
)
async def test_a_server_killed_at_a_named_point_loses_nothing(server: ServerProcess, point: str) -> None:
    server.start(**{VARIABLE: point})
    async with server.client() as client:
        with contextlib.suppress(Exception):  # broad: the server may die before it has answered
            await client.start("counts", {"upto": 3})
        server.died()
        server.start()
        items = (await client.sessions()).items
        assert len(items) == 1, "a session that was committed is there after the restart"
        viewer = Viewer(client, items[0].id)
        await viewer.until(e.InputRequested)
        await client.answer(viewer.session_id, "i1", "well")
        await viewer.task
        viewer.check()
        assert viewer.texts() == ["begin", "number 0", "number 1", "number 2", "well"]


async def test_an_acknowledged_answer_outlasts_a_kill_in_the_same_moment(server: ServerProcess) -> None:
    server.start(**{VARIABLE: "host.answer_committed"})
    async with server.client() as client:
        item = await client.start("waits")
        viewer = Viewer(client, item.id)
        await viewer.until(e.InputRequested)
        with contextlib.suppress(Exception):  # broad: the server dies before it has answered
            await client.answer(item.id, "i1", "well")
        server.died()
        server.start()
        await viewer.until(e.SessionCompleted)
        await viewer.task
        viewer.check()
        assert viewer.texts() == ["ready", "you said well"]


async def test_an_orderly_stop_leaves_no_process_and_viewers_go_on_after_it(server: ServerProcess) -> None:
    server.start()
    async with server.client() as client:
        item = await client.start("waits")
        viewer = Viewer(client, item.id)
        await viewer.until(e.InputRequested)
        server.end(signal.SIGTERM)
        server.start()
        await client.answer(item.id, "i1", "well")
        await viewer.task
        viewer.check()
