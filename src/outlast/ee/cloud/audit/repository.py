"""Every query on the audit trail; each takes the workspace from the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, delete, func, insert, select, tuple_

from outlast.ee.cloud.audit.schemas import AuditFilter
from outlast.ee.cloud.audit.tables import audit_entries as entries
from outlast.ee.cloud.unit import Unit

Place = tuple[datetime, str]
"""Where an entry stands in the list."""

_INSERT = insert(entries)


async def add(unit: Unit, row: Mapping[str, object]) -> None:
    """Append an entry; it says itself which workspace it is of."""
    await unit.connection.execute(_INSERT, dict(row))


async def page(unit: Unit, which: AuditFilter, *, before: Place | None = None, limit: int) -> Sequence[RowMapping]:
    """Entries of the unit's workspace, the latest first.

    Args:
        before: the last entry of the page before this one.
    """
    query = select(entries).where(entries.c.workspace_id == unit.workspace_id)
    if which.actor is not None:
        query = query.where(entries.c.actor_id == which.actor)
    if which.verb is not None:
        thing, _, verb = which.verb.rpartition(".")
        query = query.where(
            entries.c.verb.startswith(f"{thing}.", autoescape=True) if verb == "*" else entries.c.verb == which.verb
        )
    if which.target is not None:
        query = query.where(entries.c.target_id == which.target)
    if which.result is not None:
        query = query.where(entries.c.result == which.result)
    if which.since is not None:
        query = query.where(entries.c.at >= which.since)
    if which.until is not None:
        query = query.where(entries.c.at < which.until)
    if before is not None:
        query = query.where(tuple_(entries.c.at, entries.c.id) < before)
    query = query.order_by(entries.c.at.desc(), entries.c.id.desc()).limit(limit)
    return (await unit.connection.execute(query)).mappings().all()


async def remove_all(unit: Unit, workspace_id: str) -> None:  # unscoped: asks for a role, not for rows
    """Remove the entries of a workspace that is no more."""
    if unit.connection.dialect.name == "postgresql":
        # The units' own role can't remove entries; the tables' owner can, and row-level security still holds.
        role = (await unit.connection.execute(select(func.current_setting("role", True)))).scalar_one()
        await unit.connection.execute(select(func.set_config("role", "none", True)))
        await unit.connection.execute(delete(entries).where(entries.c.workspace_id == workspace_id))
        await unit.connection.execute(select(func.set_config("role", role, True)))
        return
    await unit.connection.execute(delete(entries).where(entries.c.workspace_id == workspace_id))
