"""Server-sent events (WHATWG HTML §9.2): what a reader of one stream, or of several at once, gets on the wire.

A reader that can't be served on, because the server stops or its database fails, gets a clean end, never an error:
browsers come back after an end, but give up for good on a 503.

``id:`` is the position, ``event:`` the kind, ``data:`` flat JSON. Each event is encoded once for all who read
it in the same form, and what waits leaves in one write.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
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


class Feed:
    """The body of one event stream; close it (`aclose`) when the client has gone.

    It is an iterator over writes, each of one or several whole frames. Or it is attended to, which takes no task:
    while it is `idle`, a function is called when there may be something to `take`, and `next` is needed only to
    read what is behind.

    Args:
        following: the reader, at the position after which it goes on; closed with the feed.
        project: what of an event this reader may have.
        snapshot: sent after ``stream.trimmed`` when the reader is behind the retained log; without it the
            stream goes on from the oldest event that is kept.
        snapshot_first: send the snapshot at once, and the events after it.
        until: kinds after which nothing follows; the stream ends cleanly behind one.
        ping: how long a silence lasts before a comment keeps the connection alive.
        max_age: after which the stream ends cleanly; clients come back with ``Last-Event-ID``.
        stopping: set when the server stops; the stream ends cleanly then.
    """

    __slots__ = ("_following", "_opened", "_over", "_project", "_pulse", "_snapshot", "_snapshot_first", "_until")

    def __init__(
        self,
        following: Follow,
        *,
        project: Projection = everything,
        snapshot: SnapshotSource | None = None,
        snapshot_first: bool = False,
        until: frozenset[str] = frozenset(),
        ping: timedelta = PING,
        max_age: timedelta = MAX_AGE,
        stopping: asyncio.Event | None = None,
    ) -> None:
        self._following = following
        self._project = project
        self._snapshot = snapshot
        self._snapshot_first = snapshot_first and snapshot is not None
        self._until = until
        self._opened = self._over = False
        self._pulse = Pulse(following.wake, every=ping, max_age=max_age, stopping=stopping)

    def __aiter__(self) -> Feed:
        return self

    async def __anext__(self) -> bytes:
        while not self.over:
            if chunk := await self.next():
                return chunk
        await self.aclose()
        raise StopAsyncIteration

    @property
    def over(self) -> bool:
        """Whether nothing follows."""
        return self._opened and (self._over or self._pulse.over)

    @property
    def idle(self) -> bool:
        """Whether nothing can be had now."""
        return self._opened and not self._snapshot_first and self._following.idle and not self.over

    def attend(self, call: Callable[[], None]) -> None:
        """Have a function called when the feed may no longer be `idle`; it must not raise."""
        self._following.attend(call)

    def take(self) -> bytes:
        """Give what there is, as far as that needs no wait."""
        if not self._opened:
            self._opened = True
            self._pulse.start()
            return OPENING
        return b"" if self._snapshot_first or self.over else self._chunk(self._following.take())

    async def next(self, *, wait: bool = True) -> bytes:
        """Give the next write, or nothing at the end or without ``wait``, which is as for `Follow.next`."""
        if not self._opened:
            return self.take()
        if self._snapshot_first:
            self._snapshot_first = False
            return await self._document()
        try:
            return self._chunk(await self._following.next(wait=wait))
        except StreamTrimmed as error:
            return await self._gap(error)
        except Unavailable as error:
            logger.warning("A reader of %r is sent away to come back: %s", self._following.stream, error)
            self._over = True
            return b""

    def end(self) -> None:
        """Have the stream end cleanly at once, before anything else is sent: its reader may not read on."""
        self._pulse.end()

    async def aclose(self) -> None:
        """Stop listening; safe to call twice."""
        self._over = self._opened = True
        self._pulse.close()
        await self._following.aclose()

    def _chunk(self, events: Sequence[StoredEvent] | None) -> bytes:
        if events is None:
            self._over = True
            return b""
        if not events:
            return COMMENT if self._pulse.beat() else b""
        self._pulse.sent()
        self._over = events[-1].kind in self._until
        return _frames(events, self._project)

    async def _document(self) -> bytes:
        assert self._snapshot is not None
        document = await self._snapshot()
        self._following.seek(document.seq)
        return frame_of("document.snapshot", document.data, id=str(document.seq))

    async def _gap(self, error: StreamTrimmed) -> bytes:
        # Its id is the place from which the reader can go on, should the connection break right behind it.
        said = frame_of("stream.trimmed", encode_json({"first": error.first}), id=str(error.first - 1))
        if self._snapshot is not None:
            return said + await self._document()
        self._following.seek(error.first - 1)
        return said


def _frames(events: Sequence[StoredEvent], project: Projection) -> bytes:
    if len(events) == 1:
        shown = project(events[0])
        return encode(shown) if shown is not None else b""
    return b"".join([encode(shown) for event in events if (shown := project(event)) is not None])
