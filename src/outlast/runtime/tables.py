"""Tables of the runtime: the hosts and the sessions they own."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text, text

from outlast.db.base import metadata

hosts = Table(
    "hosts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("machine", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("process_started", Text, nullable=False),
    Column("lease_until", DateTime(timezone=True), nullable=False),
)

LIVELY = text("state IN ('created', 'running', 'waiting')")
"""Of which sessions there are never many: what every host looks for has a small index of its own."""

OPEN = text("state IN ('created', 'running', 'waiting', 'hibernated') AND deleted_at IS NULL")
"""Sessions that have not ended: counted for each member, and looked through for idle ones."""


def _index_of(column: str, name: str) -> Index:
    """An index of the rows that have something there."""
    there = text(f"{column} IS NOT NULL")
    return Index(name, column, sqlite_where=there, postgresql_where=there)


sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("app", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("args", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("host", Text),
    Column("epoch", Integer, nullable=False),
    Column("waiting_input", Text),
    Column("waiting_label", Text),
    Column("due_at", DateTime(timezone=True)),
    Column("workspace_id", Text, nullable=False, server_default=""),
    Column("expires_at", DateTime(timezone=True)),
    Column("deleted_at", DateTime(timezone=True)),
    Column("deleted_by", Text),
    Column("waiting_audience", Text),
    # What a row of a workspace refers to: a session of the same workspace, or nothing.
    Index("uq_sessions_workspace_id_id", "workspace_id", "id", unique=True),
    Index("ix_sessions_activity", "workspace_id", "updated_at", "id"),
    Index("ix_sessions_user_activity", "workspace_id", "user_id", "updated_at", "id"),
    Index("ix_sessions_app_activity", "workspace_id", "app", "updated_at", "id"),
    Index("ix_sessions_state_activity", "workspace_id", "state", "updated_at", "id"),
    Index("ix_sessions_lively", "state", "updated_at", "id", sqlite_where=LIVELY, postgresql_where=LIVELY),
    Index("ix_sessions_open", "workspace_id", "user_id", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_sessions_idle", "updated_at", sqlite_where=OPEN, postgresql_where=OPEN),
    # Of few sessions each: with the others in them, SQLite would look through all that ever ended.
    _index_of("due_at", "ix_sessions_due"),
    _index_of("host", "ix_sessions_host"),
    _index_of("expires_at", "ix_sessions_expires"),
    _index_of("deleted_at", "ix_sessions_deleted"),
    _index_of("waiting_audience", "ix_sessions_asked"),
)
