"""``/workspaces/{workspace_id}/sessions``: start, list, look at, answer, cancel, branch, delete."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Request
from starlette.responses import Response

from outlast.ee.cloud.files import WorkspaceFileNotFound
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.sessions import listing, service
from outlast.ee.cloud.sessions.access import Access, Level, access_session
from outlast.ee.cloud.sessions.attachments import names_files
from outlast.ee.cloud.sessions.errors import AccessTooLow, TooManySessions
from outlast.ee.cloud.sessions.following import all_events
from outlast.ee.cloud.sessions.schemas import detail_of, etag_of, item_of
from outlast.ee.cloud.sessions.starting import location_of, start_session
from outlast.ee.cloud.work import In, Work
from outlast.http import problems as own
from outlast.http.bodies import answer, nothing, parse
from outlast.http.openapi import EVENTS
from outlast.kit import errors as e
from outlast.kit.pages import MAX_LIMIT
from outlast.protocol.api import (
    BranchSession,
    CancelSession,
    Interaction,
    SessionDetail,
    SessionItem,
    SessionList,
    SessionUsage,
    StartSession,
    UpdateSession,
)
from outlast.protocol.codec import encode_json
from outlast.protocol.document import Document, State, shown_document
from outlast.runtime.export import Recording, as_markdown
from outlast.runtime.tracking import stream_of
from outlast.streams.snapshots import document_at

router = cloud_router("/workspaces/{workspace_id}/sessions", tag="sessions")

_REFUSALS = (e.SessionNotFound, AccessTooLow)
_CREATING = (own.RequestInFlight, own.IdempotencyKeyReused, own.BodyTooLarge)


@router.post(
    "",
    **does(
        "session.start",
        e.AppNotFound,
        e.AppBroken,
        e.InvalidArguments,
        e.TooMuch,
        TooManySessions,
        WorkspaceFileNotFound,
        *_CREATING,
        gives=SessionItem,
        takes=StartSession,
        status=201,
        also=EVENTS,
    ),
)
async def start(request: Request, work: In) -> Response:
    """Start a session of an app.

    With `Accept: text/event-stream` the answer is the session's stream itself, from its first event on. An argument
    that is a file is `{"file_id": ...}` of one of the workspace's files.
    """
    return await start_session(work, request, await request.body())


@router.get("", **does("session.list", e.InvalidCursor, gives=SessionList))
async def list_sessions(
    work: In,
    *,
    which: Annotated[Literal["mine", "shared", "all"], Query()] = "mine",
    state: State | None = None,
    app: Annotated[str | None, Query(max_length=300)] = None,
    text: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    deleted: bool = False,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: str | None = None,
) -> Response:
    """A page of sessions, newest activity first: the caller's own, those shared with them, or for admins all.

    `text` is looked for in titles and names of apps. `deleted` gives what can be restored.
    """
    wanted = listing.Wanted(which=which, state=state, app=app, text=text, deleted=deleted)
    return answer(await listing.page(work, wanted, cursor=cursor, limit=limit))


@router.get("/{session_id}", **does("session.get", *_REFUSALS, gives=SessionDetail))
async def get_session(work: In, session_id: str) -> Response:
    """One session with its document; follow its events after `seq`. The ETag is of what PATCH changes."""
    return await _detail(work, await access_session(work, session_id, Level.VIEW, managing=True))


@router.patch(
    "/{session_id}",
    **does(
        "session.update",
        *_REFUSALS,
        own.PreconditionFailed,
        own.BodyTooLarge,
        gives=SessionDetail,
        takes=UpdateSession,
    ),
)
async def update_session(request: Request, work: In, session_id: str) -> Response:
    """Change a session's title or end. With `If-Match` only if nobody else did since."""
    wanted = parse(await request.body(), UpdateSession)
    return await _detail(work, await service.update(work, session_id, wanted))


@router.delete("/{session_id}", **does("session.delete", *_REFUSALS, status=204, modelled=False))
async def delete_session(work: In, session_id: str) -> Response:
    """Stop a session if it runs, and delete it; for some time it can be restored."""
    await service.remove(work, session_id)
    return nothing()


