"""Hand-written stand-ins for ports: they keep the port's promises and nothing more, or break what it lets break.

The clock that is moved by hand is `outlast.kit.clock.ManualClock`.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from outlast.executors.base import AppInfo, ProcessExit, Source
from outlast.kit.errors import AppBroken, StreamConflict
from outlast.protocol.commands import Acked, Emission, Message
from outlast.protocol.events import WorkerEvent
from outlast.streams.bus import Subscription
from outlast.streams.log import Batch, Snapshot, StoredEvent, StreamLog

Command = TypeVar("Command", bound=Message)


class LossyBus:
    """A bus that loses, repeats and reorders hints as its port allows; the same seed does the same harm.

    Args:
        seed: of the dice.
        lose: how often a hint never comes, 0 to 1.
        repeat: how often it comes twice.
        late: how often it comes after the next one.

    Example:
        ```python
        bus = LossyBus(seed=1, lose=0.3)
        reader = follow(log, bus, "session:1")  # gets each event once, in order, all the same
        ```
    """

    def __init__(self, *, seed: int = 0, lose: float = 0.2, repeat: float = 0.2, late: float = 0.2) -> None:
        self._dice = random.Random(seed)
        self._lose, self._repeat, self._late = lose, repeat, late
        self._ears: dict[str, list[_Ear]] = {}
        self._held: dict[str, list[Sequence[StoredEvent]]] = {}

    def publish(self, stream: str, events: Sequence[StoredEvent]) -> None:
        hints: list[Sequence[StoredEvent] | None] = [events] if self._dice.random() >= self._lose else []
        if hints and self._dice.random() < self._repeat:
            hints.append(events)
        if hints and self._dice.random() < self._late:
            hints.pop()
            self._held.setdefault(stream, []).append(events)
        else:
            hints += self._held.pop(stream, [])
        if events not in hints:  # a loss is told at once, as None: the port promises that it is told, not when
            hints.append(None)
        for ear in tuple(self._ears.get(stream, ())):
            ear.hear(hints)

    def subscribe(self, stream: str) -> Subscription:
        ear = _Ear(lambda: self._ears[stream].remove(ear))
        self._ears.setdefault(stream, []).append(ear)
        return ear

    async def close(self) -> None:
        for ears in list(self._ears.values()):
            for ear in list(ears):
                ear.close()


class _Ear:
    def __init__(self, leave: Callable[[], None]) -> None:
        self._waiting: list[Sequence[StoredEvent] | None] = []
        self._news = asyncio.Event()
        self._leave = leave
        self._call: Callable[[], None] | None = None
        self._closed = False

    def hear(self, hints: Sequence[Sequence[StoredEvent] | None]) -> None:
        self._waiting += hints
        self.wake()

    @property
    def ready(self) -> bool:
        return bool(self._waiting) or self._closed or self._news.is_set()

    async def next(self) -> Sequence[StoredEvent] | None:
        if not self.ready:
            await self._news.wait()
        return self.take()

    def take(self) -> Sequence[StoredEvent] | None:
        self._news.clear()
        return self._waiting.pop(0) if self._waiting else []

    def attend(self, call: Callable[[], None] | None) -> None:
        self._call = call

    def wake(self) -> None:
        self._news.set()
        if self._call is not None:
            self._call()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self.wake()
            self._leave()


class SlowLog:
    """A log whose commits wait until the test lets them go, or fail when the test says so.

    Example:
        ```python
        log = SlowLog(MemoryLog())
        log.hold()
        task = asyncio.create_task(commit.append(batch))
        await log.reached()  # the commit stands at the door
        log.release()
        await task
        ```
    """

    def __init__(self, inner: StreamLog) -> None:
        self.inner = inner
        self.appends = 0
        self._open = asyncio.Event()
        self._open.set()
        self._reached = asyncio.Event()
        self._errors: list[Exception] = []

    def hold(self) -> None:
        """Let no commit through from now on."""
        self._open.clear()
        self._reached.clear()

    def release(self) -> None:
        """Let what waits, and all that comes, through."""
        self._open.set()

    async def reached(self) -> None:
        """Wait until a commit stands at the closed door."""
        await self._reached.wait()

    def fail_next(self, error: Exception) -> None:
        """Raise this from the next commit, which changes nothing."""
        self._errors.append(error)

    async def append(self, batches: Sequence[Batch]) -> Mapping[int, StreamConflict]:
        self.appends += 1
        if not self._open.is_set():
            self._reached.set()
            await self._open.wait()
        if self._errors:
            raise self._errors.pop(0)
        return await self.inner.append(batches)

    async def read(self, stream: str, *, after: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        return await self.inner.read(stream, after=after, limit=limit)

    async def head(self, stream: str) -> int:
        return await self.inner.head(stream)

    async def trim(self, stream: str, *, before: int) -> None:
        await self.inner.trim(stream, before=before)

    async def drop(self, stream: str) -> None:
        await self.inner.drop(stream)

    async def save_snapshot(self, stream: str, snapshot: Snapshot) -> None:
        await self.inner.save_snapshot(stream, snapshot)

    async def load_snapshot(self, stream: str) -> Snapshot | None:
        return await self.inner.load_snapshot(stream)


class FakeProcess:
    """A session process that a test, or a script, speaks for.

    Attributes:
        sent: the commands that the host gave, in order.
        killed: whether `kill` was called.
    """

    def __init__(self, pid: int | None = None) -> None:
        self.sent: list[Message] = []
        self.killed = False
        self._pid = pid
        self._emissions: asyncio.Queue[Emission | Exception | None] = asyncio.Queue()
        self._commands: asyncio.Queue[Message] = asyncio.Queue()
        self._output: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._ended: asyncio.Future[ProcessExit] = asyncio.get_running_loop().create_future()
        self._count = 0

    @property
    def pid(self) -> int | None:
        return self._pid

    async def emit(self, *events: WorkerEvent) -> None:
        """Send events, and wait for their ack.

        Raises:
            AssertionError: the host gave another command first.
        """
        self._count += 1
        self._emissions.put_nowait(Emission(emission=self._count, events=list(events)))
        reply = await self.expect(Acked)
        assert reply.emission == self._count, f"emission {self._count} is out, {reply} came back"

    async def expect(self, kind: type[Command]) -> Command:
        """Take the next command; it must be of this kind."""
        command = await self._commands.get()
        assert isinstance(command, kind), f"expected {kind.__name__}, the host sent {command}"
        return command

    @property
    def scratch(self) -> Path | None:
        """None: the host makes one."""
        return None

    def print(self, data: bytes) -> None:
        """Write to the process' standard output, past Python."""
        self._output.put_nowait(data)

    def garble(self, error: Exception) -> None:
        """Make the next `receive` raise, as for a frame that does not parse."""
        self._emissions.put_nowait(error)

    def end(self, *, code: int | None = None, signal: int | None = None) -> None:
        """End the process."""
        if not self._ended.done():
            self._emissions.put_nowait(None)
            self._output.put_nowait(None)
            self._ended.set_result(ProcessExit(code=code, signal=signal))

    def send(self, message: Message) -> None:
        self.sent.append(message)
        self._commands.put_nowait(message)

    async def receive(self) -> Emission | None:
        emission = await self._emissions.get()
        if isinstance(emission, Exception):
            raise emission
        return emission

    async def output(self) -> bytes | None:
        return await self._output.get()

    def kill(self) -> None:
        self.killed = True
        self.end(signal=9)

    async def wait(self) -> ProcessExit:
        return await asyncio.shield(self._ended)


