"""Every bus keeps the promises of the port."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from outlast.streams.bus import Bus
from outlast.streams.bus_memory import MAX_WAITING_BYTES, MAX_WAITING_EVENTS, MemoryBus
from outlast.streams.log import StoredEvent
from outlast.testing.conformance import BusSuite, events_of


class TestMemoryBus(BusSuite):
    @pytest.fixture
    async def bus(self) -> AsyncIterator[Bus]:
        bus = MemoryBus()
        yield bus
        await bus.close()

    async def test_too_many_events_are_dropped_as_a_whole(self, bus: Bus) -> None:
        ear = bus.subscribe("a")
        for seq in range(1, MAX_WAITING_EVENTS + 2):
            bus.publish("a", events_of(seq, seq))
        assert await ear.next() is None

    async def test_too_many_bytes_are_dropped_as_a_whole(self, bus: Bus) -> None:
        ear = bus.subscribe("a")
        for seq in (1, 2, 3):
            bus.publish("a", [StoredEvent(seq, "test.written", bytes(MAX_WAITING_BYTES // 2))])
        assert await ear.next() is None
        bus.publish("a", [StoredEvent(4, "test.written", bytes(MAX_WAITING_BYTES * 2))])
        assert [event.seq for event in await ear.next() or ()] == [4]
