"""What the operator does at the command line: accounts and tokens, by e-mail address and without being logged in.

Whoever can read the server's data folder may do all of this. The units are over all workspaces.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email

from outlast.ee.cloud.auth import (
    opaque,
    operators,
    personal,
    repository,
    repository_sign_in,
    repository_tokens,
    service,
)
from outlast.ee.cloud.auth.errors import TokenNotFound, UserNotFound
from outlast.ee.cloud.auth.people import User
from outlast.ee.cloud.auth.renewal import revoke_personal
from outlast.ee.cloud.auth.schemas import NewToken, TokenView, UserPage, UserView
from outlast.ee.cloud.auth.signing_up import create_person
from outlast.ee.cloud.unit import Unit
from outlast.kit.errors import InvalidInput

MAX_TOKENS = 1000
LINK_LASTS = timedelta(days=1)


async def users(unit: Unit, *, cursor: str | None = None, limit: int = 100) -> UserPage:
    """A page of accounts, in the order of their making."""
    return await operators.page(unit, cursor=cursor, limit=limit)


async def add_user(unit: Unit, email: str, *, name: str, operator: bool = False) -> UserView:
    """Make an account with a verified address and no password; give its owner a link.

    Raises:
        EmailTaken: there is one already.
        InvalidInput: it is no e-mail address.
    """
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidInput(f"{email!r} is no e-mail address: {error}", errors={"email": "invalid"}) from error
    made = await create_person(unit, email=email, name=name, verified=True, operator=operator)
    return UserView.of(await repository.by_id(unit, made.id))


async def set_access(unit: Unit, email: str, *, disabled: bool) -> UserView:
    """Disable an account, or enable it again.

    Raises:
        UserNotFound: there is none of this address.
    """
    user = await _user(unit, email)
    return UserView.of(await (service.disable(unit, user.id) if disabled else service.enable(unit, user.id)))


async def log_out(unit: Unit, email: str) -> int:
    """Log a user out everywhere; how many devices that were.

    Raises:
        UserNotFound: there is none of this address.
    """
    return await operators.end_sessions(unit, (await _user(unit, email)).id)


async def link(unit: Unit, email: str) -> str:
    """Make the code of a link that logs a user in, once.

    Raises:
        UserNotFound: there is none of this address, or they are disabled.
    """
    user = await _user(unit, email)
    if user.disabled_at is not None:
        raise UserNotFound(f"The account of {email} is disabled; enable it first.")
    return await issue_link(unit, user.id, expires_in=LINK_LASTS)


async def issue_link(unit: Unit, user_id: str, *, expires_in: timedelta) -> str:
    """Make the code of a link that logs a user in once."""
    code = opaque.new_token(opaque.Kind.LINK)
    await repository_sign_in.add_link(unit, opaque.digest(code), user_id=user_id, expires_at=unit.now + expires_in)
    return code


async def make_token(
    unit: Unit,
    user_id: str,
    *,
    workspace_id: str,
    name: str,
    scopes: Collection[str],
    expires_in: timedelta | None,
) -> NewToken:
    """Make a token of a member of the workspace.

    Raises:
        UnknownScope: there is no such scope.
    """
    async with unit.within(workspace_id) as there:
        token, secret = await personal.make(
            there, user_id, workspace_id=workspace_id, name=name, scopes=scopes, expires_in=expires_in
        )
    return NewToken(**TokenView.of(token).model_dump(), token=secret)


async def tokens(unit: Unit, user_id: str) -> Sequence[TokenView]:
    """A user's tokens, the latest first."""
    found = await repository_tokens.page_of(unit, user_id, before=None, limit=MAX_TOKENS)
    return [TokenView.of(token) for token in found]


async def revoke_token(unit: Unit, user_id: str, token_id: str) -> None:
    """Revoke a token.

    Raises:
        TokenNotFound: the user has none of this id.
    """
    token = await repository_tokens.one_of(unit, user_id, token_id)
    if token is None:
        raise TokenNotFound(f"There is no token {token_id[:64]!r}; `outlast tokens list` shows them.")
    async with unit.within(token.workspace_id) as there:
        await revoke_personal(there, user_id, token_id=token.id)


async def _user(unit: Unit, email: str) -> User:
    user = await repository.by_email(unit, email)
    if user is None:
        raise UserNotFound(f"There is no account of {email}; `outlast users list` shows them.")
    return user
