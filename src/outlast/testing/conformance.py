"""What every backend of a port must pass. Subclass a suite in a test module and give it the fixture it asks for.

Example:
    ``class TestMyLog(StreamLogSuite):`` with a fixture ``open_log`` that returns an `OpenLog`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import pytest

from outlast.kit.errors import StreamTrimmed
from outlast.protocol.events import Visibility
from outlast.streams.bus import Bus
from outlast.streams.log import Batch, Companion, Snapshot, StoredEvent, StreamLog

OpenLog: TypeAlias = Callable[[Companion | None], Awaitable[StreamLog]]
"""Opens an empty log with this companion."""


def events_of(first: int, last: int, *, visibility: Visibility = "viewers") -> Sequence[StoredEvent]:
    """Make events with these positions, the last one included."""
    return [StoredEvent(seq, "test.written", b'{"seq":%d}' % seq, visibility) for seq in range(first, last + 1)]


class NotingCompanion:
    """Notes what it is given to write; refuses everything when told to."""

    def __init__(self) -> None:
        self.written: list[object] = []
        self.refuses = False

    def write(self, connection: object, changes: Sequence[object]) -> None:
        """Note the changes."""
        if self.refuses:
            raise RuntimeError("refused")
        self.written += changes


class StreamLogSuite:
    """The promises of `outlast.streams.log.StreamLog`."""

    async def test_a_stream_gives_back_its_events_in_order(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        assert await log.append([Batch("a", events_of(1, 3)), Batch("b", events_of(1, 1))]) == {}
        assert await log.append([Batch("a", events_of(4, 5, visibility="owner"))]) == {}
        assert list(await log.read("a")) == [*events_of(1, 3), *events_of(4, 5, visibility="owner")]
        assert list(await log.read("b")) == list(events_of(1, 1))

    async def test_a_page_starts_behind_a_position_and_has_its_limit(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        await log.append([Batch("a", events_of(1, 10))])
        assert [e.seq for e in await log.read("a", after=3, limit=4)] == [4, 5, 6, 7]
        assert [e.seq for e in await log.read("a", after=9)] == [10]
        assert list(await log.read("a", after=10)) == []
        assert list(await log.read("a", after=99)) == []

    async def test_an_unknown_stream_is_empty(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        assert list(await log.read("none")) == []
        assert await log.head("none") == 0
        assert await log.load_snapshot("none") is None
        await log.trim("none", before=5)
        await log.drop("none")

    async def test_names_and_data_are_kept_as_they_are(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        name = "group:ü' \"--;@,%41\n"
        event = StoredEvent(1, "test.written", bytes(range(256)) * 4096, "masked")
        await log.append([Batch(name, [event])])
        assert list(await log.read(name)) == [event]
        assert await log.head(name) == 1

    async def test_a_conflict_changes_nothing_and_harms_no_other_stream(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        await log.append([Batch("a", events_of(1, 3))])
        late = [StoredEvent(seq, "late.written", b"{}") for seq in (3, 4)]
        conflicts = await log.append([Batch("b", events_of(1, 2)), Batch("a", late), Batch("c", events_of(1, 1))])
        assert list(conflicts) == [1]
        assert conflicts[1].details == {"stream": "a", "seq": 3}
        assert list(await log.read("a")) == list(events_of(1, 3))
        assert [await log.head(name) for name in "abc"] == [3, 2, 1]

    async def test_what_follows_a_conflict_in_its_stream_conflicts_too(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        await log.append([Batch("a", events_of(1, 1))])
        conflicts = await log.append([Batch("a", events_of(1, 1)), Batch("a", events_of(2, 2))])
        assert sorted(conflicts) == [0, 1]
        assert await log.head("a") == 1

    async def test_two_batches_of_one_call_may_conflict_with_each_other(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        conflicts = await log.append([Batch("a", events_of(1, 2)), Batch("a", events_of(2, 3))])
        assert list(conflicts) == [1]
        assert list(await log.read("a")) == list(events_of(1, 2))

    async def test_of_two_writers_at_once_one_is_fenced_off(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        outcomes = await asyncio.gather(*(log.append([Batch("a", events_of(1, 2))]) for _ in range(5)))
        assert sorted(len(conflicts) for conflicts in outcomes) == [0, 1, 1, 1, 1]

    async def test_the_companion_writes_what_did_not_conflict(self, open_log: OpenLog) -> None:
        companion = NotingCompanion()
        log = await open_log(companion)
        await log.append([Batch("a", events_of(1, 1), "one"), Batch("b", [], "two"), Batch("c", events_of(1, 1))])
        companion.written.clear()
        await log.append([Batch("a", events_of(1, 1), "fenced"), Batch("a", [], "fenced"), Batch("b", [], "three")])
        assert companion.written[-1:] == ["three"]
        assert await log.head("b") == 0

    async def test_nothing_is_committed_when_the_companion_fails(self, open_log: OpenLog) -> None:
        companion = NotingCompanion()
        log = await open_log(companion)
        companion.refuses = True
        with pytest.raises(RuntimeError, match="refused"):
            await log.append([Batch("a", events_of(1, 1), "change"), Batch("b", events_of(1, 1))])
        assert [await log.head(name) for name in "ab"] == [0, 0]
        companion.refuses = False
        assert await log.append([Batch("a", events_of(1, 1), "change")]) == {}

    async def test_a_reader_behind_the_retained_log_is_told_where_it_starts(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        await log.append([Batch("a", events_of(1, 10))])
        await log.trim("a", before=4)
        for after in (0, 2):
            with pytest.raises(StreamTrimmed) as trimmed:
                await log.read("a", after=after)
            assert trimmed.value.first == 4
        assert [e.seq for e in await log.read("a", after=3, limit=2)] == [4, 5]

    async def test_trimming_keeps_the_last_event_and_so_the_fence(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        await log.append([Batch("a", events_of(1, 10)), Batch("b", events_of(1, 2))])
        await log.trim("a", before=1000)
        assert [await log.head(name) for name in "ab"] == [10, 2]
        assert [e.seq for e in await log.read("a", after=9)] == [10]
        assert list(await log.append([Batch("a", events_of(10, 10))])) == [0]

    async def test_a_dropped_stream_is_gone_with_its_snapshot(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        await log.append([Batch("a", events_of(1, 3)), Batch("b", events_of(1, 3))])
        for name in "ab":
            await log.save_snapshot(name, Snapshot(2, b"{}"))
        await log.drop("a")
        assert (await log.head("a"), list(await log.read("a")), await log.load_snapshot("a")) == (0, [], None)
        assert (await log.head("b"), await log.load_snapshot("b")) == (3, Snapshot(2, b"{}"))

    async def test_an_older_snapshot_does_not_replace_a_newer(self, open_log: OpenLog) -> None:
        log = await open_log(None)
        for seq in (5, 3):
            await log.save_snapshot("a", Snapshot(seq, b"%d" % seq))
        assert await log.load_snapshot("a") == Snapshot(5, b"5")
        await log.save_snapshot("a", Snapshot(8, b"8"))
        assert await log.load_snapshot("a") == Snapshot(8, b"8")


class BusSuite:
    """The promises of `outlast.streams.bus.Bus`. Asks for a fixture ``bus``."""

    async def test_a_subscriber_hears_its_stream_in_order_and_no_other(self, bus: Bus) -> None:
        ear, other = bus.subscribe("a"), bus.subscribe("b")
        bus.publish("a", events_of(1, 2))
        bus.publish("b", events_of(1, 1))
        bus.publish("a", events_of(3, 3))
        assert await _heard(ear.next, 3) == [1, 2, 3]
        assert await _heard(other.next, 1) == [1]

    async def test_every_subscriber_hears_the_same(self, bus: Bus) -> None:
        ears = [bus.subscribe("a") for _ in range(3)]
        bus.publish("a", events_of(1, 4))
        assert [await _heard(ear.next, 4) for ear in ears] == [[1, 2, 3, 4]] * 3

    async def test_a_subscriber_hears_nothing_from_before(self, bus: Bus) -> None:
        bus.publish("a", events_of(1, 1))
        ear = bus.subscribe("a")
        bus.publish("a", events_of(2, 2))
        assert await _heard(ear.next, 1) == [2]

    async def test_a_subscriber_that_does_not_listen_is_told_so_or_gets_all(self, bus: Bus) -> None:
        ear, last = bus.subscribe("a"), 20_000
        for first in range(1, last, 100):
            bus.publish("a", events_of(first, first + 99))
        hints = await ear.next()
        if hints is not None:
            assert (hints[0].seq, await _heard(ear.next, last - len(hints))) == (
                1,
                list(range(len(hints) + 1, last + 1)),
            )
        bus.publish("a", events_of(last + 1, last + 1))
        assert await _heard(ear.next, 1) == [last + 1]

    async def test_a_closed_subscription_hears_nothing_more(self, bus: Bus) -> None:
        ear = bus.subscribe("a")
        waiting = asyncio.ensure_future(ear.next())
        await asyncio.sleep(0)
        ear.close()
        ear.close()
        assert list(await waiting or ()) == []
        bus.publish("a", events_of(1, 1))
        assert list(await ear.next() or ()) == []

    async def test_a_woken_subscription_hears_nothing_and_goes_on(self, bus: Bus) -> None:
        ear = bus.subscribe("a")
        waiting = asyncio.ensure_future(ear.next())
        await asyncio.sleep(0)
        ear.wake()
        assert await waiting == ()
        ear.wake()
        assert await ear.next() == ()
        bus.publish("a", events_of(1, 1))
        assert await _heard(ear.next, 1) == [1]

    async def test_who_attends_is_called_for_a_hint_a_wake_and_the_end_but_not_when_it_has_left(self, bus: Bus) -> None:
        ear, heard = bus.subscribe("a"), asyncio.Event()
        ear.attend(heard.set)
        assert not ear.ready
        assert list(ear.take() or ()) == []

        async def told() -> Sequence[StoredEvent]:
            await heard.wait()
            heard.clear()
            assert ear.ready
            return list(ear.take() or ())

        bus.publish("a", events_of(1, 2))
        assert [event.seq for event in await told()] == [1, 2]
        assert not ear.ready
        ear.wake()
        assert await told() == []
        await bus.close()
        assert await told() == []
        gone = bus.subscribe("a")
        gone.attend(heard.set)
        gone.attend(None)
        gone.close()
        assert not heard.is_set()

    async def test_a_wait_that_is_cancelled_loses_nothing(self, bus: Bus) -> None:
        ear = bus.subscribe("a")
        waiting = asyncio.ensure_future(ear.next())
        await asyncio.sleep(0)
        bus.publish("a", events_of(1, 1))
        waiting.cancel()
        await asyncio.wait([waiting])
        assert await _heard(ear.next, 1) == [1]

    async def test_the_end_of_the_bus_ends_every_wait(self, bus: Bus) -> None:
        waits = [asyncio.ensure_future(bus.subscribe(name).next()) for name in ("a", "a", "b")]
        await asyncio.sleep(0)
        await bus.close()
        assert [list(hints or ()) for hints in await asyncio.gather(*waits)] == [[], [], []]
        assert list(await bus.subscribe("late").next() or ()) == []


async def _heard(listen: Callable[[], Awaitable[Sequence[StoredEvent] | None]], count: int) -> list[int]:
    """The positions of the next events; hints that tell nothing, or of losses, are passed over."""
    heard: list[int] = []
    while len(heard) < count:
        heard += [event.seq for event in await listen() or ()]
    return heard
