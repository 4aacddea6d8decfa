"""What is known of every session without opening its stream: the port, and the memory backend.

A record changes in the transaction that commits the events which change it (`outlast.streams.log.Companion`),
so it is never behind its stream. Promises of `SessionRecords`:

- `claim` gives a session to at most one host at a time, and raises its ``epoch`` each time.
- `page` is a keyset page, newest activity first; it costs the same at the thousandth page as at the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from outlast.kit.errors import InvalidCursor, SessionNotFound
from outlast.kit.pages import MAX_LIMIT, Page, decode_cursor, encode_cursor
from outlast.protocol.codec import Json
from outlast.protocol.document import OVER, State
from outlast.protocol.events import User

UNFINISHED: tuple[State, ...] = ("created", "running")
"""States in which a session needs a process now: after a restart these are woken at once."""


class SessionRecord(msgspec.Struct, kw_only=True):
    """One session as its host knows it.

    Attributes:
        due_at: when the earliest timer of a sleeping session is due.
        host, epoch: who owns the session, and how often that changed (the fence).
        bytes: of its events so far, counted at its last change of state.
    """

    id: str
    app: str
    title: str = ""
    state: State = "created"
    user_id: str = ""
    user_name: str = ""
    args: dict[str, Json] = {}
    code: str = ""
    created_at: datetime
    updated_at: datetime
    attempt: int = 0
    bytes: int = 0
    host: str | None = None
    epoch: int = 0
    waiting_input: str | None = None
    waiting_label: str | None = None
    due_at: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether the session has ended."""
        return self.state in OVER

    @property
    def user(self) -> User:
        """Who started it."""
        return User(id=self.user_id, name=self.user_name)


class Created(msgspec.Struct, frozen=True):
    """A session came to be."""

    record: SessionRecord


class Changed(msgspec.Struct, frozen=True):
    """A session's record is now this; only the host that owns its epoch writes it."""

    record: SessionRecord


class SessionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which sessions a list shows; None is all."""

    state: str | None = None
    app: str | None = None
    user_id: str | None = None


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """Who a host is: enough to tell, on its machine, whether it still lives."""

    host: str
    machine: str
    pid: int
    process_started: str


class SessionRecords(Protocol):
    """The records of all sessions."""

    def write(self, connection: object, changes: Sequence[object]) -> None:
        """Write `Created` and `Changed` in the log's transaction (the `Companion` port)."""
        ...

    async def get(self, session_id: str) -> SessionRecord:
        """One record.

        Raises:
            SessionNotFound: there is none.
        """
        ...

    async def page(self, which: SessionFilter, *, cursor: str | None = None, limit: int = 50) -> Page[SessionRecord]:
        """A page of records, newest activity first.

        Raises:
            InvalidCursor: the cursor is not of this list.
        """
        ...

    async def claim(self, session_id: str, *, host: str, now: datetime) -> SessionRecord:
        """Make ``host`` the owner, if the session has none or the owner's lease is over.

        Raises:
            SessionNotFound: there is no such session.
            SessionHeld: another host owns it.
        """
        ...

    async def unfinished(self, *, limit: int = 1000) -> Sequence[SessionRecord]:
        """Sessions without an owner that need a process now."""
        ...

    async def due(self, now: datetime, *, limit: int = 100) -> Sequence[str]:
        """Ids of sessions without an owner whose timer is due."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next timer of a session without an owner is due."""
        ...

    async def delete(self, session_id: str) -> None:
        """Forget a session; unknown ids are no error."""
        ...

    async def renew(self, lease: Lease, *, until: datetime) -> None:
        """Say that this host lives, until then."""
        ...

    async def release_dead(self, lease: Lease, *, now: datetime) -> int:
        """Free the sessions of hosts whose lease is over, or whose process on this machine is gone.

        Returns:
            How many sessions have no owner now.
        """
        ...

    async def leave(self, lease: Lease) -> None:
        """Give up the lease and every session of this host."""
        ...


class MemoryRecords:
    """Records of one process, for tests and the library mode. There is only ever one host."""

    def __init__(self) -> None:
        self._records: dict[str, SessionRecord] = {}

    def write(self, connection: object, changes: Sequence[object]) -> None:
        for change in changes:
            if isinstance(change, (Created, Changed)):
                self._records[change.record.id] = msgspec.structs.replace(change.record)

    async def get(self, session_id: str) -> SessionRecord:
        record = self._records.get(session_id)
        if record is None:
            raise unknown_session(session_id)
        return msgspec.structs.replace(record)

    async def page(self, which: SessionFilter, *, cursor: str | None = None, limit: int = 50) -> Page[SessionRecord]:
        matching = [record for record in self._records.values() if _matches(record, which)]
        matching.sort(key=lambda record: (record.updated_at, record.id), reverse=True)
        if cursor is not None:
            after = cursor_key(cursor)
            matching = [record for record in matching if (record.updated_at, record.id) < after]
        return page_of(matching, limit=limit)

    async def claim(self, session_id: str, *, host: str, now: datetime) -> SessionRecord:
        record = await self.get(session_id)
        record.host, record.epoch = host, record.epoch + 1
        self._records[session_id] = record
        return msgspec.structs.replace(record)

    async def unfinished(self, *, limit: int = 1000) -> Sequence[SessionRecord]:
        return [r for r in self._records.values() if r.host is None and r.state in UNFINISHED][:limit]

    async def due(self, now: datetime, *, limit: int = 100) -> Sequence[str]:
        due = [r for r in self._records.values() if r.host is None and r.due_at is not None and r.due_at <= now]
        return [record.id for record in due[:limit]]

    async def next_due(self) -> datetime | None:
        return min((r.due_at for r in self._records.values() if r.host is None and r.due_at), default=None)

    async def delete(self, session_id: str) -> None:
        self._records.pop(session_id, None)

    async def renew(self, lease: Lease, *, until: datetime) -> None:
        return None

    async def release_dead(self, lease: Lease, *, now: datetime) -> int:
        return 0

    async def leave(self, lease: Lease) -> None:
        for record in self._records.values():
            record.host = None


def unknown_session(session_id: str) -> SessionNotFound:
    """The error for a session that is not there."""
    return SessionNotFound(f"There is no session {session_id!r}.")


def cursor_key(cursor: str) -> tuple[datetime, str]:
    """The last record's key that a cursor names."""
    moment, session_id = decode_cursor(cursor, size=2)
    try:
        return datetime.fromisoformat(str(moment)), str(session_id)
    except ValueError as error:
        raise InvalidCursor("This page cursor is not of this list; ask for the first page again.") from error


def page_of(records: Sequence[SessionRecord], *, limit: int) -> Page[SessionRecord]:
    """Cut records, of which there may be more than fit, to a page."""
    limit = max(1, min(limit, MAX_LIMIT))
    if len(records) <= limit:
        return Page(records)
    last = records[limit - 1]
    return Page(records[:limit], encode_cursor(last.updated_at.isoformat(), last.id))


def _matches(record: SessionRecord, which: SessionFilter) -> bool:
    return (
        which.state in (None, record.state)
        and which.app in (None, record.app)
        and which.user_id in (None, record.user_id)
    )
