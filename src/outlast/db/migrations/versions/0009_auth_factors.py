"""Second factors, passkeys, other providers, mailed proofs, and mails that wait.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outlast.db.tenancy import grant

revision = "0009"
down_revision = "0008"

_TABLES = (
    "totp_secrets",
    "recovery_codes",
    "passkeys",
    "passkey_questions",
    "provider_links",
    "mailed_proofs",
    "mail_queue",
)


def upgrade() -> None:
    _create_codes()
    _create_passkeys()
    _create_provider_links()
    _create_mail()
    grant(op, *_TABLES)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _keys(table: str, *primary: str, person: bool = True) -> list[sa.Constraint]:
    """The primary key, and what leads to an account."""
    keys: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*primary, name=f"pk_{table}")]
    if person:
        name = f"fk_{table}_user_id_users"
        keys.append(sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=name, ondelete="CASCADE"))
    return keys


def _create_codes() -> None:
    op.create_table(
        "totp_secrets",
        _text("user_id"),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        _moment("confirmed_at", nullable=True),
        _moment("created_at"),
        *_keys("totp_secrets", "user_id"),
    )
    op.create_table(
        "recovery_codes",
        _text("user_id"),
        _text("digest"),
        _moment("created_at"),
        _moment("used_at", nullable=True),
        *_keys("recovery_codes", "user_id", "digest"),
    )


def _create_passkeys() -> None:
    op.create_table(
        "passkeys",
        _text("id"),
        _text("user_id"),
        _text("credential_id"),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        _text("transports"),
        sa.Column("backed_up", sa.Boolean, nullable=False),
        _text("name"),
        _moment("created_at"),
        _moment("last_used_at", nullable=True),
        *_keys("passkeys", "id"),
    )
    op.create_index("ix_passkeys_user", "passkeys", ["user_id", "id"])
    op.create_index("uq_passkeys_credential_id", "passkeys", ["credential_id"], unique=True)
    op.create_table(
        "passkey_questions",
        _text("digest"),
        _text("purpose"),
        sa.Column("user_id", sa.Text),
        _moment("expires_at"),
        *_keys("passkey_questions", "digest"),
    )
    op.create_index("ix_passkey_questions_expires", "passkey_questions", ["expires_at"])


def _create_provider_links() -> None:
    op.create_table(
        "provider_links",
        _text("id"),
        _text("user_id"),
        *(_text(name) for name in ("provider", "issuer", "subject", "email")),
        _moment("created_at"),
        _moment("last_used_at", nullable=True),
        *_keys("provider_links", "id"),
    )
    op.create_index("ix_provider_links_user", "provider_links", ["user_id", "id"])
    op.create_index("uq_provider_links_issuer_subject", "provider_links", ["issuer", "subject"], unique=True)


def _create_mail() -> None:
    op.create_table(
        "mailed_proofs",
        _text("digest"),
        _text("user_id"),
        _text("purpose"),
        _text("email"),
        _moment("expires_at"),
        *_keys("mailed_proofs", "digest"),
    )
    op.create_index("ix_mailed_proofs_user", "mailed_proofs", ["user_id", "purpose"])
    op.create_index("ix_mailed_proofs_expires", "mailed_proofs", ["expires_at"])
    op.create_table(
        "mail_queue",
        _text("id"),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        _moment("next_attempt_at"),
        _moment("created_at"),
        *_keys("mail_queue", "id", person=False),
    )
    op.create_index("ix_mail_queue_next_attempt_at", "mail_queue", ["next_attempt_at"])


def downgrade() -> None:
    for name in reversed(_TABLES):
        op.drop_table(name)
