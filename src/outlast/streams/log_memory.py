"""The log in memory: for tests, and for use as a library without a database."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from outlast.kit.errors import StreamConflict
from outlast.streams.log import Batch, Companion, Snapshot, StoredEvent, conflict, trimmed


class MemoryLog:
    """A log that lives as long as the process (the `outlast.streams.log.StreamLog` port)."""

    def __init__(self, companion: Companion | None = None) -> None:
        self._companion = companion
        self._streams: dict[str, list[StoredEvent]] = {}
        self._snapshots: dict[str, Snapshot] = {}

    async def append(self, batches: Sequence[Batch]) -> Mapping[int, StreamConflict]:
        heads: dict[str, int] = {}
        conflicts: dict[int, StreamConflict] = {}
        fenced: set[str] = set()
        for index, batch in enumerate(batches):
            head = heads.get(batch.stream, self._head(batch.stream))
            if batch.stream in fenced or (batch.events and batch.events[0].seq <= head):
                conflicts[index] = conflict(batch)
                fenced.add(batch.stream)
            elif batch.events:
                heads[batch.stream] = batch.events[-1].seq
        accepted = [batch for index, batch in enumerate(batches) if index not in conflicts]
        changes = [batch.change for batch in accepted if batch.change is not None]
        if changes and self._companion is not None:
            self._companion.write(None, changes)
        for batch in accepted:
            if batch.events:
                self._streams.setdefault(batch.stream, []).extend(batch.events)
        return conflicts

    def _head(self, stream: str) -> int:
        events = self._streams.get(stream)
        return events[-1].seq if events else 0

    async def read(self, stream: str, *, after: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        events = self._streams.get(stream, [])
        start = bisect_right(events, after, key=_seq)
        page = events[start : start + limit]
        if page and page[0].seq != after + 1:
            raise trimmed(stream, after=after, first=page[0].seq)
        return page

    async def head(self, stream: str) -> int:
        return self._head(stream)

    async def trim(self, stream: str, *, before: int) -> None:
        events = self._streams.get(stream)
        if events:
            del events[: min(bisect_left(events, before, key=_seq), len(events) - 1)]

    async def drop(self, stream: str) -> None:
        self._streams.pop(stream, None)
        self._snapshots.pop(stream, None)

    async def save_snapshot(self, stream: str, snapshot: Snapshot) -> None:
        kept = self._snapshots.get(stream)
        if kept is None or kept.seq < snapshot.seq:
            self._snapshots[stream] = snapshot

    async def load_snapshot(self, stream: str) -> Snapshot | None:
        return self._snapshots.get(stream)

    async def close(self) -> None:
        """Nothing is held open."""


def _seq(event: StoredEvent) -> int:
    return event.seq
