"""Every query on the outbox and on the streams of workspaces.

What requests call takes the workspace from the unit; what the relay calls works for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, or_, select, text, update

from outlast.ee.cloud.events.tables import outbox
from outlast.ee.cloud.unit import Unit
from outlast.streams.log import StoredEvent
from outlast.streams.tables import stream_events, stream_snapshots

_INSERT = insert(outbox)
_ONE_RELAY = 0x6F7574626F78
"""PostgreSQL's advisory lock of who appends to the workspaces' streams (``outbox`` in ASCII)."""


def write_beside(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Write facts in somebody else's transaction, which may be in a thread of its own."""
    connection.execute(_INSERT, rows)


async def add(unit: Unit, row: Mapping[str, object]) -> None:
    """Put a fact into the outbox; it says itself which workspace it is of."""
    await unit.connection.execute(_INSERT, dict(row))


async def dead(unit: Unit, *, after: int, limit: int) -> Sequence[RowMapping]:
    """Dead letters of the unit's workspace, the oldest first."""
    query = (
        select(outbox)
        .where(outbox.c.workspace_id == unit.workspace_id, outbox.c.state == "dead", outbox.c.position > after)
        .order_by(outbox.c.position)
        .limit(limit)
    )
    return (await unit.connection.execute(query)).mappings().all()


async def revive(unit: Unit, fact_id: str) -> bool:
    """Have a dead letter of the unit's workspace tried again; whether there was one."""
    found = await unit.connection.execute(
        update(outbox)
        .where(outbox.c.workspace_id == unit.workspace_id, outbox.c.id == fact_id, outbox.c.state == "dead")
        .values(state="waiting", attempts=0, next_attempt_at=unit.now, leased_until=None)
    )
    return found.rowcount > 0


async def bury(unit: Unit, fact_id: str) -> bool:
    """Remove a dead letter of the unit's workspace; whether there was one."""
    found = await unit.connection.execute(
        delete(outbox).where(
            outbox.c.workspace_id == unit.workspace_id, outbox.c.id == fact_id, outbox.c.state == "dead"
        )
    )
    return found.rowcount > 0


async def remove_all(unit: Unit, *, workspace_id: str, stream: str) -> None:
    """Remove the facts of a workspace, and its stream."""
    await unit.connection.execute(delete(outbox).where(outbox.c.workspace_id == workspace_id))
    for table in (stream_events, stream_snapshots):
        await unit.connection.execute(delete(table).where(table.c.stream == stream))  # unscoped: named by its workspace


async def backlog(unit: Unit) -> Mapping[str, int]:  # unscoped: the operator's figures
    """How many facts are in each state, in all workspaces."""
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return {str(state): int(number) for state, number in await unit.connection.execute(query)}


async def new_facts(unit: Unit, *, limit: int) -> Sequence[RowMapping]:
    # unscoped: the relay's own work over all workspaces
    """Facts that no stream has yet, in order. On PostgreSQL one relay at a time gets past this, until its commit."""
    if unit.connection.dialect.name == "postgresql":
        await unit.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_RELAY})
    query = select(outbox).where(outbox.c.state == "new").order_by(outbox.c.position).limit(limit)
    return (await unit.connection.execute(query)).mappings().all()


async def settle_new(unit: Unit, *, handled_later: Collection[int], done: Collection[int]) -> None:
    # unscoped: the relay's own work over all workspaces
    """Say of new facts that they are in their stream: some wait for handlers now, the others are done with."""
    if handled_later:
        await unit.connection.execute(
            update(outbox).where(outbox.c.position.in_(handled_later)).values(state="waiting", next_attempt_at=unit.now)
        )
    if done:
        await unit.connection.execute(delete(outbox).where(outbox.c.position.in_(done)))


async def heads(unit: Unit, streams: Collection[str]) -> Mapping[str, int]:
    # unscoped: the relay's own work over all workspaces
    """The ``seq`` of the last event of each stream that has one."""
    query = (
        select(stream_events.c.stream, func.max(stream_events.c.seq))
        .where(stream_events.c.stream.in_(streams))
        .group_by(stream_events.c.stream)
    )
    return {row[0]: row[1] for row in await unit.connection.execute(query)}


