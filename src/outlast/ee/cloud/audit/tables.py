"""The table of the audit trail. Rows are never changed, and removed only with their workspace."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Table, Text

from outlast.db.base import metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("workspace_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("verb", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("act_as_id", Text, nullable=False),
    Column("login_session_id", Text, nullable=False),
    Column("token_id", Text, nullable=False),
    Column("ip", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("target_type", Text, nullable=False),
    Column("target_id", Text, nullable=False),
    Column("details", Text, nullable=False),
    Index("ix_audit_entries_at", "workspace_id", "at", "id"),
    Index("ix_audit_entries_actor", "workspace_id", "actor_id", "at", "id"),
    Index("ix_audit_entries_target", "workspace_id", "target_id", "at", "id"),
)
