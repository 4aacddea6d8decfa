"""Readers that get each event of a stream once, in order, from any position on, for as long as they like."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from outlast.streams.bus import Bus, Subscription
from outlast.streams.log import StoredEvent, StreamLog

PAGE_EVENTS = 1000


class Follow:
    """One reader of one stream: an iterator over runs of neighbouring events.

    It reads the backlog in pages and then lives on hints. Whatever the hints do (lost, repeated, late), the log
    decides: what is not the next event is either dropped as known or makes it read the log again. It may be
    cancelled at any moment and asked again. It holds no connection while it waits.

    Who does not want to keep a task waiting in `next` attends: once the reader is `idle`, a function is called when
    that has changed, and `take` gives what came.

    Attributes:
        seq: position of the last event that was handed out.
    """

    __slots__ = ("_behind", "_bus", "_call", "_closed", "_log", "_subscription", "_woken", "seq", "stream")

    def __init__(self, log: StreamLog, bus: Bus, stream: str, *, after: int = 0) -> None:
        self.stream = stream
        self.seq = after
        self._log = log
        self._bus = bus
        self._subscription: Subscription | None = None
        self._call: Callable[[], None] | None = None
        self._behind = True
        self._closed = self._woken = False

    def __aiter__(self) -> Follow:
        return self

    async def __anext__(self) -> Sequence[StoredEvent]:
        events = await self.next()
        if events is None:
            raise StopAsyncIteration
        return events

    async def next(self, *, wait: bool = True) -> Sequence[StoredEvent] | None:
        """Wait for the next events.

        Args:
            wait: without it only the log is waited for, not for what is still to come.

        Returns:
            At least one event, or none after `wake` or without `wait`; None at the end: after `aclose`, or when the
            bus has closed.

        Raises:
            StreamTrimmed: the next event is no longer kept; `seek` to a snapshot's position and go on.
        """
        while not self._closed:
            # Before the log is read: what is committed in between would otherwise be in neither. And not before the
            # first read: a reader that is never read has nothing to close.
            ear = self._subscription or self._subscribe()
            if self._behind:
                page = await self._log.read(self.stream, after=self.seq, limit=PAGE_EVENTS)
                if len(page) < PAGE_EVENTS:
                    self._behind = False
                if page:
                    self.seq = page[-1].seq
                    return page
            if not wait:
                return self.take()
            hints = await ear.next()
            if hints is not None and not hints:
                return self._silence()
            if fresh := self._fresh(hints):
                return fresh
        return None

    @property
    def idle(self) -> bool:
        """Whether it stands at the tail, and nothing is there to be taken."""
        ear = self._subscription
        return ear is not None and not self._behind and not ear.ready

    def take(self) -> Sequence[StoredEvent] | None:
        """Give what `next` would, as far as that needs no wait and no read of the log; else nothing."""
        ear = self._subscription
        if ear is None or self._behind or not ear.ready:
            return ()
        hints = ear.take()
        return self._silence() if hints is not None and not hints else self._fresh(hints)

    def attend(self, call: Callable[[], None]) -> None:
        """Have a function called when the reader may no longer be `idle`; it must not raise."""
        self._call = call
        if self._subscription is not None:
            self._subscription.attend(call)

    def _subscribe(self) -> Subscription:
        ear = self._subscription = self._bus.subscribe(self.stream)
        ear.attend(self._call)
        if self._woken:
            ear.wake()
        return ear

    def _silence(self) -> Sequence[StoredEvent] | None:
        """What it means that an ear had nothing: it was woken, or else the bus has closed."""
        woken, self._woken = self._woken, False
        return () if woken else None

    def _fresh(self, hints: Sequence[StoredEvent] | None) -> Sequence[StoredEvent]:
        """Move on over what follows `seq` without a gap."""
        if hints is None:
            self._behind = True
            return ()
        fresh = self._next_of(hints)
        if fresh:
            self.seq = fresh[-1].seq
        return fresh

    def _next_of(self, hints: Sequence[StoredEvent]) -> Sequence[StoredEvent]:
        wanted = self.seq + 1
        if hints[0].seq == wanted and (
            len(hints) == 1 or [event.seq for event in hints] == list(range(wanted, wanted + len(hints)))
        ):
            return hints
        fresh: list[StoredEvent] = []
        for event in hints:
            if event.seq == wanted:
                fresh.append(event)
                wanted += 1
            elif event.seq > wanted:
                self._behind = True
                break
        return fresh

    def await_birth(self) -> None:
        """Listen from now on to a stream that does not exist yet: all of it will be heard, nothing need be read."""
        self._subscribe()
        self._behind = False

    def seek(self, seq: int) -> None:
        """Go on after this position instead."""
        self.seq = seq
        self._behind = True

    def wake(self) -> None:
        """Make the wait, or else the following one, return nothing."""
        self._woken = True
        if self._subscription is not None:
            self._subscription.wake()

    async def aclose(self) -> None:
        """Stop listening; safe to call twice."""
        self._closed, self._call = True, None
        if self._subscription is not None:
            self._subscription.attend(None)
            self._subscription.close()


def follow(log: StreamLog, bus: Bus, stream: str, *, after: int = 0) -> Follow:
    """Follow a stream from a position on.

    Args:
        after: the ``seq`` of the last event the reader has; 0 for all.

    Returns:
        An iterator over runs of events that never ends by itself; `Follow.aclose` it.
    """
    return Follow(log, bus, stream, after=after)
