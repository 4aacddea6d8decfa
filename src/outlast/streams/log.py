"""The port of the log, and what its backends promise.

- **Atomic**: all batches of one `append` that do not conflict are committed together, or the call raises and none is.
- **Ordered**: `read` gives a stream's events by ``seq``, without a gap between the first and the last retained one.
- **Fenced**: a batch that has a ``seq`` the stream already holds conflicts, and so do the later batches of its stream
  in the same `append`; it changes nothing and harms no batch of another stream.
- **Durable**: when `append` returns, the events survive the death of process and machine (memory backends excepted).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from outlast.kit.errors import StreamConflict, StreamTrimmed
from outlast.protocol.events import Visibility


class StoredEvent(msgspec.Struct, frozen=True, dict=True):
    """One event as a log holds it. All readers in a process share the object, and what is encoded from it once.

    Attributes:
        seq: position in its stream, from 1.
        kind: the event's name (``block.opened``).
        data: flat JSON, ``seq`` and ``at`` included.
        visibility: who may read it (`outlast.protocol.events.Visibility`).
    """

    seq: int
    kind: str
    data: bytes
    visibility: Visibility = "viewers"


class Batch(msgspec.Struct, frozen=True):
    """Events of one stream that belong together, with what must change in the same transaction.

    Attributes:
        stream: the stream's name.
        events: in order, ``seq`` without gaps. May be empty when only ``change`` counts.
        change: handed to the log's `Companion`, if it has one.
    """

    stream: str
    events: Sequence[StoredEvent]
    change: object | None = None


class Snapshot(msgspec.Struct, frozen=True):
    """A folded document, encoded, at a position of its stream."""

    seq: int
    data: bytes


class Companion(Protocol):
    """Writes records in the transaction that commits the events which change them."""

    def write(self, connection: object, changes: Sequence[object]) -> None:
        """Write the changes, in order. May be called in a thread of the backend's.

        Args:
            connection: the backend's open transaction (a ``sqlalchemy.Connection``; None for memory).
            changes: of the batches that did not conflict.
        """
        ...


class StreamLog(Protocol):
    """An append-only log of many streams."""

    async def append(self, batches: Sequence[Batch]) -> Mapping[int, StreamConflict]:
        """Commit the batches in one transaction.

        Returns:
            For each batch (by its index) that was fenced off, its conflict; empty when all are in.

        Raises:
            Unavailable: nothing was committed, or (the connection broke at the commit) it is not known whether.
        """
        ...

    async def read(self, stream: str, *, after: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        """Read the events that follow ``after``, at most ``limit``.

        Raises:
            StreamTrimmed: the next event is behind the retained log; ``first`` is the oldest ``seq`` to be had.
        """
        ...

    async def head(self, stream: str) -> int:
        """The ``seq`` of the last event, 0 for an empty or unknown stream. Trimming does not lower it."""
        ...

    async def trim(self, stream: str, *, before: int) -> None:
        """Forget the events with a smaller ``seq`` than ``before``; the last event is always kept."""
        ...

    async def drop(self, stream: str) -> None:
        """Forget the stream whole, snapshot included."""
        ...

    async def save_snapshot(self, stream: str, snapshot: Snapshot) -> None:
        """Keep a snapshot; an older one than the one kept changes nothing."""
        ...

    async def load_snapshot(self, stream: str) -> Snapshot | None:
        """The kept snapshot, if there is one."""
        ...

    async def close(self) -> None:
        """Give back what the log itself holds open. The engine it was given is its owner's to dispose."""
        ...


def conflict(batch: Batch) -> StreamConflict:
    """The error for a batch that was fenced off."""
    first = batch.events[0].seq if batch.events else 0
    return StreamConflict(
        f"Another writer has gone on with {batch.stream!r} before {first}; give it up.", stream=batch.stream, seq=first
    )


def trimmed(stream: str, *, after: int, first: int) -> StreamTrimmed:
    """The error for a reader behind the retained log."""
    return StreamTrimmed(
        f"The events of {stream!r} after {after} are no longer kept; take a snapshot, or read from {first} on.",
        first=first,
    )
