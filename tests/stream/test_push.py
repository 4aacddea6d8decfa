"""What the publisher writes to viewers itself: each event once and in order, however slow they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.types import Message

from outlast.http.streaming import EventStream
from outlast.kit.errors import Unavailable
from outlast.protocol.events import LogWritten, SessionCompleted
from outlast.streams.bus import Bus
from outlast.streams.bus_memory import MAX_WAITING_EVENTS, MemoryBus
from outlast.streams.commit import GroupCommit
from outlast.streams.follow import follow
from outlast.streams.log import Batch, Snapshot, StoredEvent, StreamLog
from outlast.streams.log_memory import MemoryLog
from outlast.streams.sse import Feed
from outlast.testing.conformance import events_of
from outlast.testing.fakes import LossyBus
from tests.stream.fakes import FaultyBus, UnreadableLog
from tests.stream.test_sse import parse, stored

SOON = timedelta(milliseconds=20)


class Viewer:
    """The far end of a connection, as a server shows it to the app: it may take nothing for a while, and may go.

    Attributes:
        writes: what it has got, write by write.
        ended: how often it was told that nothing follows.
    """

    def __init__(self, body: Feed | AsyncGenerator[bytes, None]) -> None:
        self.writes: list[bytes] = []
        self.ended = 0
        self._takes = asyncio.Event()
        self._takes.set()
        self._gone = asyncio.Event()
        self._news = asyncio.Event()
        self.task = asyncio.create_task(self._serve(EventStream(body)))

    async def _serve(self, stream: EventStream) -> None:
        await stream({"type": "http"}, self._receive, self._send)

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self._takes.wait()
        if self._gone.is_set() or message["type"] != "http.response.body":
            return
        assert not self.ended
        if message["body"]:
            self.writes.append(message["body"])
        if not message["more_body"]:
            self.ended += 1
            self._gone.set()
        self._news.set()

    def hold(self) -> None:
        """Take nothing more for now."""
        self._takes.clear()

    def release(self) -> None:
        self._takes.set()

    async def leave(self) -> None:
        self._gone.set()
        self.release()
        await self.task

    @property
    def seqs(self) -> Sequence[int]:
        return [int(event.id) for event in parse(b"".join(self.writes))]

    async def until(self, met: Callable[[], bool]) -> None:
        """Wait until something holds, which is asked at each write."""
        while not met():
            self._news.clear()
            await self._news.wait()

    async def has(self, count: int) -> None:
        await self.until(lambda: len(self.seqs) >= count)


async def _at_the_tail(log: StreamLog, bus: Bus) -> Viewer:
    """A viewer of an empty stream, who has read the log and now waits."""
    following = follow(log, bus, "s")
    viewer = Viewer(Feed(following))
    await _soon(lambda: following.idle and not _senders())
    return viewer


async def _soon(met: Callable[[], bool]) -> None:
    """Let tasks run until something holds."""
    for _ in range(10_000):
        if met():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


def _senders() -> Sequence[asyncio.Task[object]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "send events"]


async def test_the_publisher_writes_to_viewers_at_the_tail_and_no_task_does() -> None:
    bus = MemoryBus()
    viewers = [await _at_the_tail(MemoryLog(), bus) for _ in range(3)]
    for seq in (1, 2):
        bus.publish("s", events_of(seq, seq))
        assert [viewer.seqs for viewer in viewers] == [list(range(1, seq + 1))] * 3
    assert viewers[0].writes[-1] is viewers[2].writes[-1]
    assert not _senders()
    for viewer in viewers:
        await viewer.leave()


async def test_a_slow_viewer_beside_fast_ones_slows_nobody_and_loses_nothing() -> None:
    log, bus = MemoryLog(), MemoryBus()
    commit = GroupCommit(log, bus)
    slow, fast = await _at_the_tail(log, bus), await _at_the_tail(log, bus)
    slow.hold()
    for seq in range(1, 51):
        await commit.append(Batch("s", events_of(seq, seq)))
        assert fast.seqs[-1] == seq
    assert slow.seqs == []
    assert len(_senders()) == 1
    slow.release()
    await slow.has(50)
    assert slow.seqs == list(range(1, 51))
    assert len(slow.writes) == 3  # the opening, the one that was held, and all the others at once
    await commit.append(Batch("s", events_of(51, 51)))
    assert slow.seqs[-1] == 51  # by the publisher again
    for viewer in (slow, fast):
        await viewer.leave()
    await commit.close()


async def test_what_a_slow_viewer_missed_is_read_from_the_log() -> None:
    log, bus = MemoryLog(), MemoryBus()
    viewer, last = await _at_the_tail(log, bus), MAX_WAITING_EVENTS + 10
    viewer.hold()
    for seq in range(1, last + 1):
        await log.append([Batch("s", events_of(seq, seq))])
        bus.publish("s", events_of(seq, seq))
    viewer.release()
    await viewer.has(last)
    assert viewer.seqs == list(range(1, last + 1))
    await viewer.leave()


@example(seed=464, last=22, told=True)
@given(st.integers(0, 2**32), st.integers(1, 40), st.booleans())
def test_each_event_comes_once_whatever_the_bus_does_and_wherever_the_connection_breaks(
    seed: int, last: int, told: bool
) -> None:
    async def run() -> None:
        random = Random(seed)
        log = MemoryLog()
        bus = LossyBus(seed=seed) if told else FaultyBus(random)
        commit = GroupCommit(log, bus)
        viewer, seen = Viewer(Feed(follow(log, bus, "s"))), list[int]()
        for seq in range(1, last + 1):
            await commit.append(Batch("s", events_of(seq, seq)))
            fate = random.random()
            if fate < 0.2:
                viewer.hold()
            elif fate < 0.4:
                viewer.release()
            elif fate < 0.6:
                await viewer.leave()
                seen += viewer.seqs[: random.randint(0, len(viewer.seqs))]  # the rest was lost on its way
                viewer = Viewer(Feed(follow(log, bus, "s", after=len(seen))))
            for _ in range(random.randint(0, 3)):
                await asyncio.sleep(0)
        viewer.release()

        def all_came() -> bool:
            if isinstance(bus, FaultyBus):
                bus.doubt()
            return len(seen) + len(viewer.seqs) >= last

        await _soon(all_came)
        await viewer.leave()
        assert [*seen, *viewer.seqs] == list(range(1, last + 1))
        assert not _senders()

    asyncio.run(run())


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("at_the_tail", [False, True])
async def test_a_viewer_that_goes_leaves_neither_task_nor_subscription(held: bool, at_the_tail: bool) -> None:
    log, bus = MemoryLog(), MemoryBus()
    if not at_the_tail:
        await log.append([Batch("s", events_of(1, 5000))])
    viewer = await _at_the_tail(log, bus) if at_the_tail else Viewer(Feed(follow(log, bus, "s")))
    if held:
        viewer.hold()
    for _ in range(3):
        await asyncio.sleep(0)
    bus.publish("s", events_of(1, 1))
    await viewer.leave()
    assert not bus._subscribers
    assert not _senders()
    bus.publish("s", events_of(2, 2))
    assert not _senders()


async def test_a_server_that_gives_up_waiting_for_a_held_viewer_leaves_nothing() -> None:
    bus = MemoryBus()
    viewer = await _at_the_tail(MemoryLog(), bus)
    viewer.hold()
    bus.publish("s", events_of(1, 1))
    viewer.task.cancel()
    with suppress(asyncio.CancelledError):
        await viewer.task
    assert viewer.task.cancelled()
    assert not bus._subscribers
    assert not _senders()


async def test_a_view_that_fails_ends_its_stream_and_harms_neither_publisher_nor_others() -> None:
    def refuse(event: StoredEvent) -> StoredEvent | None:
        raise ValueError("this can't be shown")

    log, bus = MemoryLog(), MemoryBus()
    following = follow(log, bus, "s")
    broken, whole = Viewer(Feed(following, project=refuse)), await _at_the_tail(log, bus)
    await _soon(lambda: following.idle)
    bus.publish("s", events_of(1, 1))
    assert whole.seqs == [1]
    await broken.task
    assert (broken.seqs, broken.ended) == ([], 1)
    await whole.leave()
    assert not bus._subscribers


async def test_silence_is_broken_and_age_ends_a_stream_of_which_no_task_takes_care() -> None:
    viewer = Viewer(Feed(follow(MemoryLog(), MemoryBus(), "s"), ping=SOON, max_age=SOON * 5))
    await viewer.task
    assert viewer.writes[0] == b"retry: 1000\n\n"
    assert 2 <= viewer.writes.count(b": ping\n\n") <= 5
    assert viewer.ended == 1


@pytest.mark.parametrize("what", ["stop", "bus", "last event"])
async def test_streams_end_cleanly_behind_all_that_was_published(what: str) -> None:
    bus, stopping = MemoryBus(), asyncio.Event()
    readers = [follow(MemoryLog(), bus, "s") for _ in range(5)]
    viewers = [Viewer(Feed(reader, until=frozenset({"session.completed"}), stopping=stopping)) for reader in readers]
    await _soon(lambda: all(reader.idle for reader in readers))
    first, last = stored(LogWritten(channel="stdout", text="x"), SessionCompleted())
    bus.publish("s", [first])
    if what == "stop":
        stopping.set()
    elif what == "bus":
        await bus.close()
    else:
        bus.publish("s", [last])
    for viewer in viewers:
        await viewer.task
        assert viewer.seqs == ([1, 2] if what == "last event" else [1])
        assert viewer.ended == 1


async def test_a_database_that_fails_at_a_gap_ends_a_stream_cleanly() -> None:
    bus = MemoryBus()
    viewer = await _at_the_tail(UnreadableLog(reads=1), bus)
    bus.publish("s", events_of(1, 1))
    bus.publish("s", events_of(3, 3))
    await viewer.task
    assert (viewer.seqs, viewer.ended) == ([1], 1)


async def test_a_snapshot_that_can_not_be_had_ends_a_stream_cleanly() -> None:
    async def snapshot() -> Snapshot:
        raise Unavailable("the database is gone")

    bus = MemoryBus()
    viewer = Viewer(Feed(follow(MemoryLog(), bus, "s"), snapshot=snapshot, snapshot_first=True))
    await viewer.task
    assert (viewer.writes, viewer.ended) == ([b"retry: 1000\n\n"], 1)
    assert not bus._subscribers


async def test_a_generator_is_sent_to_its_end_and_closed_when_the_viewer_goes() -> None:
    closed: list[str] = []

    async def chunks(name: str) -> AsyncGenerator[bytes, None]:
        try:
            yield b"id: 1\n\n"
            if name == "endless":
                await asyncio.Event().wait()
        finally:
            closed.append(name)

    short, endless = Viewer(chunks("short")), Viewer(chunks("endless"))
    await short.task
    assert (short.ended, closed) == (1, ["short"])
    await endless.until(lambda: bool(endless.writes))
    await endless.leave()
    assert (endless.ended, closed) == (0, ["short", "endless"])
    assert not _senders()


async def test_a_viewer_who_may_not_read_on_is_told_the_end_at_once_and_nothing_more() -> None:
    """At the tail, behind it, slow, or not there yet. [security 33]"""
    log, bus = MemoryLog(), MemoryBus()
    following = follow(log, bus, "s")
    feed = Feed(following)
    waiting = Viewer(feed)
    await _soon(lambda: following.idle and not _senders())
    feed.end()
    await _soon(lambda: waiting.ended == 1)
    bus.publish("s", events_of(1, 1))
    await waiting.task
    assert waiting.seqs == []
    await log.append([Batch("s", events_of(1, 5))])
    behind = Feed(follow(log, bus, "s"))
    behind.take()
    behind.end()
    assert behind.over
    assert await anext(behind, b"") == b""
    early = Feed(follow(log, bus, "s"))
    early.end()
    viewer = Viewer(early)
    await viewer.task
    assert (viewer.seqs, viewer.ended) == ([], 1)
