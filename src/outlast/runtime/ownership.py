"""Who owns a session: a host says that it lives by a lease, and takes over what dead hosts have left."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from outlast.kit.clock import Clock
from outlast.kit.errors import OutlastError
from outlast.kit.ids import new_id
from outlast.runtime.records import Lease, SessionRecords
from outlast.runtime.records_sql import process_started

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
_RENEWALS_A_LEASE = 3


class Ownership:
    """Keeps one host's lease, and calls back when sessions of others became free.

    A host that died leaves sessions that somebody must free; one that stopped freed them itself. Both are seen at the
    next renewal, so that what ran there runs here a third of a lease later at most.

    Args:
        records: where leases are kept.
        clock: of the host.
        on_freed: called when sessions that need a process have no owner; never twice at a time.
    """

    def __init__(self, records: SessionRecords, clock: Clock, on_freed: Callable[[], Awaitable[None]]) -> None:
        self.lease = Lease(
            host=new_id(), machine=platform.node(), pid=os.getpid(), process_started=process_started(os.getpid())
        )
        self._records = records
        self._clock = clock
        self._on_freed = on_freed
        self._until: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self._taking_over: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Whether the lease is good now."""
        return self._until is not None and self._clock.now() < self._until

    async def start(self) -> None:
        """Take the lease, free what dead hosts held, and go on doing both."""
        await self._renew()
        self._task = asyncio.create_task(self._keep(), name="ownership")

    async def stop(self) -> None:
        """Give up the lease and all sessions, so that another host needs to wait for nothing."""
        for task in (self._task, self._taking_over):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        self._until = None
        await self._records.leave(self.lease)

    async def _renew(self) -> int:
        now = self._clock.now()
        until = now + LEASE
        await self._records.renew(self.lease, until=until)
        self._until = until
        return await self._records.release_dead(self.lease, now=now)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / _RENEWALS_A_LEASE)
            try:
                freed = await self._renew()
                busy = self._taking_over is not None and not self._taking_over.done()
                if not busy and (freed or await self._records.unfinished(limit=1)):
                    # Beside this task: it may take long, and a lease that is not renewed meanwhile would be lost.
                    self._taking_over = asyncio.create_task(self._take_over(), name="take over")
            except OutlastError as error:
                logger.warning("The lease could not be renewed: %s", error.message)

    async def _take_over(self) -> None:
        try:
            await self._on_freed()
        except OutlastError as error:
            logger.warning("Sessions that have no host could not be taken over: %s", error.message)
