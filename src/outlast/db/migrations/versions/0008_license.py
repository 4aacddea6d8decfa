"""The licence.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outlast.db.tenancy import grant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # The server's own, of no workspace, and always one row: who takes a seat locks it.
    table = op.create_table(
        "license_state",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True)),
        sa.Column("installed_by", sa.Text, nullable=False),
        sa.Column("latest_seen_at", sa.DateTime(timezone=True)),
        sa.Column("over_since", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_license_state"),
    )
    op.bulk_insert(table, [{"id": 1, "text": "", "version": 0, "installed_by": ""}])
    grant(op, "license_state")


def downgrade() -> None:
    op.drop_table("license_state")
