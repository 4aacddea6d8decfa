"""Shares of sessions; what the server looks for among open sessions.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outlast.db.tenancy import protect

revision = "0006"
down_revision = "0005"

_OPEN = "state IN ('created', 'running', 'waiting', 'hibernated') AND deleted_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "session_shares",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("digest", sa.Text),
        sa.Column("link_id", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_session_shares"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session_id"],
            ["sessions.workspace_id", "sessions.id"],
            name="fk_session_shares_workspace_id_session_id_sessions",
            ondelete="CASCADE",
        ),
    )
    person = ["workspace_id", "session_id", "user_id", "link_id"]
    op.create_index("uq_session_shares_person", "session_shares", person, unique=True)
    op.create_index("ix_session_shares_user", "session_shares", ["workspace_id", "user_id", "session_id"])
    op.create_index("uq_session_shares_digest", "session_shares", ["digest"], unique=True)
    protect(op, "session_shares")
    open_ones = sa.text(_OPEN)
    for name, columns in {
        "ix_sessions_open": ["workspace_id", "user_id"],
        "ix_sessions_idle": ["updated_at"],
    }.items():
        op.create_index(name, "sessions", columns, sqlite_where=open_ones, postgresql_where=open_ones)


def downgrade() -> None:
    op.drop_index("ix_sessions_idle", "sessions")
    op.drop_index("ix_sessions_open", "sessions")
    op.drop_table("session_shares")
