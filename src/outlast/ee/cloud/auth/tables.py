"""Tables of accounts, their devices and their secrets; no secret is in them but as a digest or sealed."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, LargeBinary, Table, Text

from outlast.db.base import metadata

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("password_changed_at", DateTime(timezone=True)),
    Column("verified_at", DateTime(timezone=True)),
    Column("disabled_at", DateTime(timezone=True)),
    Column("is_operator", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("last_seen_at", DateTime(timezone=True)),
    Column("active_workspace_id", Text),
    Column("avatar_digest", Text),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("uq_users_email_key", "email_key", unique=True),
    Index("ix_users_avatar_digest", "avatar_digest"),
)
"""``email_key`` is the address folded, so that none is taken twice in two spellings."""

user_avatars = Table(
    "user_avatars",
    metadata,
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

login_sessions = Table(
    "login_sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("method", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("impersonator_id", Text),
    Column("label", Text, nullable=False),
    Column("ip", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("proved_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True), nullable=False),
    Column("idle_ends_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("end_reason", Text),
    Column("refresh_selector", Text),
    Column("refresh_current", Text),
    Column("refresh_parent", Text),
    Column("refresh_parent_used_at", DateTime(timezone=True)),
    Column("refresh_salt", Text),
    Column("refresh_grandparent", Text),
    Column("refresh_grandparent_used_at", DateTime(timezone=True)),
    Index("ix_login_sessions_user", "user_id", "id"),
    Index("ix_login_sessions_ends", "ends_at"),
    Index("uq_login_sessions_refresh_selector", "refresh_selector", unique=True),
)
"""One row a device. ``epoch`` counts how often its secrets were replaced: access tokens of another one are void."""

personal_tokens = Table(
    "personal_tokens",
    metadata,
    Column("workspace_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Index("ix_personal_tokens_user", "user_id", "id"),
    Index("uq_personal_tokens_digest", "digest", unique=True),
)
"""``kind`` is ``personal``, or ``local`` for the one that the server gives the command line of its own machine."""

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_sign_in_links_expires", "expires_at"),
)

known_devices = Table(
    "known_devices",
    metadata,
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("last_used_at", DateTime(timezone=True), nullable=False),
)
"""Browsers that have logged in to an account before: others' failures don't count against them."""

login_failures = Table(
    "login_failures",
    metadata,
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Index("ix_login_failures_last", "last_at"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)
"""Sealed with the server's key, so that all servers on one database sign alike and a dump signs nothing."""
