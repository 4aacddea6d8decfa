"""The outbox: facts on their way."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text

from outlast.db.base import metadata

outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("workspace_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("handled", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("leased_until", DateTime(timezone=True)),
    Column("error", Text, nullable=False),
    Index("uq_outbox_workspace_id_id", "workspace_id", "id", unique=True),
    Index("ix_outbox_state", "state", "workspace_id", "position"),
    sqlite_autoincrement=True,
)
"""``position`` orders them. ``state``: ``new``, not in the workspace's stream yet; ``waiting`` for its handlers, the
names of those that are done in ``handled``; ``dead``, put aside. A fact that is handled is removed."""
