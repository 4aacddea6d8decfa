"""A tiny host for session processes: it acks what they emit and answers what they ask."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from outlast.executors.base import Executor, ProcessExit, SessionProcess, Source
from outlast.kit.clock import SystemClock
from outlast.protocol import events as e
from outlast.protocol.codec import Json
from outlast.protocol.commands import Acked, Answered, Cancel, Limits, Recording, Start, TimerDue
from outlast.protocol.document import Document, apply, recording_of


@dataclass
class Outcome:
    """What a session said and how its process ended."""

    events: list[e.SessionEvent] = field(default_factory=list)
    exit: ProcessExit | None = None
    output: bytes = b""
    emissions: int = 0

    @property
    def last(self) -> e.SessionEvent:
        return self.events[-1]

    @property
    def document(self) -> Document:
        document = Document()
        for seq, event in enumerate(self.events, 1):
            event.seq = seq
            apply(document, event)
        return document

    def recording(self) -> Recording:
        return recording_of(self.document, now=SystemClock().now())

    def log(self, channel: str) -> str:
        return "".join(x.text for x in self.events if isinstance(x, e.LogWritten) and x.channel == channel)


class Running:
    """One session under way."""

    def __init__(self, process: SessionProcess, *, answers: Mapping[str, Json] | None = None) -> None:
        self.process = process
        self.outcome = Outcome()
        self._answers = answers or {}
        self._seen = asyncio.Condition()
        self.acking = asyncio.Event()
        self.acking.set()
        self._pump = asyncio.create_task(self._run())
        self._listen = asyncio.create_task(self._output())

    async def until(self, is_met: Callable[[Outcome], bool]) -> None:
        """Wait until the session has said something."""
        async with self._seen:
            await self._seen.wait_for(lambda: is_met(self.outcome) or self._pump.done())
        assert is_met(self.outcome), self.outcome

    async def until_asked(self) -> None:
        await self.until(lambda o: any(isinstance(x, e.SessionWaiting) for x in o.events))

    def cancel(self, reason: str = "enough") -> None:
        self.process.send(Cancel(reason=reason))

    async def until_output(self, words: bytes) -> None:
        """Wait until the process has written something past Python."""
        while words not in self.outcome.output:  # noqa: ASYNC110  it comes in pieces
            await asyncio.sleep(0.01)  # sleeps: polls

    async def ended(self) -> Outcome:
        await self._pump
        self.outcome.exit = await self.process.wait()
        await self._listen
        return self.outcome

    async def _run(self) -> None:
        while (emission := await self.process.receive()) is not None:
            await self.acking.wait()
            self.outcome.emissions += 1
            self.outcome.events += emission.events
            self.process.send(Acked(emission=emission.emission))
            for event in emission.events:
                if isinstance(event, e.InputRequested) and event.label in self._answers:
                    self.process.send(Answered(input=event.input, value=self._answers[event.label]))
                elif isinstance(event, e.TimerSet) and not event.timer.startswith("t:"):
                    self.process.send(TimerDue(timer=event.timer))
            async with self._seen:
                self._seen.notify_all()
        async with self._seen:
            self._seen.notify_all()

    async def _output(self) -> None:
        while (data := await self.process.output()) is not None:
            self.outcome.output += data


async def begin(
    executor: Executor,
    source: Source,
    app: str = "main",
    *,
    args: Mapping[str, Json] | None = None,
    answers: Mapping[str, Json] | None = None,
    recording: Recording | None = None,
    limits: Limits | None = None,
    scratch: Path | None = None,
) -> Running:
    """Start a session."""
    process = await executor.spawn(source)
    process.send(
        Start(
            session="s1", app=app, args=dict(args or {}), recording=recording, limits=limits or Limits(),
            scratch=str(scratch) if scratch else "",
        )
    )  # fmt: skip
    return Running(process, answers=answers)


def write_app(folder: Path, body: str, *, name: str = "trip", env: Mapping[str, str] | None = None) -> Source:
    """Write a file of apps; ``recorder`` gives its functions the recorder that they run under."""
    path = folder / f"{name}.py"
    path.write_text(
        "from outlast.sdk.app import app\nfrom outlast.sdk.context import current as recorder\n" + dedent(body)
    )
    return Source(path=path, module=name, root=folder, code="c1", env=env or {"PATH": os.environ["PATH"]})


def descendants(pid: int) -> Sequence[int]:
    """All live descendants of a process."""
    found: list[int] = []
    left = [pid]
    while left:
        try:
            tasks = list(Path(f"/proc/{left.pop()}/task").iterdir())
            children = [int(p) for task in tasks for p in (task / "children").read_text().split()]
        except OSError:
            continue
        found += children
        left += children
    return found


async def until_no_process_is_left() -> None:
    """Wait for the end of every process that this one started."""
    while descendants(os.getpid()):  # noqa: ASYNC110  the kernel tells nobody
        await asyncio.sleep(0.01)  # sleeps: polls


async def until_gone(pids: Sequence[int]) -> None:
    """Wait until none of these processes runs."""
    while any(_runs(pid) for pid in pids):  # noqa: ASYNC110  the kernel tells nobody but parents
        await asyncio.sleep(0.01)  # sleeps: polls


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def open_descriptors() -> int:
    """How many descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))
