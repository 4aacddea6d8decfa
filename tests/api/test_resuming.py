"""Resuming a stream over HTTP: from any position, cut anywhere while the session goes on, and past what is kept."""

from __future__ import annotations

import asyncio
import random
import re
from pathlib import Path

import pytest

from outlast.client import Snapshot, afollow
from outlast.protocol import events as e
from outlast.protocol.commands import Answered, Start
from outlast.streams.follow import PAGE_EVENTS
from outlast.testing.fakes import FakeExecutor, FakeProcess
from tests.api.conftest import Api, serving
from tests.api.conversation import GREETER

_ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)
LONG = 2000


async def _long(process: FakeProcess) -> None:
    await process.expect(Start)
    for number in range(LONG - 3):  # its beginning and its end are events too
        await process.emit(e.BlockOpened(block=f"b{number}", kind="markdown", props={"text": str(number)}))
    await process.emit(e.SessionCompleted())


async def _begin(api: Api) -> str:
    body = {"app": "talk:greet", "args": {"name": "Ada"}}
    return str((await api.http.post("/sessions", json=body)).json()["id"])


@pytest.mark.timeout(60)
async def test_a_client_may_resume_from_any_position_of_a_long_stream(sqlite_url: str, tmp_path: Path) -> None:
    async with serving(sqlite_url, tmp_path, executor=FakeExecutor(_long, apps=[GREETER])) as api:
        session_id = await _begin(api)
        await api.until(session_id, "session.completed")
        path = f"/sessions/{session_id}/events"
        whole = (await api.http.get(path)).content
        starts = [match.start() for match in _ID.finditer(whole)]
        assert [int(number) for number in _ID.findall(whole)] == list(range(1, LONG + 1))
        # Each is a read of the log: all positions at the ends and about a page's edge, and some between.
        edges = {*range(100), *range(PAGE_EVENTS - 50, PAGE_EVENTS + 50), *range(LONG - 100, LONG)}
        for position in sorted(edges | set(range(0, LONG, 19))):
            expected = memoryview(whole)[starts[position] :]
            async with api.http.stream("GET", path, headers={"last-event-id": str(position)}) as answer:
                got = b""
                async for data in answer.aiter_raw():
                    got += data
                    if position % 20 and len(got) > 1000:
                        break
            rest = got[_ID.search(got).start() :]  # type: ignore[union-attr]
            assert rest == expected[: len(rest)]
            assert len(rest) == len(expected) or (position % 20 and len(rest) > 900), position
        assert (await api.http.get(path, headers={"last-event-id": str(LONG)})).status_code == 204


@pytest.mark.parametrize("seed", range(5))
async def test_a_client_that_is_cut_anywhere_while_the_session_goes_on_gets_each_event_once(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    chance, go_on = random.Random(seed), asyncio.Event()

    async def talkative(process: FakeProcess) -> None:
        await process.expect(Start)
        await process.emit(*(e.BlockOpened(block=f"a{number}", kind="markdown") for number in range(300)))
        await go_on.wait()
        for number in range(300):
            await process.emit(e.BlockOpened(block=f"b{number}", kind="markdown"))
        await process.emit(e.SessionCompleted())

    async with serving(database_url, tmp_path, executor=FakeExecutor(talkative, apps=[GREETER])) as api:
        session_id = await _begin(api)
        await api.until(session_id, "block.opened", count=300)
        path, seen, over = f"/sessions/{session_id}/events", [0], False
        while not over:
            cut_after_bytes = chance.randrange(100, 20_000)
            got = b""
            async with api.http.stream("GET", path, headers={"last-event-id": str(seen[-1])}) as answer:
                assert answer.status_code == 200
                async for data in answer.aiter_raw(chance.randrange(20, 2000)):
                    got += data
                    if seen[-1] > 200 or b"\nid: 250\n" in got:
                        go_on.set()  # so that a backlog is handed over to what is live, again and again
                    if len(got) > cut_after_bytes:
                        break
            frames = got[: got.rfind(b"\n\n") + 1]  # a client acts on whole frames alone
            seen += [int(number) for number in _ID.findall(frames)]
            over = b"event: session.completed\n" in frames
    assert seen == list(range(len(seen)))
    assert len(seen) == 604


async def test_a_reader_behind_what_is_kept_is_told_and_given_the_document(database_url: str, tmp_path: Path) -> None:
    async def asks(process: FakeProcess) -> None:
        await process.expect(Start)
        for number in range(20):
            await process.emit(e.BlockOpened(block=f"b{number}", kind="markdown", props={"text": str(number)}))
        await process.emit(
            e.InputRequested(input="i1", block="i1", kind="text", label="?"), e.SessionWaiting(input="i1")
        )
        await process.expect(Answered)
        await process.emit(e.SessionCompleted())

    executor = FakeExecutor(asks, apps=[GREETER])
    async with serving(database_url, tmp_path, executor=executor) as api, api.calls() as client:
        session_id = await _begin(api)
        await api.until(session_id, "session.waiting")
        await api.runtime.log.trim(f"session:{session_id}", before=15)
        seen: list[tuple[str, object]] = []
        async for event, data in api.events(session_id, after="3"):
            seen.append((event, data))
            if len(seen) == 2:
                break
        assert [event for event, _ in seen] == ["stream.trimmed", "document.snapshot"]
        followed = afollow(client, session_id, after=3)
        first = await anext(followed)
        assert isinstance(first, Snapshot)
        await client.answer(session_id, "i1", "x")
        assert [type(event) for event in [event async for event in followed]][-1] is e.SessionCompleted
