"""The schema that migrations make is the one the code expects, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, inspect, text

import outlast.ee.cloud.mount
import outlast.runtime.tables
import outlast.streams.tables  # noqa: F401  its tables are part of the metadata
from outlast.db.base import metadata
from outlast.db.engine import create_engine
from outlast.db.migrations import newest, revision, upgrade

VERSIONS = "alembic_version"


def _schema(connection: Connection) -> Mapping[str, Sequence[object]]:
    """All that the database tells of its tables: the statements on SQLite, columns and indexes on PostgreSQL."""
    inspector = inspect(connection)
    schema: dict[str, Sequence[object]] = {}
    for table in inspector.get_table_names():
        if table == VERSIONS:
            continue
        columns = [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(table)]
        indexes = sorted(
            (i["name"], tuple(i["column_names"]), i["unique"]) for i in inspector.get_indexes(table) if i["name"]
        )
        key = inspector.get_pk_constraint(table)
        foreign = sorted((f["name"], f["referred_table"]) for f in inspector.get_foreign_keys(table) if f["name"])
        options = inspector.get_table_options(table)
        schema[table] = [*columns, *indexes, (key["name"], tuple(key["constrained_columns"])), *foreign, options]
    return schema


def _empty(connection: Connection) -> None:
    """Drop everything."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    else:
        there = MetaData()
        there.reflect(connection)
        there.drop_all(connection)


async def test_the_migrated_schema_equals_the_metadata(database_url: str) -> None:
    engine = create_engine(database_url)
    await upgrade(engine)
    async with engine.connect() as connection:
        migrated = await connection.run_sync(_schema)
    async with engine.begin() as connection:
        await connection.run_sync(_empty)
        await connection.run_sync(metadata.create_all)
    async with engine.connect() as connection:
        assert await connection.run_sync(_schema) == migrated
    await engine.dispose()


async def test_a_migrated_database_is_left_alone(database_url: str) -> None:
    engine = create_engine(database_url)
    assert await revision(engine) is None
    await upgrade(engine)
    await upgrade(engine)
    assert await revision(engine) == newest()
    await engine.dispose()


async def test_several_processes_may_migrate_at_once(database_url: str) -> None:
    engines = [create_engine(database_url) for _ in range(5)]
    await asyncio.gather(*(upgrade(engine) for engine in engines))
    assert {await revision(engine) for engine in engines} == {newest()}
    for engine in engines:
        await engine.dispose()


async def test_events_of_a_stream_lie_side_by_side_on_sqlite(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    await upgrade(engine)
    async with engine.connect() as connection:
        made = (await connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'stream_events'"))).scalar()
        modes = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in ("journal_mode", "synchronous")
        ]
    assert str(made).rstrip().endswith("WITHOUT ROWID")
    assert modes == ["wal", 2]
    await engine.dispose()


@pytest.mark.parametrize("name", ["env.py", "script.py.mako", "versions/0001_sessions.py"])
def test_an_installed_package_brings_its_migrations(name: str) -> None:
    import outlast.db.migrations as package  # late: asked for its place alone

    assert (Path(package.__path__[0]) / name).is_file()
