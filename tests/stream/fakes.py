"""Logs and buses that misbehave on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from random import Random

from typing_extensions import override

from outlast.kit.errors import StreamConflict, Unavailable
from outlast.streams.bus import Subscription
from outlast.streams.bus_memory import MemoryBus, MemorySubscription
from outlast.streams.log import Batch, StoredEvent
from outlast.streams.log_memory import MemoryLog


class FaultyBus(MemoryBus):
    """Loses, repeats, delays and swaps hints as a seeded random generator says."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self._random = random
        self._held: list[tuple[str, Sequence[StoredEvent]]] = []
        self._ears: list[MemorySubscription] = []

    @override
    def subscribe(self, stream: str) -> Subscription:
        subscription = super().subscribe(stream)
        assert isinstance(subscription, MemorySubscription)
        self._ears.append(subscription)
        return subscription

    @override
    def publish(self, stream: str, events: Sequence[StoredEvent]) -> None:
        fate = self._random.choice(["pass", "pass", "lose", "repeat", "hold", "split"])
        if fate in {"pass", "repeat"}:
            super().publish(stream, events)
        if fate == "repeat":
            super().publish(stream, events)
        if fate == "hold":
            self._held.append((stream, events))
        if fate == "split":
            for event in events:
                super().publish(stream, [event])
        if self._held and self._random.random() < 0.4:
            super().publish(*self._held.pop(self._random.randrange(len(self._held))))

    def doubt(self) -> None:
        """Say to all that something may have been lost, as a bus that can't know does from time to time."""
        for ear in self._ears:
            ear.lose()

    async def doubt_for_ever(self) -> None:
        """Do so again and again."""
        while True:
            self.doubt()
            await asyncio.sleep(0)


class GatedLog(MemoryLog):
    """Commits only when it is let, and counts its transactions."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.entered = asyncio.Event()
        self.transactions: list[Sequence[Batch]] = []

    @override
    async def append(self, batches: Sequence[Batch]) -> Mapping[int, StreamConflict]:
        self.entered.set()
        await self.gate.wait()
        self.transactions.append(list(batches))
        return await super().append(batches)


class BrokenLog(MemoryLog):
    """Raises the errors it is given, one an append, and then works; may commit before it raises."""

    def __init__(self, *errors: Exception, commits: bool = False) -> None:
        super().__init__()
        self.errors = list(errors)
        self.commits = commits

    @override
    async def append(self, batches: Sequence[Batch]) -> Mapping[int, StreamConflict]:
        if self.errors:
            error = self.errors.pop(0)
            if self.commits:
                await super().append(batches)
            raise error
        return await super().append(batches)


class UnreadableLog(MemoryLog):
    """Can be read a number of times, and then no more."""

    def __init__(self, *, reads: int) -> None:
        super().__init__()
        self.reads = reads

    @override
    async def read(self, stream: str, *, after: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        self.reads -= 1
        if self.reads < 0:
            raise Unavailable("the database is gone")
        return await super().read(stream, after=after, limit=limit)


class PoisonedLog(MemoryLog):
    """Can't store a batch whose change says so, nor anything in the same transaction."""

    @override
    async def append(self, batches: Sequence[Batch]) -> Mapping[int, StreamConflict]:
        if any(batch.change == "poison" for batch in batches):
            raise ValueError("this can't be stored")
        return await super().append(batches)
