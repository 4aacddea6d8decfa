"""Group commit: one transaction for all that waits, nothing told before it is stored, one failure hits one session."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.kit.errors import StreamConflict, Unavailable
from outlast.streams.bus_memory import MemoryBus
from outlast.streams.commit import GroupCommit
from outlast.streams.log import Batch
from outlast.streams.log_memory import MemoryLog
from outlast.streams.log_sql import SqlLog
from outlast.testing.conformance import events_of
from tests.stream.fakes import BrokenLog, GatedLog, PoisonedLog

AT_ONCE = [timedelta(0)] * 3


async def test_nothing_is_acknowledged_or_published_before_the_commit() -> None:
    log, bus = GatedLog(), MemoryBus()
    commit, ear = GroupCommit(log, bus), bus.subscribe("s")
    appended = asyncio.create_task(commit.append(Batch("s", events_of(1, 2))))
    heard = asyncio.create_task(ear.next())
    await log.entered.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    assert not appended.done()
    assert not heard.done()
    log.gate.set()
    await appended
    assert [event.seq for event in await heard or ()] == [1, 2]


async def test_all_that_waits_goes_in_one_transaction() -> None:
    log = GatedLog()
    commit = GroupCommit(log, MemoryBus())
    first = asyncio.create_task(commit.append(Batch("first", events_of(1, 1))))
    await log.entered.wait()
    others = [asyncio.create_task(commit.append(Batch(f"s{i}", events_of(1, 3)))) for i in range(50)]
    await asyncio.sleep(0)
    log.gate.set()
    await asyncio.gather(first, *others)
    assert [len(batches) for batches in log.transactions] == [1, 50]


async def test_a_lone_session_is_not_kept_waiting_and_many_share_commits() -> None:
    log = GatedLog()
    log.gate.set()
    commit = GroupCommit(log, MemoryBus())

    async def write(stream: str) -> None:
        for seq in range(1, 21):
            await commit.append(Batch(stream, events_of(seq, seq)))

    await write("alone")
    assert len(log.transactions) == 20
    log.transactions.clear()
    await asyncio.gather(*(write(f"s{i}") for i in range(40)))
    assert len(log.transactions) < 80


async def test_a_writer_that_was_fenced_off_learns_it_and_the_others_do_not() -> None:
    log, bus = GatedLog(), MemoryBus()
    await MemoryLog.append(log, [Batch("a", events_of(1, 1))])
    commit, ear = GroupCommit(log, bus), bus.subscribe("a")
    first = asyncio.create_task(commit.append(Batch("first", events_of(1, 1))))
    await log.entered.wait()
    fenced = [asyncio.create_task(commit.append(Batch("a", events_of(seq, seq)))) for seq in (1, 2)]
    other = asyncio.create_task(commit.append(Batch("b", events_of(1, 1))))
    log.gate.set()
    await asyncio.gather(first, other)
    for outcome in await asyncio.gather(*fenced, return_exceptions=True):
        assert isinstance(outcome, StreamConflict)
    ear.wake()
    assert await ear.next() == ()
    assert await log.head("a") == 1


async def test_what_waits_behind_a_conflict_in_its_stream_is_not_stored() -> None:
    log = GatedLog()
    await MemoryLog.append(log, [Batch("a", events_of(1, 1))])
    commit = GroupCommit(log, MemoryBus())
    first = asyncio.create_task(commit.append(Batch("a", events_of(1, 1))))
    await log.entered.wait()
    behind = asyncio.create_task(commit.append(Batch("a", events_of(2, 2))))
    await asyncio.sleep(0)
    log.gate.set()
    outcomes = await asyncio.gather(first, behind, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StreamConflict, StreamConflict]
    assert await log.head("a") == 1


async def test_a_short_failure_of_the_database_is_not_noticed() -> None:
    log = BrokenLog(Unavailable("locked"), Unavailable("locked"))
    await GroupCommit(log, MemoryBus(), retries=AT_ONCE).append(Batch("s", events_of(1, 2)))
    assert await log.head("s") == 2


async def test_a_long_failure_reaches_the_callers_and_the_next_commit_works() -> None:
    log = BrokenLog(*[Unavailable("disk full")] * 4)
    commit = GroupCommit(log, MemoryBus(), retries=AT_ONCE)
    writes = [commit.append(Batch(name, events_of(1, 1))) for name in "ab"]
    for outcome in await asyncio.gather(*writes, return_exceptions=True):
        assert isinstance(outcome, Unavailable)
    await commit.append(Batch("a", events_of(1, 1)))
    assert await log.head("a") == 1


async def test_a_commit_that_went_through_unseen_is_no_conflict_with_itself() -> None:
    log, bus = BrokenLog(Unavailable("connection lost"), commits=True), MemoryBus()
    ear = bus.subscribe("s")
    await GroupCommit(log, bus, retries=AT_ONCE).append(Batch("s", events_of(1, 2)))
    assert [event.seq for event in await ear.next() or ()] == [1, 2]


async def test_a_batch_that_can_not_be_stored_harms_no_other() -> None:
    log = PoisonedLog()
    commit = GroupCommit(log, MemoryBus())
    good = [asyncio.create_task(commit.append(Batch(f"s{i}", events_of(1, 1)))) for i in range(3)]
    bad = asyncio.create_task(commit.append(Batch("bad", events_of(1, 1), "poison")))
    with pytest.raises(ValueError, match="can't be stored"):
        await bad
    await asyncio.gather(*good)
    assert [await log.head(name) for name in ("s0", "s1", "s2", "bad")] == [1, 1, 1, 0]


async def test_a_caller_that_is_cancelled_harms_no_other() -> None:
    log = GatedLog()
    commit = GroupCommit(log, MemoryBus())
    writes = [asyncio.create_task(commit.append(Batch(f"s{i}", events_of(1, 1)))) for i in range(3)]
    await log.entered.wait()
    writes[1].cancel()
    log.gate.set()
    await asyncio.wait(writes)
    assert [write.cancelled() for write in writes] == [False, True, False]
    await commit.append(Batch("s0", events_of(2, 2)))


async def test_close_commits_what_waits_and_takes_no_more() -> None:
    log = GatedLog()
    commit = GroupCommit(log, MemoryBus())
    writes = [asyncio.create_task(commit.append(Batch(f"s{i}", events_of(1, 1)))) for i in range(3)]
    await log.entered.wait()
    closing_it = asyncio.create_task(commit.close())
    await asyncio.sleep(0)
    log.gate.set()
    await asyncio.gather(closing_it, *writes)
    with pytest.raises(Unavailable):
        await commit.append(Batch("late", events_of(1, 1)))
    await commit.close()


async def test_a_locked_database_is_unavailable_and_later_works(tmp_path: Path) -> None:
    path = tmp_path / "locked.sqlite3"
    engine = create_engine(f"sqlite:///{path}", busy_timeout=timedelta(milliseconds=20))
    await upgrade(engine)
    log = SqlLog(engine)
    commit = GroupCommit(log, MemoryBus(), retries=AT_ONCE[:1])
    await commit.append(Batch("s", events_of(1, 1)))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"):
            await commit.append(Batch("s", events_of(2, 2)))
        other.execute("ROLLBACK")
    await commit.append(Batch("s", events_of(2, 2)))
    assert await log.head("s") == 2
    await log.close()
    await engine.dispose()


async def test_a_full_disk_is_unavailable_and_later_works(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    await upgrade(engine)
    log = SqlLog(engine)
    commit = GroupCommit(log, MemoryBus(), retries=())
    await commit.append(Batch("s", events_of(1, 1)))
    # SQLite then answers as on a full disk, until the connection is given up for another.
    await log._writer.run(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1").close())
    with pytest.raises(Unavailable, match="full"):
        await commit.append(Batch("s", events_of(2, 20_000)))
    await commit.append(Batch("s", events_of(2, 20_000)))
    assert await log.head("s") == 20_000
    await log.close()
    await engine.dispose()
