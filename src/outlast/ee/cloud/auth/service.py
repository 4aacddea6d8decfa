"""The verbs of accounts, and of the devices that are one's own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from outlast.ee.cloud import audit
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import attempts, events, notices, repository, repository_tokens, throttle
from outlast.ee.cloud.auth import repository_sign_in as devices
from outlast.ee.cloud.auth.credentials import Credentials, credentials_of
from outlast.ee.cloud.auth.errors import DeviceNotFound, HashingBusy, WrongCredentials
from outlast.ee.cloud.auth.people import LoginSession, User
from outlast.ee.cloud.auth.sign_in import Opened, prove
from outlast.ee.cloud.auth.signing_up import hash_password
from outlast.ee.cloud.caller import Caller, Origin
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.work import require_fresh, unknown_workspace
from outlast.kit.ids import is_id

DISABLED = "account_disabled"
PASSWORD = "password_changed"  # noqa: S105  a reason


async def set_password(unit: Unit, user_id: str, *, password_hash: str, keep: str | None = None) -> None:
    """Give an account another password; all its devices are logged out, and links void.

    Args:
        unit: one transaction.
        user_id: whose.
        password_hash: from `hash_password`.
        keep: a device that stays.
    """
    user = await repository.by_id(unit, user_id, lock=True)
    await repository.change(unit, user_id, password_hash=password_hash, password_changed_at=unit.now)
    await devices.drop_links(unit, user_id)
    await end_login_sessions(unit, user_id, reason=PASSWORD, except_id=keep)
    await audit.record(unit, "password.change", target="user", target_id=user_id, actor_id=user_id)
    await events.tell_of_user(unit, events.PASSWORD_CHANGED, user)
    await notices.tell(
        unit, user.email, subject="Your password was changed", what="Your account has another password now."
    )


async def change_password(
    cloud: Cloud, caller: Caller, *, present: str | None, following: str, keep_others: bool, origin: Origin
) -> Opened:
    """Change one's own password; the device that asks goes on, with other secrets.

    Raises:
        WrongCredentials: the present password is another.
        StepUpRequired: there is none yet, and the last proof is old.
        PasswordRefused: the next one is too easily guessed.
    """
    if present is not None:
        await confirm_password(cloud, caller, present, origin=origin)
    async with units.looking(cloud, caller=caller) as unit:
        user = await repository.by_id(unit, caller.user_id)
    if present is None:
        if user.password_hash is not None:
            raise WrongCredentials("Send the present password too.")
        require_fresh(cloud, caller)
    hashed = await hash_password(cloud, following, context=(user.email, user.name))
    async with units.writing(cloud, caller=caller, origin=origin) as unit:
        opened = await prove(unit)
        if keep_others:
            await repository.change(unit, user.id, password_hash=hashed, password_changed_at=unit.now)
            await audit.record(unit, "password.change", target="user", target_id=user.id)
        else:
            await set_password(unit, user.id, password_hash=hashed, keep=opened.device.id)
    return opened


async def confirm_password(cloud: Cloud, caller: Caller, password: str, *, origin: Origin) -> None:
    """Check the caller's own password, which is as hard to guess here as at a log-in.

    Raises:
        WrongCredentials: it is another.
        TooManyAttempts: too many failed.
    """
    credentials = cloud.part(Credentials)
    keys = throttle.keys_of(f"confirm:{caller.user_id}", address=origin.ip, device=caller.login_session_id)
    async with units.writing(cloud, caller=caller, origin=origin) as unit:
        user = await repository.by_id(unit, caller.user_id)
        waiting = await attempts.count(unit, keys)
    attempts.refuse(waiting, method="confirm")
    try:
        verdict = await credentials.passwords.verify(password, user.password_hash)
    except HashingBusy:
        await attempts.take_back(cloud, keys)
        raise
    async with units.writing(cloud, caller=caller, origin=origin) as unit:
        if verdict.right:
            await attempts.succeeded(unit, keys)
        else:
            await audit.record(unit, "login_session.prove", result="failed", code=WrongCredentials.code)
    if not verdict.right:
        raise WrongCredentials("The password is wrong.")


async def change_me(unit: Unit, *, changes: dict[str, object]) -> User:
    """Change one's own account.

    Args:
        unit: one transaction.
        changes: columns that were named, with what they become.

    Raises:
        WorkspaceNotFound: the workspace is none of the caller's.
    """
    user_id, workspace_id = unit.caller.user_id, changes.get("active_workspace_id")
    if workspace_id is not None:
        known = is_id(str(workspace_id))
        role = await unit.cloud.gates.memberships.role(user_id, str(workspace_id)) if known else None
        if role is None:
            raise unknown_workspace(str(workspace_id))
    if changes:
        await repository.change(unit, user_id, **changes)
        _forget_user(unit, user_id)
    user = await repository.by_id(unit, user_id)
    if changes:
        await audit.record(unit, "me.update", target="user", target_id=user_id, details={"fields": sorted(changes)})
        await events.tell_of_user(unit, events.USER_CHANGED, user)
    return user


async def set_avatar(unit: Unit, *, media_type: str | None, content: bytes = b"") -> User:
    """Give oneself a picture; with no media type, take it away."""
    user_id = unit.caller.user_id
    if media_type is None:
        await repository.drop_avatar(unit, user_id)
        return await change_me(unit, changes={"avatar_digest": None})
    await repository.keep_avatar(unit, user_id, media_type=media_type, content=content)
    return await change_me(unit, changes={"avatar_digest": hashlib.sha256(content).hexdigest()})


async def my_device(unit: Unit, session_id: str) -> LoginSession:
    """One of the caller's devices.

    Raises:
        DeviceNotFound: there is none such, or it is somebody else's, or over: never told apart.
    """
    device = await devices.device(unit, session_id) if is_id(session_id) else None
    if device is None or device.user_id != unit.caller.user_id or not device.is_good(unit.now):
        raise DeviceNotFound(f"There is no log-in session {session_id[:64]!r}.")
    return device


async def record_log_out(unit: Unit, device: LoginSession) -> None:
    """Leave in the trail that a device was logged out."""
    details = {"device": device.label}
    await audit.record(unit, "login_session.end", target="login_session", target_id=device.id, details=details)


async def end_login_sessions(unit: Unit, user_id: str, *, reason: str, except_id: str | None = None) -> Sequence[str]:
    """Log a user out on all devices, at once.

    Args:
        unit: one transaction.
        user_id: whose.
        reason: kept with each.
        except_id: a device that stays.

    Returns:
        The ids of those that were ended.
    """
    ended = await devices.end(unit, user_id, reason=reason, but=except_id)
    await events.tell_of_ended(unit, user_id, list(ended), reason=reason)
    if ended:
        await audit.record(
            unit,
            "login_session.end",
            target="user",
            target_id=user_id,
            details={"ended": len(ended), "reason": reason},
        )
    _forget_user(unit, user_id)
    return ended


async def disable(unit: Unit, user_id: str) -> User:
    """Let an account do nothing from now on: its devices, tokens and links are void (ASVS 7.4.2)."""
    user = await repository.by_id(unit, user_id, lock=True)
    if user.disabled_at is None:
        await repository.change(unit, user_id, disabled_at=unit.now)
        await events.tell_of_user(unit, events.USER_DISABLED, user)
    await end_login_sessions(unit, user_id, reason=DISABLED)
    async with unit.within(ALL_WORKSPACES) as everywhere:
        await repository_tokens.revoke(everywhere, user_id)
    await devices.drop_links(unit, user_id)
    await audit.record(unit, "user.set_access", target="user", target_id=user_id, details={"disabled": True})
    return await repository.by_id(unit, user_id)


async def enable(unit: Unit, user_id: str) -> User:
    """Let a disabled account be used again; it has to log in anew."""
    user = await repository.by_id(unit, user_id, lock=True)
    if user.disabled_at is not None:
        await repository.change(unit, user_id, disabled_at=None)
        await events.tell_of_user(unit, events.USER_ENABLED, user)
        await audit.record(unit, "user.set_access", target="user", target_id=user_id, details={"disabled": False})
        _forget_user(unit, user_id)
    return await repository.by_id(unit, user_id)


def _forget_user(unit: Unit, user_id: str) -> None:
    credentials = credentials_of(unit)
    unit.after_commit(lambda: credentials.forget_user(user_id))
