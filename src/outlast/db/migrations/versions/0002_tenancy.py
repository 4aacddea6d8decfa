"""Sessions belong to workspaces; the role that works for one workspace at a time; answers kept for repeated requests.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outlast.db.tenancy import make_role, protect, unprotect

revision = "0002"
down_revision = "0001"

_ACTIVITY = {
    "ix_sessions_activity": ["updated_at", "id"],
    "ix_sessions_user_activity": ["user_id", "updated_at", "id"],
    "ix_sessions_app_activity": ["app", "updated_at", "id"],
    "ix_sessions_state_activity": ["state", "updated_at", "id"],
}
_SPARSE = {
    "ix_sessions_due": "due_at",
    "ix_sessions_host": "host",
    "ix_sessions_expires": "expires_at",
    "ix_sessions_deleted": "deleted_at",
    "ix_sessions_asked": "waiting_audience",
}


def upgrade() -> None:
    make_role(op)
    _upgrade_sessions()
    _create_idempotency_keys()


def _upgrade_sessions() -> None:
    op.add_column("sessions", sa.Column("workspace_id", sa.Text, nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.add_column("sessions", sa.Column("deleted_at", sa.DateTime(timezone=True)))
    op.add_column("sessions", sa.Column("deleted_by", sa.Text))
    op.add_column("sessions", sa.Column("waiting_audience", sa.Text))
    for name, columns in _ACTIVITY.items():
        op.drop_index(name, "sessions")
        op.create_index(name, "sessions", ["workspace_id", *columns])
    op.create_index("uq_sessions_workspace_id_id", "sessions", ["workspace_id", "id"], unique=True)
    _create_index_where(
        "ix_sessions_lively", ["state", "updated_at", "id"], "state IN ('created', 'running', 'waiting')"
    )
    for name in ("due", "host"):
        op.drop_index(f"ix_sessions_{name}", "sessions")
    for name, column in _SPARSE.items():
        _create_index_where(name, [column], f"{column} IS NOT NULL")
    protect(op, "sessions")


def _create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "caller", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    protect(op, "idempotency_keys")


def _create_index_where(name: str, columns: list[str], met: str) -> None:
    op.create_index(name, "sessions", columns, sqlite_where=sa.text(met), postgresql_where=sa.text(met))


def downgrade() -> None:
    op.drop_table("idempotency_keys")
    unprotect(op, "sessions")
    for name in (*_SPARSE, "ix_sessions_lively", "uq_sessions_workspace_id_id"):
        op.drop_index(name, "sessions")
    op.create_index("ix_sessions_due", "sessions", ["due_at"])
    op.create_index("ix_sessions_host", "sessions", ["host"])
    for name, columns in _ACTIVITY.items():
        op.drop_index(name, "sessions")
        op.create_index(name, "sessions", columns)
    for column in ("waiting_audience", "deleted_by", "deleted_at", "expires_at", "workspace_id"):
        op.drop_column("sessions", column)
