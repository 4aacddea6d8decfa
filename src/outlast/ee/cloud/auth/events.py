"""The facts that accounts and devices tell; none holds a secret."""

from __future__ import annotations

from outlast.ee.cloud import events
from outlast.ee.cloud.auth.people import LoginSession, User
from outlast.ee.cloud.unit import Unit

USER_REGISTERED = "user.registered"
USER_CHANGED = "user.changed"
USER_DISABLED = "user.disabled"
USER_ENABLED = "user.enabled"
PASSWORD_CHANGED = "password.changed"  # noqa: S105  a kind of fact
LOGIN_OPENED = "login_session.opened"
LOGIN_ENDED = "login_session.ended"
REFRESH_REUSED = "login_session.refresh_reused"
TOKEN_CREATED = "token.created"  # noqa: S105  a kind of fact
TOKEN_REVOKED = "token.revoked"  # noqa: S105  a kind of fact


async def tell_of_user(unit: Unit, kind: str, user: User) -> None:
    """Tell that something became of an account."""
    await events.emit(unit, kind, {"user": user.id, "email": user.email, "name": user.name})


async def tell_of_device(unit: Unit, kind: str, device: LoginSession, *, reason: str = "") -> None:
    """Tell that something became of a device."""
    data = {"user": device.user_id, "login_session": device.id, "label": device.label, "ip": unit.origin.ip}
    await events.emit(unit, kind, {**data, **({"reason": reason} if reason else {})})


async def tell_of_ended(unit: Unit, user_id: str, ids: list[str], *, reason: str) -> None:
    """Tell that devices are logged out."""
    for session_id in ids:
        await events.emit(unit, LOGIN_ENDED, {"user": user_id, "login_session": session_id, "reason": reason})


async def tell_of_token(unit: Unit, kind: str, *, user_id: str, token_id: str) -> None:
    """Tell that something became of a personal access token."""
    await events.emit(unit, kind, {"user": user_id, "token": token_id})
