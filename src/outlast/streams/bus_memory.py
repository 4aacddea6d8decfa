"""The bus within one process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain

from outlast.streams.bus import Subscription
from outlast.streams.log import StoredEvent

MAX_WAITING_EVENTS = 2000
MAX_WAITING_BYTES = 4 * 1024 * 1024


class MemorySubscription:
    """A bounded queue of hints (the `outlast.streams.bus.Subscription` port)."""

    __slots__ = ("_bus", "_bytes", "_call", "_closed", "_events", "_hints", "_lost", "_stream", "_waiter", "_woken")

    def __init__(self, bus: MemoryBus, stream: str) -> None:
        self._bus = bus
        self._stream = stream
        self._hints: list[Sequence[StoredEvent]] = []
        self._call: Callable[[], None] | None = None
        self._events = 0
        self._bytes = 0
        self._lost = self._woken = self._closed = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def ready(self) -> bool:
        return bool(self._hints) or self._lost or self._woken or self._closed

    def attend(self, call: Callable[[], None] | None) -> None:
        self._call = call

    async def next(self) -> Sequence[StoredEvent] | None:
        while not self.ready:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self.take()

    def take(self) -> Sequence[StoredEvent] | None:
        self._woken = False
        if self._lost:
            self._lost = False
            return None
        if not self._hints:
            return ()
        hints = self._hints
        self._hints, self._events, self._bytes = [], 0, 0
        return hints[0] if len(hints) == 1 else list(chain.from_iterable(hints))

    def wake(self) -> None:
        self._woken = True
        self._notify()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._hints, self._lost = [], False
            self._bus.unsubscribe(self._stream, self)
            self._notify()

    def offer(self, events: Sequence[StoredEvent], *, size_bytes: int) -> None:
        """Take a hint, or drop all when there are too many."""
        if self._lost:
            return
        self._events += len(events)
        self._bytes += size_bytes
        # A single hint is taken whatever its size: it is shared, and dropping it would only cost a read of the log.
        if self._hints and (self._events > MAX_WAITING_EVENTS or self._bytes > MAX_WAITING_BYTES):
            self.lose()
        else:
            self._hints.append(events)
            self._notify()

    def lose(self) -> None:
        """Drop the hints that wait; the reader must read the log."""
        if not self._closed:
            self._hints, self._events, self._bytes, self._lost = [], 0, 0, True
            self._notify()

    def _notify(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        if self._call is not None:
            self._call()


class MemoryBus:
    """Hands hints to the subscribers of this process (the `outlast.streams.bus.Bus` port)."""

    def __init__(self) -> None:
        # Dicts, not sets: subscribers get their hints in the order in which they came.
        self._subscribers: dict[str, dict[MemorySubscription, None]] = defaultdict(dict)
        self._closed = False

    def publish(self, stream: str, events: Sequence[StoredEvent]) -> None:
        subscribers = self._subscribers.get(stream)
        if not subscribers or not events:
            return
        size_bytes = sum(len(event.data) for event in events)
        for subscriber in tuple(subscribers):  # one that hears this may leave at once
            subscriber.offer(events, size_bytes=size_bytes)

    def subscribe(self, stream: str) -> Subscription:
        subscription = MemorySubscription(self, stream)
        self._subscribers[stream][subscription] = None
        if self._closed:
            subscription.close()
        return subscription

    def unsubscribe(self, stream: str, subscription: MemorySubscription) -> None:
        """Forget a subscription; unknown ones are no error."""
        subscribers = self._subscribers.get(stream)
        if subscribers is not None:
            subscribers.pop(subscription, None)
            if not subscribers:
                del self._subscribers[stream]

    async def close(self) -> None:
        self._closed = True
        for subscribers in list(self._subscribers.values()):
            for subscription in list(subscribers):
                subscription.close()
