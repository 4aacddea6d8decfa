"""The verbs of passkeys."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from outlast.ee.cloud.auth import factor_repository as repository
from outlast.ee.cloud.auth import factors, passkeys
from outlast.ee.cloud.auth.factor_errors import FactorThere, PasskeyNotFound, PasskeyRefused
from outlast.ee.cloud.auth.factor_repository import Passkey
from outlast.ee.cloud.auth.passkeys import KnownPasskey, Question, RelyingParty
from outlast.ee.cloud.unit import Unit
from outlast.kit.ids import new_id

MAX_PASSKEYS = 20
UNNAMED = "Passkey"

Purpose: TypeAlias = Literal["register", "sign-in", "prove"]
"""``sign-in`` is asked of nobody in particular; ``prove`` of one account, as a second step or a fresh proof."""


@dataclass(frozen=True, slots=True)
class Proved:
    """Whose passkey it was.

    Attributes:
        user_verified: the device knew who held it: that is two factors.
    """

    user_id: str
    user_verified: bool


async def ask_new(unit: Unit, party: RelyingParty, *, user_name: str, shown_name: str) -> Question:
    """Ask the caller's browser for a new passkey.

    Raises:
        FactorThere: the account has as many as it may have.
    """
    from outlast.ee.cloud.auth import ceremonies  # late: its library takes long to load

    user_id = unit.caller.user_id
    there = await repository.passkeys_of(unit, user_id)
    if len(there) >= MAX_PASSKEYS:
        raise FactorThere(f"An account has at most {MAX_PASSKEYS} passkeys; remove one first.")
    question = ceremonies.registration_question(
        party, user_id=user_id, user_name=user_name, shown_name=shown_name, known=_known(there)
    )
    await _remember(unit, question, purpose="register", user_id=user_id)
    return question


async def add(unit: Unit, party: RelyingParty, answer: str, *, name: str) -> tuple[Passkey, Sequence[str]]:
    """Store the caller's new passkey.

    Returns:
        It, and recovery codes to be shown once, if this is the account's first second factor.

    Raises:
        PasskeyRefused: this is not the answer to a question that was asked.
    """
    from outlast.ee.cloud.auth import ceremonies  # late: its library takes long to load

    user_id = unit.caller.user_id
    challenge = ceremonies.challenge_of(answer)
    if not await repository.answered(unit, _digest(challenge), purpose="register", user_id=user_id):
        raise PasskeyRefused("This took too long, or was answered before; begin again.")
    made = ceremonies.registered(party, answer, challenge=challenge)
    is_first = not await factors.kinds(unit, user_id)
    passkey = Passkey(
        id=new_id(),
        user_id=user_id,
        credential_id=passkeys.text_id(made.credential_id),
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=made.transports,
        backed_up=made.backed_up,
        name=name or UNNAMED,
        created_at=unit.now,
        last_used_at=None,
    )
    if not await repository.add_passkey(unit, passkey):
        raise PasskeyRefused("This passkey is registered already.")
    return passkey, await factors.renew_codes(unit) if is_first else []


async def ask_proof(unit: Unit, party: RelyingParty, *, user_id: str | None = None) -> Question:
    """Ask a browser for a proof: by any passkey, or by one of an account."""
    from outlast.ee.cloud.auth import ceremonies  # late: its library takes long to load

    known = _known(await repository.passkeys_of(unit, user_id)) if user_id is not None else ()
    question = ceremonies.authentication_question(party, known=known, verify_user=user_id is None)
    await _remember(unit, question, purpose="sign-in" if user_id is None else "prove", user_id=user_id)
    return question


async def proved(unit: Unit, party: RelyingParty, answer: str, *, user_id: str | None = None) -> Proved:
    """Verify the answer to `ask_proof`, and note the use.

    Args:
        unit: of the log-in.
        party: this server.
        answer: the credential's JSON.
        user_id: as it was asked.

    Raises:
        PasskeyRefused: it proves nothing.
    """
    from outlast.ee.cloud.auth import ceremonies  # late: its library takes long to load

    told = ceremonies.claimed(answer)
    purpose = "sign-in" if user_id is None else "prove"
    if not await repository.answered(unit, _digest(told.challenge), purpose=purpose, user_id=user_id):
        raise PasskeyRefused("This took too long, or was answered before; begin again.")
    passkey = await repository.passkey_named(unit, passkeys.text_id(told.credential_id))
    if passkey is None or user_id not in (None, passkey.user_id) or told.user_id not in (None, passkey.user_id):
        raise PasskeyRefused("This server does not know this passkey; sign in another way.")
    use = ceremonies.used(
        party,
        answer,
        challenge=told.challenge,
        public_key=passkey.public_key,
        sign_count=passkey.sign_count,
        verify_user=user_id is None,
    )
    if not await repository.use_passkey(unit, passkey, sign_count=use.sign_count, backed_up=use.backed_up):
        raise PasskeyRefused("This passkey was used elsewhere in the same moment; try again.")
    return Proved(passkey.user_id, use.user_verified)


async def rename(unit: Unit, passkey_id: str, *, name: str) -> None:
    """Name one of the caller's passkeys.

    Raises:
        PasskeyNotFound: the caller has none of this id.
    """
    if not await repository.rename_passkey(unit, unit.caller.user_id, passkey_id, name=name):
        raise _unknown(passkey_id)


async def remove(unit: Unit, passkey_id: str) -> None:
    """Forget one of the caller's passkeys.

    Raises:
        PasskeyNotFound: the caller has none of this id.
    """
    if not await repository.remove_passkey(unit, unit.caller.user_id, passkey_id):
        raise _unknown(passkey_id)
    await factors.drop_needless_codes(unit)


async def of_caller(unit: Unit) -> Sequence[Passkey]:
    """The caller's passkeys."""
    return await repository.passkeys_of(unit, unit.caller.user_id)


async def _remember(unit: Unit, question: Question, *, purpose: Purpose, user_id: str | None) -> None:
    due = unit.now + passkeys.PATIENCE
    await repository.ask(unit, _digest(question.challenge), purpose=purpose, user_id=user_id, expires_at=due)


def _known(there: Sequence[Passkey]) -> Sequence[KnownPasskey]:
    return [KnownPasskey(passkeys.raw_id(passkey.credential_id), passkey.transports) for passkey in there]


def _unknown(passkey_id: str) -> PasskeyNotFound:
    return PasskeyNotFound(f"There is no passkey {passkey_id[:64]!r}.")


def _digest(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()
