"""People, devices and tokens.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outlast.db.tenancy import grant, protect

revision = "0004"
down_revision = "0003"

_OWN = "user_id = nullif(current_setting('outlast.user', true), '')"
_TABLES = (
    "signing_keys",
    "login_failures",
    "known_devices",
    "sign_in_links",
    "personal_tokens",
    "login_sessions",
    "user_avatars",
    "users",
)


def upgrade() -> None:
    _create_users()
    _create_login_sessions()
    _create_personal_tokens()
    _create_sign_in()
    grant(op, *(name for name in _TABLES if name != "personal_tokens"))
    protect(op, "personal_tokens", also=_OWN)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _keys(table: str, *primary: str) -> list[sa.Constraint]:
    """The primary key, and what leads to an account where there is such a column."""
    key = sa.PrimaryKeyConstraint(*primary, name=f"pk_{table}")
    if table in ("users", "login_failures", "signing_keys"):
        return [key]
    name = f"fk_{table}_user_id_users"
    return [key, sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=name, ondelete="CASCADE")]


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        _moment("password_changed_at"),
        _moment("verified_at"),
        _moment("disabled_at"),
        sa.Column("is_operator", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        _moment("last_seen_at"),
        sa.Column("active_workspace_id", sa.Text),
        sa.Column("avatar_digest", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        _moment("created_at", nullable=False),
        *_keys("users", "id"),
    )
    op.create_index("uq_users_email_key", "users", ["email_key"], unique=True)
    op.create_index("ix_users_avatar_digest", "users", ["avatar_digest"])
    op.create_table(
        "user_avatars",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        *_keys("user_avatars", "user_id"),
    )


def _create_login_sessions() -> None:
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("impersonator_id", sa.Text),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("ip", sa.Text, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        *(_moment(name, nullable=False) for name in ("created_at", "proved_at", "last_used_at", "idle_ends_at")),
        _moment("ends_at", nullable=False),
        _moment("ended_at"),
        sa.Column("end_reason", sa.Text),
        sa.Column("refresh_selector", sa.Text),
        sa.Column("refresh_current", sa.Text),
        sa.Column("refresh_parent", sa.Text),
        _moment("refresh_parent_used_at"),
        sa.Column("refresh_salt", sa.Text),
        sa.Column("refresh_grandparent", sa.Text),
        _moment("refresh_grandparent_used_at"),
        *_keys("login_sessions", "id"),
    )
    op.create_index("ix_login_sessions_user", "login_sessions", ["user_id", "id"])
    op.create_index("ix_login_sessions_ends", "login_sessions", ["ends_at"])
    op.create_index("uq_login_sessions_refresh_selector", "login_sessions", ["refresh_selector"], unique=True)


def _create_personal_tokens() -> None:
    op.create_table(
        "personal_tokens",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "name", "digest", "scopes")),
        _moment("created_at", nullable=False),
        *(_moment(name) for name in ("expires_at", "last_used_at", "revoked_at")),
        *_keys("personal_tokens", "workspace_id", "id"),
    )
    op.create_index("ix_personal_tokens_user", "personal_tokens", ["user_id", "id"])
    op.create_index("uq_personal_tokens_digest", "personal_tokens", ["digest"], unique=True)


def _create_sign_in() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        _moment("expires_at", nullable=False),
        *_keys("sign_in_links", "digest"),
    )
    op.create_index("ix_sign_in_links_expires", "sign_in_links", ["expires_at"])
    op.create_table(
        "known_devices",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        _moment("last_used_at", nullable=False),
        *_keys("known_devices", "user_id", "digest"),
    )
    op.create_table(
        "login_failures",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        _moment("last_at", nullable=False),
        *_keys("login_failures", "key"),
    )
    op.create_index("ix_login_failures_last", "login_failures", ["last_at"])
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        _moment("made_at", nullable=False),
        *_keys("signing_keys", "kid"),
    )


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)
