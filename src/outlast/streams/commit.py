"""Group commit: what all sessions wait to have stored goes to the log in one transaction.

Only when that has been committed is anything acknowledged or published: no viewer ever sees an event that a
crash could take back.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import timedelta

from outlast.kit.errors import StreamConflict, Unavailable
from outlast.kit.measures import LATENCY_S, SIZES, Counter, Histogram
from outlast.kit.tracing import span
from outlast.streams.bus import Bus
from outlast.streams.log import Batch, StreamLog

RETRIES = (timedelta(milliseconds=50), timedelta(milliseconds=250), timedelta(seconds=1))
"""Pauses before a commit is tried again that the database refused; after the last the callers get its error."""

MAX_EVENTS = 5000
MAX_BYTES = 8 * 1024 * 1024
"""Of one transaction: what is more waits for the next, so that none holds the database long."""

BUSY_STREAMS = 8
BUSY_WINDOW = timedelta(milliseconds=20)
LINGER = timedelta(milliseconds=5)
"""With this many streams committed within the window, a commit waits for more to come along: one costs the same
whether it holds one batch or fifty. A lone session is never kept waiting."""

COMMIT_DURATION = Histogram("outlast_commit_duration_seconds", "Time that a commit of streams took.", LATENCY_S)
COMMIT_BATCHES = Histogram("outlast_commit_batches", "Batches that one commit of streams held.", SIZES)
COMMITS_REFUSED = Counter("outlast_commits_refused_total", "Commits of streams that the database refused.")


class _Waiting:
    __slots__ = ("batch", "done", "size_bytes")

    def __init__(self, batch: Batch, done: asyncio.Future[None]) -> None:
        self.batch = batch
        self.done = done
        self.size_bytes = sum(len(event.data) for event in batch.events)

    def settle(self, error: BaseException | None = None) -> None:
        if self.done.done():
            return  # the caller was cancelled meanwhile
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class GroupCommit:
    """Commits batches of many streams together, publishes them and then tells their writers.

    Args:
        log: where they are stored.
        bus: who is told.
        retries: pauses before further attempts when the database refuses one.
    """

    def __init__(self, log: StreamLog, bus: Bus, *, retries: Sequence[timedelta] = RETRIES) -> None:
        self._log = log
        self._bus = bus
        self._retries = retries
        self._waiting: deque[_Waiting] = deque()
        self._recent: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def submit(self, batch: Batch) -> asyncio.Future[None]:
        """Queue a batch at once: batches are committed in the order of these calls.

        Returns:
            Done when it is stored durably and its hints are out; fails as `append` raises.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(batch, loop.create_future())
        if self._closed:
            waiting.settle(Unavailable("The server is stopping; it stores nothing more."))
            return waiting.done
        self._waiting.append(waiting)
        if self._task is None:
            self._task = loop.create_task(self._commit_all(), name="group commit")
        return waiting.done

    async def append(self, batch: Batch) -> None:
        """Have a batch committed.

        Returns:
            When it is stored durably and its hints are out. A caller that is cancelled before does not know which.

        Raises:
            StreamConflict: another writer owns the stream; nothing of the batch was stored.
            Unavailable: the database refuses, after retries. What waits in the same stream fails with it.
        """
        await self.submit(batch)

    async def close(self) -> None:
        """Commit what waits, and take no more."""
        self._closed = True
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _commit_all(self) -> None:
        """Run for as long as something waits; the next `append` starts it anew."""
        group: Sequence[_Waiting] = ()
        try:
            while self._waiting:
                await self._linger()
                group = self._take()
                await self._commit(group)
        except BaseException as error:  # broad: whoever waits must learn that nothing will come, whatever it was
            for waiting in (*group, *self._waiting):
                waiting.settle(error if isinstance(error, Exception) else Unavailable("The commit was cancelled."))
            self._waiting.clear()
            if not isinstance(error, Exception):
                raise
        finally:
            self._task = None

    async def _linger(self) -> None:
        since = asyncio.get_running_loop().time() - BUSY_WINDOW.total_seconds()
        if len(self._recent) < BUSY_STREAMS or self._closed:
            return
        self._recent = {stream: at for stream, at in self._recent.items() if at >= since}
        if len(self._recent) >= BUSY_STREAMS and len(self._waiting) < len(self._recent):
            await asyncio.sleep(LINGER.total_seconds())

    def _take(self) -> Sequence[_Waiting]:
        group: list[_Waiting] = []
        events = size_bytes = 0
        while self._waiting:
            following = self._waiting[0]
            events += len(following.batch.events)
            size_bytes += following.size_bytes
            if group and (events > MAX_EVENTS or size_bytes > MAX_BYTES):
                break
            group.append(self._waiting.popleft())
        return group

    async def _commit(self, group: Sequence[_Waiting]) -> None:
        since = time.perf_counter()
        try:
            with span("streams.commit", batches=len(group)):
                conflicts = await self._append([waiting.batch for waiting in group])
        except Unavailable as error:
            COMMITS_REFUSED.add()
            self._fail(group, error)
        except Exception as error:  # broad: a batch that can't be stored must not take its neighbours with it
            if len(group) == 1:
                self._fail(group, error)
                return
            for waiting in group:
                if not waiting.done.done():
                    await self._commit([waiting])
        else:
            COMMIT_DURATION.observe(time.perf_counter() - since)
            COMMIT_BATCHES.observe(len(group))
            self._acknowledge(group, conflicts)

    async def _append(self, batches: Sequence[Batch]) -> Mapping[int, StreamConflict]:
        try:
            return await self._log.append(batches)
        except Unavailable as error:
            refusal = error
        for pause in self._retries:
            await asyncio.sleep(pause.total_seconds())
            try:
                conflicts = await self._log.append(batches)
                # The attempt that failed may have been committed after all: then a batch conflicts with itself.
                return {i: c for i, c in conflicts.items() if not await self._is_stored(batches[i])}
            except Unavailable as error:
                refusal = error
        raise refusal

    async def _is_stored(self, batch: Batch) -> bool:
        if not batch.events:
            return False
        stored = await self._log.read(batch.stream, after=batch.events[0].seq - 1, limit=len(batch.events))
        return list(stored) == list(batch.events)

    def _acknowledge(self, group: Sequence[_Waiting], conflicts: Mapping[int, StreamConflict]) -> None:
        now = asyncio.get_running_loop().time()
        for index, waiting in enumerate(group):
            batch = waiting.batch
            if index in conflicts:
                self._fail([waiting], conflicts[index])
            else:
                self._recent[batch.stream] = now
                self._bus.publish(batch.stream, batch.events)
                waiting.settle()

    def _fail(self, group: Sequence[_Waiting], error: Exception) -> None:
        """Fail these, and what waits behind them in their streams: it was counted on from what is not there."""
        for waiting in group:
            waiting.settle(error)
        streams = {waiting.batch.stream for waiting in group}
        for waiting in self._waiting:
            if waiting.batch.stream in streams:
                waiting.settle(error)
        self._waiting = deque(waiting for waiting in self._waiting if not waiting.done.done())
