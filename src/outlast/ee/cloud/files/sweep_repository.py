"""The sweeper's queries: the server's own work over all workspaces, in no request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, select, union, update

from outlast.ee.cloud.files.tables import files, upload_parts, uploads
from outlast.ee.cloud.unit import Unit

BATCH = 100


@dataclass(frozen=True, slots=True)
class Gone:
    """A row that is of no more use, and where its bytes lie."""

    workspace_id: str
    id: str
    storage_key: str | None


async def expire(unit: Unit) -> None:  # unscoped: the sweep's own work over all workspaces
    """Take files out of sight whose time is over."""
    over = and_(files.c.expires_at <= unit.now, files.c.deleted_at.is_(None))
    await unit.connection.execute(update(files).where(over).values(deleted_at=unit.now))


async def deleted(unit: Unit) -> Sequence[Gone]:  # unscoped: the sweep's own work over all workspaces
    """Files that are out of sight, some at a time."""
    query = select(files.c.workspace_id, files.c.id, files.c.storage_key).where(files.c.deleted_at.is_not(None))
    return [Gone(*row) for row in await unit.connection.execute(query.limit(BATCH))]


async def remove(unit: Unit, gone: Sequence[Gone]) -> None:
    """Remove files whose bytes are gone."""
    for each in gone:
        await unit.connection.execute(
            delete(files).where(files.c.workspace_id == each.workspace_id, files.c.id == each.id)
        )


async def take_expired_uploads(unit: Unit) -> Sequence[str]:  # unscoped: the sweep's own work over all workspaces
    """Remove uploads that nobody goes on with; where their pieces lie."""
    query = select(uploads.c.workspace_id, uploads.c.id).where(uploads.c.expires_at <= unit.now).limit(BATCH)
    keys: list[str] = []
    for workspace_id, upload_id in (await unit.connection.execute(query)).all():
        theirs = and_(upload_parts.c.workspace_id == workspace_id, upload_parts.c.upload_id == upload_id)
        keys += (await unit.connection.execute(select(upload_parts.c.storage_key).where(theirs))).scalars()
        await unit.connection.execute(
            delete(uploads).where(uploads.c.workspace_id == workspace_id, uploads.c.id == upload_id)
        )
    return keys


async def known(unit: Unit, keys: Sequence[str]) -> frozenset[str]:
    # unscoped: the sweep's own work over all workspaces
    """Which of these objects belong to a file or to an upload under way."""
    query = union(
        select(files.c.storage_key).where(files.c.storage_key.in_(keys)),
        select(upload_parts.c.storage_key).where(upload_parts.c.storage_key.in_(keys)),
    )
    return frozenset((await unit.connection.execute(query)).scalars())
