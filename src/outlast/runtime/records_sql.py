"""Session records in SQLite or PostgreSQL (SQLAlchemy Core)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import psutil
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    TextClause,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from outlast.db.unit import reading, transaction
from outlast.kit.errors import SessionHeld
from outlast.kit.pages import MAX_LIMIT, Page
from outlast.protocol.codec import Json, encode_json
from outlast.protocol.document import OVER
from outlast.protocol.events import User
from outlast.runtime.records import (
    UNFINISHED,
    Changed,
    Created,
    Lease,
    SessionFilter,
    SessionRecord,
    cursor_key,
    page_of,
    unknown_session,
)
from outlast.runtime.tables import LIVELY, hosts, sessions

_FIXED = ("id", "app", "user_id", "user_name", "args", "code", "created_at", "workspace_id")
_LIVELY = (*UNFINISHED, "waiting")
_OTHERS = ("expires_at", "deleted_at", "deleted_by")
"""Columns that who runs a session must not write: its record may be older than they are."""
_MUTABLE = tuple(column.name for column in sessions.columns if column.name not in (*_FIXED, *_OTHERS))
_MOMENTS = ("created_at", "updated_at", "due_at", "expires_at", "deleted_at")
_FREE = and_(sessions.c.host.is_(None), sessions.c.deleted_at.is_(None))
_INSERT = insert(sessions)
_UPDATE = (
    update(sessions)
    .where(sessions.c.id == bindparam("key"))
    .values({name: bindparam(f"new_{name}") for name in _MUTABLE})
)


class SqlRecords:
    """Records in a database, shared by all its hosts.

    Args:
        engine: of the database that the log is in, so that both change in one transaction.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def write(self, connection: object, changes: Sequence[object]) -> None:
        assert isinstance(connection, Connection), "records are written in the log's transaction"
        created = [_row(change.record) for change in changes if isinstance(change, Created)]
        if created:
            connection.execute(_INSERT, created)
        changed = [_changes(change.record) for change in changes if isinstance(change, Changed)]
        if changed:
            connection.execute(_UPDATE, changed)

    async def get(self, session_id: str) -> SessionRecord:
        async with reading(self._engine) as connection:
            row = (await connection.execute(select(sessions).where(sessions.c.id == session_id))).mappings().first()
        if row is None:
            raise unknown_session(session_id)
        return record_of(row)

    async def page(self, which: SessionFilter, *, cursor: str | None = None, limit: int = 50) -> Page[SessionRecord]:
        limit = max(1, min(limit, MAX_LIMIT))
        query = filtered(select(sessions), which)
        if cursor is not None:
            moment, session_id = cursor_key(cursor)
            query = query.where(tuple_(sessions.c.updated_at, sessions.c.id) < (moment, session_id))
        query = query.order_by(sessions.c.updated_at.desc(), sessions.c.id.desc()).limit(limit + 1)
        return page_of(await self._all(query), limit=limit)

    async def claim(self, session_id: str, *, host: str, now: datetime) -> SessionRecord:
        live = select(hosts.c.id).where(hosts.c.lease_until > now)
        free = or_(sessions.c.host.is_(None), sessions.c.host == host, sessions.c.host.not_in(live))
        statement = (
            update(sessions)
            .where(sessions.c.id == session_id, free)
            .values(host=host, epoch=sessions.c.epoch + 1)
            .returning(*sessions.columns)
        )
        async with transaction(self._engine) as connection:
            row = (await connection.execute(statement)).mappings().first()
        if row is not None:
            return record_of(row)
        held = await self.get(session_id)
        raise SessionHeld(f"Session {held.id} is awake on another host; send the command there.")

    async def unfinished(self, *, limit: int = 1000) -> Sequence[SessionRecord]:
        query = (
            select(sessions)
            .where(LIVELY, sessions.c.state.in_(UNFINISHED), _FREE)
            .order_by(sessions.c.updated_at)
            .limit(limit)
        )
        return await self._all(query)

    async def due(self, now: datetime, *, limit: int = 100) -> Sequence[str]:
        query = select(sessions.c.id).where(_FREE, sessions.c.due_at <= now).order_by(sessions.c.due_at).limit(limit)
        async with reading(self._engine) as connection:
            return (await connection.execute(query)).scalars().all()

    async def next_due(self) -> datetime | None:
        query = select(func.min(sessions.c.due_at)).where(_FREE, sessions.c.due_at.is_not(None))
        async with reading(self._engine) as connection:
            return aware((await connection.execute(query)).scalar_one())

    async def delete(self, session_id: str) -> None:
        async with transaction(self._engine) as connection:
            await connection.execute(delete(sessions).where(sessions.c.id == session_id))

    async def bury(self, session_id: str, *, at: datetime, by: str) -> None:
        mark = {
            "deleted_at": func.coalesce(sessions.c.deleted_at, at),
            "deleted_by": func.coalesce(sessions.c.deleted_by, by),
        }
        await self._mark(session_id, update(sessions).values(mark))

    async def unbury(self, session_id: str) -> None:
        await self._mark(session_id, update(sessions).values(deleted_at=None, deleted_by=None))

    async def adopt(self, workspace_id: str, *, user: User) -> int:
        mark = {"workspace_id": workspace_id, "user_id": user.id, "user_name": user.name}
        async with transaction(self._engine) as connection:
            adopted = await connection.execute(update(sessions).where(sessions.c.workspace_id == "").values(mark))
        return int(adopted.rowcount)

    async def set_expiry(self, session_id: str, at: datetime | None) -> None:
        await self._mark(session_id, update(sessions).values(expires_at=at))

    async def touch(self, session_id: str, at: datetime) -> None:
        await self._mark(session_id, update(sessions).values(updated_at=at))

    async def _mark(self, session_id: str, change: Update) -> None:
        async with transaction(self._engine) as connection:
            if (await connection.execute(change.where(sessions.c.id == session_id))).rowcount == 0:
                raise unknown_session(session_id)

    async def expired(self, now: datetime, *, limit: int = 100) -> Sequence[SessionRecord]:
        late = and_(sessions.c.expires_at <= now, sessions.c.state.not_in(OVER), sessions.c.deleted_at.is_(None))
        return await self._all(select(sessions).where(late).order_by(sessions.c.expires_at).limit(limit))

    async def buried_before(self, moment: datetime, *, limit: int = 100) -> Sequence[SessionRecord]:
        buried = select(sessions).where(sessions.c.deleted_at < moment)
        return await self._all(buried.order_by(sessions.c.deleted_at).limit(limit))

    async def _all(self, query: Select[tuple[object, ...]]) -> Sequence[SessionRecord]:
        async with reading(self._engine) as connection:
            return [record_of(row) for row in (await connection.execute(query)).mappings()]

    async def renew(self, lease: Lease, *, until: datetime) -> None:
        async with transaction(self._engine) as connection:
            renewed = await connection.execute(update(hosts).where(hosts.c.id == lease.host).values(lease_until=until))
            if renewed.rowcount == 0:
                await connection.execute(
                    insert(hosts).values(
                        id=lease.host,
                        machine=lease.machine,
                        pid=lease.pid,
                        process_started=lease.process_started,
                        lease_until=until,
                    )
                )

    async def release_dead(self, lease: Lease, *, now: datetime) -> int:
        async with transaction(self._engine) as connection:
            rows = (await connection.execute(select(hosts).where(hosts.c.id != lease.host))).mappings().all()
            dead = [str(row["id"]) for row in rows if _is_dead(row, here=lease.machine, now=now)]
            if not dead:
                return 0
            await connection.execute(delete(hosts).where(hosts.c.id.in_(dead)))
            freed = await connection.execute(update(sessions).where(sessions.c.host.in_(dead)).values(host=None))
            return int(freed.rowcount)

    async def leave(self, lease: Lease) -> None:
        async with transaction(self._engine) as connection:
            await connection.execute(update(sessions).where(sessions.c.host == lease.host).values(host=None))
            await connection.execute(delete(hosts).where(hosts.c.id == lease.host))


