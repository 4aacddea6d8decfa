"""What is known of every session without opening its stream: the port, and the memory backend.

A record changes in the transaction that commits the events which change it (`outlast.streams.log.Companion`),
so it is never behind its stream. Promises of `SessionRecords`:

- `claim` gives a session to at most one host at a time, and raises its ``epoch`` each time.
- `page` is a keyset page, newest activity first; it costs the same at the thousandth page as at the first.
- Who is deleted and when a session expires belong to `bury`, `unbury` and `set_expiry` alone: the host that runs a
  session writes the rest of its record over and over, and never these.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

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
        workspace_id: whose it is; empty where there are no workspaces.
        expires_at: when it is ended, if it has not ended by then.
        deleted_at, deleted_by: since when, and by whose wish, it is only kept to be restored or purged.
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
    waiting_audience: str | None = None
    due_at: datetime | None = None
    workspace_id: str = ""
    expires_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_by: str | None = None

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
    """A session's record is now this; only the host that owns its epoch writes it.

    Attributes:
        news: what others may want to hear of it: the session goes on in another state or under another title, or it
            has ended with this.
    """

    record: SessionRecord
    news: Literal["none", "updated", "ended"] = "none"


class SessionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which sessions a list shows; None is all.

    Attributes:
        text: part of the title or of the app's name, in small or capital letters.
        deleted: those that were deleted, instead of those that were not.
    """

    workspace_id: str | None = None
    state: str | None = None
    app: str | None = None
    user_id: str | None = None
    text: str | None = None
    deleted: bool = False


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
        """One record, also of a deleted session.

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

    async def bury(self, session_id: str, *, at: datetime, by: str) -> None:
        """Mark a session as deleted; one that is keeps its first mark.

        Raises:
            SessionNotFound: there is no such session.
        """
        ...

    async def unbury(self, session_id: str) -> None:
        """Take the mark away.

        Raises:
            SessionNotFound: there is no such session.
        """
        ...

    async def adopt(self, workspace_id: str, *, user: User) -> int:
        """Give the sessions that belong to no workspace to this one, and to this user.

        Returns:
            How many there were.
        """
        ...

    async def set_expiry(self, session_id: str, at: datetime | None) -> None:
        """Say when a session expires; None for never.

        Raises:
            SessionNotFound: there is no such session.
        """
        ...

    async def touch(self, session_id: str, at: datetime) -> None:
        """Count a session that has no process as active at a moment.

        Raises:
            SessionNotFound: there is no such session.
        """
        ...

    async def expired(self, now: datetime, *, limit: int = 100) -> Sequence[SessionRecord]:
        """Sessions that have not ended though their time is over, the longest overdue first."""
        ...

    async def buried_before(self, moment: datetime, *, limit: int = 100) -> Sequence[SessionRecord]:
        """Sessions that were deleted before a moment, the oldest mark first."""
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
            if isinstance(change, Created):
                self._records[change.record.id] = msgspec.structs.replace(change.record)
            elif isinstance(change, Changed) and (kept := self._records.get(change.record.id)) is not None:
                self._records[kept.id] = msgspec.structs.replace(
                    change.record,
                    expires_at=kept.expires_at,
                    deleted_at=kept.deleted_at,
                    deleted_by=kept.deleted_by,
                )

    async def get(self, session_id: str) -> SessionRecord:
        return msgspec.structs.replace(self._known(session_id))

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
        return [r for r in self._free() if r.state in UNFINISHED][:limit]

    async def due(self, now: datetime, *, limit: int = 100) -> Sequence[str]:
        return [r.id for r in self._free() if r.due_at is not None and r.due_at <= now][:limit]

    async def next_due(self) -> datetime | None:
        return min((r.due_at for r in self._free() if r.due_at), default=None)

    async def delete(self, session_id: str) -> None:
        self._records.pop(session_id, None)

    async def bury(self, session_id: str, *, at: datetime, by: str) -> None:
        record = self._known(session_id)
        if record.deleted_at is None:
            record.deleted_at, record.deleted_by = at, by

    async def unbury(self, session_id: str) -> None:
        record = self._known(session_id)
        record.deleted_at = record.deleted_by = None

    async def adopt(self, workspace_id: str, *, user: User) -> int:
        homeless = [record for record in self._records.values() if not record.workspace_id]
        for record in homeless:
            record.workspace_id, record.user_id, record.user_name = workspace_id, user.id, user.name
        return len(homeless)

    async def set_expiry(self, session_id: str, at: datetime | None) -> None:
        self._known(session_id).expires_at = at

    async def touch(self, session_id: str, at: datetime) -> None:
        self._known(session_id).updated_at = at

    async def expired(self, now: datetime, *, limit: int = 100) -> Sequence[SessionRecord]:
        late = [
            (r.expires_at, msgspec.structs.replace(r))
            for r in self._records.values()
            if r.expires_at is not None and r.expires_at <= now and not r.over and r.deleted_at is None
        ]
        return [record for _, record in sorted(late, key=lambda one: one[0])[:limit]]

    async def buried_before(self, moment: datetime, *, limit: int = 100) -> Sequence[SessionRecord]:
        buried = [
            (r.deleted_at, msgspec.structs.replace(r))
            for r in self._records.values()
            if r.deleted_at is not None and r.deleted_at < moment
        ]
        return [record for _, record in sorted(buried, key=lambda one: one[0])[:limit]]

    async def renew(self, lease: Lease, *, until: datetime) -> None:
        return None

    async def release_dead(self, lease: Lease, *, now: datetime) -> int:
        return 0

    async def leave(self, lease: Lease) -> None:
        for record in self._records.values():
            record.host = None

    def _known(self, session_id: str) -> SessionRecord:
        record = self._records.get(session_id)
        if record is None:
            raise unknown_session(session_id)
        return record

    def _free(self) -> Sequence[SessionRecord]:
        return [r for r in self._records.values() if r.host is None and r.deleted_at is None]


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
        and which.workspace_id in (None, record.workspace_id)
        and which.deleted == (record.deleted_at is not None)
        and (which.text is None or any(which.text.lower() in part.lower() for part in (record.title, record.app)))
    )
