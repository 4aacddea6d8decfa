"""Tables of files. Bytes lie elsewhere: in the storage, or in a session's own folder."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKeyConstraint, Index, Integer, Table, Text, text

from outlast.db.base import metadata

files = Table(
    "files",
    metadata,
    Column("workspace_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("storage_key", Text),
    Column("session_id", Text),
    Column("owner_id", Text, nullable=False),
    Column("temporary", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("deleted_at", DateTime(timezone=True)),
    Index("ix_files_owner_id", "workspace_id", "owner_id", "id"),
    Index("uq_files_session_id_sha256", "workspace_id", "session_id", "sha256", unique=True),
    Index("ix_files_storage_key", "storage_key"),
    Index("ix_files_expires_at", "expires_at", sqlite_where=text("expires_at IS NOT NULL"),
          postgresql_where=text("expires_at IS NOT NULL")),
    Index("ix_files_deleted_at", "deleted_at", sqlite_where=text("deleted_at IS NOT NULL"),
          postgresql_where=text("deleted_at IS NOT NULL")),
)  # fmt: skip
"""A row with `session_id` is a session's own file, whose bytes the engine keeps; the others' lie at `storage_key`.
A row with `deleted_at` is gone for everybody; it stays until its bytes are gone too."""

file_links = Table(
    "file_links",
    metadata,
    Column("workspace_id", Text, primary_key=True),
    Column("file_id", Text, primary_key=True),
    Column("session_id", Text, primary_key=True),
    ForeignKeyConstraint(
        ["workspace_id", "file_id"], ["files.workspace_id", "files.id"], name="fk_file_links_file", ondelete="CASCADE"
    ),
    Index("ix_file_links_session_id", "workspace_id", "session_id"),
)
"""Which sessions use a file: who sees the session may read it."""

uploads = Table(
    "uploads",
    metadata,
    Column("workspace_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("length_bytes", BigInteger, nullable=False),
    Column("offset_bytes", BigInteger, nullable=False),
    Column("owner_id", Text, nullable=False),
    Column("temporary", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_uploads_expires_at", "expires_at"),
)

upload_parts = Table(
    "upload_parts",
    metadata,
    Column("workspace_id", Text, primary_key=True),
    Column("upload_id", Text, primary_key=True),
    Column("offset_bytes", BigInteger, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("storage_key", Text, nullable=False),
    ForeignKeyConstraint(
        ["workspace_id", "upload_id"],
        ["uploads.workspace_id", "uploads.id"],
        name="fk_upload_parts_upload",
        ondelete="CASCADE",
    ),
    Index("ix_upload_parts_storage_key", "storage_key"),
)
