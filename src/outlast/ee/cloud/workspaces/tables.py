"""Tables of workspaces: who belongs where, and who is asked to come."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, Table, Text

from outlast.db.base import metadata

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
    Column("purge_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Index("uq_workspaces_slug", "slug", unique=True),
)
_DELETED = workspaces.c.purge_at.is_not(None)
Index("ix_workspaces_purge", workspaces.c.purge_at, sqlite_where=_DELETED, postgresql_where=_DELETED)

members = Table(
    "members",
    metadata,
    Column("workspace_id", Text, ForeignKey("workspaces.id"), primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("joined_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_members_user", "user_id", "workspace_id"),
)

invites = Table(
    "invites",
    metadata,
    Column("workspace_id", Text, ForeignKey("workspaces.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("invited_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("accepted_at", DateTime(timezone=True)),
    Column("accepted_by", Text),
    Column("revoked_at", DateTime(timezone=True)),
    Column("sent", Integer, nullable=False),
    Index("uq_invites_digest", "digest", unique=True),
)
"""``email_key`` is the address as it is compared; one invite at a time is pending for each in a workspace."""
_PENDING = invites.c.accepted_at.is_(None) & invites.c.revoked_at.is_(None)
Index("ix_invites_email", invites.c.email_key, invites.c.id, sqlite_where=_PENDING, postgresql_where=_PENDING)
Index(
    "uq_invites_pending",
    invites.c.workspace_id,
    invites.c.email_key,
    unique=True,
    sqlite_where=_PENDING,
    postgresql_where=_PENDING,
)