@router.post("/{session_id}/restore", **does("session.restore", *_REFUSALS, gives=SessionDetail))
async def restore_session(work: In, session_id: str) -> Response:
    """Take a deleted session back. It has ended; branch it to go on."""
    return await _detail(work, await service.restore(work, session_id))


@router.post(
    "/{session_id}/interactions",
    **does(
        "session.answer",
        *_REFUSALS,
        e.InputNotFound,
        e.AlreadyAnswered,
        e.AudienceOnly,
        e.SessionOver,
        e.InvalidAnswer,
        WorkspaceFileNotFound,
        own.BodyTooLarge,
        takes=Interaction,
        status=204,
        modelled=False,
    ),
)
async def answer_input(request: Request, work: In, session_id: str) -> Response:
    """Answer an input; it is committed when this returns. Wakes a session that sleeps."""
    return await answered(work, session_id, await request.body())


async def answered(work: Work, session_id: str, body: bytes) -> Response:
    """The same, of the body as it was sent."""
    await service.answer(work, session_id, parse(body, Interaction), with_files=names_files(body))
    return nothing()


@router.post(
    "/{session_id}/cancel",
    **does(
        "session.cancel",
        *_REFUSALS,
        e.SessionOver,
        own.BodyTooLarge,
        takes=CancelSession,
        status=204,
        modelled=False,
    ),
)
async def cancel_session(request: Request, work: In, session_id: str) -> Response:
    """Stop a session: the app's `finally` runs, then the session has ended as cancelled."""
    wanted = parse(await request.body() or b"{}", CancelSession)
    await service.cancel(work, session_id, reason=wanted.reason)
    return nothing()


@router.post(
    "/{session_id}/branch",
    **does(
        "session.branch",
        *_REFUSALS,
        e.BranchImpossible,
        e.InvalidAnswer,
        TooManySessions,
        *_CREATING,
        gives=SessionItem,
        takes=BranchSession,
        status=201,
    ),
)
async def branch_session(request: Request, work: In, session_id: str) -> Response:
    """Make a session of the caller's that shares this one's events up to `seq`, and run it on from there."""
    record = await service.branch(work, session_id, parse(await request.body(), BranchSession))
    headers = {"location": location_of(work, record.id)}
    return answer(item_of(record, Level.OWNER), status=201, headers=headers)


@router.post("/{session_id}/touch", **does("session.touch", *_REFUSALS, status=204, modelled=False))
async def touch_session(work: In, session_id: str) -> Response:
    """Count a session as active now, so that it is not ended or removed as one left alone."""
    await service.touch(work, session_id)
    return nothing()


@router.get("/{session_id}/usage", **does("session.usage", *_REFUSALS, gives=SessionUsage))
async def get_usage(work: In, session_id: str) -> Response:
    """What the session may use, what it has used, and when it ends: of what is at hand, cheap enough to ask often."""
    return answer(await service.usage(work, session_id))


@router.get("/{session_id}/export", **does("session.export", *_REFUSALS, gives=Recording, also="text/markdown"))
async def export_session(work: In, session_id: str, format: Literal["md", "json"] = "md") -> Response:
    """The session to keep: its document as Markdown, or its stream as JSON; who may edit it can replay that."""
    access = await access_session(work, session_id, Level.VIEW)
    if format == "md":
        document = shown_document(await _document(work, access), owner=access.level.sees_all)
        return _download(as_markdown(document).encode(), f"{session_id}.md", media_type="text/markdown")
    recording = Recording(session=session_id, events=await all_events(work.cloud, access))
    return _download(encode_json(recording), f"{session_id}.json", media_type="application/json")


def _download(body: bytes, name: str, *, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media_type, headers=headers)


async def _document(work: Work, access: Access) -> Document:
    return await document_at(work.cloud.runtime.log, stream_of(access.record.id))


async def _detail(work: Work, access: Access) -> Response:
    document = await _document(work, access) if access.level > Level.MANAGE else Document()
    return answer(detail_of(access, document), headers={"etag": etag_of(access.record)})
