"""Many streams in one connection: browsers open six per host over HTTP/1.1, and a tab needs but one.

A frame is that of `outlast.streams.sse` with ``"stream": <name>`` as the first field of its data; its ``id:`` holds the
positions of all streams (``name@seq,name@seq``), so one ``Last-Event-ID`` resumes them all. The first is there from the
opening on: who follows from now on knows where that was.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from urllib.parse import quote, unquote

from outlast.kit.errors import InvalidInput, StreamTrimmed, Unavailable
from outlast.protocol.codec import encode_json
from outlast.streams.follow import Follow
from outlast.streams.log import StoredEvent
from outlast.streams.pulse import Pulse
from outlast.streams.sse import (
    COMMENT,
    MAX_AGE,
    OPENING,
    PING,
    Projection,
    SnapshotSource,
    everything,
    frame_of,
)

logger = logging.getLogger(__name__)

MAX_STREAMS = 100
NOW = -1
"""The position of who wants only what is still to come."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stream of a connection, which the caller has seen that the reader may read.

    Attributes:
        name: what the reader knows it by; opaque here.
        following: at the position after which it goes on.
        project, snapshot, snapshot_first: as for `outlast.streams.sse.Feed`.
    """

    name: str
    following: Follow
    project: Projection = everything
    snapshot: SnapshotSource | None = None
    snapshot_first: bool = False


def encode_positions(positions: Mapping[str, int]) -> str:
    """Write positions as an id; what would not be safe in a name is percent-encoded."""
    return ",".join(f"{_quoted(name)}@{seq}" for name, seq in positions.items())


@lru_cache(maxsize=1024)
def _quoted(name: str) -> str:
    return quote(name, safe=":/.~-_")


def decode_positions(text: str) -> Mapping[str, int]:
    """Read positions: the ``follow`` parameter or a ``Last-Event-ID``.

    A name without ``@`` starts at 0, ``@now`` is `NOW`.

    Raises:
        InvalidInput: it is not ``name@seq,name@seq``, or names more than `MAX_STREAMS`.
    """
    positions: dict[str, int] = {}
    for part in filter(None, text.split(",")):
        name, at, seq = part.rpartition("@")
        if at and seq != "now" and not (seq.isascii() and seq.isdigit() and len(seq) < 19):
            raise InvalidInput(f"{part[:80]!r} is no position; write name@seq.")
        positions[unquote(name if at else part)] = 0 if not at else NOW if seq == "now" else int(seq)
    if len(positions) > MAX_STREAMS:
        raise InvalidInput(f"At most {MAX_STREAMS} streams go in one connection; these are {len(positions)}.")
    return positions


class Multiplex:
    """The body of an event stream that carries several; it closes what the parts follow at its end.

    It is an iterator over writes, each of one or several whole frames. Close it (`aclose`) when the client has gone.

    Args:
        parts: the streams, each authorised by the caller.
        ping, max_age, stopping: as for `outlast.streams.sse.Feed`.
    """

    __slots__ = ("_chunks", "_pulse")

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        ping: timedelta = PING,
        max_age: timedelta = MAX_AGE,
        stopping: asyncio.Event | None = None,
    ) -> None:
        reader = _Reader(parts)
        self._pulse = Pulse(reader.changed.set, every=ping, max_age=max_age, stopping=stopping)
        self._chunks = _chunks(reader, self._pulse)

    def __aiter__(self) -> Multiplex:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._chunks)

    def end(self) -> None:
        """Have the stream end cleanly at once, before anything else is sent: its reader may not read on."""
        self._pulse.end()

    async def aclose(self) -> None:
        """Stop listening; safe to call twice."""
        await self._chunks.aclose()


async def _chunks(reader: _Reader, pulse: Pulse) -> AsyncGenerator[bytes, None]:
    pulse.start()
    try:
        yield b"id: %b\n%b" % (reader.id.encode(), OPENING)
        reader.start()
        while reader.lives and await _goes_on(reader, pulse):
            if chunk := reader.take():
                pulse.sent()
                yield chunk
            elif pulse.beat():
                yield COMMENT
    finally:
        pulse.close()
        await reader.close()


async def _goes_on(reader: _Reader, pulse: Pulse) -> bool:
    """Wait for something to happen; False when it is the end."""
    if not pulse.over:
        await reader.changed.wait()
    return not pulse.over


class _Reader:
    """Pumps every part into one buffer; a part that has something there waits until it is taken."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._positions = {part.name: part.following.seq for part in parts}
        self._tasks: list[asyncio.Task[None]] = []
        self._buffer: list[bytes] = []
        self._taken = asyncio.Event()
        self._failure: BaseException | None = None
        self.lost = False
        self.changed = asyncio.Event()

    @property
    def lives(self) -> bool:
        """Whether anything may still come."""
        if self._buffer or self._failure is not None:
            return True
        return not self.lost and not all(task.done() for task in self._tasks)

    @property
    def id(self) -> str:
        """Where all streams stand."""
        return encode_positions(self._positions)

    def start(self) -> None:
        for part in self._parts:
            task = asyncio.create_task(self._pump(part), name=f"follow {part.name}")
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    def take(self) -> bytes:
        """What has come; the first part that failed raises here."""
        self.changed.clear()
        chunk = b"".join(self._buffer)
        self._buffer.clear()
        self._taken.set()
        self._taken = asyncio.Event()
        if not chunk and self._failure is not None:
            raise self._failure
        return chunk

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for part in self._parts:
            await part.following.aclose()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = self._failure or error
        self.changed.set()

    async def _pump(self, part: Part) -> None:
        if part.snapshot_first and part.snapshot is not None:
            await self._put_snapshot(part, part.snapshot)
        while True:
            try:
                events = await part.following.next()
            except StreamTrimmed as error:
                self._put(part, "stream.trimmed", encode_json({"first": error.first}), seq=error.first - 1)
                part.following.seek(error.first - 1)
                if part.snapshot is not None:
                    await self._put_snapshot(part, part.snapshot)
                continue
            except Unavailable as error:
                logger.warning("A reader of %r is sent away to come back: %s", part.name, error)
                self.lost = True
                return
            if events is None:
                return
            await self._put_events(part, events)

    async def _put_snapshot(self, part: Part, snapshot: SnapshotSource) -> None:
        document = await snapshot()
        part.following.seek(document.seq)
        self._put(part, "document.snapshot", document.data, seq=document.seq)

    async def _put_events(self, part: Part, events: Iterable[StoredEvent]) -> None:
        for event in events:
            if (shown := part.project(event)) is not None:
                self._put(part, shown.kind, shown.data, seq=shown.seq)
        if self._buffer:
            await self._taken.wait()

    def _put(self, part: Part, kind: str, data: bytes, *, seq: int) -> None:
        self._positions[part.name] = seq
        named = b'{"stream":%b' % encode_json(part.name) + (b"," + data[1:] if data != b"{}" else b"}")
        self._buffer.append(frame_of(kind, named, id=self.id))
        self.changed.set()
