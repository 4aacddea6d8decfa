"""The table of mails that wait."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Table, Text

from outlast.db.base import metadata

mail_queue = Table(
    "mail_queue",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_mail_queue_next_attempt_at", "next_attempt_at"),
)
"""Of the server itself, and of no workspace. Sealed, as mails hold secrets."""
