"""The live side over HTTP: a session's events, several streams in one connection, pages of events, who looks on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query
from starlette.responses import Response

from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.sessions import following, participants
from outlast.ee.cloud.sessions.errors import AccessTooLow
from outlast.ee.cloud.sessions.following import MAX_SEQ, PAGE_EVENTS
from outlast.ee.cloud.work import In
from outlast.http.bodies import answer
from outlast.http.openapi import EVENTS
from outlast.kit.errors import SessionNotFound, StreamTrimmed
from outlast.protocol.api import EventList, ParticipantList

router = cloud_router("/workspaces/{workspace_id}", tag="events")

Position = Annotated[int, Query(ge=0, le=MAX_SEQ)]

_REFUSALS = (SessionNotFound, AccessTooLow)


@router.get("/sessions/{session_id}/events", **does("session.follow", *_REFUSALS, gives=EVENTS))
async def follow_session(
    work: In,
    session_id: str,
    *,
    after: Position = 0,
    snapshot: bool = False,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """The session's events as server-sent events: those after `Last-Event-ID` or `after`, then what comes.

    With `snapshot` the document comes first (`document.snapshot`) and then the events that follow it. Answers 204
    to who has everything of a session that has ended, which makes an EventSource stop.
    """
    return await following.follow_session(work, session_id, after=after, snapshot=snapshot, last_event_id=last_event_id)


@router.get("/streams", **does("stream.follow", SessionNotFound, gives=EVENTS))
async def follow_streams(
    work: In,
    wanted: Annotated[str, Query(alias="follow", max_length=10_000, pattern="^[!-~]+$")],
    *,
    snapshot: bool = False,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Several streams in one connection: `follow=session:<id>@<seq>,workspace:<id>@<seq>`.

    Each event's data begins with its `stream`; its id holds the positions of all of them, so one `Last-Event-ID`
    resumes them all; the opening has that id too. With `snapshot`, sessions at position 0 begin with their document;
    a stream at `@now` begins with what comes next. `workspace:<id>` tells what happens in the workspace, as far as the
    caller may know.
    """
    return await following.follow_streams(work, last_event_id or wanted, snapshot=snapshot)


@router.get("/sessions/{session_id}/history", **does("session.history", *_REFUSALS, StreamTrimmed, gives=EventList))
async def get_history(
    work: In,
    session_id: str,
    *,
    after: Position = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_EVENTS)] = PAGE_EVENTS,
) -> Response:
    """A page of the session's events."""
    return await following.page_of_events(work, session_id, after=after, limit=limit)


@router.get("/sessions/{session_id}/participants", **does("session.participants", *_REFUSALS, gives=ParticipantList))
async def list_participants(work: In, session_id: str) -> Response:
    """Who looks at the session now."""
    return answer(await participants.present(work, session_id))
