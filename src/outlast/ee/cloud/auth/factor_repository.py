"""Every query on second factors, passkeys, links to providers and mailed proofs. They are people's, not workspaces'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from outlast.ee.cloud.auth.factor_tables import (
    mailed_proofs,
    passkey_questions,
    passkeys,
    provider_links,
    recovery_codes,
    totp_secrets,
)
from outlast.ee.cloud.auth.repository import fields_of
from outlast.ee.cloud.auth.totp import NEVER
from outlast.ee.cloud.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpSecret:
    """An authenticator app's secret, sealed."""

    sealed: bytes
    last_step: int
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey of an account.

    Attributes:
        credential_id: base64url.
        transports: how browsers reach it.
    """

    id: str
    user_id: str
    credential_id: str
    public_key: bytes
    sign_count: int
    transports: Sequence[str]
    backed_up: bool
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLink:
    """That somebody at a provider is this account."""

    id: str
    user_id: str
    provider: str
    issuer: str
    subject: str
    email: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedProof:
    """What a token in a mail is good for."""

    user_id: str
    purpose: str
    email: str


async def totp(unit: Unit, user_id: str) -> TotpSecret | None:  # unscoped: an account's
    """The app's secret of an account."""
    query = select(totp_secrets).where(totp_secrets.c.user_id == user_id)
    row = (await unit.connection.execute(query)).mappings().first()
    if row is None:
        return None
    return TotpSecret(sealed=row["sealed"], last_step=row["last_step"], confirmed=row["confirmed_at"] is not None)


async def put_totp(unit: Unit, user_id: str, sealed: bytes) -> None:  # unscoped: an account's
    """Store a secret that is not confirmed yet, instead of another that is not."""
    await unit.connection.execute(
        delete(totp_secrets).where(totp_secrets.c.user_id == user_id, totp_secrets.c.confirmed_at.is_(None))
    )
    row = {"user_id": user_id, "sealed": sealed, "last_step": NEVER, "created_at": unit.now}
    await unit.connection.execute(insert(totp_secrets), row)


async def confirm_totp(unit: Unit, user_id: str) -> None:  # unscoped: an account's
    """From now on the app's codes are asked for."""
    await unit.connection.execute(
        update(totp_secrets).where(totp_secrets.c.user_id == user_id).values(confirmed_at=unit.now)
    )


async def take_step(unit: Unit, user_id: str, step: int) -> bool:  # unscoped: an account's
    """Use up a step; whether no other request had used it, or a later one, before."""
    used = await unit.connection.execute(
        update(totp_secrets)
        .where(totp_secrets.c.user_id == user_id, totp_secrets.c.last_step < step)
        .values(last_step=step)
    )
    return used.rowcount == 1


async def remove_totp(unit: Unit, user_id: str) -> bool:  # unscoped: an account's
    """Forget the app; whether there was one."""
    gone = await unit.connection.execute(delete(totp_secrets).where(totp_secrets.c.user_id == user_id))
    return gone.rowcount > 0


async def codes_left(unit: Unit, user_id: str) -> int:  # unscoped: an account's
    """How many recovery codes were not used."""
    query = select(func.count()).where(recovery_codes.c.user_id == user_id, recovery_codes.c.used_at.is_(None))
    return int((await unit.connection.execute(query)).scalar_one())


async def put_codes(unit: Unit, user_id: str, digests: Sequence[str]) -> None:  # unscoped: an account's
    """Replace all recovery codes."""
    await unit.connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    if digests:
        rows = [{"user_id": user_id, "digest": digest, "created_at": unit.now} for digest in digests]
        await unit.connection.execute(insert(recovery_codes), rows)


async def take_code(unit: Unit, user_id: str, digest: str) -> bool:  # unscoped: an account's
    """Use up a recovery code; whether it was there, and not used."""
    used = await unit.connection.execute(
        update(recovery_codes)
        .where(
            recovery_codes.c.user_id == user_id, recovery_codes.c.digest == digest, recovery_codes.c.used_at.is_(None)
        )
        .values(used_at=unit.now)
    )
    return used.rowcount == 1


async def passkeys_of(unit: Unit, user_id: str) -> Sequence[Passkey]:  # unscoped: an account's
    """An account's passkeys, the oldest first."""
    query = select(passkeys).where(passkeys.c.user_id == user_id).order_by(passkeys.c.id)
    return [_passkey(row) for row in (await unit.connection.execute(query)).mappings()]


async def passkey_named(
    unit: Unit, credential_id: str
) -> Passkey | None:  # unscoped: an account's, which is not known before
    """The passkey of a credential, whosever it is."""
    query = select(passkeys).where(passkeys.c.credential_id == credential_id)
    row = (await unit.connection.execute(query)).mappings().first()
    return None if row is None else _passkey(row)


async def add_passkey(unit: Unit, passkey: Passkey) -> bool:
    """Store a passkey; whether its credential was new."""
    row = asdict(passkey) | {"transports": " ".join(passkey.transports)}
    try:
        async with unit.connection.begin_nested():
            await unit.connection.execute(insert(passkeys), row)
    except IntegrityError:
        return False
    return True


