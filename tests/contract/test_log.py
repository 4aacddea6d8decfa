"""Every log keeps the promises of the port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from outlast.db.base import metadata
from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.kit.errors import StreamTrimmed
from outlast.streams.log import Batch, Companion, Snapshot, StreamLog
from outlast.streams.log_memory import MemoryLog
from outlast.streams.log_sql import SqlLog
from outlast.streams.tables import stream_events, stream_snapshots
from outlast.testing.conformance import OpenLog, StreamLogSuite, events_of

marks = Table("marks", MetaData(), Column("name", Text, primary_key=True), Column("n", Integer))


class MarkingCompanion:
    """Writes a row for each change, which is its name."""

    def write(self, connection: object, changes: Sequence[object]) -> None:
        assert isinstance(connection, Connection)
        connection.execute(insert(marks), [{"name": str(change), "n": 1} for change in changes])


class TestMemoryLog(StreamLogSuite):
    @pytest.fixture
    def open_log(self) -> OpenLog:
        async def open_one(companion: Companion | None) -> StreamLog:
            return MemoryLog(companion)

        return open_one


class TestSqlLog(StreamLogSuite):
    @pytest.fixture
    async def engine(self, database_url: str) -> AsyncIterator[AsyncEngine]:
        engine = create_engine(database_url)
        await upgrade(engine)
        yield engine
        await engine.dispose()

    @pytest.fixture
    async def open_log(self, engine: AsyncEngine) -> AsyncIterator[OpenLog]:
        async with AsyncExitStack() as opened:

            async def open_one(companion: Companion | None) -> StreamLog:
                log = SqlLog(engine, companion)
                opened.push_async_callback(log.close)
                return log

            yield open_one

    async def test_a_second_writer_of_a_stream_is_fenced_off(self, open_log: OpenLog) -> None:
        old, new = await open_log(None), await open_log(None)
        await old.append([Batch("a", events_of(1, 3))])
        await new.append([Batch("a", events_of(4, 4))])
        assert list(await old.append([Batch("a", events_of(4, 6)), Batch("b", events_of(1, 1))])) == [0]
        assert (await new.head("a"), await new.head("b")) == (4, 1)

    async def test_readers_that_come_at_once_share_what_they_read_and_miss_nothing(self, open_log: OpenLog) -> None:
        log, seen = await open_log(None), list[int]()
        await log.append([Batch("a", events_of(1, 3))])
        pages = await asyncio.gather(*(log.read("a") for _ in range(20)))
        assert all(page[0] is pages[0][0] for page in pages)
        for last in range(4, 24):
            early = [asyncio.create_task(log.read("a")) for _ in range(10)]
            await log.append([Batch("a", events_of(last, last))])
            early[0].cancel()
            seen.append(len(await log.read("a")))  # begun after the append, whatever else is being read
            await asyncio.gather(*early[1:])
        assert seen == list(range(4, 24))

    async def test_many_logs_of_one_database_append_at_once(self, open_log: OpenLog) -> None:
        logs = [await open_log(None) for _ in range(4)]

        async def write(log: StreamLog, name: str) -> None:
            for seq in range(1, 21):
                assert await log.append([Batch(name, events_of(seq, seq))]) == {}

        await asyncio.gather(*(write(log, f"s{i}") for i, log in enumerate(logs)))
        assert [await logs[0].head(f"s{i}") for i in range(4)] == [20] * 4

    async def test_records_change_in_the_transaction_of_their_events(
        self, engine: AsyncEngine, open_log: OpenLog
    ) -> None:
        async with engine.begin() as connection:
            await connection.run_sync(marks.metadata.create_all)
        log = await open_log(MarkingCompanion())
        await log.append([Batch("a", events_of(1, 2), "first")])
        await log.append([Batch("a", events_of(2, 2), "fenced"), Batch("b", events_of(1, 1), "second")])
        with pytest.raises(IntegrityError):  # the companion's own fault is no fence
            await log.append([Batch("b", events_of(2, 2), "first")])
        async with engine.connect() as connection:
            names = (await connection.execute(select(marks.c.name).order_by(marks.c.name))).scalars().all()
        assert names == ["first", "second"]
        assert await log.head("b") == 1

    async def test_an_append_that_is_cancelled_leaves_the_log_usable(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        for turns in range(12):
            cut = asyncio.ensure_future(log.append([Batch(f"cut{turns}", events_of(1, 50))]))
            for _ in range(turns):
                await asyncio.sleep(0)
            cut.cancel()
            await asyncio.wait([cut])
            assert await log.append([Batch("a", events_of(turns + 1, turns + 1))]) == {}
            assert await log.head(f"cut{turns}") in (0, 50)
        assert await log.head("a") == 12


_names = st.sampled_from(["a", "b"])
_seqs = st.integers(1, 8)
_steps = st.one_of(
    # Each batch: how far behind the stream's head it starts (0: where it should), and how many events it has.
    st.tuples(st.just("append"), st.lists(st.tuples(_names, st.integers(0, 2), st.integers(0, 3)), max_size=4)),
    st.tuples(st.just("trim"), _names, _seqs),
    st.tuples(st.just("drop"), _names),
    st.tuples(st.just("snapshot"), _names, _seqs),
)


async def _step(log: StreamLog, step: Sequence[object]) -> object:
    match step:
        case ("append", list(parts)):
            heads, batches = {name: await log.head(name) for name in ("a", "b")}, []
            for name, behind, count in parts:
                first = max(1, heads[name] + 1 - behind)
                batches.append(Batch(name, events_of(first, first + count - 1)))
                heads[name] = max(heads[name], first + count - 1)
            return sorted(await log.append(batches))
        case ("trim", str(name), int(seq)):
            await log.trim(name, before=seq)
        case ("drop", str(name)):
            await log.drop(name)
        case ("snapshot", str(name), int(seq)):
            await log.save_snapshot(name, Snapshot(seq, b"%d" % seq))
    return None


async def _seen(log: StreamLog) -> Sequence[object]:
    seen: list[object] = []
    for name in ("a", "b"):
        seen += [await log.head(name), await log.load_snapshot(name)]
        for after in range(9):
            try:
                seen.append([event.seq for event in await log.read(name, after=after)])
            except StreamTrimmed as trimmed:
                seen.append(("trimmed", trimmed.first))
    return seen


@given(steps=st.lists(_steps, max_size=12))
def test_the_log_in_a_database_does_what_the_log_in_memory_does(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Sequence[object]]
) -> None:
    async def compare(folder: str) -> None:
        engine = create_engine(f"sqlite:///{Path(folder) / 'log.sqlite3'}")
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all, [stream_events, stream_snapshots])
        stored, model = SqlLog(engine), MemoryLog()
        for step in steps:
            assert await _step(stored, step) == await _step(model, step)
        assert await _seen(stored) == await _seen(model)
        await stored.close()
        await engine.dispose()

    with TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
        asyncio.run(compare(folder))
