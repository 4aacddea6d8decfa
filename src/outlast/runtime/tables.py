"""Tables of the runtime: the hosts and the sessions they own."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text

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
    Index("ix_sessions_activity", "updated_at", "id"),
    Index("ix_sessions_user_activity", "user_id", "updated_at", "id"),
    Index("ix_sessions_app_activity", "app", "updated_at", "id"),
    Index("ix_sessions_state_activity", "state", "updated_at", "id"),
    Index("ix_sessions_due", "due_at"),
    Index("ix_sessions_host", "host"),
)
