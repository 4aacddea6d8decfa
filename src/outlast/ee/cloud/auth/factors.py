"""Second factors: which an account has, whether a code is right, and a log-in that waits for its second step.

Whoever has an app or a passkey needs a second step after a password, a link or another provider. Until it is made
there is no session and no token, only a sealed note that the first step was (ASVS 6.3.3).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from outlast.ee.cloud.auth import factor_repository as repository
from outlast.ee.cloud.auth.factor_errors import FactorRefused, FactorThere, SecondStepOver
from outlast.ee.cloud.auth.recovery import code_hash, looks_like_code, new_codes
from outlast.ee.cloud.auth.totp import Authenticator
from outlast.ee.cloud.box import SealBroken
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.errors import REALM
from outlast.ee.cloud.unit import Unit
from outlast.kit.errors import Unauthenticated

PATIENCE = timedelta(minutes=5)
"""Time for the second step."""
PREFIX = "olf_"
_PURPOSE = "second step"


@dataclass(frozen=True, slots=True)
class Pending:
    """A log-in whose first step is made.

    Attributes:
        note: sealed; opens nothing, and names the log-in at its second step.
        factors: what will do: ``totp``, ``passkey``, ``recovery``.
    """

    note: str
    factors: Sequence[str]


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What a note says.

    Attributes:
        method: of the first step.
        password_changed_at: ISO 8601; a new password voids the notes made by the old one.
    """

    user_id: str
    method: str
    at: datetime
    password_changed_at: str


class SecondFactorRequired(Unauthenticated):
    """The first step of the log-in is made; the second one is to follow (ASVS 6.3.3)."""

    code = "auth.second_factor_required"

    def __init__(self, pending: Pending) -> None:
        super().__init__(
            "Now give a code of your app, a recovery code or a passkey: POST /api/v1/auth/sessions/second-factor.",
            pending=pending.note,
            factors=list(pending.factors),
            expires_in_s=int(PATIENCE.total_seconds()),
        )
        self.headers: Mapping[str, str] = {
            "www-authenticate": f'{REALM}, acr_values="aal2"',
            "cache-control": "no-store",
        }


async def kinds(unit: Unit, user_id: str) -> Sequence[str]:
    """The second factors of an account; none if it has neither app nor passkey."""
    secret = await repository.totp(unit, user_id)
    found = ["totp"] if secret is not None and secret.confirmed else []
    if await repository.passkeys_of(unit, user_id):
        found.append("passkey")
    if found and await repository.codes_left(unit, user_id):
        found.append("recovery")
    return found


async def pending(
    unit: Unit, user_id: str, *, method: str, password_changed_at: datetime | None = None
) -> Pending | None:
    """Whether a log-in needs a second step.

    Args:
        unit: of the first step.
        user_id: whose log-in.
        method: of the first step, which was right.
        password_changed_at: of the account.

    Returns:
        What to answer instead of a session; nothing if the account has no second factor.
    """
    factors = await kinds(unit, user_id)
    if not factors:
        return None
    step = FirstStep(user_id, method, unit.now, _stamp(password_changed_at))
    sealed = unit.cloud.box.seal(msgspec.json.encode(step), purpose=_PURPOSE)
    return Pending(PREFIX + base64.urlsafe_b64encode(sealed).decode(), factors)


def first_step(cloud: Cloud, note: str, *, now: datetime) -> FirstStep:
    """Read a note.

    Raises:
        SecondStepOver: it is none of this server's, or too old.
    """
    try:
        sealed = base64.b64decode(note.removeprefix(PREFIX).encode("ascii"), altchars=b"-_", validate=True)
        step = msgspec.json.decode(cloud.box.open(sealed, purpose=_PURPOSE), type=FirstStep)
    except (SealBroken, UnicodeError, binascii.Error, msgspec.MsgspecError) as error:
        raise SecondStepOver("This log-in is over; begin it again.") from error
    if not note.startswith(PREFIX) or now - step.at > PATIENCE:
        raise SecondStepOver("This log-in took too long; begin it again.")
    return step


def is_of(step: FirstStep, password_changed_at: datetime | None) -> bool:
    """Whether the account's password is still the one that the first step was made with."""
    return step.password_changed_at == _stamp(password_changed_at)


async def check_code(unit: Unit, user_id: str, code: str) -> str:
    """Use up a code of the app, or a recovery code. The caller counts the attempts.

    Returns:
        ``totp`` or ``recovery``.

    Raises:
        FactorRefused: it is wrong, old or was used.
    """
    if looks_like_code(code):
        if await repository.take_code(unit, user_id, code_hash(code).hex()):
            return "recovery"
    else:
        secret = await repository.totp(unit, user_id)
        if secret is not None and secret.confirmed and await _take(unit, secret, code=code, user_id=user_id):
            return "totp"
    raise FactorRefused("This code is wrong, too old, or was used before.")


async def enrol(unit: Unit) -> Authenticator:
    """Begin with an app: its secret, which counts from `confirm` on.

    Raises:
        FactorThere: the account has an app; remove that first.
    """
    user_id = unit.caller.user_id
    await _check_no_app(unit, user_id)
    authenticator = Authenticator.new()
    sealed = authenticator.sealed(box=unit.cloud.box, user_id=user_id)
    await repository.put_totp(unit, user_id, sealed)
    return authenticator


async def confirm(unit: Unit, code: str) -> Sequence[str]:
    """Turn the app on, as its code proves that it has the secret.

    Returns:
        Recovery codes, to be shown once, if this is the account's first second factor.

    Raises:
        FactorRefused: the code is wrong, or there is nothing to confirm.
    """
    user_id = unit.caller.user_id
    await _check_no_app(unit, user_id)
    secret = await repository.totp(unit, user_id)
    if secret is None or not await _take(unit, secret, code=code, user_id=user_id):
        raise FactorRefused("This is not the code that the app shows now; check the device's clock.")
    is_first = not await kinds(unit, user_id)
    await repository.confirm_totp(unit, user_id)
    return await renew_codes(unit) if is_first else []


async def remove_app(unit: Unit) -> bool:
    """Turn the app off; whether there was one."""
    removed = await repository.remove_totp(unit, unit.caller.user_id)
    await drop_needless_codes(unit)
    return removed


async def renew_codes(unit: Unit) -> Sequence[str]:
    """Make recovery codes; those before are void.

    Returns:
        Ten, to be shown once.
    """
    codes = new_codes()
    await repository.put_codes(unit, unit.caller.user_id, [code_hash(code).hex() for code in codes])
    return codes


async def drop_needless_codes(unit: Unit) -> None:
    """Void the recovery codes of who has nothing left to recover."""
    if not await kinds(unit, unit.caller.user_id):
        await repository.put_codes(unit, unit.caller.user_id, [])


async def _check_no_app(unit: Unit, user_id: str) -> None:
    secret = await repository.totp(unit, user_id)
    if secret is not None and secret.confirmed:
        raise FactorThere("This account has an app already; remove that first.")


async def _take(unit: Unit, secret: repository.TotpSecret, *, code: str, user_id: str) -> bool:
    authenticator = Authenticator.opened(secret.sealed, box=unit.cloud.box, user_id=user_id)
    step = authenticator.step_of(code, at=unit.now, last_used=secret.last_step)
    # The row decides between two requests with one code, not what was read before.
    return step is not None and await repository.take_step(unit, user_id, step)


def _stamp(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""