async def use_passkey(
    unit: Unit, passkey: Passkey, *, sign_count: int, backed_up: bool
) -> bool:  # unscoped: an account's
    """Note a use; whether no other use was noted since the passkey was read."""
    used = await unit.connection.execute(
        update(passkeys)
        .where(passkeys.c.id == passkey.id, passkeys.c.sign_count == passkey.sign_count)
        .values(sign_count=sign_count, backed_up=backed_up, last_used_at=unit.now)
    )
    return used.rowcount == 1


async def rename_passkey(unit: Unit, user_id: str, passkey_id: str, *, name: str) -> bool:  # unscoped: an account's
    """Name an account's passkey; whether there is such a one."""
    named = await unit.connection.execute(
        update(passkeys).where(passkeys.c.id == passkey_id, passkeys.c.user_id == user_id).values(name=name)
    )
    return named.rowcount == 1


async def remove_passkey(unit: Unit, user_id: str, passkey_id: str) -> bool:  # unscoped: an account's
    """Forget an account's passkey; whether there was such a one."""
    gone = await unit.connection.execute(
        delete(passkeys).where(passkeys.c.id == passkey_id, passkeys.c.user_id == user_id)
    )
    return gone.rowcount == 1


async def ask(
    unit: Unit, digest: str, *, purpose: str, user_id: str | None, expires_at: datetime
) -> None:  # unscoped: anybody's
    """Remember a challenge, and forget those that nobody answered."""
    await unit.connection.execute(delete(passkey_questions).where(passkey_questions.c.expires_at <= unit.now))
    row = {"digest": digest, "purpose": purpose, "user_id": user_id, "expires_at": expires_at}
    await unit.connection.execute(insert(passkey_questions), row)


async def answered(unit: Unit, digest: str, *, purpose: str, user_id: str | None) -> bool:  # unscoped: anybody's
    """Use up a challenge; whether it was asked, for this, and of this account (or of nobody yet), and is in time."""
    gone = await unit.connection.execute(
        delete(passkey_questions).where(
            passkey_questions.c.digest == digest,
            passkey_questions.c.purpose == purpose,
            passkey_questions.c.user_id.is_(None) if user_id is None else passkey_questions.c.user_id == user_id,
            passkey_questions.c.expires_at > unit.now,
        )
    )
    return gone.rowcount == 1


async def link_to(
    unit: Unit, *, issuer: str, subject: str
) -> ProviderLink | None:  # unscoped: an account's, which is not known before
    """The link of somebody at a provider."""
    query = select(provider_links).where(provider_links.c.issuer == issuer, provider_links.c.subject == subject)
    row = (await unit.connection.execute(query)).mappings().first()
    return None if row is None else _link(row)


async def links_of(unit: Unit, user_id: str) -> Sequence[ProviderLink]:  # unscoped: an account's
    """An account's links, the oldest first."""
    query = select(provider_links).where(provider_links.c.user_id == user_id).order_by(provider_links.c.id)
    return [_link(row) for row in (await unit.connection.execute(query)).mappings()]


async def add_link(unit: Unit, link: ProviderLink) -> bool:
    """Link an account; whether nobody had been linked to this person at the provider."""
    try:
        async with unit.connection.begin_nested():
            await unit.connection.execute(insert(provider_links), asdict(link))
    except IntegrityError:
        return False
    return True


async def use_link(unit: Unit, link_id: str) -> None:  # unscoped: an account's
    """Note a log-in by a link."""
    await unit.connection.execute(
        update(provider_links).where(provider_links.c.id == link_id).values(last_used_at=unit.now)
    )


async def remove_link(unit: Unit, user_id: str, link_id: str) -> bool:  # unscoped: an account's
    """Undo an account's link; whether there was such a one."""
    gone = await unit.connection.execute(
        delete(provider_links).where(provider_links.c.id == link_id, provider_links.c.user_id == user_id)
    )
    return gone.rowcount == 1


async def put_proof(
    unit: Unit, digest: str, proof: MailedProof, *, expires_at: datetime
) -> None:  # unscoped: an account's
    """Remember a mailed token; the account's earlier ones for the same are void."""
    await unit.connection.execute(
        delete(mailed_proofs).where(mailed_proofs.c.user_id == proof.user_id, mailed_proofs.c.purpose == proof.purpose)
    )
    await unit.connection.execute(delete(mailed_proofs).where(mailed_proofs.c.expires_at <= unit.now))
    row = asdict(proof) | {"digest": digest, "expires_at": expires_at}
    await unit.connection.execute(insert(mailed_proofs), row)


async def take_proof(
    unit: Unit, digest: str, *, purpose: str
) -> MailedProof | None:  # unscoped: an account's, which is not known before
    """Use up a mailed token; nothing if it is unknown, late, or for something else."""
    query = (
        delete(mailed_proofs)
        .where(
            mailed_proofs.c.digest == digest,
            mailed_proofs.c.purpose == purpose,
            mailed_proofs.c.expires_at > unit.now,
        )
        .returning(mailed_proofs.c.user_id, mailed_proofs.c.email)
    )
    row = (await unit.connection.execute(query)).mappings().first()
    return None if row is None else MailedProof(user_id=row["user_id"], purpose=purpose, email=row["email"])


def _passkey(row: RowMapping) -> Passkey:
    fields = {**fields_of(row), "transports": row["transports"].split()}
    return Passkey(**fields)


def _link(row: RowMapping) -> ProviderLink:
    return ProviderLink(**fields_of(row))  # type: ignore[arg-type]  # the columns are its fields
