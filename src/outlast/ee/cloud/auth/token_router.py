"""``/auth/tokens``: personal access tokens; ``/auth/users``: what who runs the server may do with accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from outlast.ee.cloud.auth import errors, operators, personal
from outlast.ee.cloud.auth import schemas as wire
from outlast.ee.cloud.errors import StepUpRequired
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.work import In
from outlast.kit.errors import InvalidCursor
from outlast.kit.pages import MAX_LIMIT

router = cloud_router("/auth", tag="auth")

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=400)]


@router.post("/tokens", **does("token.create", errors.UnknownScope, StepUpRequired, status=201))
async def create_token(work: In, body: wire.TokenWish) -> wire.NewToken:
    """Make a token for a program. Its secret is in this answer and nowhere else."""
    work.headers["cache-control"] = "no-store"
    async with work.writing() as unit:
        token, secret = await personal.create(
            unit,
            workspace_id=body.workspace_id,
            name=body.name,
            scopes=body.scopes,
            expires_in=body.expires_in,
        )
    return wire.NewToken(**wire.TokenView.of(token).model_dump(), token=secret)


@router.get("/tokens", **does("token.list", InvalidCursor))
async def list_tokens(work: In, cursor: Cursor = None, limit: Limit = 50) -> wire.TokenPage:
    """One's tokens, the latest first; without their secrets."""
    work.headers["cache-control"] = "no-store"
    async with work.reading() as unit:
        return await personal.page(unit, cursor=cursor, limit=limit)


@router.get("/tokens/{token_id}", **does("token.get", errors.TokenNotFound))
async def get_token(work: In, token_id: str) -> wire.TokenView:
    """One of one's tokens, without its secret."""
    work.headers["cache-control"] = "no-store"
    async with work.reading() as unit:
        return wire.TokenView.of(await personal.mine(unit, token_id))


@router.delete("/tokens/{token_id}", **does("token.revoke", errors.TokenNotFound, status=204, modelled=False))
async def revoke_token(work: In, token_id: str) -> Response:
    """Revoke one of one's tokens."""
    async with work.writing() as unit:
        await personal.revoke(unit, token_id)
    return Response(status_code=204)


@router.get("/users", **does("user.list", InvalidCursor))
async def list_users(work: In, cursor: Cursor = None, limit: Limit = 50) -> wire.UserPage:
    """All accounts, in the order of their making."""
    work.headers["cache-control"] = "no-store"
    async with work.reading() as unit:
        return await operators.page(unit, cursor=cursor, limit=limit)


@router.put("/users/{user_id}/access", **does("user.set_access", errors.UserNotFound, errors.ActsOnYourself))
async def set_access(work: In, user_id: str, body: wire.AccessWish) -> wire.UserView:
    """Disable an account, which ends its devices, tokens and links; or enable it again."""
    work.headers["cache-control"] = "no-store"
    async with work.writing() as unit:
        return wire.UserView.of(await operators.set_access(unit, user_id, disabled=body.disabled))


@router.delete("/users/sessions", **does("user.end_all_sessions", StepUpRequired))
async def end_all_sessions(work: In) -> wire.EndedSessions:
    """Log everybody out, but for the device that asks."""
    async with work.writing() as unit:
        return wire.EndedSessions(ended=await operators.end_all_sessions(unit))


@router.delete("/users/{user_id}/sessions", **does("user.end_sessions", errors.UserNotFound, StepUpRequired))
async def end_sessions(work: In, user_id: str) -> wire.EndedSessions:
    """Log a user out on all devices."""
    async with work.writing() as unit:
        return wire.EndedSessions(ended=await operators.end_sessions(unit, user_id))


@router.post(
    "/users/{user_id}/impersonation",
    **does("user.impersonate", errors.UserNotFound, errors.ActsOnYourself, StepUpRequired, status=201),
)
async def impersonate(work: In, user_id: str) -> wire.Impersonation:
    """Look at the server as another user does: reading alone, for ten minutes, with both names in the trail."""
    work.headers["cache-control"] = "no-store"
    async with work.writing() as unit:
        issued = await operators.impersonate(unit, user_id)
    expires_in = int((issued.expires_at - work.cloud.clock.now()).total_seconds())
    return wire.Impersonation(access_token=issued.token, expires_in=expires_in)
