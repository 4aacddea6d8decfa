"""Streams, hosts and sessions.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "stream_events",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", name="pk_stream_events"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stream_snapshots",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_stream_snapshots"),
    )
    op.create_table(
        "hosts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("process_started", sa.Text, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hosts"),
    )
    _create_sessions()


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("app", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.Column("args", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("host", sa.Text),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("waiting_input", sa.Text),
        sa.Column("waiting_label", sa.Text),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_activity", "sessions", ["updated_at", "id"])
    op.create_index("ix_sessions_user_activity", "sessions", ["user_id", "updated_at", "id"])
    op.create_index("ix_sessions_app_activity", "sessions", ["app", "updated_at", "id"])
    op.create_index("ix_sessions_state_activity", "sessions", ["state", "updated_at", "id"])
    op.create_index("ix_sessions_due", "sessions", ["due_at"])
    op.create_index("ix_sessions_host", "sessions", ["host"])


def downgrade() -> None:
    for table in ("sessions", "hosts", "stream_snapshots", "stream_events"):
        op.drop_table(table)