async def append(unit: Unit, batches: Mapping[str, Sequence[StoredEvent]]) -> None:
    """Append to streams."""
    rows = [
        {"stream": stream, "seq": e.seq, "kind": e.kind, "visibility": e.visibility, "data": e.data}
        for stream, events in batches.items()
        for e in events
    ]
    if rows:
        await unit.connection.execute(insert(stream_events), rows)


async def trim(unit: Unit, stream: str, *, before: int) -> None:  # unscoped: the relay's own work over all workspaces
    """Forget the beginning of a stream."""
    await unit.connection.execute(
        delete(stream_events).where(stream_events.c.stream == stream, stream_events.c.seq < before)
    )


async def claim(unit: Unit, *, until: datetime, workspaces: int, facts: int) -> Sequence[RowMapping]:
    # unscoped: the relay's own work over all workspaces
    """Take facts to be handled: of some workspaces whose first one is due and that nobody else works for.

    Returns:
        By workspace and in order, each leased until then.
    """
    leased = select(outbox.c.workspace_id).where(outbox.c.state == "waiting", outbox.c.leased_until > unit.now)
    first = (
        select(func.min(outbox.c.position))
        .where(outbox.c.state == "waiting", outbox.c.workspace_id.not_in(leased))
        .group_by(outbox.c.workspace_id)
    )
    due = (
        select(outbox.c.workspace_id)
        .where(
            outbox.c.position.in_(first),
            outbox.c.next_attempt_at <= unit.now,
            # Said again of the row itself: PostgreSQL looks at it anew when another relay has just let go of it.
            or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= unit.now),
        )
        .order_by(outbox.c.position)
        .limit(workspaces)
        .with_for_update(skip_locked=True)  # SQLite has no such thing, and one writer
    )
    taken = (await unit.connection.execute(due)).scalars().all()
    found: list[RowMapping] = []
    for workspace_id in taken:
        query = (
            select(outbox)
            .where(outbox.c.state == "waiting", outbox.c.workspace_id == workspace_id)
            .order_by(outbox.c.position)
            .limit(facts)
        )
        found += (await unit.connection.execute(query)).mappings().all()
    if found:
        positions = [row["position"] for row in found]
        await unit.connection.execute(update(outbox).where(outbox.c.position.in_(positions)).values(leased_until=until))
    return found


async def settle(unit: Unit, *, done: Collection[int], untouched: Collection[int]) -> None:
    # unscoped: the relay's own work over all workspaces
    """Remove facts that were handled, and give back those that were not tried."""
    if done:
        await unit.connection.execute(delete(outbox).where(outbox.c.position.in_(done)))
    if untouched:
        await unit.connection.execute(update(outbox).where(outbox.c.position.in_(untouched)).values(leased_until=None))


async def postpone(
    unit: Unit, position: int, *, state: str, handled: str, attempts: int, due: datetime, error: str
) -> None:  # unscoped: the relay's own work over all workspaces
    """Say of a fact that a handler failed."""
    await unit.connection.execute(
        update(outbox)
        .where(outbox.c.position == position)
        .values(state=state, handled=handled, attempts=attempts, next_attempt_at=due, error=error, leased_until=None)
    )


async def pending(unit: Unit) -> tuple[bool, bool]:  # unscoped: the relay's own work over all workspaces
    """Whether there are new facts, and whether there are facts that wait and are due."""
    new = select(outbox.c.position).where(outbox.c.state == "new").exists()
    due = select(outbox.c.position).where(outbox.c.state == "waiting", outbox.c.next_attempt_at <= unit.now).exists()
    row = (await unit.connection.execute(select(new, due))).one()
    return bool(row[0]), bool(row[1])


async def release(unit: Unit) -> None:  # unscoped: the relay's own work over all workspaces
    """Give back all that is leased."""
    await unit.connection.execute(update(outbox).where(outbox.c.leased_until.is_not(None)).values(leased_until=None))
