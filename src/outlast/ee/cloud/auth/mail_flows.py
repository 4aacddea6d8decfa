"""What goes by mail: proofs that an address is somebody's, new passwords, new addresses.

What anybody may ask for (a reset, another proof) is answered before the account is looked for, so that neither the
answer nor its time tells whether there is one (ASVS 6.3.8): the looking is done by the outbox, after the answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, TypeAlias

from outlast.ee.cloud import events, mail
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import factor_repository as proofs
from outlast.ee.cloud.auth import notices, repository
from outlast.ee.cloud.auth.factor_errors import ProofRefused
from outlast.ee.cloud.auth.factor_repository import MailedProof
from outlast.ee.cloud.auth.opaque import Kind, digest, is_token, new_token
from outlast.ee.cloud.auth.people import Person, User, email_key
from outlast.ee.cloud.context import SERVER_SCOPE, Cloud
from outlast.ee.cloud.events import Fact
from outlast.ee.cloud.limiter import Quota
from outlast.ee.cloud.unit import Unit

ASKED = "auth.mail_asked"
MAILS_AN_HOUR = Quota("mail", 5, 3600)
"""To one address, whoever asks: nobody's mailbox is flooded by us."""

Purpose: TypeAlias = Literal["verify", "reset", "change"]

_LIFETIMES: dict[Purpose, timedelta] = {
    "verify": timedelta(days=2),
    "reset": timedelta(hours=1),
    "change": timedelta(hours=1),
}
_SUBJECTS: dict[Purpose, str] = {
    "verify": "Confirm your e-mail address",
    "reset": "Set a new password",
    "change": "Confirm your new e-mail address",
}
_LEADS: dict[Purpose, str] = {
    "verify": "to confirm that this address is yours, open:",
    "reset": "somebody, most likely you, wants to set a new password for your account. To do so, open:",
    "change": "to use this address for your account, open:",
}
_TEXT = """Hello,

{lead}

{link}

The link works once, for {hours} hours. If you did not ask for it, there is nothing to do.
"""


async def ask(unit: Unit, *, purpose: Purpose, email: str, site: str) -> None:
    """Have a mail sent to an address if it is an account's, and if that makes sense for it.

    Args:
        unit: of the request.
        purpose: ``verify`` or ``reset``.
        email: as it was typed.
        site: this server's address, for the link.
    """
    data = {"purpose": purpose, "email": email, "site": site}
    await events.emit(unit, ASKED, data, audience="nobody", workspace_id=SERVER_SCOPE)


async def answer_asked(cloud: Cloud, fact: Fact) -> None:
    """Send what `ask` asked for."""
    purpose: Purpose = "reset" if fact.data["purpose"] == "reset" else "verify"
    async with units.writing(cloud) as unit:
        user = await repository.by_email(unit, fact.data["email"])
        if user is None or user.disabled_at is not None or (purpose == "verify" and user.verified_at is not None):
            return
        await send_proof(unit, user.person, purpose=purpose, site=fact.data["site"])


async def send_proof(unit: Unit, person: Person, *, purpose: Purpose, site: str, to: str | None = None) -> None:
    """Mail a token that proves that its reader owns the address.

    Args:
        unit: of what it is for.
        person: whose account.
        purpose: what the token is good for.
        site: this server's address.
        to: the address, if not the account's.
    """
    address = to or person.email
    if not unit.cloud.limiter.take(f"{purpose}:{email_key(address)}", MAILS_AN_HOUR).allowed:
        return
    token, lifetime = new_token(Kind.PROOF), _LIFETIMES[purpose]
    proof = MailedProof(user_id=person.id, purpose=purpose, email=address)
    await proofs.put_proof(unit, digest(token), proof, expires_at=unit.now + lifetime)
    # After the #, so that it is in no log of a server and in no Referer.
    link = f"{site}/#{purpose}={token}"
    text = _TEXT.format(lead=_LEADS[purpose], link=link, hours=int(lifetime.total_seconds() // 3600))
    await mail.send(unit, to=address, subject=_SUBJECTS[purpose], text=text)


async def take(unit: Unit, token: str, *, purpose: Purpose) -> tuple[User, str]:
    """Use up a mailed token.

    Returns:
        The account, and the address that is proved to be its owner's.

    Raises:
        ProofRefused: it is unknown, spent, late, for something else, or the account can't be used.
    """
    proof = await proofs.take_proof(unit, digest(token), purpose=purpose) if is_token(Kind.PROOF, token) else None
    user = await repository.by_id(unit, proof.user_id, lock=True) if proof is not None else None
    if proof is None or user is None or user.disabled_at is not None:
        raise ProofRefused("This link is not good any more; ask for a new mail.")
    return user, proof.email


async def verify(unit: Unit, token: str) -> User:
    """Confirm the address of an account.

    Raises:
        ProofRefused: the token is not good, or the account has another address now.
    """
    user, email = await take(unit, token, purpose="verify")
    if email_key(email) != email_key(user.email):
        raise ProofRefused("This link is not good any more; ask for a new mail.")
    if user.verified_at is None:
        await repository.change(unit, user.id, verified_at=unit.now)
    return user


async def ask_change(unit: Unit, user: User, email: str, *, site: str) -> None:
    """Begin to change the caller's address: the new one is asked, the old one told (ASVS 6.3.7).

    Somebody else's address is never confirmed; the answer does not tell.
    """
    if await repository.by_email(unit, email) is None:
        await send_proof(unit, user.person, purpose="change", site=site, to=email)
    await notices.tell(
        unit,
        user.email,
        subject="Your e-mail address is to be changed",
        what=f"A new e-mail address was given for your account: {email}. It counts once its owner confirms it.",
    )


async def change(unit: Unit, token: str) -> tuple[User, str]:
    """Change an address to the one that was proved.

    Returns:
        The account as it was, and the new address.

    Raises:
        ProofRefused: the token is not good.
        EmailTaken: another account got the address meanwhile.
    """
    user, email = await take(unit, token, purpose="change")
    await repository.change(unit, user.id, email=email, verified_at=unit.now)
    await notices.tell(
        unit,
        user.email,
        subject="Your e-mail address was changed",
        what=f"Your account has another e-mail address now: {email}. This one no longer signs in.",
        undo="If this was not you, tell the operator of the server at once.",
    )
    return user, email
