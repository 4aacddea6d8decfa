"""Logging in: a proof of who somebody is becomes a device with fresh secrets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from outlast.ee.cloud import audit
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import attempts, events, factors, opaque, repository, rotation, throttle
from outlast.ee.cloud.auth import repository_sign_in as devices
from outlast.ee.cloud.auth.access_tokens import Issued
from outlast.ee.cloud.auth.credentials import Credentials, credentials_of
from outlast.ee.cloud.auth.devices import device_label
from outlast.ee.cloud.auth.errors import HashingBusy, LinkSpent, WrongCredentials
from outlast.ee.cloud.auth.opaque import Kind
from outlast.ee.cloud.auth.people import LoginSession, User, email_key
from outlast.ee.cloud.caller import Origin
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.errors import InvalidToken
from outlast.ee.cloud.unit import Unit
from outlast.kit.ids import new_id

IMPERSONATION = "impersonation"
IMPERSONATION_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A device that was logged in or renewed, with the secrets that nobody is told again."""

    device: LoginSession
    user: User
    access: Issued
    refresh_token: str


async def open_login(unit: Unit, user_id: str, *, method: str, level: int = 1) -> Opened:
    """Log a user in on the device that asks. The caller has proved who they are.

    Args:
        unit: of the request.
        user_id: who.
        method: how, as ``password+totp``.
        level: 1 for one factor, 2 for two.

    Raises:
        WrongCredentials: the account can't be used.
    """
    user = await repository.by_id(unit, user_id, lock=True)
    if user.disabled_at is not None or user.verified_at is None:
        raise _wrong()
    device = new_device(unit, user, method=method, level=level)
    await devices.add(unit, device)
    await _keep_to_bound(unit, user_id, newest=device.id)
    opened = await renew_secrets(unit, device, user)
    details = {"method": method, "device": device.label, "login_session": device.id}
    await audit.record(
        unit, "login_session.open", target="user", target_id=user_id, details=details, actor_id=user_id,
        actor_name=user.email,
    )  # fmt: skip
    await events.tell_of_device(unit, events.LOGIN_OPENED, device)
    unit.after_commit(lambda: attempts.LOGINS.add(method.partition(":")[0], "ok"))
    return opened


def new_device(unit: Unit, user: User, *, method: str, level: int) -> LoginSession:
    """The session of a device that is logged in now; both its clocks begin."""
    settings, now = unit.cloud.settings, unit.now
    return LoginSession(
        id=new_id(),
        user_id=user.id,
        epoch=1,
        method=method,
        level=level,
        impersonator_id=None,
        label=device_label(unit.origin.user_agent),
        ip=unit.origin.ip,
        user_agent=unit.origin.user_agent,
        created_at=now,
        proved_at=now,
        last_used_at=now,
        idle_ends_at=now + settings.login_idle,
        ends_at=now + settings.login_lifetime,
    )


async def renew_secrets(unit: Unit, device: LoginSession, user: User) -> Opened:
    """Begin a new family of refresh tokens and issue an access token; those before are void."""
    token, selector, lineage = rotation.begin()
    await devices.keep_lineage(unit, device.id, lineage, selector=selector)
    credentials = credentials_of(unit)
    unit.after_commit(lambda: credentials.forget_device(device.id))
    return Opened(device=device, user=user, access=issue(unit, device), refresh_token=token)


def issue(unit: Unit, device: LoginSession) -> Issued:
    """An access token for a device."""
    return credentials_of(unit).access_tokens.issue(
        user_id=device.user_id,
        login_session_id=device.sid,
        now=unit.now,
        ends_at=device.good_until,
        impersonator_id=device.impersonator_id,
    )


async def prove(unit: Unit, *, level: int = 1, method: str | None = None) -> Opened:
    """Note that the caller has just proved again who they are: both clocks begin anew, and all secrets are replaced.

    The ones before are refused at once (ASVS 7.2.4); the level never falls.

    Raises:
        InvalidToken: the caller is not on a device, or it is logged out.
    """
    session_id, settings = unit.caller.login_session_id, unit.cloud.settings
    device = await devices.device(unit, session_id, lock=True) if session_id is not None else None
    if device is None or not device.is_good(unit.now):
        raise InvalidToken
    proved = replace(
        device,
        epoch=device.epoch + 1,
        level=max(level, device.level),
        method=method or device.method,
        proved_at=unit.now,
        last_used_at=unit.now,
        idle_ends_at=unit.now + settings.login_idle,
        ends_at=unit.now + settings.login_lifetime,
    )
    names = ("epoch", "level", "method", "proved_at", "last_used_at", "idle_ends_at", "ends_at")
    await devices.change(unit, proved.id, **{name: getattr(proved, name) for name in names})
    await audit.record(unit, "login_session.prove", target="login_session", target_id=proved.id)
    return await renew_secrets(unit, proved, await repository.by_id(unit, proved.user_id))


