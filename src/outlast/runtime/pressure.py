"""When memory is short, sessions that wait give theirs back sooner than their idle clock says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psutil

from outlast.kit.errors import OutlastError
from outlast.runtime.host import Host

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 5.0
_SHORT = 0.05
_AT_ONCE = 20


def free_share() -> float:
    """The part of the machine's memory that programs could still get, from 0 to 1."""
    memory = psutil.virtual_memory()
    return memory.available / memory.total


class MemoryWatch:
    """Puts waiting sessions to sleep while memory is short, those that have waited longest first.

    Args:
        host: of the sessions.
        free: tells the share of memory that is free.
        look_every_s: seconds between two looks.
    """

    def __init__(
        self, host: Host, *, free: Callable[[], float] = free_share, look_every_s: float = _LOOK_EVERY_S
    ) -> None:
        self._host = host
        self._free = free
        self._look_every_s = look_every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.create_task(self._watch(), name="memory watch")

    async def stop(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._look_every_s)
            if self._free() < _SHORT:
                await self._relieve()

    async def _relieve(self) -> None:
        waiting = [live.record for live in self._host.awake.values() if live.record.state == "waiting"]
        waiting.sort(key=lambda record: record.updated_at)
        for record in waiting[:_AT_ONCE]:
            try:
                if await self._host.hibernate(record.id):
                    logger.info("Memory is short: session %s sleeps.", record.id)
            except OutlastError as error:
                logger.warning("Session %s could not be put to sleep: %s", record.id, error.message)