class FakeExecutor:
    """Gives processes that run a script instead of an app.

    Args:
        script: what each process does, from its `Start` on; when it returns, the process exits with 0.
        apps: what `load` tells; None means that the file is broken.

    Attributes:
        processes: all that were spawned, in order.
        loaded: the sources that are loaded.

    Example:
        ```python
        async def script(process: FakeProcess) -> None:
            await process.expect(Start)
            await process.emit(SessionCompleted())


        executor = FakeExecutor(script, apps=[AppInfo(name="hello", title="Hello")])
        ```
    """

    def __init__(
        self, script: Callable[[FakeProcess], Awaitable[None]], *, apps: Sequence[AppInfo] | None = ()
    ) -> None:
        self._script = script
        self._apps = apps
        self._tasks: list[asyncio.Task[None]] = []
        self.processes: list[FakeProcess] = []
        self.loaded: list[Source] = []

    async def load(self, source: Source) -> Sequence[AppInfo]:
        if self._apps is None:
            raise AppBroken(f"{source.path.name} can't be loaded: this fake says so.")
        self.loaded.append(source)
        return self._apps

    async def spawn(self, source: Source) -> FakeProcess:
        process = FakeProcess(pid=None)
        self.processes.append(process)
        self._tasks.append(asyncio.create_task(self._run(process)))
        return process

    async def _run(self, process: FakeProcess) -> None:
        try:
            await self._script(process)
        finally:
            process.end(code=0)

    async def unload(self, source: Source) -> None:
        self.loaded = [each for each in self.loaded if each != source]

    def kill(self) -> None:
        for process in self.processes:
            process.kill()

    async def close(self) -> None:
        self.kill()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
