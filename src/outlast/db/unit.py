"""Transactions, and what a failing database means to the caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from outlast.kit.errors import Unavailable
from outlast.kit.tracing import span

READERS = 4
"""That read a SQLite file at the same time. More are no faster under one interpreter, and each holds a thread."""

_locks: WeakKeyDictionary[Engine, asyncio.Lock] = WeakKeyDictionary()
_desks: WeakKeyDictionary[Engine, asyncio.Semaphore] = WeakKeyDictionary()


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a transaction that may write; it is committed at the end of the block, or rolled back by an error.

    What is read in it can't change before its end on SQLite, where one writer works at a time.

    Raises:
        Unavailable: the database can't be reached, is full or stays locked; the same unit may go through later.
    """
    with database_errors(), span("database.transaction", system=engine.dialect.name):
        async with write_lock(engine), engine.connect() as connection:
            await begin(connection)
            yield connection
            await connection.commit()


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Take a connection for queries; give it back soon, there are few.

    Raises:
        Unavailable: as `transaction`.
    """
    with database_errors():
        async with _desk(engine), engine.connect() as connection:
            yield connection


async def begin(connection: AsyncConnection) -> None:
    """Begin a transaction that will write, before its first statement."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("BEGIN IMMEDIATE")


def write_lock(engine: AsyncEngine) -> AbstractAsyncContextManager[object]:
    """What a writer holds for its whole transaction.

    SQLite has one writer at a time. Within a process they queue here, first come first served: its own way
    is to sleep and try again, which is slow and may starve one of many.
    """
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return _locks.setdefault(engine.sync_engine, asyncio.Lock())


def _desk(engine: AsyncEngine) -> AbstractAsyncContextManager[object]:
    """Where a reader waits for its turn: in the pool's own queue each would hold a stack of its own, 16 KiB."""
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return _desks.setdefault(engine.sync_engine, asyncio.Semaphore(READERS))


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn what a database does at its worst into `Unavailable`; errors of the caller's making pass."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError, NotSupportedError):
        raise
    except DBAPIError as error:
        # PostgreSQL's class 22: the data can't be stored, now or later. asyncpg's adapter does not tell it apart.
        if str(getattr(error.orig, "sqlstate", "")).startswith("22"):
            raise
        raise _unavailable(error.orig or error) from error
    except (PoolTimeout, OSError) as error:
        raise _unavailable(error) from error


def _unavailable(error: BaseException) -> Unavailable:
    return Unavailable(f"The database can't be used now ({error}); try again in a moment.")
