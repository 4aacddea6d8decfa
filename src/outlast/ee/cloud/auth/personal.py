"""Personal access tokens: made by a user for a program, for one workspace, shown once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from outlast.ee.cloud import audit
from outlast.ee.cloud.auth import events, opaque, repository_tokens
from outlast.ee.cloud.auth.errors import TokenNotFound, UnknownScope
from outlast.ee.cloud.auth.opaque import Kind
from outlast.ee.cloud.auth.people import PersonalToken, TokenKind
from outlast.ee.cloud.auth.renewal import revoke_personal
from outlast.ee.cloud.auth.schemas import TokenPage, TokenView
from outlast.ee.cloud.policy import Policy
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.work import unknown_workspace
from outlast.kit.ids import is_id, new_id
from outlast.kit.pages import decode_cursor, encode_cursor


def scopes_of(policy: Policy) -> frozenset[str]:
    """All scopes that there are."""
    return frozenset(rule.scope for rule in policy if rule.scope is not None)


async def make(
    unit: Unit,
    user_id: str,
    *,
    workspace_id: str,
    name: str,
    scopes: Collection[str],
    expires_in: timedelta | None,
    kind: TokenKind = "personal",
) -> tuple[PersonalToken, str]:
    """Make a token. Who asks has been found to be a member of the workspace.

    Returns:
        What is stored, and the secret.

    Raises:
        UnknownScope: there is no such scope.
    """
    unknown = set(scopes) - scopes_of(unit.cloud.policy)
    if unknown:
        raise UnknownScope(f"There is no scope {min(unknown)!r}; see the reference of permissions.")
    secret = opaque.new_token(Kind.PERSONAL)
    token = PersonalToken(
        id=new_id(),
        workspace_id=workspace_id,
        user_id=user_id,
        kind=kind,
        name=name,
        scopes=frozenset(scopes),
        created_at=unit.now,
        expires_at=unit.now + expires_in if expires_in is not None else None,
        last_used_at=None,
    )
    await repository_tokens.add(unit, token, opaque.digest(secret))
    details = {"kind": kind, "scopes": sorted(scopes), "workspace": workspace_id}
    await audit.record(unit, "token.create", target="token", target_id=token.id, details=details, actor_id=user_id)
    await events.tell_of_token(unit, events.TOKEN_CREATED, user_id=user_id, token_id=token.id)
    return token, secret


async def create(
    unit: Unit, *, workspace_id: str, name: str, scopes: Collection[str], expires_in: timedelta | None
) -> tuple[PersonalToken, str]:
    """Make oneself a token.

    Raises:
        WorkspaceNotFound: the caller is no member.
        UnknownScope: there is no such scope.
    """
    caller = unit.caller
    member = is_id(workspace_id) and await unit.cloud.gates.memberships.role(caller.user_id, workspace_id)
    if not member:
        raise unknown_workspace(workspace_id)
    return await make(unit, caller.user_id, workspace_id=workspace_id, name=name, scopes=scopes, expires_in=expires_in)


async def page(unit: Unit, *, cursor: str | None, limit: int) -> TokenPage:
    """A page of one's tokens, the latest first.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    before = str(decode_cursor(cursor, size=1)[0]) if cursor is not None else None
    found = await repository_tokens.page_of(unit, unit.caller.user_id, before=before, limit=limit + 1)
    following = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return TokenPage(items=[TokenView.of(token) for token in found[:limit]], next_cursor=following)


async def mine(unit: Unit, token_id: str) -> PersonalToken:
    """One of one's tokens.

    Raises:
        TokenNotFound: there is none such, or it is somebody else's, or revoked.
    """
    token = await repository_tokens.one_of(unit, unit.caller.user_id, token_id) if is_id(token_id) else None
    if token is None:
        raise TokenNotFound(f"There is no token {token_id[:64]!r}.")
    return token


async def revoke(unit: Unit, token_id: str) -> None:
    """Revoke one of one's tokens.

    Raises:
        TokenNotFound: there is none such, or it is somebody else's.
    """
    await revoke_personal(unit, unit.caller.user_id, token_id=(await mine(unit, token_id)).id)
