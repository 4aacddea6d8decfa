"""A whole database as one file, taken while it is in use, and back.

SQLite is copied by ``VACUUM INTO``: one read transaction, so writers go on, and what was deleted is not in the copy.
PostgreSQL is left to its own tools, `pg_dump` and `pg_restore`, which must be as new as its server.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from outlast.db.tenancy import EVERY_WORKSPACE, SETTING, make_role
from outlast.db.unit import reading, transaction
from outlast.kit.errors import OutlastError

_WAIT_S = 30.0
_EVERY = {"name": SETTING, "value": EVERY_WORKSPACE}
_QUERY_NAMES = {"host": "PGHOST", "port": "PGPORT", "ssl": "PGSSLMODE", "sslmode": "PGSSLMODE"}


class DumpFailed(OutlastError):
    """The database could not be copied, or a copy not be loaded; the message says why."""

    code = "database.dump_failed"


class ToolMissing(DumpFailed):
    """A program of PostgreSQL is not on the PATH."""

    code = "database.tool_missing"


def sqlite_path(url: str) -> Path | None:
    """The file of a database; None for one that is no SQLite file."""
    target = make_url(url)
    name = target.database
    return Path(name) if target.get_backend_name() == "sqlite" and name and name != ":memory:" else None


def dump_sqlite(source: Path, into: Path) -> None:
    """Copy a SQLite file that may be in use.

    Args:
        source: the file.
        into: made; must not be there.

    Raises:
        DumpFailed: it is not there, is damaged, or the disk is full.
    """
    if not source.is_file():
        raise DumpFailed(f"There is no database {source}; has a server run on this data folder?")
    try:
        with closing(sqlite3.connect(source, timeout=_WAIT_S, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(into),))
    except sqlite3.Error as error:
        raise DumpFailed(f"The database {source} could not be copied: {error}.") from error


def dump_postgresql(url: str, into: Path) -> None:
    """Have `pg_dump` write a database in its own format.

    Raises:
        ToolMissing: there is no pg_dump.
        DumpFailed: what it says.
    """
    # The tables' policies hold for their owner too: the dump asks for the rows of every workspace, or it had none.
    _run("pg_dump", ["--format=custom", "--no-owner", "--enable-row-security", "--file", str(into)], url)


def load_postgresql(url: str, dump: Path) -> None:
    """Have `pg_restore` load a dump into a database that `make_ready` has seen, whole or not at all.

    Raises:
        ToolMissing: there is no pg_restore.
        DumpFailed: what it says.
    """
    wanted = ["--single-transaction", "--exit-on-error", "--no-owner", "--dbname", make_url(url).database or ""]
    _run("pg_restore", [*wanted, str(dump)], url)


def check_readable(url: str, dump: Path) -> None:
    """Check that this machine's `pg_restore` can read a dump.

    Raises:
        ToolMissing: there is none.
        DumpFailed: it is too old, or the dump is none.
    """
    _run("pg_restore", ["--list", str(dump)], url)


async def make_ready(engine: AsyncEngine) -> None:
    """Drop every table of a PostgreSQL database, and make the role that a dump grants rights to."""
    async with transaction(engine) as connection:
        await connection.run_sync(_drop_tables)
        await connection.run_sync(_make_role)


async def is_empty(engine: AsyncEngine) -> bool:
    """Whether a database has no table."""
    async with reading(engine) as connection:
        return not await connection.run_sync(lambda c: inspect(c).get_table_names())


async def has_live_hosts(engine: AsyncEngine) -> bool:
    """Whether a server says that it runs on this database."""
    async with reading(engine) as connection:
        if "hosts" not in await connection.run_sync(lambda c: inspect(c).get_table_names()):
            return False
        found = await connection.execute(
            text("SELECT count(*) FROM hosts WHERE lease_until > :now"), {"now": datetime.now(UTC)}
        )
        return bool(found.scalar_one())


async def forget_hosts(engine: AsyncEngine) -> None:
    """Free every session of a restored database: the hosts that it tells of run elsewhere, on another one."""
    async with transaction(engine) as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT set_config(:name, :value, true)"), _EVERY)
        if "hosts" in await connection.run_sync(lambda c: inspect(c).get_table_names()):
            await connection.execute(text("UPDATE sessions SET host = NULL WHERE host IS NOT NULL"))
            await connection.execute(text("DELETE FROM hosts"))


def _drop_tables(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    for table in inspect(connection).get_table_names():
        connection.execute(text(f"DROP TABLE {quote(table)} CASCADE"))


def _make_role(connection: Connection) -> None:
    make_role(_Operations(connection))


class _Operations:
    """What a migration's helper needs, without a migration."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sqltext: str) -> None:
        self._connection.exec_driver_sql(sqltext)

    def get_bind(self) -> Connection:
        return self._connection


def _run(tool: str, words: Sequence[str], url: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise ToolMissing(f"{tool} is not on the PATH; install PostgreSQL's client programs (postgresql-client).")
    ended = subprocess.run(
        [program, *words],
        env=_environment(make_url(url)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if ended.returncode:
        raise DumpFailed(f"{tool} failed: {ended.stderr.strip()[-2000:]}")


def _environment(url: URL) -> Mapping[str, str]:
    """Where the database is, in the words of libpq: in the environment, where no other user reads the password."""
    given = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGDATABASE": url.database}
    given["PGPASSWORD"] = url.password
    for name, value in url.query.items():
        if name in _QUERY_NAMES:
            given[_QUERY_NAMES[name]] = value if isinstance(value, str) else value[0]
    options = f"{os.environ.get('PGOPTIONS', '')} -c {SETTING}={EVERY_WORKSPACE}".strip()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAST_")}
    return {**kept, **{name: str(value) for name, value in given.items() if value is not None}, "PGOPTIONS": options}
