"""The log in SQLite or PostgreSQL: one implementation, its statements compiled once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

from sqlalchemy import Connection, Insert, bindparam, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from outlast.db.unit import reading, transaction
from outlast.db.writer import Writer
from outlast.kit.errors import StreamConflict
from outlast.streams.log import Batch, Companion, Snapshot, StoredEvent, conflict, trimmed
from outlast.streams.tables import stream_events as events
from outlast.streams.tables import stream_snapshots as snapshots

_INSERT = insert(events)
_READ = (
    select(events.c.seq, events.c.kind, events.c.data, events.c.visibility)
    .where(events.c.stream == bindparam("stream"), events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
    .limit(bindparam("limit"))
)
_HEAD = select(func.max(events.c.seq)).where(events.c.stream == bindparam("stream"))


def _save_statement(*, sqlite: bool) -> Insert:
    upsert = sqlite_insert(snapshots) if sqlite else postgresql_insert(snapshots)
    return upsert.on_conflict_do_update(
        index_elements=[snapshots.c.stream],
        set_={"seq": upsert.excluded.seq, "data": upsert.excluded.data},
        where=snapshots.c.seq < upsert.excluded.seq,
    )


class SqlLog:
    """A log in a database (the `outlast.streams.log.StreamLog` port).

    Appends go through one connection that stays open (`outlast.db.writer`); reads take one of the engine's.

    Args:
        engine: from `outlast.db.engine.create_engine`, its schema up to date.
        companion: writes the batches' changes in the same transaction.
    """

    def __init__(self, engine: AsyncEngine, companion: Companion | None = None) -> None:
        self._engine = engine
        self._companion = companion
        self._writer = Writer(engine)
        self._coming: dict[tuple[str, int, int], asyncio.Task[Sequence[StoredEvent]]] = {}
        self._reads: set[asyncio.Task[Sequence[StoredEvent]]] = set()
        self._insert = str(_INSERT.compile(dialect=engine.dialect))
        self._save = _save_statement(sqlite=engine.dialect.name == "sqlite")

    @property
    def companion(self) -> Companion | None:
        """What writes in the same transaction."""
        return self._companion

    async def append(self, batches: Sequence[Batch]) -> Mapping[int, StreamConflict]:
        return await self._writer.run(partial(self._append, batches))

    def _append(self, batches: Sequence[Batch], connection: Connection) -> Mapping[int, StreamConflict]:
        try:
            self._insert_rows(connection, batches)
            self._write_changes(connection, batches)
            connection.commit()
            return {}
        except IntegrityError:
            connection.rollback()
        conflicts = self._append_each(batches, connection)
        self._write_changes(connection, [b for i, b in enumerate(batches) if i not in conflicts])
        connection.commit()
        return conflicts

    def _insert_rows(self, connection: Connection, batches: Sequence[Batch]) -> None:
        rows = [(b.stream, e.seq, e.kind, e.visibility, e.data) for b in batches for e in b.events]
        if rows:
            connection.exec_driver_sql(self._insert, rows)

    def _write_changes(self, connection: Connection, batches: Sequence[Batch]) -> None:
        changes = [batch.change for batch in batches if batch.change is not None]
        if changes and self._companion is not None:
            self._companion.write(connection, changes)

    def _append_each(self, batches: Sequence[Batch], connection: Connection) -> Mapping[int, StreamConflict]:
        """Insert batch by batch, leaving out those that conflict."""
        conflicts: dict[int, StreamConflict] = {}
        fenced: set[str] = set()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # before the savepoints, which begin nothing
        for index, batch in enumerate(batches):
            if batch.stream not in fenced:
                try:
                    with connection.begin_nested():
                        self._insert_rows(connection, [batch])
                    continue
                except IntegrityError:
                    fenced.add(batch.stream)
            conflicts[index] = conflict(batch)
        return conflicts

    async def read(self, stream: str, *, after: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        # A thousand viewers that come at once read the same: who asks before a read has begun shares it.
        key = stream, after, limit
        coming = self._coming.get(key)
        if coming is None:
            coming = self._coming[key] = asyncio.create_task(self._read(*key), name="read a stream")
            self._reads.add(coming)
            coming.add_done_callback(self._has_read)
        page = await asyncio.shield(coming)
        if page and page[0].seq != after + 1:
            raise trimmed(stream, after=after, first=page[0].seq)
        return page

    async def _read(self, stream: str, after: int, limit: int) -> Sequence[StoredEvent]:
        key = stream, after, limit
        try:
            async with reading(self._engine) as connection:
                del self._coming[key]
                rows = await connection.execute(_READ, {"stream": stream, "after": after, "limit": limit})
                return [StoredEvent(*row) for row in rows]
        finally:
            if self._coming.get(key) is asyncio.current_task():  # it failed before it began
                del self._coming[key]

    def _has_read(self, task: asyncio.Task[Sequence[StoredEvent]]) -> None:
        self._reads.discard(task)
        if not task.cancelled():
            task.exception()  # all who asked may have gone

    async def head(self, stream: str) -> int:
        async with reading(self._engine) as connection:
            return (await connection.execute(_HEAD, {"stream": stream})).scalar() or 0

    async def trim(self, stream: str, *, before: int) -> None:
        last = select(func.max(events.c.seq)).where(events.c.stream == stream).scalar_subquery()
        async with transaction(self._engine) as connection:
            await connection.execute(
                delete(events).where(events.c.stream == stream, events.c.seq < before, events.c.seq < last)
            )

    async def drop(self, stream: str) -> None:
        async with transaction(self._engine) as connection:
            for table in (events, snapshots):
                await connection.execute(delete(table).where(table.c.stream == stream))

    async def save_snapshot(self, stream: str, snapshot: Snapshot) -> None:
        async with transaction(self._engine) as connection:
            await connection.execute(self._save, {"stream": stream, "seq": snapshot.seq, "data": snapshot.data})

    async def load_snapshot(self, stream: str) -> Snapshot | None:
        query = select(snapshots.c.seq, snapshots.c.data).where(snapshots.c.stream == stream)
        async with reading(self._engine) as connection:
            row = (await connection.execute(query)).first()
        return Snapshot(seq=row.seq, data=row.data) if row else None

    async def close(self) -> None:
        """Give the connections back; the engine is its owner's to dispose."""
        if self._reads:
            await asyncio.wait(self._reads)
        await self._writer.close()
