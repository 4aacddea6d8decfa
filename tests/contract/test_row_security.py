"""A connection sees the rows of its workspace only, held by PostgreSQL; what is append-only stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.db.tenancy import ROLE, make_role, protect, unprotect
from outlast.runtime.records import Created, SessionFilter, SessionRecord
from outlast.runtime.records_sql import SqlRecords

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


async def _with_sessions(url: str) -> AsyncEngine:
    """A database with a session in each of two workspaces, and one in none."""
    engine = create_engine(url)
    await upgrade(engine)
    rows = [
        Created(SessionRecord(id=f"s-{workspace}", app="a", workspace_id=workspace, created_at=NOON, updated_at=NOON))
        for workspace in ("", "w1", "w2")
    ]
    async with engine.begin() as connection:
        await connection.run_sync(SqlRecords(engine).write, rows)
    return engine


@asynccontextmanager
async def _as_owner(url: str) -> AsyncIterator[str]:
    """The URL for a user who owns the database and its tables, but is not the server's superuser."""
    owner = f"owner_of_{make_url(url).database}"
    engine = create_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE ROLE {owner} LOGIN CREATEROLE"))
        await connection.execute(text(f"GRANT ALL ON SCHEMA public TO {owner}"))
        await connection.run_sync(_as_operations, make_role)
        await connection.execute(text(f"GRANT {ROLE} TO {owner}"))
    yield make_url(url).set(username=owner).render_as_string(hide_password=False)
    async with engine.begin() as connection:
        await connection.execute(text(f"DROP OWNED BY {owner}"))
        await connection.execute(text(f"DROP ROLE {owner}"))
    await engine.dispose()


def _as_operations(connection: Connection, work: object, /, *given: object, **named: object) -> None:
    assert callable(work)
    work(Operations(MigrationContext.configure(connection)), *given, **named)


async def _seen(connection: AsyncConnection) -> set[str]:
    return set((await connection.execute(text("SELECT id FROM sessions"))).scalars())


@pytest.mark.postgres
async def test_a_connection_sees_its_workspace_alone_and_none_without_one(postgres_url: str) -> None:
    """Also the owner of the tables, and who works as the role of the units. [security 73] [security 74]"""
    async with _as_owner(postgres_url) as url:
        engine = await _with_sessions(url)
        for workspace, seen in {"": set[str](), "w1": {"s-w1"}, "w3": set[str](), "*": {"s-", "s-w1", "s-w2"}}.items():
            other = create_engine(url, workspace=workspace)
            async with other.connect() as connection:
                assert await _seen(connection) == seen
                await connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
                assert await _seen(connection) == seen
            await other.dispose()
        await engine.dispose()


@pytest.mark.postgres
async def test_a_transaction_narrows_what_its_connection_sees_until_its_end(postgres_url: str) -> None:
    engine = await _with_sessions(postgres_url)
    async with engine.connect() as connection:
        settings = text("SELECT set_config('role', :role, true), set_config('outlast.workspace', :workspace, true)")
        await connection.execute(settings, {"role": ROLE, "workspace": "w2"})
        assert await _seen(connection) == {"s-w2"}
        changed = await connection.execute(text("UPDATE sessions SET title = 'x'"))
        assert changed.rowcount == 1
        with pytest.raises(DBAPIError, match="row-level security"):
            await connection.execute(text("UPDATE sessions SET workspace_id = 'w1'"))
        await connection.rollback()
        assert await _seen(connection) == {"s-", "s-w1", "s-w2"}
    await engine.dispose()


async def test_rows_of_before_belong_to_no_workspace(database_url: str) -> None:
    engine = create_engine(database_url)
    await upgrade(engine, to="0001")
    async with engine.begin() as connection:
        columns = "id, app, title, state, user_id, user_name, args, code, created_at, updated_at, attempt, bytes, epoch"
        given = "'s', 'a', '', 'created', '', '', '{}', '', :now, :now, 0, 0, 0"
        now = {"now": NOON if engine.dialect.name == "postgresql" else NOON.strftime("%Y-%m-%d %H:%M:%S.%f")}
        await connection.execute(text(f"INSERT INTO sessions ({columns}) VALUES ({given})"), now)
    await upgrade(engine)
    (kept,) = (await SqlRecords(engine).page(SessionFilter(workspace_id=""))).items
    assert (kept.id, kept.workspace_id, kept.expires_at, kept.deleted_at) == ("s", "", None, None)
    await engine.dispose()


async def _make_ledger(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE IF NOT EXISTS workspaces (id TEXT PRIMARY KEY)"))
        await connection.execute(text("CREATE TABLE ledger (workspace_id TEXT NOT NULL, said TEXT)"))
        await connection.run_sync(_as_operations, make_role)
        await connection.run_sync(lambda c: _as_operations(c, protect, "ledger", append_only=True))
        await connection.execute(text("INSERT INTO ledger VALUES ('w', 'a'), ('gone', 'b')"))


async def test_what_is_append_only_is_neither_changed_nor_removed_on_sqlite(sqlite_url: str) -> None:
    """[security 84]"""
    engine = create_engine(sqlite_url)
    await _make_ledger(engine)
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO workspaces VALUES ('w')"))
    for refused in ("UPDATE ledger SET said = 'c'", "DELETE FROM ledger WHERE workspace_id = 'w'"):
        with pytest.raises(IntegrityError, match="append-only"):
            async with engine.begin() as connection:
                await connection.execute(text(refused))
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM ledger WHERE workspace_id = 'gone'"))
        await connection.run_sync(lambda c: _as_operations(c, unprotect, "ledger"))
        await connection.execute(text("UPDATE ledger SET said = 'c'"))
        assert (await connection.execute(text("SELECT * FROM ledger"))).all() == [("w", "c")]
    await engine.dispose()


@pytest.mark.postgres
async def test_what_is_append_only_is_neither_changed_nor_removed_on_postgresql(postgres_url: str) -> None:
    """[security 84]"""
    engine = create_engine(postgres_url)
    await _make_ledger(engine)
    for refused in ("UPDATE ledger SET said = 'c'", "DELETE FROM ledger"):
        with pytest.raises(DBAPIError, match="permission denied"):
            await _run_as_unit(engine, refused)
    await _run_as_unit(engine, "INSERT INTO ledger VALUES ('w', 'c')")
    await engine.dispose()


async def _run_as_unit(engine: AsyncEngine, statement: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
        await connection.execute(text(statement))
