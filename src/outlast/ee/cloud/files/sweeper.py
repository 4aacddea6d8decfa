"""Keeps the storage free of what no file is made of. It may run in several servers at once, and be killed anywhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud
from outlast.ee.cloud.files import sweep_repository as repository
from outlast.ee.cloud.files.store import FileStore

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=10)
ORPHANS_EVERY = timedelta(hours=6)

ORPHAN_AFTER = timedelta(days=1)
"""An object is written before its row: one that no row knows may be an upload under way, but not for so long."""

_CHECKED_AT_ONCE = 200


async def keep_tidy(cloud: Cloud) -> None:
    """Sweep, again and again, and soon after something was deleted."""
    store, loop = cloud.part(FileStore), asyncio.get_running_loop()
    orphans_due = loop.time()
    while True:
        store.untidy.clear()
        await sweep(cloud)
        if loop.time() >= orphans_due:
            await sweep_orphans(cloud)
            orphans_due = loop.time() + ORPHANS_EVERY.total_seconds()
        try:
            async with asyncio.timeout(EVERY.total_seconds()):
                await store.untidy.wait()
        except TimeoutError:
            pass


async def sweep(cloud: Cloud) -> None:
    """Delete the bytes, then the rows, of what was deleted or has expired."""
    storage = cloud.part(FileStore).storage
    async with units.writing(cloud, workspace_id=ALL_WORKSPACES) as unit:
        await repository.expire(unit)
    while True:
        async with units.looking(cloud, workspace_id=ALL_WORKSPACES) as unit:
            gone = await repository.deleted(unit)
        if not gone:
            break
        for each in gone:
            if each.storage_key is not None:
                await storage.delete(each.storage_key)
        async with units.writing(cloud, workspace_id=ALL_WORKSPACES) as unit:
            await repository.remove(unit, gone)
    while True:
        async with units.writing(cloud, workspace_id=ALL_WORKSPACES) as unit:
            keys = await repository.take_expired_uploads(unit)
        if not keys:
            break
        for key in keys:
            await storage.delete(key)


async def sweep_orphans(cloud: Cloud, *, older_than: timedelta = ORPHAN_AFTER) -> int:
    """Delete objects that no row knows: their server was killed between writing the one and the other.

    Args:
        cloud: the open cloud.
        older_than: younger ones are left, as their row may be about to come.

    Returns:
        How many there were.
    """
    storage = cloud.part(FileStore).storage
    before = datetime.now(UTC) - older_than  # by the storage's own clock, not the cloud's
    await storage.sweep(before)
    found, old = 0, list[str]()
    async for each in storage.list(""):
        if each.modified_at < before:
            old.append(each.key)
        if len(old) >= _CHECKED_AT_ONCE:
            found, old = found + await _delete_unknown(cloud, old), []
    found += await _delete_unknown(cloud, old)
    if found:
        logger.info("Deleted %d objects of the file storage that belonged to no file", found)
    return found


async def _delete_unknown(cloud: Cloud, keys: Sequence[str]) -> int:
    if not keys:
        return 0
    async with units.looking(cloud, workspace_id=ALL_WORKSPACES) as unit:
        known = await repository.known(unit, keys)
    unknown = [key for key in keys if key not in known]
    for key in unknown:
        await cloud.part(FileStore).storage.delete(key)
    return len(unknown)