def process_started(pid: int) -> str:
    """When a process of this machine started, in a form that tells it from a later one with the same id."""
    try:
        process = psutil.Process(pid)
        # Killed, but its parent has not noticed yet: it does nothing any more.
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.Error:
        return ""


def _is_dead(row: RowMapping, *, here: str, now: datetime) -> bool:
    """A host whose process is gone is dead at once: nobody waits for a lease after a crash on one machine."""
    lease_until = aware(row["lease_until"])
    if lease_until is None or lease_until <= now:
        return True
    return bool(row["machine"] == here and process_started(row["pid"]) != row["process_started"])


def filtered(query: Select[tuple[object, ...]], which: SessionFilter) -> Select[tuple[object, ...]]:
    """The query, for those sessions alone that a list shows."""
    c = sessions.c
    wanted = {c.workspace_id: which.workspace_id, c.state: which.state, c.app: which.app, c.user_id: which.user_id}
    met: list[ColumnElement[bool] | TextClause] = [
        column == value for column, value in wanted.items() if value is not None
    ]
    if which.workspace_id is None and which.state in _LIVELY:
        met.append(LIVELY)  # said word for word, or its index is of no use
    if which.text is not None:
        met.append(or_(*(column.icontains(which.text, autoescape=True) for column in (c.title, c.app))))
    return query.where(c.deleted_at.is_not(None) if which.deleted else c.deleted_at.is_(None), *met)


def _row(record: SessionRecord) -> Mapping[str, object]:
    row = {column.name: getattr(record, column.name) for column in sessions.columns}
    row["args"] = encode_json(record.args).decode()
    return row


def _changes(record: SessionRecord) -> Mapping[str, object]:
    return {"key": record.id, **{f"new_{name}": getattr(record, name) for name in _MUTABLE}}


def record_of(row: RowMapping) -> SessionRecord:
    """A record as its row has it."""
    values: dict[str, Json] = dict(row)
    values["args"] = json.loads(values["args"])
    for name in _MOMENTS:
        values[name] = aware(values[name])
    return SessionRecord(**values)


def aware(moment: datetime | None) -> datetime | None:
    """SQLite gives times back without their zone; all of ours are UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
