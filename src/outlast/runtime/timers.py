"""Wakes sleeping sessions whose timer is due. Awake sessions watch their own timers (`live`)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from outlast.kit.clock import Clock
from outlast.kit.errors import OutlastError
from outlast.runtime.records import SessionRecords

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 10.0
_LOOK_AGAIN_S = 5.0


class WakeTimers:
    """Sleeps until the next timer of a session without an owner is due, then has it woken.

    Args:
        records: tells what is due.
        clock: of the host.
        wake: wakes one session; what it raises is logged and tried again at the next look.
    """

    def __init__(self, records: SessionRecords, clock: Clock, wake: Callable[[str], Awaitable[object]]) -> None:
        self._records = records
        self._clock = clock
        self._wake = wake
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.create_task(self._watch(), name="timers")

    async def stop(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def changed(self) -> None:
        """A session fell asleep with a timer: look again now."""
        self._changed.set()

    async def _watch(self) -> None:
        while True:
            delay_s = _LOOK_EVERY_S
            try:
                floor_s = 0.05 if await self._wake_due() else _LOOK_AGAIN_S
                due = await self._records.next_due()
                if due is not None:
                    delay_s = min(delay_s, max(floor_s, (due - self._clock.now()).total_seconds()))
            except OutlastError as error:
                logger.warning("Timers could not be read: %s", error.message)
            try:
                await asyncio.wait_for(self._changed.wait(), delay_s)
            except TimeoutError:
                pass
            self._changed.clear()

    async def _wake_due(self) -> bool:
        every = True
        for session_id in await self._records.due(self._clock.now()):
            try:
                await self._wake(session_id)
            except OutlastError as error:
                logger.warning("Session %s could not be woken by its timer: %s", session_id, error.message)
                every = False
        return every
