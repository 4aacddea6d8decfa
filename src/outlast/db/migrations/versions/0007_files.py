"""Stored files.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outlast.db.tenancy import protect

revision = "0007"
down_revision = "0006"

_TABLES = ("files", "file_links", "uploads", "upload_parts")


def upgrade() -> None:
    _create_files()
    _create_uploads()
    for table in _TABLES:
        protect(op, table)


def _create_files() -> None:
    op.create_table(
        "files",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("storage_key", sa.Text),
        sa.Column("session_id", sa.Text),
        sa.Column("owner_id", sa.Text, nullable=False),
        sa.Column("temporary", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_files"),
    )
    op.create_index("ix_files_owner_id", "files", ["workspace_id", "owner_id", "id"])
    op.create_index("uq_files_session_id_sha256", "files", ["workspace_id", "session_id", "sha256"], unique=True)
    op.create_index("ix_files_storage_key", "files", ["storage_key"])
    for column in ("expires_at", "deleted_at"):
        met = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_files_{column}", "files", [column], sqlite_where=met, postgresql_where=met)
    op.create_table(
        "file_links",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "file_id", "session_id", name="pk_file_links"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "file_id"],
            ["files.workspace_id", "files.id"],
            name="fk_file_links_file",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_file_links_session_id", "file_links", ["workspace_id", "session_id"])


def _create_uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("length_bytes", sa.BigInteger, nullable=False),
        sa.Column("offset_bytes", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.Text, nullable=False),
        sa.Column("temporary", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])
    op.create_table(
        "upload_parts",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("upload_id", sa.Text, nullable=False),
        sa.Column("offset_bytes", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("storage_key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "upload_id", "offset_bytes", name="pk_upload_parts"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "upload_id"],
            ["uploads.workspace_id", "uploads.id"],
            name="fk_upload_parts_upload",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_upload_parts_storage_key", "upload_parts", ["storage_key"])


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
