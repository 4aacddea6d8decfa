"""The connection that commits: kept open, and given each transaction's whole work in one go.

On SQLite every statement through the async driver is a journey to its thread and back, several for each statement;
a commit is mostly journeys then. Here a transaction is one plain function, and one journey.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from outlast.db.engine import create_writer
from outlast.db.unit import database_errors, write_lock

T = TypeVar("T")


class Writer:
    """Runs transactions on a connection of its own, one after the other.

    Args:
        engine: of the database, from `outlast.db.engine.create_engine`.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._way: _Direct | _Threaded = _Threaded(engine) if engine.dialect.name == "sqlite" else _Direct(engine)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Have work done, which commits. It goes to its end also when the caller is cancelled.

        Args:
            work: a plain function; what it raises is rolled back, and the connection made anew.

        Raises:
            Unavailable: the database can't be used now.
        """
        with database_errors():
            async with self._turn, write_lock(self._engine):
                running = asyncio.ensure_future(self._way.run(work))
                try:
                    return await asyncio.shield(running)
                except asyncio.CancelledError:
                    await asyncio.wait([running])
                    raise

    async def close(self) -> None:
        """Close the connection; the next work opens another."""
        async with self._turn:
            await self._way.close()


class _Threaded:
    """Plain SQLAlchemy in a thread of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine: Engine = create_writer(engine)
        self._thread = ThreadPoolExecutor(1, "database writer")
        self._connection: Connection | None = None

    async def run(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)

    def _run(self, work: Callable[[Connection], T]) -> T:
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            return work(self._connection)
        except BaseException:  # broad: whatever went wrong, nothing of it stays
            self._close()
            raise

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._engine.dispose()


class _Direct:
    """The async driver; its statements travel a network anyway."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def run(self, work: Callable[[Connection], T]) -> T:
        if self._connection is None:
            self._connection = await self._engine.connect()
        try:
            return await self._connection.run_sync(work)
        except BaseException:  # broad: the pool rolls back, or replaces, the connection
            await asyncio.shield(self.close())
            raise

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
