"""How accounts come to be: by registering, by invitation, at the first start, or by the operator's hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from outlast.ee.cloud import audit
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import events, mail_flows, notices, passwords, repository
from outlast.ee.cloud.auth.credentials import Credentials
from outlast.ee.cloud.auth.errors import SignUpClosed
from outlast.ee.cloud.auth.people import Person, User, email_key
from outlast.ee.cloud.caller import Origin
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.unit import Unit
from outlast.kit.ids import new_id


def _new_user(unit: Unit, *, email: str, name: str, password_hash: str | None, verified: bool, operator: bool) -> User:
    """An account that is not stored yet."""
    return User(
        id=new_id(),
        email=email.strip(),
        name=name,
        password_hash=password_hash,
        password_changed_at=unit.now if password_hash else None,
        verified_at=unit.now if verified else None,
        disabled_at=None,
        is_operator=operator,
        status="online",
        last_seen_at=None,
        active_workspace_id=None,
        avatar_digest=None,
        version=1,
        created_at=unit.now,
    )


InvitedAddress: TypeAlias = Callable[[Unit, str], Awaitable[str | None]]
"""The address that the secret of an open invitation was mailed to."""


@dataclass(slots=True)
class Invitations:
    """How to look an invitation up; a domain above says so."""

    address_of: InvitedAddress | None = None


async def register(
    cloud: Cloud, *, email: str, name: str, password: str, origin: Origin, site: str, invite: str | None = None
) -> None:
    """Make an account whose address is to be verified by mail.

    The answer and its time are the same when there is one already; its owner is told by mail (ASVS 6.3.8).

    Args:
        cloud: the open cloud.
        email, name, password: as they were typed.
        origin: of the request.
        site: this server's address, for the mail's link.
        invite: the secret of an invitation's mail. Who has it has read that mail, so the address is theirs.

    Raises:
        SignUpClosed: accounts are made by invitation here, and this is none, or one of another address.
        PasswordRefused: it is too easily guessed.
        HashingBusy: too many are at it.
    """
    if not cloud.settings.sign_up and invite is None:
        raise SignUpClosed("Accounts are made by invitation on this server; ask who runs it.")
    hashed = await hash_password(cloud, password, context=(email, name))
    async with units.writing(cloud, origin=origin) as unit:
        invited = invite is not None and await _check_invite(unit, invite, email=email)
        there = await repository.by_email(unit, email)
        if there is None:
            person = await create_person(unit, email=email, name=name, password_hash=hashed, verified=invited)
            if not invited:
                await mail_flows.send_proof(unit, person, purpose="verify", site=site)
        elif there.verified_at is None and invited:
            changes = {"name": name, "password_hash": hashed, "password_changed_at": unit.now, "verified_at": unit.now}
            await repository.change(unit, there.id, **changes)
        elif there.verified_at is None:
            # Who proves the address gets the account, and it is who asked last that reads the mail's link.
            await repository.change(unit, there.id, name=name, password_hash=hashed, password_changed_at=unit.now)
            await mail_flows.send_proof(unit, there.person, purpose="verify", site=site)
        else:
            await notices.tell(
                unit,
                there.email,
                subject="You have an account already",
                what="Somebody, perhaps you, wanted to make an account with this address, which has one already.",
                undo="If it was you, just sign in; if you forgot the password, set a new one there.",
            )


async def _check_invite(unit: Unit, invite: str, *, email: str) -> bool:
    address_of = unit.cloud.part(Invitations).address_of
    address = await address_of(unit, invite) if address_of is not None else None
    if address is None or email_key(address) != email_key(email):
        raise SignUpClosed("This invitation is not good any more, or is for another address; ask for another.")
    return True


async def create_person(
    unit: Unit,
    *,
    email: str,
    name: str,
    password_hash: str | None = None,
    verified: bool = False,
    operator: bool = False,
) -> Person:
    """Make an account.

    Args:
        unit: one transaction.
        email: an address; none is taken twice.
        name: shown to others.
        password_hash: from `hash_password`; None for who logs in by other means.
        verified: whether it is known that the address is theirs.
        operator: whether they run this server.

    Raises:
        EmailTaken: there is one of this address.
    """
    user = _new_user(unit, email=email, name=name, password_hash=password_hash, verified=verified, operator=operator)
    await repository.add(unit, user)
    await audit.record(unit, "user.register", target="user", target_id=user.id, actor_name=user.email)
    await events.tell_of_user(unit, events.USER_REGISTERED, user)
    return user.person


async def hash_password(cloud: Cloud, password: str, *, context: Iterable[str] = ()) -> str:
    """Check a new password and hash it; never inside a unit, which would hold the database meanwhile.

    Args:
        cloud: the open cloud.
        password: as it was typed.
        context: what a guesser knows: address, name, workspace.

    Raises:
        PasswordRefused: it is too short, too long or too easily guessed.
        HashingBusy: too many are at it.
    """
    passwords.check(password, context=context)
    return await cloud.part(Credentials).passwords.hash(password)
