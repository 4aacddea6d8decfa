"""The table of the licence: one row, the server's own. Who takes a seat locks it."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, Table, Text

from outlast.db.base import metadata

license_state = Table(
    "license_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("installed_at", DateTime(timezone=True)),
    Column("installed_by", Text, nullable=False),
    Column("latest_seen_at", DateTime(timezone=True)),
    Column("over_since", DateTime(timezone=True)),
)
"""``latest_seen_at``: the latest time that the server's clock has shown. ``over_since``: since when more is in use
than the licence in force allows."""
