"""Workspaces, members and invites.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outlast.db.tenancy import protect

revision = "0005"
down_revision = "0004"

_CURRENT_USER = "nullif(current_setting('outlast.user', true), '')"


def upgrade() -> None:
    _create_workspaces()
    _create_members()
    _create_invites()
    protect(op, "workspaces", column="id")
    protect(op, "members")
    protect(op, "invites")
    if op.get_bind().dialect.name == "postgresql":
        # Everybody sees where they belong; to change it they must be there.
        op.execute(f"CREATE POLICY own ON members FOR SELECT USING (user_id = {_CURRENT_USER})")
        mine = f"SELECT workspace_id FROM members WHERE user_id = {_CURRENT_USER}"  # noqa: S608  a migration's own names
        op.execute(f"CREATE POLICY own ON workspaces FOR SELECT USING (id IN ({mine}))")


def _create_workspaces() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.Column("purge_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
    )
    op.create_index("uq_workspaces_slug", "workspaces", ["slug"], unique=True)
    deleted = sa.text("purge_at IS NOT NULL")
    op.create_index("ix_workspaces_purge", "workspaces", ["purge_at"], sqlite_where=deleted, postgresql_where=deleted)


def _create_members() -> None:
    op.create_table(
        "members",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="pk_members"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_members_workspace_id_workspaces"),
    )
    op.create_index("ix_members_user", "members", ["user_id", "workspace_id"])


def _create_invites() -> None:
    op.create_table(
        "invites",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("invited_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_by", sa.Text),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_invites"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_invites_workspace_id_workspaces"),
    )
    op.create_index("uq_invites_digest", "invites", ["digest"], unique=True)
    pending = sa.text("accepted_at IS NULL AND revoked_at IS NULL")
    op.create_index(
        "uq_invites_pending",
        "invites",
        ["workspace_id", "email_key"],
        unique=True,
        sqlite_where=pending,
        postgresql_where=pending,
    )
    op.create_index("ix_invites_email", "invites", ["email_key", "id"], sqlite_where=pending, postgresql_where=pending)


def downgrade() -> None:
    for table in ("invites", "members", "workspaces"):
        op.drop_table(table)
