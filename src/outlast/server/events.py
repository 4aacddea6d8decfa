"""The events of sessions: live (server-sent events), and as pages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from outlast.http.bodies import nothing
from outlast.http.openapi import EVENTS, operation
from outlast.http.streaming import EventStream
from outlast.kit.errors import InvalidInput, SessionNotFound, StreamTrimmed
from outlast.kit.ids import is_id
from outlast.protocol.api import EventList
from outlast.protocol.events import TERMINAL, SessionEvent, decode_event, recorded
from outlast.runtime.tracking import stream_of
from outlast.server.deps import Context, In, SessionId
from outlast.streams.follow import Follow, follow
from outlast.streams.log import Snapshot
from outlast.streams.multiplex import Multiplex, Part, decode_positions
from outlast.streams.snapshots import snapshot_source
from outlast.streams.sse import OPENING, Feed, frame_of, projection

router = APIRouter(tags=["events"])

MAX_SEQ = 2**53
PAGE_EVENTS = 1000
ENDS = frozenset(str(kind.__struct_config__.tag) for kind in TERMINAL)

# One user, who owns every session of this server.
_project = projection(owner=True)

Position = Annotated[int, Query(ge=0, le=MAX_SEQ)]


def session_stream(
    context: Context,
    session_id: str,
    *,
    after: int = 0,
    snapshot_first: bool = False,
) -> EventStream:
    """Answer with a session's events after a position, then with what comes; ends behind the session's end."""
    runtime, stream = context.runtime, stream_of(session_id)
    feed = Feed(
        follow(runtime.log, runtime.bus, stream, after=after),
        project=_project,
        snapshot=snapshot_source(runtime.log, stream, owner=True),
        snapshot_first=snapshot_first,
        until=ENDS,
        ping=context.limits.ping,
        max_age=context.limits.max_age,
        stopping=context.stopping,
    )
    return EventStream(feed)


def started_stream(context: Context, reader: Follow, *, headers: Mapping[str, str]) -> EventStream:
    """Answer the start of a session with its stream, as a reader hears it that listened before it began."""
    limits = context.limits
    feed = Feed(
        reader,
        project=_project,
        until=ENDS,
        ping=limits.ping,
        max_age=limits.max_age,
        stopping=context.stopping,
    )
    return EventStream(feed, status=201, headers=headers)


@router.get("/sessions/{session_id}/events", **operation(EVENTS, SessionNotFound))
async def follow_session(
    context: In,
    session_id: SessionId,
    *,
    after: Position = 0,
    snapshot: bool = False,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """The session's events as server-sent events: those after `Last-Event-ID` or `after`, then what comes.

    With `snapshot` the document comes first (`document.snapshot`) and then the events that follow it. Answers 204
    to who has everything of a session that has ended, which makes an EventSource stop.
    """
    record = await context.record(session_id)
    if last_event_id:  # who comes back has the document already
        after, snapshot = _position(last_event_id), False
    stream = stream_of(session_id)
    await _check_position(context, stream, after)
    if record.over and snapshot:
        return EventStream(_only(await snapshot_source(context.runtime.log, stream, owner=True)()))
    if record.over and after == await context.runtime.log.head(stream):
        return nothing()
    return session_stream(context, session_id, after=after, snapshot_first=snapshot)


@router.get("/streams", **operation(EVENTS, SessionNotFound))
async def follow_streams(
    context: In,
    wanted: Annotated[str, Query(alias="follow", max_length=10_000)],
    *,
    snapshot: bool = False,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Several streams in one connection: `follow=session:<id>@<seq>,session:<id>@<seq>`.

    Each event's data begins with its `stream`; its id holds the positions of all of them, so one `Last-Event-ID`
    resumes them all. With `snapshot`, streams at position 0 begin with their document.
    """
    positions = decode_positions(last_event_id or wanted)
    if not positions:
        raise InvalidInput("Name at least one stream: follow=session:<id>@<seq>.", errors={"follow": "empty"})
    for name, seq in positions.items():
        kind, _, session_id = name.partition(":")
        if kind != "session" or not is_id(session_id):
            raise SessionNotFound(f"There is no stream {name!r}.")
        await context.record(session_id)
        await _check_position(context, name, seq)
    runtime = context.runtime
    parts = [
        Part(
            name=name,
            following=follow(runtime.log, runtime.bus, name, after=seq),
            project=_project,
            snapshot=snapshot_source(runtime.log, name, owner=True),
            snapshot_first=snapshot and seq == 0,
        )
        for name, seq in positions.items()
    ]
    limits = context.limits
    return EventStream(Multiplex(parts, ping=limits.ping, max_age=limits.max_age, stopping=context.stopping))


@router.get("/sessions/{session_id}/history", **operation(EventList, SessionNotFound, StreamTrimmed))
async def get_history(
    context: In,
    session_id: SessionId,
    *,
    after: Position = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_EVENTS)] = PAGE_EVENTS,
) -> Response:
    """A page of the session's events."""
    await context.record(session_id)
    stored = await context.runtime.log.read(stream_of(session_id), after=after, limit=limit)
    # The events are JSON already; to decode and encode them again would only cost.
    items = b",".join(shown.data for event in stored if (shown := _project(event)) is not None)
    next_after = str(stored[-1].seq).encode() if len(stored) == limit else b"null"
    return Response(b'{"items":[%b],"next_after":%b}' % (items, next_after), media_type="application/json")


async def all_events(context: Context, stream: str) -> list[SessionEvent]:
    """Every event that the log keeps of a stream, fit to be replayed."""
    events: list[SessionEvent] = []
    after = 0
    while True:
        try:
            stored = await context.runtime.log.read(stream, after=after, limit=PAGE_EVENTS)
        except StreamTrimmed as error:
            after = error.first - 1
            continue
        events += [recorded(decode_event(event.data)) for event in stored]
        if len(stored) < PAGE_EVENTS:
            return events
        after = stored[-1].seq


async def _check_position(context: Context, stream: str, after: int) -> None:
    """Refuse a reader who has seen what is not there: waiting for it would be waiting in silence."""
    if after and after > (head := await context.runtime.log.head(stream)):
        raise InvalidInput(f"{stream} has {head} events so far; none follows {after}.", errors={"after": "too large"})


async def _only(snapshot: Snapshot) -> AsyncGenerator[bytes, None]:
    yield OPENING + frame_of("document.snapshot", snapshot.data, id=str(snapshot.seq))


def _position(last_event_id: str) -> int:
    if not (last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) <= 16):
        raise InvalidInput(
            "Last-Event-ID is not a position of this stream; leave it out to read from the start.",
            errors={"last-event-id": "not a position"},
        )
    return int(last_event_id)
