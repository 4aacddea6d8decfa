"""The schema's history (Alembic), run from the installed package on SQLite and PostgreSQL alike."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from outlast.db.unit import reading, transaction

_LOCK = 0x6F75746C617374
"""PostgreSQL's advisory lock that one migrating process holds (``outlast`` in ASCII)."""


async def upgrade(engine: AsyncEngine, *, to: str = "head") -> None:
    """Bring a database's schema up to date, in one transaction; several processes may try at once.

    Args:
        to: a revision, or ``head`` for the newest.

    Raises:
        Unavailable: the database can't be reached or stays locked.
    """
    if to == "head" and await revision(engine) == newest():
        return
    async with transaction(engine) as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        await connection.run_sync(_upgrade, to)


async def revision(engine: AsyncEngine) -> str | None:
    """The revision that a database is at; None for one that has no schema yet."""
    async with reading(engine) as connection:
        return await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())


def newest() -> str | None:
    """The newest revision that this package knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


def is_known(name: str) -> bool:
    """Whether this package has a revision of that name."""
    try:
        return ScriptDirectory.from_config(config()).get_revision(name) is not None
    except CommandError:
        return False


def config() -> Config:
    """Alembic's configuration, for `alembic.command`."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


def _upgrade(connection: Connection, to: str) -> None:
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, to)
