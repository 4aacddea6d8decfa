"""The clock of one event stream: pings, its end of age, the stop of the server.

One timer a connection, and no task: ten thousand idle viewers cost ten thousand timers, not coroutines.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from weakref import WeakKeyDictionary


class Pulse:
    """Wakes a reader when it must ping or end.

    Args:
        wake: makes the reader's wait return.
        every: the longest silence.
        max_age: how long the stream may last.
        stopping: ends it when set.

    Attributes:
        over: whether the stream is to end now.
    """

    __slots__ = ("_due", "_ends_at", "_every_s", "_loop", "_sent_at", "_stopping", "_timer", "_wake", "over")

    def __init__(
        self, wake: Callable[[], None], *, every: timedelta, max_age: timedelta, stopping: asyncio.Event | None
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._wake = wake
        self._every_s = every.total_seconds()
        self._sent_at = self._loop.time()
        self._ends_at = self._sent_at + max_age.total_seconds()
        self._stopping = stopping
        self._due = False
        self.over = stopping is not None and stopping.is_set()
        self._timer = self._wind()
        if stopping is not None:
            _watch(stopping, self._end)

    def sent(self) -> None:
        """Say that something was sent; the next ping is put off."""
        self._sent_at = self._loop.time()

    def beat(self) -> bool:
        """Whether a ping is due; asking takes it as sent."""
        due, self._due = self._due, False
        return due

    def _wind(self) -> asyncio.TimerHandle:
        return self._loop.call_at(min(self._sent_at + self._every_s, self._ends_at), self._tick)

    def close(self) -> None:
        """Stop the timer."""
        self._timer.cancel()
        if self._stopping is not None:
            _unwatch(self._stopping, self._end)

    def _end(self) -> None:
        self.over = True
        self._wake()

    def _tick(self) -> None:
        now = self._loop.time()
        # Timers may fire a little early by the loop's own resolution; what is that near counts as due.
        if now >= self._ends_at - 0.001:
            self._end()
            return
        if now >= self._sent_at + self._every_s - 0.001:
            self._due, self._sent_at = True, now
            self._wake()
        self._timer = self._wind()


class _Watch:
    """Calls many when an event is set, with one task for all of them."""

    def __init__(self, event: asyncio.Event) -> None:
        self.calls: dict[Callable[[], None], None] = {}
        self.task = asyncio.get_running_loop().create_task(self._run(event), name="end streams")

    async def _run(self, event: asyncio.Event) -> None:
        await event.wait()
        for call in list(self.calls):
            call()


_watches: WeakKeyDictionary[asyncio.Event, _Watch] = WeakKeyDictionary()


def _watch(event: asyncio.Event, call: Callable[[], None]) -> None:
    watch = _watches.get(event)
    if watch is None:
        watch = _watches[event] = _Watch(event)
    watch.calls[call] = None


def _unwatch(event: asyncio.Event, call: Callable[[], None]) -> None:
    watch = _watches.get(event)
    if watch is not None:
        watch.calls.pop(call, None)
        if not watch.calls:
            watch.task.cancel()
            del _watches[event]
