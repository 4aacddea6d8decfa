"""A reader gets each event once, in order, whatever happens to its connection and to the hints."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.kit.errors import StreamTrimmed
from outlast.streams.bus import Bus
from outlast.streams.bus_memory import MAX_WAITING_EVENTS, MemoryBus
from outlast.streams.commit import GroupCommit
from outlast.streams.follow import Follow, follow
from outlast.streams.log import Batch, StreamLog
from outlast.streams.log_memory import MemoryLog
from outlast.streams.log_sql import SqlLog
from outlast.testing.conformance import events_of
from tests.stream.fakes import FaultyBus


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(sqlite_url)
    await upgrade(engine)
    yield engine
    await engine.dispose()


@pytest.fixture
async def log(engine: AsyncEngine) -> AsyncIterator[SqlLog]:
    log = SqlLog(engine)
    yield log
    await log.close()


async def _read(following: Follow, until: int) -> list[int]:
    seen: list[int] = []
    while following.seq < until:
        seen += [event.seq for event in await anext(following)]
    return seen


async def _write(commit: GroupCommit, last: int, random: Random) -> None:
    seq = 1
    while seq <= last:
        size = min(random.randint(1, 9), last + 1 - seq)
        await commit.append(Batch("s", events_of(seq, seq + size - 1)))
        seq += size
        if random.random() < 0.3:
            await asyncio.sleep(0)


async def _read_with_cuts(log: StreamLog, bus: Bus, last: int, *, random: Random) -> list[int]:
    """Read to the end over many connections, each cut at a random moment, going on from the last event had."""
    seen: list[int] = []
    while len(seen) < last:
        following = follow(log, bus, "s", after=seen[-1] if seen else 0)
        for _ in range(random.randint(0, 6)):
            if len(seen) == last:
                break
            waiting = asyncio.ensure_future(anext(following))
            if random.random() < 0.5:
                await asyncio.wait([waiting])
            for _ in range(random.choice([1, 3, 10, 30, 100])):
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
            if not waiting.cancelled():
                seen += [event.seq for event in waiting.result()]
            elif random.random() < 0.5:
                break
        await following.aclose()
    return seen


@given(st.integers(0, 2**32), st.integers(1, 300))
def test_a_reader_cut_anywhere_gets_each_event_once_over_a_faulty_bus(seed: int, last: int) -> None:
    async def run() -> None:
        random = Random(seed)
        log, bus = MemoryLog(), FaultyBus(random)
        commit = GroupCommit(log, bus)
        steady = follow(log, bus, "s")
        readers = [asyncio.create_task(_read_with_cuts(log, bus, last, random=random)) for _ in range(3)]
        readers.append(asyncio.create_task(_read(steady, last)))
        await _write(commit, last, random)
        doubt = asyncio.create_task(bus.doubt_for_ever())
        assert await asyncio.gather(*readers) == [list(range(1, last + 1))] * 4
        doubt.cancel()
        await steady.aclose()
        await commit.close()

    asyncio.run(run())


@pytest.mark.parametrize("seed", range(5))
async def test_a_reader_cut_at_the_hand_over_from_backlog_to_tail_loses_nothing(log: SqlLog, seed: int) -> None:
    random, bus, last = Random(seed), MemoryBus(), 400
    commit = GroupCommit(log, bus)
    writer = asyncio.create_task(_write(commit, last, random))
    seen = await asyncio.gather(*(_read_with_cuts(log, bus, last, random=Random(seed * 10 + i)) for i in range(4)))
    await writer
    assert seen == [list(range(1, last + 1))] * 4
    await commit.close()


async def test_a_reader_may_resume_from_every_position_of_a_long_stream(log: SqlLog) -> None:
    memory, bus, last = MemoryLog(), MemoryBus(), 2000
    for each in (memory, log):
        await each.append([Batch("s", events_of(1, last))])
    for after in range(last + 1):
        following = follow(memory, bus, "s", after=after)
        assert await _read(following, last) == list(range(after + 1, last + 1))
        await following.aclose()
    for after in range(0, last + 1, 7):
        following = follow(log, bus, "s", after=after)
        assert await _read(following, last) == list(range(after + 1, last + 1))
        await following.aclose()


async def test_every_resumed_reader_goes_on_with_what_is_written_then() -> None:
    log, bus, last = MemoryLog(), MemoryBus(), 200
    commit = GroupCommit(log, bus)
    await commit.append(Batch("s", events_of(1, last)))
    readers = [follow(log, bus, "s", after=after) for after in range(last + 1)]
    reading = [asyncio.create_task(_read(reader, last + 2)) for reader in readers]
    await commit.append(Batch("s", events_of(last + 1, last + 2)))
    for after, seen in enumerate(await asyncio.gather(*reading)):
        assert seen == list(range(after + 1, last + 3))
    await commit.close()


async def test_a_wait_that_is_cancelled_loses_no_event(log: SqlLog) -> None:
    bus, last = MemoryBus(), 60
    await log.append([Batch("s", events_of(1, last))])
    for turns in range(20):
        following = follow(log, bus, "s")
        waiting = asyncio.ensure_future(anext(following))
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        seen = [] if waiting.cancelled() else [event.seq for event in waiting.result()]
        assert seen + await _read(following, last) == list(range(1, last + 1))
        await following.aclose()


async def test_a_slow_reader_slows_nobody_and_loses_nothing() -> None:
    log, bus, last = MemoryLog(), MemoryBus(), 10 * MAX_WAITING_EVENTS
    commit = GroupCommit(log, bus)
    slow, quick = follow(log, bus, "s"), follow(log, bus, "s")
    await commit.append(Batch("s", events_of(1, 1)))
    assert (await _read(slow, 1), await _read(quick, 1)) == ([1], [1])
    reading = asyncio.create_task(_read(quick, last))
    for seq in range(2, last + 1, 19):
        await commit.append(Batch("s", events_of(seq, min(last, seq + 18))))
    assert await reading == list(range(2, last + 1))
    assert await _read(slow, last) == list(range(2, last + 1))
    await commit.append(Batch("s", events_of(last + 1, last + 1)))
    assert (await _read(slow, last + 1), await _read(quick, last + 1)) == ([last + 1], [last + 1])
    await commit.close()


async def test_a_third_reader_joining_late_sees_the_same() -> None:
    log, bus = MemoryLog(), MemoryBus()
    commit = GroupCommit(log, bus)
    readers = [asyncio.create_task(_read(follow(log, bus, "s"), 50)) for _ in range(2)]
    for seq in range(1, 51):
        await commit.append(Batch("s", events_of(seq, seq)))
        if seq == 33:
            readers.append(asyncio.create_task(_read(follow(log, bus, "s"), 50)))
    assert await asyncio.gather(*readers) == [list(range(1, 51))] * 3
    await commit.close()


async def test_a_reader_behind_the_retained_log_gets_an_error_and_may_go_on() -> None:
    log, bus = MemoryLog(), MemoryBus()
    await log.append([Batch("s", events_of(1, 30))])
    await log.trim("s", before=21)
    following = follow(log, bus, "s", after=4)
    with pytest.raises(StreamTrimmed) as trimmed:
        await anext(following)
    following.seek(trimmed.value.first - 1)
    assert await _read(following, 30) == list(range(21, 31))


async def test_a_waiting_reader_holds_no_connection(engine: AsyncEngine, log: SqlLog) -> None:
    bus = MemoryBus()
    await log.append([Batch("s", events_of(1, 3))])
    readers = [follow(log, bus, "s") for _ in range(50)]
    waits = [asyncio.create_task(_read(reader, 3)) for reader in readers]
    await asyncio.wait(waits)
    waits = [asyncio.create_task(_read(reader, 4)) for reader in readers]
    for _ in range(200):
        await asyncio.sleep(0)
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
    assert not any(wait.done() for wait in waits)
    bus.publish("s", events_of(4, 4))
    assert await asyncio.gather(*waits) == [[4]] * 50


async def test_a_closed_reader_ends_and_leaves_nothing_behind() -> None:
    log, bus = MemoryLog(), MemoryBus()
    following = follow(log, bus, "s")
    waiting = asyncio.ensure_future(anext(following, None))
    await asyncio.sleep(0)
    await following.aclose()
    assert await waiting is None
    assert [events async for events in following] == []
    ended = follow(log, bus, "s")
    await bus.close()
    assert [events async for events in ended] == []


async def test_a_woken_reader_returns_nothing_and_goes_on() -> None:
    log, bus = MemoryLog(), MemoryBus()
    following = follow(log, bus, "s")
    following.wake()
    assert list(await anext(following)) == []
    bus.publish("s", events_of(1, 1))
    assert await _read(following, 1) == [1]