async def end_device(unit: Unit, device: LoginSession, *, reason: str) -> None:
    """Log a device out."""
    ended = await devices.end(unit, device.user_id, reason=reason, only=device.id)
    await events.tell_of_ended(unit, device.user_id, list(ended), reason=reason)
    credentials = credentials_of(unit)
    unit.after_commit(lambda: credentials.forget_device(device.id))


async def log_in(cloud: Cloud, *, email: str, password: str, origin: Origin, known: str | None = None) -> Opened:
    """Log in by password.

    Whatever is wrong, the answer and its time are the same (ASVS 6.3.8).

    Args:
        cloud: the open cloud.
        email: as it was typed.
        password: likewise.
        origin: of the request.
        known: the token of a browser that has logged in before.

    Raises:
        WrongCredentials: no such account, another password, disabled, or the address is not verified.
        SecondFactorRequired: the password is right; another step is needed.
        TooManyAttempts: too many failed; nothing was looked at.
        HashingBusy: too many are at it; nothing was counted.
    """
    credentials = cloud.part(Credentials)
    async with units.writing(cloud, origin=origin) as unit:
        user = await repository.by_email(unit, email)
        keys = await _keys(unit, user, email=email, known=known)
        waiting = await attempts.count(unit, keys)
    attempts.refuse(waiting, method="password")
    try:
        verdict = await credentials.passwords.verify(password, user.password_hash if user else None)
    except HashingBusy:
        await attempts.take_back(cloud, keys)
        raise
    pending = opened = None
    async with units.writing(cloud, origin=origin) as unit:
        usable = user is not None and user.verified_at is not None and user.disabled_at is None
        if user is None or not verdict.right or not usable:
            await _record_failure(unit, user, email)
        elif user.password_hash != (await repository.by_id(unit, user.id)).password_hash:
            await _record_failure(unit, user, email)  # it was changed while the old one was compared
        else:
            if verdict.better_hash:
                await repository.change(unit, user.id, password_hash=verdict.better_hash)
            changed_at = user.password_changed_at
            pending = await factors.pending(unit, user.id, method="password", password_changed_at=changed_at)
            if pending is None:
                await attempts.succeeded(unit, keys)
                opened = await open_login(unit, user.id, method="password")
    if pending is not None:
        raise factors.SecondFactorRequired(pending)
    if opened is None:
        raise _wrong()
    return opened


async def log_in_by_link(cloud: Cloud, code: str, *, origin: Origin) -> Opened:
    """Log in by a link's code, which is of no use after that.

    Raises:
        LinkSpent: it was used, has expired, or is none.
        SecondFactorRequired: another step is needed.
    """
    pending = opened = None
    async with units.writing(cloud, origin=origin) as unit:
        user_id = None
        if opaque.is_token(Kind.LINK, code):
            user_id = await devices.take_link(unit, opaque.digest(code))
        if user_id is not None:
            user = await repository.by_id(unit, user_id)
            changed_at = user.password_changed_at
            pending = await factors.pending(unit, user_id, method="link", password_changed_at=changed_at)
            if pending is None and user.disabled_at is None:
                opened = await open_login(unit, user_id, method="link")
        else:
            await audit.record(unit, "login_session.open", result="failed", code=LinkSpent.code)
    if pending is not None:
        raise factors.SecondFactorRequired(pending)
    if opened is None:
        raise LinkSpent("This sign-in link was used before or has expired; ask for another.")
    return opened


async def _keys(unit: Unit, user: User | None, *, email: str, known: str | None) -> throttle.Keys:
    device = None
    if user is not None and known is not None and opaque.is_token(Kind.DEVICE, known):
        digest = opaque.digest(known)
        device = digest if await devices.is_known_device(unit, user.id, digest) else None
    return throttle.keys_of(email_key(email), address=unit.origin.ip, device=device)


async def _record_failure(unit: Unit, user: User | None, email: str) -> None:
    attempts.LOGINS.add("password", "failed")
    await audit.record(
        unit,
        "login_session.open",
        target="user",
        target_id=user.id if user else "",
        result="failed",
        code=WrongCredentials.code,
        actor_name=email[:254],
    )


async def _keep_to_bound(unit: Unit, user_id: str, *, newest: str) -> None:
    good = [device for device in await devices.good_of(unit, user_id) if device.id != newest]
    surplus = len(good) + 1 - unit.cloud.settings.max_devices
    for device in sorted(good, key=lambda one: one.last_used_at)[: max(surplus, 0)]:
        await end_device(unit, device, reason="too_many_devices")


def _wrong() -> WrongCredentials:
    return WrongCredentials("The e-mail address or the password is wrong, or the account can't be used.")
