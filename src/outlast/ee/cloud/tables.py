"""Tables of the kernel."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Table, Text

from outlast.db.base import metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("workspace_id", Text, primary_key=True),
    Column("caller", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("status", Integer),
    Column("answer", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_idempotency_keys_created_at", "created_at"),
)
"""Answers kept for a repeated request; sealed, as they may hold a secret that is shown once."""
