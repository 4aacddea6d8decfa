"""Server-sent events (WHATWG HTML §9.2): what a reader of one stream, or of several at once, gets on the wire.

A reader that can't be served on, because the server stops or its database fails, gets a clean end, never an error:
browsers come back after an end, but give up for good on a 503.

``id:`` is the position, ``event:`` the kind, ``data:`` flat JSON. Each event is encoded once for all who read
it in the same form, and what waits leaves in one write.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

from msgspec.structs import force_setattr

from outlast.kit.errors import StreamTrimmed, Unavailable
from outlast.protocol.codec import encode_json
from outlast.protocol.events import decode_event, shown_to
from outlast.streams.follow import Follow
from outlast.streams.log import Snapshot, StoredEvent
from outlast.streams.pulse import Pulse

logger = logging.getLogger(__name__)

Projection: TypeAlias = Callable[[StoredEvent], StoredEvent | None]
"""Gives the form of an event that a reader may have; None: it is not for them."""

SnapshotSource: TypeAlias = Callable[[], Awaitable[Snapshot]]
"""Makes the present document of a stream, encoded, as the reader may see it."""

PING = timedelta(seconds=15)
MAX_AGE = timedelta(minutes=15)
OPENING = b"retry: 1000\n\n"
COMMENT = b": ping\n\n"
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def encode(event: StoredEvent) -> bytes:
    """Encode an event as a frame; the second time it is already there."""
    frame: bytes | None = event.__dict__.get("frame")
    if frame is None:
        frame = frame_of(event.kind, event.data, id=str(event.seq))
        force_setattr(event, "frame", frame)
    return frame


def frame_of(kind: str, data: bytes, *, id: str) -> bytes:
    """Encode one frame. ``data`` is JSON on one line."""
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (id.encode(), kind.encode(), data)


def everything(event: StoredEvent) -> StoredEvent | None:
    """The projection of a reader from whom nothing is kept, such as a replay."""
    return event


def projection(*, owner: bool) -> Projection:
    """The projection of a session's events for its owner or for another viewer."""
    return _for_owner if owner else _for_viewer


def _for_owner(event: StoredEvent) -> StoredEvent | None:
    return event if event.visibility != "masked" else _masked(event, owner=True)


def _for_viewer(event: StoredEvent) -> StoredEvent | None:
    if event.visibility == "viewers":
        return event
    return None if event.visibility == "owner" else _masked(event, owner=False)


def _masked(event: StoredEvent, *, owner: bool) -> StoredEvent | None:
    """Decode, reduce and encode again, once for all readers of this kind."""
    name = "owner_form" if owner else "viewer_form"
    form: StoredEvent | None = event.__dict__.get(name)
    if form is None:
        shown = shown_to(decode_event(event.data), owner=owner)
        if shown is None:
            return None
        form = StoredEvent(event.seq, event.kind, encode_json(shown), event.visibility)
        force_setattr(event, name, form)
    return form


async def sse(
    following: Follow,
    *,
    project: Projection = everything,
    snapshot: SnapshotSource | None = None,
    snapshot_first: bool = False,
    until: frozenset[str] = frozenset(),
    ping: timedelta = PING,
    max_age: timedelta = MAX_AGE,
    stopping: asyncio.Event | None = None,
) -> AsyncGenerator[bytes, None]:
    """Give the body of an event stream; it closes ``following`` at its end.

    Args:
        following: the reader, at the position after which it goes on.
        project: what of an event this reader may have.
        snapshot: sent after ``stream.trimmed`` when the reader is behind the retained log; without it the
            stream goes on from the oldest event that is kept.
        snapshot_first: send the snapshot at once, and the events after it.
        until: kinds after which nothing follows; the stream ends cleanly behind one.
        ping: how long a silence lasts before a comment keeps the connection alive.
        max_age: after which the stream ends cleanly; clients come back with ``Last-Event-ID``.
        stopping: set when the server stops; the stream ends cleanly then.

    Returns:
        Writes, each of one or several whole frames. Close it (``aclose``) when the client has gone.
    """
    pulse = Pulse(following.wake, every=ping, max_age=max_age, stopping=stopping)
    try:
        yield OPENING
        if snapshot_first and snapshot is not None:
            yield await _snapshot(following, snapshot)
        while not pulse.over:
            try:
                events = await following.next()
            except StreamTrimmed as error:
                yield await _gap(following, error, snapshot)
                continue
            except Unavailable as error:
                logger.warning("A reader of %r is sent away to come back: %s", following.stream, error)
                break
            if events is None:
                break
            if events:
                pulse.sent()
                if chunk := _frames(events, project):
                    yield chunk
                if events[-1].kind in until:
                    break
            elif pulse.beat():
                yield COMMENT
    finally:
        pulse.close()
        await following.aclose()


def _frames(events: Sequence[StoredEvent], project: Projection) -> bytes:
    if len(events) == 1:
        shown = project(events[0])
        return encode(shown) if shown is not None else b""
    return b"".join([encode(shown) for event in events if (shown := project(event)) is not None])


async def _snapshot(following: Follow, snapshot: SnapshotSource) -> bytes:
    document = await snapshot()
    following.seek(document.seq)
    return frame_of("document.snapshot", document.data, id=str(document.seq))


async def _gap(following: Follow, error: StreamTrimmed, snapshot: SnapshotSource | None) -> bytes:
    # Its id is the place from which the reader can go on, should the connection break right behind it.
    said = frame_of("stream.trimmed", encode_json({"first": error.first}), id=str(error.first - 1))
    if snapshot is not None:
        return said + await _snapshot(following, snapshot)
    following.seek(error.first - 1)
    return said
