"""Who owns a session: a host says that it lives by a lease, and takes over what dead hosts have left."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
from collections.abc import Awaitable, Callable
from datetime import timedelta

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

    Args:
        records: where leases are kept.
        clock: of the host.
        on_freed: called after sessions of a dead host were freed.
    """

    def __init__(self, records: SessionRecords, clock: Clock, on_freed: Callable[[], Awaitable[None]]) -> None:
        self.lease = Lease(
            host=new_id(), machine=platform.node(), pid=os.getpid(), process_started=process_started(os.getpid())
        )
        self._records = records
        self._clock = clock
        self._on_freed = on_freed
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take the lease, free what dead hosts held, and go on doing both."""
        await self._renew()
        self._task = asyncio.create_task(self._keep(), name="ownership")

    async def stop(self) -> None:
        """Give up the lease and all sessions, so that another host needs to wait for nothing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._records.leave(self.lease)

    async def _renew(self) -> int:
        now = self._clock.now()
        await self._records.renew(self.lease, until=now + LEASE)
        return await self._records.release_dead(self.lease, now=now)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / _RENEWALS_A_LEASE)
            try:
                freed = await self._renew()
                if freed:
                    await self._on_freed()
            except OutlastError as error:
                logger.warning("The lease could not be renewed: %s", error.message)
