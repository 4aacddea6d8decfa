"""Several streams in one connection resume together, each event once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.kit.errors import InvalidInput
from outlast.streams.bus_memory import MemoryBus
from outlast.streams.commit import GroupCommit
from outlast.streams.follow import follow
from outlast.streams.log import Batch, Snapshot
from outlast.streams.log_memory import MemoryLog
from outlast.streams.multiplex import MAX_STREAMS, NOW, Multiplex, Part, decode_positions, encode_positions
from outlast.testing.conformance import events_of
from tests.stream.fakes import UnreadableLog
from tests.stream.test_sse import SOON, _all, _take, parse


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 2**53), max_size=20))
def test_positions_are_read_as_they_were_written(positions: dict[str, int]) -> None:
    text = encode_positions(positions)
    assert text.isascii()
    assert text.isprintable()
    assert decode_positions(text) == positions


def test_a_stream_without_a_position_starts_at_its_beginning() -> None:
    assert decode_positions("session:1,group:2@7,b@now") == {"session:1": 0, "group:2": 7, "b": NOW}


@pytest.mark.parametrize("text", ["a@x", "a@-1", "a@", "a@1@ ", "a@" + "9" * 30, "a@٣"])
def test_a_position_that_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        decode_positions(text)
    with pytest.raises(InvalidInput):
        decode_positions(",".join(f"s{i}@1" for i in range(MAX_STREAMS + 1)))


@given(st.integers(0, 2**32))
def test_a_client_of_many_streams_resumes_them_all_by_its_last_id(seed: int) -> None:
    async def run() -> None:
        random, log, bus, last = Random(seed), MemoryLog(), MemoryBus(), 40
        names = ["a", "b,@ü", "c"]
        commit = GroupCommit(log, bus)

        async def write(name: str) -> None:
            for seq in range(1, last + 1):
                await commit.append(Batch(name, events_of(seq, seq)))

        writes = [asyncio.create_task(write(name)) for name in names]
        seen: dict[str, list[int]] = {name: [] for name in names}
        positions = dict.fromkeys(names, 0)
        while sum(map(len, seen.values())) < last * len(names):
            body = Multiplex([Part(name, follow(log, bus, name, after=positions[name])) for name in names])
            left = last * len(names) - sum(map(len, seen.values()))
            events = parse(await _take(body, random.randint(1, left)))
            await body.aclose()
            for event in events[: random.randint(1, len(events))]:
                seen[event.json()["stream"]].append(event.json()["seq"])
                positions = dict(decode_positions(event.id))
        assert seen == {name: list(range(1, last + 1)) for name in names}
        await asyncio.gather(*writes)
        await commit.close()

    asyncio.run(run())


async def test_each_stream_has_its_own_snapshot_and_gap() -> None:
    log, bus = MemoryLog(), MemoryBus()
    await log.append([Batch("a", events_of(1, 5)), Batch("b", events_of(1, 5))])
    await log.trim("b", before=4)

    async def snapshot() -> Snapshot:
        return Snapshot(4, b'{"seq":4}')

    body = Multiplex(
        [
            Part("a", follow(log, bus, "a"), snapshot=snapshot, snapshot_first=True),
            Part("b", follow(log, bus, "b", after=1), snapshot=snapshot),
        ]
    )
    events = parse(await _take(body, 5))
    said = {name: [e.event for e in events if e.json()["stream"] == name] for name in "ab"}
    assert said == {
        "a": ["document.snapshot", "test.written"],
        "b": ["stream.trimmed", "document.snapshot", "test.written"],
    }
    assert decode_positions(events[-1].id) == {"a": 5, "b": 5}
    await body.aclose()


async def test_many_streams_ping_and_end_as_one_does() -> None:
    bus, stopping = MemoryBus(), asyncio.Event()
    parts = [Part(name, follow(MemoryLog(), bus, name)) for name in "ab"]
    body = Multiplex(parts, ping=SOON, stopping=stopping)
    assert [await anext(body), await anext(body)] == [b"id: a@0,b@0\nretry: 1000\n\n", b": ping\n\n"]
    stopping.set()
    assert set((await _all(body)).split(b"\n\n")) <= {b": ping", b""}
    aged = Multiplex([Part("a", follow(MemoryLog(), bus, "a"))], max_age=timedelta(milliseconds=5))
    assert await _all(aged) == b"id: a@0\nretry: 1000\n\n"
    assert not bus._subscribers


async def test_a_failing_database_ends_the_connection_cleanly() -> None:
    bus, log = MemoryBus(), UnreadableLog(reads=1)
    await log.append([Batch("a", events_of(1, 1000))])
    data = await _all(Multiplex([Part("a", follow(log, bus, "a")), Part("b", follow(MemoryLog(), bus, "b"))]))
    assert [event.json()["seq"] for event in parse(data)] == list(range(1, 1001))


async def test_a_failing_stream_ends_the_connection_with_its_error() -> None:
    async def snapshot() -> Snapshot:
        raise InvalidInput("no such document")

    bus = MemoryBus()
    parts = [
        Part("a", follow(MemoryLog(), bus, "a"), snapshot=snapshot, snapshot_first=True),
        Part("b", follow(MemoryLog(), bus, "b")),
    ]
    with pytest.raises(InvalidInput, match="no such document"):
        await _all(Multiplex(parts))
    assert not bus._subscribers


async def test_a_stream_of_several_ends_at_once_when_its_reader_may_not_read_on() -> None:
    """Whether it waits or has something to send. [security 33]"""
    log, bus = MemoryLog(), MemoryBus()
    for there in (0, 3):
        await log.append([Batch("a", events_of(1, there))])
        body = Multiplex([Part("a", follow(log, bus, "a"))])
        assert await anext(body)
        rest = asyncio.create_task(_all(body))
        body.end()
        assert await rest == b""
    unopened = Multiplex([Part("a", follow(log, bus, "a"))])
    unopened.end()
    assert parse(await _all(unopened)) == []
