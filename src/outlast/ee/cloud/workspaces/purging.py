"""Removes for good what was deleted long enough ago: no row, file, key or stream of a workspace stays behind.

Domains above hang on by `outlast.ee.cloud.workspaces.on_purge`; those below are called here. Each step may be taken
again: a server that dies in between has left the workspace's row, by which another goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from outlast.ee.cloud import audit, auth
from outlast.ee.cloud import events as outbox
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import ALL_WORKSPACES, SERVER_SCOPE, Cloud
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces import events, invite_repository, repository

LOOK_EVERY = timedelta(minutes=10)
AT_ONCE = 20
INVITES_KEPT_FOR = timedelta(days=90)
"""After their end, whether they were accepted or not."""

PurgeHook = Callable[[Unit], Awaitable[None]]
"""Removes what a domain keeps of the unit's workspace; it may be called again."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class PurgeHooks:
    """What the domains above have to remove, the topmost last."""

    hooks: list[PurgeHook] = field(default_factory=list)


async def purge_regularly(cloud: Cloud) -> None:
    """Purge and forget what is due, for as long as the server runs."""
    while True:
        await purge_due(cloud)
        await forget_invites(cloud)
        await asyncio.sleep(LOOK_EVERY.total_seconds())


async def purge_due(cloud: Cloud) -> None:
    """Purge every workspace whose time is over; one that can't be purged now keeps no other from it."""
    async with units.looking(cloud, workspace_id=ALL_WORKSPACES) as everywhere:
        due = await repository.due(everywhere, limit=AT_ONCE)
    for workspace_id in due:
        try:
            await purge(cloud, workspace_id)
        except Exception:  # broad: what one domain can't remove now keeps no other workspace from its end
            logger.exception("The workspace %s can't be purged now; it is tried again", workspace_id)


async def forget_invites(cloud: Cloud) -> None:
    """Forget the invites that were over long ago, and the addresses in them."""
    async with units.writing(cloud, workspace_id=ALL_WORKSPACES) as everywhere:
        await invite_repository.forget_old(everywhere, before=everywhere.now - INVITES_KEPT_FOR)


async def purge(cloud: Cloud, workspace_id: str) -> None:
    """Remove a deleted workspace and all that is its own.

    Raises:
        Unavailable: the database can't be used now; what is gone is gone, the rest can be purged later.
    """
    for hook in reversed(cloud.part(PurgeHooks).hooks):
        async with units.writing(cloud, workspace_id=workspace_id) as unit:
            await hook(unit)
    async with units.writing(cloud, workspace_id=workspace_id) as unit:
        await auth.purge(unit, workspace_id)
        await repository.remove(unit)
        await outbox.purge(unit, workspace_id)
        await audit.purge(unit, workspace_id)
        async with unit.within(SERVER_SCOPE) as outside:
            await events.purged(outside, workspace_id)
