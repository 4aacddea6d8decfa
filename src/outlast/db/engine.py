"""Engines for SQLite and PostgreSQL, set up alike: durable commits, foreign keys, no needless locks."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import URL, Engine, NullPool, event, make_url
from sqlalchemy import create_engine as create_plain_engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from outlast.db.tenancy import EVERY_WORKSPACE, SETTING

BUSY_TIMEOUT = timedelta(seconds=30)

_BUSY_TIMEOUT = "outlast_busy_timeout"
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_SERVER_SETTINGS = {"application_name": "outlast", "timezone": "UTC", "jit": "off"}
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "wal_autocheckpoint=4000",  # pages, 16 MB: the commit that copies them back waits for the disk twice more
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16000",
)


def create_engine(
    url: str | URL, *, readers: int = 8, busy_timeout: timedelta = BUSY_TIMEOUT, workspace: str = EVERY_WORKSPACE
) -> AsyncEngine:
    """Make an engine.

    Args:
        url: ``sqlite:///path`` or ``postgresql://user@host/name``; the async driver is filled in.
        readers: how many connections at most stay open; twice as many are opened under load.
        busy_timeout: how long a SQLite writer waits for another process's transaction.
        workspace: whose rows its connections see on PostgreSQL (`outlast.db.tenancy`) where a transaction does not
            name another. A server works for all; it costs no statement.

    Returns:
        The engine; nothing is connected yet. `AsyncEngine.dispose` ends its connections.
    """
    target = make_url(url)
    target = target.set(drivername=_DRIVERS.get(target.drivername, target.drivername))
    if target.get_backend_name() == "sqlite":
        return _sqlite(target, readers, busy_timeout)
    return create_async_engine(
        target,
        pool_size=readers,
        max_overflow=readers,
        pool_use_lifo=True,
        connect_args={"server_settings": {**_SERVER_SETTINGS, SETTING: workspace}},
    )


def _sqlite(url: URL, readers: int, busy_timeout: timedelta) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=readers,
        max_overflow=readers,
        pool_use_lifo=True,
        connect_args=_sqlite_args(busy_timeout),
        execution_options={_BUSY_TIMEOUT: busy_timeout},
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "invalidate", _roll_back)
    return engine


def create_writer(engine: AsyncEngine) -> Engine:
    """Make a plain engine for the one connection that writes to an async engine's SQLite file."""
    busy_timeout: timedelta = engine.sync_engine.get_execution_options()[_BUSY_TIMEOUT]
    writer = create_plain_engine(
        engine.url.set(drivername="sqlite+pysqlite"),
        poolclass=NullPool,
        connect_args={**_sqlite_args(busy_timeout), "check_same_thread": False},
    )
    event.listen(writer, "connect", _prepare)
    return writer


def _sqlite_args(busy_timeout: timedelta) -> Mapping[str, object]:
    return {
        "timeout": busy_timeout.total_seconds(),
        # The driver begins a transaction at the first write. Were it a deferred one, it would have to turn its
        # read lock into a write lock, and that fails at once, however long the timeout, if another wrote meanwhile.
        "isolation_level": "IMMEDIATE",
        "cached_statements": 256,
    }


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _roll_back(connection: DBAPIConnection, _record: ConnectionPoolEntry, _error: BaseException | None) -> None:
    """End the transaction of a connection that is thrown away because its task was cancelled.

    Closing is not enough: SQLite keeps a closed connection, and its lock, for as long as Python holds on to a
    statement of it.
    """
    with suppress(MissingGreenlet, DBAPIError):
        connection.rollback()
