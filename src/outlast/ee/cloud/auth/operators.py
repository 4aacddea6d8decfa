"""What who runs the server may do with others' accounts: list them, shut them out, look through their eyes."""

from __future__ import annotations

from outlast.ee.cloud import audit
from outlast.ee.cloud.auth import repository, service
from outlast.ee.cloud.auth import repository_sign_in as devices
from outlast.ee.cloud.auth.access_tokens import Issued
from outlast.ee.cloud.auth.credentials import credentials_of
from outlast.ee.cloud.auth.errors import ActsOnYourself, UserNotFound
from outlast.ee.cloud.auth.people import User
from outlast.ee.cloud.auth.schemas import UserPage, UserView
from outlast.ee.cloud.auth.sign_in import IMPERSONATION, IMPERSONATION_LASTS, issue, new_device
from outlast.ee.cloud.unit import Unit
from outlast.kit.pages import decode_cursor, encode_cursor

BY_OPERATOR = "ended_by_operator"


async def page(unit: Unit, *, cursor: str | None, limit: int) -> UserPage:
    """A page of all accounts.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    after = str(decode_cursor(cursor, size=1)[0]) if cursor is not None else ""
    found = await repository.page(unit, after=after, limit=limit + 1)
    following = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return UserPage(items=[UserView.of(user) for user in found[:limit]], next_cursor=following)


async def set_access(unit: Unit, user_id: str, *, disabled: bool) -> User:
    """Disable an account, or enable it again.

    Raises:
        UserNotFound: there is none.
        ActsOnYourself: it is one's own.
    """
    if user_id == unit.caller.user_id:
        raise ActsOnYourself("You can't disable your own account.")
    return await (service.disable(unit, user_id) if disabled else service.enable(unit, user_id))


async def end_sessions(unit: Unit, user_id: str) -> int:
    """Log a user out everywhere; how many devices that were.

    Raises:
        UserNotFound: there is none.
    """
    user = await repository.by_id(unit, user_id)
    return len(await service.end_login_sessions(unit, user.id, reason=BY_OPERATOR))


async def end_all_sessions(unit: Unit) -> int:
    """Log everybody out, but for the device that asks; how many devices that were."""
    ended = await devices.end(unit, None, reason=BY_OPERATOR, but=unit.caller.login_session_id)
    await audit.record(unit, "user.end_all_sessions", details={"ended": len(ended)})
    credentials = credentials_of(unit)
    unit.after_commit(credentials.forget_everybody)
    return len(ended)


async def impersonate(unit: Unit, user_id: str) -> Issued:
    """Look at the server as another user does: reading alone, for ten minutes, and both names are in the trail.

    Raises:
        UserNotFound: there is none, or they are disabled.
        ActsOnYourself: it is oneself.
    """
    operator = unit.caller
    if user_id == operator.user_id:
        raise ActsOnYourself("You are yourself already.")
    user = await repository.by_id(unit, user_id)
    if user.disabled_at is not None:
        raise UserNotFound(f"There is no user {user_id!r} to act as.")
    ends_at = unit.now + IMPERSONATION_LASTS
    device = new_device(unit, user, method=IMPERSONATION, level=1)
    device = device.impersonated(operator.user_id, ends_at=ends_at)
    await devices.add(unit, device)
    await audit.record(unit, "user.impersonate", target="user", target_id=user_id)
    return issue(unit, device)
