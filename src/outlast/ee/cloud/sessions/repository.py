"""Every query on shares, and those on sessions that the runtime's records do not answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping

from outlast.db.unit import reading
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.sessions.tables import session_shares as shares
from outlast.ee.cloud.unit import Unit
from outlast.kit.pages import Page
from outlast.protocol.document import OVER
from outlast.runtime.records import SessionFilter, SessionRecord, cursor_key, page_of
from outlast.runtime.records_sql import aware, filtered, record_of
from outlast.runtime.tables import OPEN, sessions
from outlast.streams.tables import stream_events, stream_snapshots


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One row.

    Attributes:
        user_id: with whom; None for a link.
        digest: of a link's secret.
        link_id: of the link by which they came; empty if by none.
    """

    workspace_id: str
    id: str
    session_id: str
    user_id: str | None
    digest: str | None
    link_id: str
    level: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None


async def levels_of(unit: Unit, user_id: str) -> Mapping[str, Collection[str]]:
    """The levels at which sessions are shared with somebody now, by session."""
    query = select(shares.c.session_id, shares.c.level).where(
        shares.c.workspace_id == unit.workspace_id, shares.c.user_id == user_id, _in_force(unit.now)
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for session_id, level in await unit.connection.execute(query):
        found[session_id].add(level)
    return found


def seen_by(unit: Unit, user_id: str) -> Select[str]:
    """The ids of the sessions that somebody sees: their own, and what is shared with them."""
    shared = select(shares.c.session_id).where(
        shares.c.workspace_id == unit.workspace_id, shares.c.user_id == user_id, _in_force(unit.now)
    )
    return select(sessions.c.id).where(
        sessions.c.workspace_id == unit.workspace_id,
        sessions.c.deleted_at.is_(None),
        or_(sessions.c.user_id == user_id, sessions.c.id.in_(shared)),
    )


async def shared_page(
    unit: Unit, which: SessionFilter, *, user_id: str, known_as: Collection[str], cursor: str | None, limit: int
) -> Page[SessionRecord]:
    """A page of the sessions that are shared with somebody or ask something of them, newest activity first.

    Args:
        unit: in the workspace.
        which: further filters.
        user_id: theirs.
        known_as: the audiences that they belong to.
        cursor: of the page.
        limit: items of a page.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    asked = select(sessions.c.id).where(
        sessions.c.workspace_id == unit.workspace_id, func.lower(sessions.c.waiting_audience).in_(known_as)
    )
    shared = select(shares.c.session_id).where(
        shares.c.workspace_id == unit.workspace_id, shares.c.user_id == user_id, _in_force(unit.now)
    )
    query = select(sessions).where(
        sessions.c.workspace_id == unit.workspace_id,
        sessions.c.id.in_(shared.union(asked)),
        sessions.c.user_id != user_id,
    )
    query = filtered(query, which)
    if cursor is not None:
        query = query.where(tuple_(sessions.c.updated_at, sessions.c.id) < cursor_key(cursor))
    query = query.order_by(sessions.c.updated_at.desc(), sessions.c.id.desc()).limit(limit + 1)
    rows = (await unit.connection.execute(query)).mappings()
    return page_of([record_of(row) for row in rows], limit=limit)


async def count_open(unit: Unit, user_id: str, *, besides: Collection[str], limit: int) -> int:
    """How many sessions of somebody have not ended, counted no further than ``limit``."""
    found = (
        select(sessions.c.id)
        .where(
            sessions.c.workspace_id == unit.workspace_id,
            sessions.c.user_id == user_id,
            OPEN,
            sessions.c.id.not_in(besides),
        )
        .limit(limit)
    )
    counted = select(func.count()).select_from(found.subquery())  # unscoped: what it counts names its workspace
    return int((await unit.connection.execute(counted)).scalar_one())


async def share_with(unit: Unit, share: Share) -> Share:
    """Share a session with a person; who has it by the same way already has it like this from now on."""
    values = _values(share)
    statement = _insert(unit).values(values)
    kept = statement.on_conflict_do_update(
        index_elements=[shares.c.workspace_id, shares.c.session_id, shares.c.user_id, shares.c.link_id],
        set_={name: values[name] for name in ("level", "created_by", "created_at", "expires_at", "revoked_at")},
    ).returning(*shares.columns)
    return _share((await unit.connection.execute(kept)).mappings().one())


async def add_link(unit: Unit, share: Share) -> None:
    """Put in a link."""
    await unit.connection.execute(_insert(unit).values(_values(share)))


async def page_of_shares(unit: Unit, session_id: str, *, after: str, limit: int) -> Sequence[Share]:
    """What is in force of a session's shares, the oldest first."""
    query = (
        select(shares)
        .where(
            shares.c.workspace_id == unit.workspace_id,
            shares.c.session_id == session_id,
            shares.c.id > after,
            _in_force(unit.now),
        )
        .order_by(shares.c.id)
        .limit(limit)
    )
    return [_share(row) for row in (await unit.connection.execute(query)).mappings()]


async def get_share(unit: Unit, session_id: str, share_id: str) -> Share | None:
    """One share of a session, if it is in force."""
    query = select(shares).where(
        shares.c.workspace_id == unit.workspace_id,
        shares.c.session_id == session_id,
        shares.c.id == share_id,
        _in_force(unit.now),
    )
    row = (await unit.connection.execute(query)).mappings().first()
    return _share(row) if row is not None else None


async def revoke(unit: Unit, share: Share) -> Sequence[str]:
    """Withdraw a share, and what came by it.

    Returns:
        With whom it was shared.
    """
    statement = (
        update(shares)
        .where(
            shares.c.workspace_id == unit.workspace_id,
            shares.c.session_id == share.session_id,
            or_(shares.c.id == share.id, shares.c.link_id == share.id),
            shares.c.revoked_at.is_(None),
        )
        .values(revoked_at=unit.now)
        .returning(shares.c.user_id)
    )
    return [user_id for (user_id,) in await unit.connection.execute(statement) if user_id is not None]


async def revoke_all_of(unit: Unit, user_id: str) -> None:
    """Withdraw all that is shared with somebody, and the links that they made."""
    statement = update(shares).where(
        shares.c.workspace_id == unit.workspace_id,
        or_(shares.c.user_id == user_id, and_(shares.c.digest.is_not(None), shares.c.created_by == user_id)),
        shares.c.revoked_at.is_(None),
    )
    await unit.connection.execute(statement.values(revoked_at=unit.now))


async def link_of(unit: Unit, digest: str) -> Share | None:
    """The link with this secret, if it is in force."""
    query = select(shares).where(  # unscoped: who opens a link does not say where it leads; they must be members there
        shares.c.digest == digest, _in_force(unit.now)
    )
    row = (await unit.connection.execute(query)).mappings().first()
    return _share(row) if row is not None else None


async def idle_since(cloud: Cloud, moment: datetime, *, limit: int = 100) -> Sequence[str]:
    """Sessions of all workspaces that have not ended, but have been left alone since before a moment."""
    query = (
        select(sessions.c.id)  # unscoped: the server's own work
        .where(OPEN, sessions.c.updated_at < moment, sessions.c.workspace_id != "")
        .order_by(sessions.c.updated_at)
        .limit(limit)
    )
    async with reading(cloud.engine) as connection:
        return (await connection.execute(query)).scalars().all()


async def over_since(cloud: Cloud, workspace_id: str, moment: datetime, *, limit: int = 100) -> Sequence[str]:
    """Sessions of a workspace that ended before a moment."""
    query = (
        select(sessions.c.id)
        .where(
            sessions.c.workspace_id == workspace_id, sessions.c.updated_at < moment, sessions.c.state.in_(sorted(OVER))
        )
        .order_by(sessions.c.updated_at)
        .limit(limit)
    )
    async with reading(cloud.engine) as connection:
        return (await connection.execute(query)).scalars().all()


async def open_in(cloud: Cloud, workspace_id: str, *, limit: int = 100) -> Sequence[str]:
    """Sessions of a workspace that have not ended."""
    query = select(sessions.c.id).where(sessions.c.workspace_id == workspace_id, OPEN).limit(limit)
    async with reading(cloud.engine) as connection:
        return (await connection.execute(query)).scalars().all()


async def ids_in(unit: Unit) -> Sequence[str]:
    """All sessions of the workspace, also deleted ones."""
    query = select(sessions.c.id).where(sessions.c.workspace_id == unit.workspace_id)
    return (await unit.connection.execute(query)).scalars().all()


async def purge(unit: Unit) -> None:
    """Remove every session of the workspace, with its shares and its stream."""
    streams = select("session:" + sessions.c.id).where(sessions.c.workspace_id == unit.workspace_id)
    for table in (stream_events, stream_snapshots):
        await unit.connection.execute(delete(table).where(table.c.stream.in_(streams)))  # unscoped: the ids are
    await unit.connection.execute(delete(shares).where(shares.c.workspace_id == unit.workspace_id))
    await unit.connection.execute(delete(sessions).where(sessions.c.workspace_id == unit.workspace_id))


def _in_force(now: datetime) -> ColumnElement[bool]:
    return and_(shares.c.revoked_at.is_(None), or_(shares.c.expires_at.is_(None), shares.c.expires_at > now))


def _insert(unit: Unit) -> postgresql.Insert | sqlite.Insert:
    if unit.connection.dialect.name == "postgresql":
        return postgresql.insert(shares)
    return sqlite.insert(shares)


def _values(share: Share) -> Mapping[str, object]:
    return {column.name: getattr(share, column.name) for column in shares.columns}


def _share(row: RowMapping) -> Share:
    created_at = aware(row["created_at"])
    assert created_at is not None, "the column is never null"
    return Share(
        workspace_id=row["workspace_id"],
        id=row["id"],
        session_id=row["session_id"],
        user_id=row["user_id"],
        digest=row["digest"],
        link_id=row["link_id"],
        level=row["level"],
        created_by=row["created_by"],
        created_at=created_at,
        expires_at=aware(row["expires_at"]),
        revoked_at=aware(row["revoked_at"]),
    )
