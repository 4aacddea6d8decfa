"""The table of shares. Sessions themselves are the runtime's (`outlast.runtime.tables`)."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Index, Table, Text

from outlast.db.base import metadata

session_shares = Table(
    "session_shares",
    metadata,
    Column("workspace_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("session_id", Text, nullable=False),
    Column("user_id", Text),
    Column("digest", Text),
    Column("link_id", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    ForeignKeyConstraint(
        ["workspace_id", "session_id"],
        ["sessions.workspace_id", "sessions.id"],
        name="fk_session_shares_workspace_id_session_id_sessions",
        ondelete="CASCADE",
    ),
    # One for each way somebody came by it: directly (no link), or by a link.
    Index("uq_session_shares_person", "workspace_id", "session_id", "user_id", "link_id", unique=True),
    Index("ix_session_shares_user", "workspace_id", "user_id", "session_id"),
    Index("uq_session_shares_digest", "digest", unique=True),
)
"""A share is a person's (``user_id``), or a link (``digest`` of its secret). A person who came by a link has a share of
their own that names it (``link_id``) and is good for as long as the link is."""
