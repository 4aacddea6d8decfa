"""A real server with real session processes: what many viewers, stops, kills and hostile apps do to it."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from outlast.client import AsyncClient, Snapshot, afollow, running_server
from outlast.kit.errors import AlreadyAnswered, Unavailable
from outlast.protocol import events as e
from tests.live_server import LiveServer, live_server

APPS = """
@step
def count(number: int) -> int:
    return number + 1

@app
def talk(name: str = "Ada"):
    write(f"Hello {name}")
    word = ask("Which word?")
    write(f"You said {word}")
    number = ask("Which number?", int)
    return [word, count(number)]

@app
def tick(times: int = 100):
    for n in range(times):
        sleep(0.02) if n % 10 == 0 else None
        write(f"tick {n}")

@app
def spin():
    write("spinning")
    while True:
        pass
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as server:
        server.write_app("play", APPS)
        server.start()
        yield server


@pytest.fixture
async def client(server: LiveServer) -> AsyncIterator[AsyncClient]:
    async with server.client() as client:
        yield client


async def until(client: AsyncClient, session_id: str, kind: type[e.Event], *, count: int = 1) -> list[e.SessionEvent]:
    """All events of a session until one of a kind has come ``count`` times."""
    seen: list[e.SessionEvent] = []
    async for event in afollow(client, session_id):
        assert not isinstance(event, Snapshot)
        seen.append(event)
        if sum(isinstance(one, kind) for one in seen) == count:
            return seen
    raise AssertionError(f"the session ended without it: {seen}")


class TestSessions:
    async def test_two_devices_answer_and_a_third_viewer_comes_late(self, client: AsyncClient) -> None:
        session_id = (await client.start("play:talk")).id
        viewers = [asyncio.create_task(until(client, session_id, e.SessionCompleted)) for _ in range(2)]
        asked = await until(client, session_id, e.InputRequested)
        word = next(event.input for event in asked if isinstance(event, e.InputRequested))
        both = await asyncio.gather(
            *(client.answer(session_id, word, said) for said in ("tea", "milk")), return_exceptions=True
        )
        assert [type(one) for one in both if one is not None] == [AlreadyAnswered]
        viewers.append(asyncio.create_task(until(client, session_id, e.SessionCompleted)))
        asked = await until(client, session_id, e.InputRequested, count=2)
        number = next(event.input for event in reversed(asked) if isinstance(event, e.InputRequested))
        await client.answer(session_id, number, 41)
        seen = await asyncio.gather(*viewers)
        assert seen[0] == seen[1] == seen[2]
        last = seen[0][-1]
        assert isinstance(last, e.SessionCompleted)
        assert last.result == ["tea" if both[0] is None else "milk", 42]

    async def test_an_endless_loop_next_door_delays_nobody_and_can_be_cancelled(self, client: AsyncClient) -> None:
        spinning = (await client.start("play:spin")).id
        await until(client, spinning, e.BlockOpened)
        session_id = (await client.start("play:tick", {"times": 20})).id
        await until(client, session_id, e.SessionCompleted)
        assert (await client.get(spinning)).state == "running"
        await client.cancel(spinning, reason="enough")
        last = (await until(client, spinning, e.SessionCancelled))[-1]
        assert isinstance(last, e.SessionCancelled)
        assert last.reason == "enough"

    async def test_deleting_a_session_ends_its_process(self, client: AsyncClient, server: LiveServer) -> None:
        session_id = (await client.start("play:spin")).id
        await until(client, session_id, e.BlockOpened)
        await client.delete(session_id)
        assert (await client.sessions()).items == []


class TestStops:
    async def test_the_command_line_finds_it_and_nobody_else_can_read_where(self, server: LiveServer) -> None:
        path = server.folder / "data" / "server.json"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert server.running.url == f"http://127.0.0.1:{server.port}"
        await asyncio.to_thread(server.stop)
        assert not path.exists()
        assert running_server(server.folder / "data") is None

    @pytest.mark.parametrize("how", ["stop", "kill"])
    async def test_sessions_and_viewers_go_on_after_it(self, server: LiveServer, client: AsyncClient, how: str) -> None:
        waiting = (await client.start("play:talk")).id
        asked = await until(client, waiting, e.SessionWaiting)
        ticking = (await client.start("play:tick", {"times": 400})).id
        viewers = [asyncio.create_task(until(client, ticking, e.SessionCompleted)) for _ in range(3)]
        await until(client, ticking, e.BlockOpened, count=50)
        # Both leave no process behind: `LiveServer` looks.
        await asyncio.to_thread(server.stop if how == "stop" else server.kill)
        with pytest.raises(Unavailable):
            await client.get(waiting)
        await asyncio.to_thread(server.start)
        for seen in await asyncio.gather(*viewers):
            assert [event.seq for event in seen] == list(range(1, len(seen) + 1))
            texts = [event.props["text"] for event in seen if isinstance(event, e.BlockOpened)]
            assert texts == [f"tick {n}" for n in range(400)]
        assert (await until(client, waiting, e.SessionWaiting))[: len(asked)] == asked
        await client.answer(waiting, "i1", "tea")
        await until(client, waiting, e.InputRequested, count=2)

    async def test_an_orderly_stop_ends_with_zero(self, server: LiveServer) -> None:
        assert await asyncio.to_thread(server.stop) == 0

    async def test_a_taken_port_is_told(self, server: LiveServer, tmp_path: Path) -> None:
        other = LiveServer(tmp_path)
        other.port = server.port
        with pytest.raises(AssertionError, match="did not start"):
            await asyncio.to_thread(other.start)


class TestReload:
    async def test_a_changed_file_counts_for_new_sessions_only(self, tmp_path: Path) -> None:
        with live_server(tmp_path, reload=True) as server:
            code = '@app\ndef say():\n    ask("Go on?")\n    write("old")\n'
            server.write_app("play", code)
            server.start()
            async with server.client() as client:
                old = (await client.start("play:say")).id
                await until(client, old, e.SessionWaiting)
                before = (await client.history(old)).items[0]
                assert isinstance(before, e.SessionCreated)
                server.write_app("play", code.replace("old", "new"))
                while True:  # the watch tells nobody when it has seen the change
                    fresh = (await client.start("play:say")).id
                    created = (await client.history(fresh)).items[0]
                    assert isinstance(created, e.SessionCreated)
                    if created.code != before.code:
                        break
                for session_id, word in ((old, "old"), (fresh, "new")):
                    await until(client, session_id, e.SessionWaiting)
                    await client.answer(session_id, "i1", "yes")
                    seen = await until(client, session_id, e.SessionCompleted)
                    assert [event.props["text"] for event in seen if isinstance(event, e.BlockOpened)] == [word]


class TestSlowReader:
    async def test_a_reader_slower_than_the_writer_gets_it_all(self, server: LiveServer) -> None:
        headers = {"authorization": f"Bearer {server.running.token}", "accept": "text/event-stream"}
        async with httpx.AsyncClient(base_url=server.running.url, headers=headers, trust_env=False) as http:
            body = {"app": "play:tick", "args": {"times": 2000}}
            path = f"/api/v1/workspaces/{server.running.workspace_id}/sessions"
            async with http.stream("POST", path, json=body) as slow:
                async with server.client() as client:
                    await until(client, slow.headers["location"].rpartition("/")[2], e.SessionCompleted)
                text = b"".join([data async for data in slow.aiter_raw()])
        assert text.count(b"event: block.opened\n") == 2000
