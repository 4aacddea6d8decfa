"""The audit log and the outbox.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outlast.db.tenancy import grant, protect

revision = "0003"
down_revision = "0002"

_ENTRY_TEXTS = (
    "verb", "result", "code", "actor_id", "actor_name", "act_as_id", "login_session_id", "token_id", "ip",
    "user_agent", "request_id", "target_type", "target_id", "details",
)  # fmt: skip


def upgrade() -> None:
    _create_audit()
    _create_outbox()
    # The stream of a workspace is written by the relay, a unit of work.
    grant(op, "stream_events", "stream_snapshots")


def _create_audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _ENTRY_TEXTS),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["workspace_id", "at", "id"])
    op.create_index("ix_audit_entries_actor", "audit_entries", ["workspace_id", "actor_id", "at", "id"])
    op.create_index("ix_audit_entries_target", "audit_entries", ["workspace_id", "target_id", "at", "id"])
    protect(op, "audit_entries", append_only=True)


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("handled", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_outbox_workspace_id_id", "outbox", ["workspace_id", "id"], unique=True)
    op.create_index("ix_outbox_state", "outbox", ["state", "workspace_id", "position"])
    protect(op, "outbox")


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("audit_entries")
