"""The clock of event streams: pings, the end of their age, the stop of the server.

One timer and one task for all of them: ten thousand idle viewers cost ten thousand entries of a heap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from heapq import heappop, heappush
from itertools import count
from weakref import WeakKeyDictionary


class Pulse:
    """Wakes a reader when it must ping or end, from its `start` on.

    Args:
        wake: makes the reader's wait return.
        every: the longest silence.
        max_age: how long the stream may last.
        stopping: ends it when set.

    Attributes:
        over: whether the stream is to end now.
    """

    __slots__ = ("_clock", "_due", "_ends_at", "_every_s", "_sent_at", "_stopping", "_wake", "over")

    def __init__(
        self, wake: Callable[[], None], *, every: timedelta, max_age: timedelta, stopping: asyncio.Event | None
    ) -> None:
        self._wake: Callable[[], None] | None = wake
        self._clock: _Clock | None = None
        self._every_s = every.total_seconds()
        self._sent_at = 0.0
        self._ends_at = max_age.total_seconds()
        self._stopping = stopping
        self._due = self.over = False

    def start(self) -> None:
        """Begin to count."""
        clock = self._clock = _clock_of(self._stopping)
        self._sent_at = clock.time()
        self._ends_at += self._sent_at
        self.over = self.over or (self._stopping is not None and self._stopping.is_set())
        clock.enter(self, at=self._next_at())

    def sent(self) -> None:
        """Say that something was sent; the next ping is put off."""
        if self._clock is not None:
            self._sent_at = self._clock.time()

    def beat(self) -> bool:
        """Whether a ping is due; asking takes it as sent."""
        due, self._due = self._due, False
        return due

    def close(self) -> None:
        """Wake nobody any more; safe to call twice."""
        self._wake = None
        if self._clock is not None:
            clock, self._clock = self._clock, None
            clock.leave()

    def end(self) -> None:
        """End the stream now, or as soon as it starts."""
        if self._wake is not None:
            self.over = True
            self._wake()

    def tick(self, now: float) -> float | None:
        """Do what is due; gives when to look again, or None for never."""
        if self._wake is None:
            return None
        # Timers may fire a little early by the loop's own resolution; what is that near counts as due.
        if now >= self._ends_at - 0.001:
            self.end()
            return None
        if now >= self._sent_at + self._every_s - 0.001:
            self._due, self._sent_at = True, now
            self._wake()
        return self._next_at()

    def _next_at(self) -> float:
        return min(self._sent_at + self._every_s, self._ends_at)


class _Clock:
    """Looks after all pulses that one event may end, or after those that nothing does."""

    def __init__(self, stopping: asyncio.Event | None) -> None:
        self._loop = asyncio.get_running_loop()
        self.time = self._loop.time
        self._key = stopping or self._loop
        self._living = 0
        self._heap: list[tuple[float, int, Pulse]] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None
        self._task = self._loop.create_task(self._end(stopping), name="end streams") if stopping is not None else None

    def enter(self, pulse: Pulse, *, at: float) -> None:
        """Look after one more, for the first time then."""
        self._living += 1
        self._push(pulse, at)
        self._wind()

    def leave(self) -> None:
        """One has closed; its entry is dropped when it comes up."""
        self._living -= 1
        if not self._living:
            _clocks.pop(self._key, None)
            for waits in (self._timer, self._task):
                if waits is not None:
                    waits.cancel()

    async def _end(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        for _, _, pulse in self._heap.copy():
            pulse.end()

    def _push(self, pulse: Pulse, at: float) -> None:
        heappush(self._heap, (at, next(self._numbers), pulse))

    def _wind(self) -> None:
        first = self._heap[0][0]
        if self._timer is None or first < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(first, self._tick)

    def _tick(self) -> None:
        now, self._timer = self.time(), None
        while self._heap and self._heap[0][0] <= now + 0.001:
            pulse = heappop(self._heap)[2]
            if (at := pulse.tick(now)) is not None:
                # Never before the next millisecond: a ping that is shorter than that would keep this loop for itself.
                self._push(pulse, max(at, now + 0.002))
        if self._heap and self._living:
            self._wind()


_clocks: WeakKeyDictionary[object, _Clock] = WeakKeyDictionary()


def _clock_of(stopping: asyncio.Event | None) -> _Clock:
    key = stopping or asyncio.get_running_loop()
    clock = _clocks.get(key)
    if clock is None:
        clock = _clocks[key] = _Clock(stopping)
    return clock
