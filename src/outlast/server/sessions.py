"""``/sessions``: start, list, look at, answer, cancel, branch, delete."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from outlast.http import problems as own
from outlast.http.bodies import answer, nothing, parse, read_body
from outlast.http.openapi import EVENTS, operation
from outlast.kit import errors as e
from outlast.kit.ids import new_id
from outlast.kit.pages import MAX_LIMIT
from outlast.protocol.api import (
    MAX_TITLE_CHARS,
    BranchSession,
    CancelSession,
    Interaction,
    RetitleSession,
    SessionDetail,
    SessionItem,
    SessionList,
    StartSession,
)
from outlast.protocol.codec import encode_json
from outlast.protocol.document import State, shown_document
from outlast.runtime.export import Recording, as_markdown
from outlast.runtime.records import SessionFilter, SessionRecord
from outlast.runtime.tracking import stream_of
from outlast.server.deps import Context, In, SessionId
from outlast.server.events import all_events, started_stream
from outlast.server.uploads import adopt
from outlast.streams.follow import follow
from outlast.streams.snapshots import document_at

router = APIRouter(prefix="/sessions", tags=["sessions"])


@router.post(
    "",
    **operation(
        SessionItem,
        e.AppNotFound,
        e.AppBroken,
        e.InvalidArguments,
        e.TooMuch,
        own.BodyTooLarge,
        own.RequestInFlight,
        own.IdempotencyKeyReused,
        takes=StartSession,
        status=201,
        also=EVENTS,
    ),
)
async def start_session(
    request: Request,
    context: In,
    *,
    accept: Annotated[str, Header()] = "",
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Start a session of an app.

    With `Accept: text/event-stream` the answer is the session's stream itself, from its first event on.
    """
    body = await read_body(request)
    wanted = parse(body, StartSession)
    title = _title(wanted.title) if wanted.title is not None else None

    host, session_id = context.runtime.host, new_id()

    async def start() -> str:
        await adopt(context, wanted, session_id)
        return await host.start(wanted.app, wanted.args, user=context.user, title=title, session_id=session_id)

    if EVENTS not in accept:
        started = await context.started.once(idempotency_key, body, start)
        record = await context.record(started)
        return answer(_item(record), status=201, headers={"location": _location(started)})
    reader = follow(context.runtime.log, context.runtime.bus, stream_of(session_id))
    reader.await_birth()  # saves the first event a read of the log
    try:
        started = await context.started.once(idempotency_key, body, start)
    except BaseException:  # broad: whatever ended it, nobody listens any more
        await reader.aclose()
        raise
    if started != session_id:  # the answer to a key that was sent before
        await reader.aclose()
        reader = follow(context.runtime.log, context.runtime.bus, stream_of(started))
    return started_stream(context, reader, headers={"location": _location(started)})


def _location(session_id: str) -> str:
    return f"/api/v1/sessions/{session_id}"


@router.get("", **operation(SessionList, e.InvalidCursor))
async def list_sessions(
    context: In,
    *,
    state: State | None = None,
    app: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: str | None = None,
) -> Response:
    """A page of sessions, newest activity first."""
    page = await context.runtime.records.page(SessionFilter(state=state, app=app), cursor=cursor, limit=limit)
    return answer(SessionList(items=[_item(record) for record in page.items], next_cursor=page.next_cursor))


@router.get("/{session_id}", **operation(SessionDetail, e.SessionNotFound))
async def get_session(context: In, session_id: SessionId) -> Response:
    """One session with its document; follow its events after `seq`. The ETag is of what PATCH changes."""
    record = await context.record(session_id)
    return await _detail(context, record)


