"""Shares of sessions over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.sessions import sharing
from outlast.ee.cloud.sessions.errors import AccessTooLow, ShareNotFound
from outlast.ee.cloud.sessions.schemas import item_of, share_item
from outlast.ee.cloud.work import In
from outlast.http import problems as own
from outlast.http.bodies import answer, nothing, parse
from outlast.kit.errors import InvalidCursor, SessionNotFound
from outlast.kit.pages import MAX_LIMIT
from outlast.protocol.api import NewShare, OpenShare, SessionItem, ShareList, ShareSession

router = cloud_router("/workspaces/{workspace_id}/sessions/{session_id}/shares", tag="shares")
opening = cloud_router("/shares", tag="shares")

_REFUSALS = (SessionNotFound, AccessTooLow)


@router.get("", **does("share.list", *_REFUSALS, InvalidCursor, gives=ShareList))
async def list_shares(
    work: In,
    session_id: str,
    *,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: str | None = None,
) -> Response:
    """With whom the session is shared, and by which links."""
    page, names = await sharing.shares(work, session_id, cursor=cursor, limit=limit)
    return answer(ShareList(items=[share_item(one, names) for one in page.items], next_cursor=page.next_cursor))


@router.post(
    "",
    **does(
        "share.create",
        *_REFUSALS,
        own.RequestInFlight,
        own.IdempotencyKeyReused,
        own.BodyTooLarge,
        gives=NewShare,
        takes=ShareSession,
        status=201,
    ),
)
async def share_session(request: Request, work: In, session_id: str) -> Response:
    """Share the session with a member, or make a link that members may open. Its token is told this once."""
    made, token = await sharing.share(work, session_id, parse(await request.body(), ShareSession))
    item = share_item(made, {})
    fields = {name: getattr(item, name) for name in item.__struct_fields__}
    link = f"/#share={token}" if token is not None else None
    location = f"{request.url.path}/{made.id}"
    return answer(NewShare(**fields, token=token, link=link), status=201, headers={"location": location})


@router.delete("/{share_id}", **does("share.revoke", *_REFUSALS, ShareNotFound, status=204, modelled=False))
async def revoke_share(work: In, session_id: str, share_id: str) -> Response:
    """Withdraw a share, and all that people have by a link. Who does not own the session may give up their own."""
    await sharing.revoke(work, session_id, share_id)
    return nothing()


@opening.post("/open", **does("share.open", ShareNotFound, own.BodyTooLarge, gives=SessionItem, takes=OpenShare))
async def open_share(request: Request, work: In) -> Response:
    """Open what a link shares; the answer says where the session is. One must be a member of its workspace."""
    wanted = parse(await request.body(), OpenShare)
    access = await sharing.open_link(work, wanted.token)
    return answer(item_of(access.record, access.level))
