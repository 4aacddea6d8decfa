"""Ends sessions whose time is over, and removes what was kept long enough. Runs beside every server.

What is done twice, by two servers, is done once: the second finds it done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta

from outlast.ee.cloud import events, files, workspaces
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud
from outlast.ee.cloud.sessions import events as facts
from outlast.ee.cloud.sessions import repository
from outlast.ee.cloud.sessions.patience import tell_host
from outlast.kit.errors import OutlastError

logger = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=5)
TIDY_EVERY = timedelta(minutes=10)
RESTORABLE_FOR = timedelta(days=30)


async def watch(cloud: Cloud) -> None:
    """Do both, for as long as the server runs."""
    while True:
        await tell_host(cloud)
        await tidy(cloud)
        for _ in range(TIDY_EVERY // LOOK_EVERY):
            await end_due(cloud)
            await asyncio.sleep(LOOK_EVERY.total_seconds())


async def end_due(cloud: Cloud) -> None:
    """End the sessions that have expired, and those that were left alone for too long; they can still be read."""
    now, runtime = cloud.clock.now(), cloud.runtime
    late = [record.id for record in await runtime.records.expired(now)]
    await _each(late, lambda session_id: runtime.host.expire(session_id, limit="expires_at"))
    longest = cloud.settings.session_max_idle
    if longest is not None:
        idle = await repository.idle_since(cloud, now - longest)
        await _each(idle, lambda session_id: runtime.host.expire(session_id, limit="idle"))


async def tidy(cloud: Cloud) -> None:
    """Remove for good what was deleted long ago, and what its workspace wants kept no longer."""
    now = cloud.clock.now()
    buried = await cloud.runtime.records.buried_before(now - RESTORABLE_FOR)
    await _each([record.id for record in buried], lambda session_id: purge(cloud, session_id))
    async with units.looking(cloud, workspace_id=ALL_WORKSPACES) as everywhere:
        found = await workspaces.settings_of_all(everywhere)
    for workspace_id, settings in found.items():
        longest = settings.retention
        while longest is not None and (over := await repository.over_since(cloud, workspace_id, now - longest)):
            done = await _each(over, lambda session_id: purge(cloud, session_id))
            if not done:
                break


async def end_all(cloud: Cloud, workspace_id: str) -> None:
    """End what goes on in a workspace that was deleted."""
    while found := await repository.open_in(cloud, workspace_id):
        if not await _each(found, lambda one: cloud.runtime.host.expire(one, limit="workspace_deleted")):
            break


async def purge(cloud: Cloud, session_id: str) -> None:
    """Remove a session for good: record, shares, stream and files."""
    record = await cloud.runtime.records.get(session_id)
    await cloud.runtime.host.delete(record.id)
    async with units.writing(cloud, workspace_id=record.workspace_id) as unit:
        await files.forget_session(unit, record.id)
        await events.emit(unit, facts.PURGED, facts.told(record), audience="session")


async def _each(ids: Iterable[str], do: Callable[[str], Awaitable[None]]) -> Sequence[str]:
    """Do it with each; one with which it can't be done now holds up no other, and is tried again.

    Returns:
        Those with which it was done.
    """
    done = []
    for session_id in ids:
        try:
            await do(session_id)
            done.append(session_id)
        except OutlastError as error:  # another server was quicker, or has it awake
            logger.info("Session %s is left as it is for now: %s", session_id, error.message)
    return done
