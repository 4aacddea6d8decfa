"""Log-ins that are not by password alone: the second step of one, a passkey; and fresh proofs by a factor."""

from __future__ import annotations

from dataclasses import dataclass

from outlast.ee.cloud import audit
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import (
    attempts,
    factors,
    opaque,
    passkey_service,
    repository,
    repository_sign_in,
    sign_in,
    throttle,
)
from outlast.ee.cloud.auth.factor_errors import FactorRefused, PasskeyRefused, SecondStepOver
from outlast.ee.cloud.auth.passkeys import RelyingParty
from outlast.ee.cloud.auth.people import User, email_key
from outlast.ee.cloud.auth.sign_in import Opened
from outlast.ee.cloud.caller import Caller, Origin
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.unit import Unit

_SECOND = "second step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What somebody shows: a code, or a passkey's answer.

    Attributes:
        party: this server, as the passkey knows it.
    """

    code: str | None = None
    credential: str | None = None
    party: RelyingParty | None = None


async def finish(cloud: Cloud, note: str, shown: Shown, *, origin: Origin, known: str | None = None) -> Opened:
    """Make the second step of a log-in.

    Args:
        cloud: the open cloud.
        note: of the first step.
        shown: the second factor.
        origin: of the request.
        known: the token of a browser that has logged in before.

    Raises:
        SecondStepOver: the first step is too old, or the password was changed meanwhile.
        FactorRefused, PasskeyRefused: the second factor is not right.
        TooManyAttempts: too many were wrong; this one was not looked at.
    """
    step = factors.first_step(cloud, note, now=cloud.clock.now())
    keys, device = await _count(cloud, step.user_id, origin=origin, known=known)
    refusal: FactorRefused | PasskeyRefused | None = None
    opened: Opened | None = None
    async with units.writing(cloud, origin=origin) as unit:
        user = await repository.by_id(unit, step.user_id, lock=True)
        if not factors.is_of(step, user.password_changed_at):
            raise SecondStepOver("This log-in is over; begin it again.")
        try:
            kind = await _check(unit, user.id, shown)
        except (FactorRefused, PasskeyRefused) as error:
            refusal = error
            await _record_failure(unit, user, error, method=step.method)
        else:
            await attempts.succeeded(unit, keys)
            # The first step was counted as a failure; that it was none, only the second one says.
            first = throttle.keys_of(email_key(user.email), address=origin.ip, device=device)
            await attempts.succeeded(unit, first)
            opened = await sign_in.open_login(unit, user.id, method=f"{step.method}+{kind}", level=2)
    if opened is None:
        assert refusal is not None
        raise refusal
    return opened


async def log_in_by_passkey(cloud: Cloud, credential: str, party: RelyingParty, *, origin: Origin) -> Opened:
    """Log in by a passkey that the device itself has chosen. As it knows who held it, that is two factors.

    Raises:
        PasskeyRefused: it proves nothing.
    """
    async with units.writing(cloud, origin=origin) as unit:
        proved = await passkey_service.proved(unit, party, credential)
        return await sign_in.open_login(unit, proved.user_id, method="passkey", level=2)


async def prove(cloud: Cloud, caller: Caller, shown: Shown, *, origin: Origin) -> Opened:
    """Take a factor of the caller's as a fresh proof of who they are.

    Raises:
        FactorRefused, PasskeyRefused: it is not right.
        TooManyAttempts: too many were wrong; this one was not looked at.
    """
    keys, _ = await _count(cloud, caller.user_id, origin=origin, known=None)
    async with units.writing(cloud, caller=caller, origin=origin) as unit:
        await _check(unit, caller.user_id, shown)
        await attempts.succeeded(unit, keys)
        return await sign_in.prove(unit, level=2)


async def _count(cloud: Cloud, user_id: str, *, origin: Origin, known: str | None) -> tuple[throttle.Keys, str | None]:
    """Count a guess before it is looked at.

    Returns:
        What it counts under, and the digest of the known device.
    """
    async with units.writing(cloud, origin=origin) as unit:
        device = None
        if known is not None and opaque.is_token(opaque.Kind.DEVICE, known):
            digest = opaque.digest(known)
            device = digest if await repository_sign_in.is_known_device(unit, user_id, digest) else None
        keys = throttle.keys_of(f"{_SECOND} {user_id}", address=origin.ip, device=device)
        waiting = await attempts.count(unit, keys)
    attempts.refuse(waiting, method=_SECOND)
    return keys, device


async def _check(unit: Unit, user_id: str, shown: Shown) -> str:
    if shown.code is not None:
        return await factors.check_code(unit, user_id, shown.code)
    if shown.credential is None or shown.party is None:
        raise FactorRefused("Show a code or a passkey.")
    await passkey_service.proved(unit, shown.party, shown.credential, user_id=user_id)
    return "passkey"


async def _record_failure(unit: Unit, user: User, error: FactorRefused | PasskeyRefused, *, method: str) -> None:
    attempts.LOGINS.add(_SECOND, "failed")
    await audit.record(
        unit,
        "login_session.open",
        target="user",
        target_id=user.id,
        result="failed",
        code=error.code,
        details={"method": method},
        actor_name=user.email,
    )
