"""What goes over the wire is parsed by a real client, and gives it each event once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent
from hypothesis import given
from hypothesis import strategies as st

from outlast.protocol.codec import encode_json
from outlast.protocol.events import (
    Event,
    InputSubmitted,
    LogWritten,
    SessionCompleted,
    SessionFailed,
    StepFinished,
    kind_of,
)
from outlast.streams.bus_memory import MemoryBus
from outlast.streams.commit import GroupCommit
from outlast.streams.follow import follow
from outlast.streams.log import Batch, Snapshot, StoredEvent
from outlast.streams.log_memory import MemoryLog
from outlast.streams.sse import Feed, encode, projection
from outlast.testing.conformance import events_of
from tests.stream.fakes import UnreadableLog

SOON = timedelta(milliseconds=20)
LONG = timedelta(minutes=1)


def parse(data: bytes) -> Sequence[ServerSentEvent]:
    """Parse as httpx-sse does; a frame that was cut off is not an event."""
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=data)
    return [event for event in EventSource(response).iter_sse() if event.event != "message" or event.data]


def stored(*events: Event) -> Sequence[StoredEvent]:
    """Store events of a session from position 1 on."""
    made = []
    for seq, event in enumerate(events, 1):
        event.seq = seq
        made.append(StoredEvent(seq, kind_of(event), encode_json(event), event.visibility))
    return made


async def _take(body: AsyncIterator[bytes], count: int) -> bytes:
    """Read until this many events have come."""
    data = b""
    while data.count(b"\nevent: ") < count:
        data += await anext(body)
    return data


async def _all(body: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in body])


async def test_a_stream_says_first_how_soon_to_come_back() -> None:
    body = Feed(follow(MemoryLog(), MemoryBus(), "s"), max_age=SOON)
    assert await _all(body) == b"retry: 1000\n\n"


async def test_a_backlog_leaves_in_one_write_and_its_ids_are_positions() -> None:
    log = MemoryLog()
    await log.append([Batch("s", events_of(1, 500))])
    body = Feed(follow(log, MemoryBus(), "s", after=100))
    await anext(body)
    events = parse(await anext(body))
    assert [(e.id, e.event, e.json()) for e in events] == [
        (str(seq), "test.written", {"seq": seq}) for seq in range(101, 501)
    ]
    await body.aclose()


@given(st.integers(1, 60), st.data())
def test_a_client_cut_at_any_byte_resumes_by_its_last_id(last: int, data: st.DataObject) -> None:
    async def run() -> None:
        log, bus, seen, last_id = MemoryLog(), MemoryBus(), list[int](), 0
        await log.append([Batch("s", events_of(1, last))])
        while last_id < last:
            body = Feed(follow(log, bus, "s", after=last_id))
            sent = await _take(body, last - last_id)
            await body.aclose()
            cut = sent[: data.draw(st.integers(0, len(sent)))]
            whole = cut[: cut.rfind(b"\n\n") + 2] if data.draw(st.booleans()) and b"\n\n" in cut else sent
            for event in parse(whole):
                seen.append(event.json()["seq"])
                last_id = int(event.id)
        assert seen == list(range(1, last + 1))

    asyncio.run(run())


async def test_every_viewer_gets_the_very_same_bytes() -> None:
    log, bus = MemoryLog(), MemoryBus()
    bodies = [Feed(follow(log, bus, "s")) for _ in range(3)]
    await log.append([Batch("s", events_of(1, 1))])
    for body in bodies:
        await anext(body)
    chunks = [await anext(body) for body in bodies]
    assert chunks[0] is chunks[1] is chunks[2]
    event = (await log.read("s"))[0]
    assert encode(event) is encode(event)


async def test_silence_is_broken_by_comments_that_no_client_sees() -> None:
    log, bus = MemoryLog(), MemoryBus()
    body = Feed(follow(log, bus, "s"), ping=SOON)
    await anext(body)
    pings = await anext(body) + await anext(body)
    assert pings == b": ping\n\n: ping\n\n"
    assert list(parse(pings)) == []
    bus.publish("s", events_of(1, 1))
    assert [event.id for event in parse(await _take(body, 1))] == ["1"]
    await body.aclose()


async def test_a_stream_ends_cleanly_when_the_server_stops() -> None:
    log, bus, stopping = MemoryLog(), MemoryBus(), asyncio.Event()
    await log.append([Batch("s", events_of(1, 2))])
    bodies = [asyncio.create_task(_all(Feed(follow(log, bus, "s"), stopping=stopping))) for _ in range(20)]
    await asyncio.sleep(0)
    stopping.set()
    for data in await asyncio.gather(*bodies):
        assert len(parse(data)) in {0, 2}
    assert await _all(Feed(follow(log, bus, "s"), stopping=stopping)) == b"retry: 1000\n\n"


async def test_a_stream_ends_behind_the_last_event_it_was_told_of() -> None:
    log, bus = MemoryLog(), MemoryBus()
    await log.append([Batch("s", stored(LogWritten(channel="stdout", text="x"), SessionCompleted(result=1)))])
    data = await _all(Feed(follow(log, bus, "s"), until=frozenset({"session.completed"})))
    assert [event.event for event in parse(data)] == ["log.written", "session.completed"]


async def test_a_viewer_gets_less_than_the_owner_and_nobody_a_secret() -> None:
    log, bus = MemoryLog(), MemoryBus()
    await log.append(
        [
            Batch(
                "s",
                stored(
                    InputSubmitted(input="i1", value="hunter2", secret=True),
                    InputSubmitted(input="i2", value="plain"),
                    StepFinished(step="s1", name="pay", result=42),
                    LogWritten(channel="stdout", text="x"),
                    SessionFailed(code="app_error", message="ValueError: no", error="Traceback"),
                ),
            )
        ]
    )
    shown = {}
    for owner in (True, False):
        body = Feed(follow(log, bus, "s"), project=projection(owner=owner), until=frozenset({"session.failed"}))
        shown[owner] = parse(await _all(body))
    assert [event.id for event in shown[True]] == ["1", "2", "3", "4", "5"]
    assert [event.id for event in shown[False]] == ["1", "2", "5"]
    assert "error" in shown[True][-1].json()
    assert "error" not in shown[False][-1].json()
    for events in shown.values():
        assert "hunter2" not in " ".join(event.data for event in events)
        assert events[1].json()["value"] == "plain"


async def test_a_snapshot_comes_first_and_then_what_is_later() -> None:
    log, bus = MemoryLog(), MemoryBus()
    await log.append([Batch("s", events_of(1, 10))])

    async def snapshot() -> Snapshot:
        return Snapshot(7, b'{"seq":7}')

    body = Feed(follow(log, bus, "s"), snapshot=snapshot, snapshot_first=True)
    events = parse(await _take(body, 4))
    assert [(event.event, event.id) for event in events] == [
        ("document.snapshot", "7"),
        *(("test.written", str(seq)) for seq in (8, 9, 10)),
    ]
    await body.aclose()


@pytest.mark.parametrize("with_snapshot", [True, False])
async def test_a_reader_behind_the_retained_log_is_told_so(with_snapshot: bool) -> None:
    log, bus = MemoryLog(), MemoryBus()
    await log.append([Batch("s", events_of(1, 10))])
    await log.trim("s", before=6)

    async def snapshot() -> Snapshot:
        return Snapshot(8, b'{"seq":8}')

    body = Feed(follow(log, bus, "s", after=2), snapshot=snapshot if with_snapshot else None)
    events = parse(await _take(body, 4 if with_snapshot else 6))
    said = [(event.event, event.id) for event in events]
    assert said[0] == ("stream.trimmed", "5")
    assert json.loads(events[0].data) == {"first": 6}
    later = [("document.snapshot", "8")] if with_snapshot else [("test.written", str(seq)) for seq in (6, 7, 8)]
    assert said[1:] == [*later, ("test.written", "9"), ("test.written", "10")]
    await body.aclose()


async def test_a_slow_client_gets_all_in_few_writes() -> None:
    log, bus = MemoryLog(), MemoryBus()
    commit = GroupCommit(log, bus)
    body = Feed(follow(log, bus, "s"))
    await anext(body)
    waiting = asyncio.ensure_future(anext(body))
    await commit.append(Batch("s", events_of(1, 1)))
    writes = [await waiting]
    for seq in range(2, 1001):
        await commit.append(Batch("s", events_of(seq, seq)))
    writes.append(await anext(body))
    assert [int(event.id) for event in parse(b"".join(writes))] == list(range(1, 1001))
    await body.aclose()
    await commit.close()


async def test_a_failing_database_ends_a_stream_cleanly() -> None:
    log = UnreadableLog(reads=1)
    await log.append([Batch("s", events_of(1, 1000))])
    data = await _all(Feed(follow(log, MemoryBus(), "s")))
    assert [int(event.id) for event in parse(data)] == list(range(1, 1001))


async def test_a_client_that_goes_leaves_nothing_behind() -> None:
    bus, stopping = MemoryBus(), asyncio.Event()
    bodies = [Feed(follow(MemoryLog(), bus, "s"), stopping=stopping) for _ in range(5)]
    waits = [asyncio.ensure_future(anext(body)) for body in bodies]
    await asyncio.gather(*waits)
    for body in bodies:
        await body.aclose()
    await asyncio.sleep(0)
    assert not bus._subscribers
    assert [task for task in asyncio.all_tasks() if task.get_name() == "end streams"] == []
