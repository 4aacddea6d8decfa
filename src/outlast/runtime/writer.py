"""The one writer of a session's stream: counts ``seq``, keeps the record, queues batches for the next commit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from outlast.kit.clock import Clock
from outlast.kit.measures import Counter
from outlast.protocol import events as e
from outlast.runtime.records import Changed, Created, SessionRecord
from outlast.runtime.tracking import Track, stream_of
from outlast.streams.commit import GroupCommit
from outlast.streams.log import Batch, StoredEvent

STARTED = Counter("outlast_sessions_started_total", "Sessions that were started here.")
WOKEN = Counter("outlast_sessions_woken_total", "Sessions that were brought back here.", ("reason",))
ENDED = Counter("outlast_sessions_ended_total", "Sessions that ended here.", ("how", "code"))
_COUNTED = frozenset({e.SessionStarted, e.SessionWoken, *e.TERMINAL})


class SessionWriter:
    """Writes one session's stream, for the host that owns the session.

    ``seq`` is counted here and only here; `put` takes it and queues the batch without a pause in between, so
    batches of one session are committed in the order of their ``seq``.

    Args:
        record: its record; changed in place, as events say.
        seq: of the last event in the stream.
        committer: of the host.
        clock: of the host.
    """

    def __init__(self, record: SessionRecord, *, seq: int, committer: GroupCommit, clock: Clock) -> None:
        self.record = record
        self.seq = seq
        self.track = Track(record)
        self._committer = committer
        self._clock = clock

    def now(self) -> datetime:
        """The time, as the host's clock has it."""
        return self._clock.now()

    def put(
        self, events: Sequence[e.SessionEvent], *, created: bool = False, copied: bool = False
    ) -> asyncio.Future[None]:
        """Number events and queue them for the next commit.

        Args:
            events: without ``seq``; changed in place.
            created: the session's record is new.
            copied: the events keep the times they have.

        Returns:
            Done when they are committed and published; fails with `StreamConflict` or `Unavailable`.

        Raises:
            ProtocolViolation: one can't be encoded; none was queued.
        """
        now = self.now()
        stored = []
        for seq, event in enumerate(events, self.seq + 1):
            event.seq = seq
            if not copied:
                event.at = now
            stored.append(StoredEvent(seq, e.kind_of(event), e.encode_event(event), event.visibility))
        self.seq += len(stored)
        self.record.bytes += sum(len(one.data) for one in stored)
        changed, before = created, _face(self.record)
        for event in events:
            changed |= self.track.follow(event)
        if not copied:
            _count(events)
        if not changed:
            return self._submit(stored, None)
        self.record.updated_at = now
        copy = msgspec.structs.replace(self.record)
        return self._submit(stored, Created(copy) if created else Changed(copy, _news(before, _face(copy))))

    def put_record(self) -> asyncio.Future[None]:
        """Have the record written as it is, without an event."""
        return self._submit([], Changed(msgspec.structs.replace(self.record)))

    def _submit(self, stored: Sequence[StoredEvent], change: Created | Changed | None) -> asyncio.Future[None]:
        return self._committer.submit(Batch(stream_of(self.record.id), stored, change))


_Face = tuple[bool, str, str, str | None]


def _face(record: SessionRecord) -> _Face:
    """What of a record a list of sessions shows."""
    return record.over, record.state, record.title, record.waiting_input


def _news(before: _Face, after: _Face) -> Literal["none", "updated", "ended"]:
    if before == after:
        return "none"
    return "ended" if after[0] and not before[0] else "updated"


def _count(events: Sequence[e.SessionEvent]) -> None:
    for event in events:
        if type(event) not in _COUNTED:
            continue
        if isinstance(event, e.SessionStarted):
            STARTED.add()
        elif isinstance(event, e.SessionWoken):
            WOKEN.add(event.reason)
        else:
            ENDED.add(
                e.kind_of(event).removeprefix("session."), event.code if isinstance(event, e.SessionFailed) else ""
            )