@router.patch(
    "/{session_id}",
    **operation(SessionDetail, e.SessionNotFound, own.PreconditionFailed, own.BodyTooLarge, takes=RetitleSession),
)
async def retitle_session(
    request: Request,
    context: In,
    session_id: SessionId,
    *,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Give a session another title. With `If-Match` only if nobody else did since."""
    wanted = parse(await read_body(request), RetitleSession)
    title = _title(wanted.title)
    record = await context.record(session_id)
    if if_match is not None and not {_etag(record), "*"} & {tag.strip() for tag in if_match.split(",")}:
        raise own.PreconditionFailed("The title has been changed since; get the session again.")
    await context.runtime.host.retitle(session_id, title)
    return await _detail(context, await context.record(session_id))


@router.delete("/{session_id}", **operation(None, e.SessionNotFound, status=204))
async def delete_session(context: In, session_id: SessionId) -> Response:
    """Stop a session if it runs, and delete all that is kept of it."""
    await context.runtime.host.delete(session_id)
    return nothing()


@router.post(
    "/{session_id}/interactions",
    **operation(
        None,
        e.SessionNotFound,
        e.InputNotFound,
        e.AlreadyAnswered,
        e.SessionOver,
        e.InvalidAnswer,
        own.BodyTooLarge,
        takes=Interaction,
        status=204,
    ),
)
async def answer_input(request: Request, context: In, session_id: SessionId) -> Response:
    """Answer an input; it is committed when this returns. Wakes a session that sleeps."""
    given = parse(await read_body(request), Interaction)
    await context.runtime.host.submit(session_id, given.input, given.value, by=context.user)
    return nothing()


@router.post(
    "/{session_id}/cancel",
    **operation(None, e.SessionNotFound, e.SessionOver, own.BodyTooLarge, takes=CancelSession, status=204),
)
async def cancel_session(request: Request, context: In, session_id: SessionId) -> Response:
    """Stop a session: the app's `finally` runs, then the session has ended as cancelled."""
    wanted = parse(await read_body(request) or b"{}", CancelSession)
    await context.runtime.host.cancel(session_id, by=context.user, reason=wanted.reason)
    return nothing()


@router.post(
    "/{session_id}/branch",
    **operation(
        SessionItem,
        e.SessionNotFound,
        e.BranchImpossible,
        e.InvalidAnswer,
        own.BodyTooLarge,
        own.RequestInFlight,
        own.IdempotencyKeyReused,
        takes=BranchSession,
        status=201,
    ),
)
async def branch_session(
    request: Request,
    context: In,
    session_id: SessionId,
    *,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Make a new session that shares this one's events up to `seq`, and run it on from there."""
    body = await read_body(request)
    wanted = parse(body, BranchSession)

    async def branch() -> str:
        host = context.runtime.host
        if wanted.value is msgspec.UNSET:
            return await host.branch(session_id, seq=wanted.seq, by=context.user)
        return await host.branch(session_id, seq=wanted.seq, value=wanted.value, by=context.user)

    branched = await context.started.once(idempotency_key, session_id.encode() + body, branch)
    record = await context.record(branched)
    return answer(_item(record), status=201, headers={"location": _location(branched)})


@router.get("/{session_id}/export", **operation(Recording, e.SessionNotFound, also="text/markdown"))
async def export_session(context: In, session_id: SessionId, format: Literal["md", "json"] = "md") -> Response:
    """The session to keep: its document as Markdown, or its stream as JSON, which `outlast replay` reads."""
    await context.record(session_id)
    stream = stream_of(session_id)
    if format == "md":
        document = shown_document(await document_at(context.runtime.log, stream), owner=True)
        return _download(as_markdown(document).encode(), f"{session_id}.md", media_type="text/markdown")
    recording = Recording(session=session_id, events=await all_events(context, stream))
    return _download(encode_json(recording), f"{session_id}.json", media_type="application/json")


def _download(body: bytes, name: str, *, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media_type, headers=headers)


async def _detail(context: Context, record: SessionRecord) -> Response:
    document = await document_at(context.runtime.log, stream_of(record.id))
    item = _item(record)
    fields = {name: getattr(item, name) for name in item.__struct_fields__}
    detail = SessionDetail(**fields, seq=document.seq, document=shown_document(document, owner=True))
    return answer(detail, headers={"etag": _etag(record)})


def _item(record: SessionRecord) -> SessionItem:
    return SessionItem(
        id=record.id,
        app=record.app,
        title=record.title,
        state=record.state,
        user=record.user_name or record.user_id,
        args=record.args,
        created_at=record.created_at,
        updated_at=record.updated_at,
        waiting_input=record.waiting_input,
        waiting_label=record.waiting_label,
        due_at=record.due_at,
    )


def _etag(record: SessionRecord) -> str:
    return f'"{hashlib.sha256(record.title.encode()).hexdigest()[:20]}"'


def _title(given: str) -> str:
    title = " ".join("".join(c if c.isprintable() else " " for c in given).split())
    if not 0 < len(title) <= MAX_TITLE_CHARS:
        raise e.InvalidInput(
            f"A title has 1 to {MAX_TITLE_CHARS} characters.", errors={"title": f"1 to {MAX_TITLE_CHARS} characters"}
        )
    return title
