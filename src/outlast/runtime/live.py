"""One awake session: the pump between its process and its stream.

Nothing reaches a viewer, and nothing is acknowledged to the process, before it is committed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from typing_extensions import override

from outlast.executors.base import ProcessExit, SessionProcess
from outlast.kit.clock import Clock
from outlast.kit.errors import (
    LimitExceeded,
    ProtocolViolation,
    SessionHeld,
    StreamConflict,
    Unavailable,
)
from outlast.kit.killpoints import reach
from outlast.protocol import events as e
from outlast.protocol.admission import Gate
from outlast.protocol.codec import Json
from outlast.protocol.commands import Acked, Answered, Cancel, Emission, Message, TimerDue
from outlast.protocol.inputs import is_secret
from outlast.runtime.appetite import Bounds
from outlast.runtime.files import SessionFiles
from outlast.runtime.records import SessionRecord
from outlast.runtime.tracking import Alarms, Meter, Stopwatch
from outlast.runtime.writer import SessionWriter
from outlast.streams.commit import GroupCommit

logger = logging.getLogger(__name__)

Outcome: TypeAlias = Literal["over", "asleep", "died", "fenced", "lost", "stopped"]
"""How being awake ended: for good, hibernated, by an outside kill, taken over, database away, host stopping."""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What every awake session of a host is given."""

    committer: GroupCommit
    files: SessionFiles
    clock: Clock
    bounds: Bounds
    cancel_grace: timedelta
    on_idle: Callable[[str], None]


class LiveSession(SessionWriter):
    """An awake session.

    Args:
        record: its record; owned by this object while the session is awake.
        seq: of the last event in its stream.
        around: see `Surroundings`.

    Attributes:
        scratch: the folder for files of its process, which is removed with it.
        stopwatch, alarms, meter: what it has used since it was woken, and what is to happen when.
    """

    def __init__(self, record: SessionRecord, *, seq: int, around: Surroundings) -> None:
        super().__init__(record, seq=seq, committer=around.committer, clock=around.clock)
        self.scratch = Path(os.devnull)
        self.gone = asyncio.Event()
        self.ended: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.gate = Gate()
        self.around = around
        self._process: SessionProcess | None = None
        self._outcome: Outcome | None = None
        self._cancel: Cancel | None = None
        self._untold: list[Message] = []
        self.stopwatch = Stopwatch()
        self.alarms = Alarms()
        self.meter = Meter(record)

    @property
    def stopping(self) -> bool:
        """Whether it takes no more commands: it is over, or on its way to sleep."""
        return self._outcome is not None or self.record.over

    @override
    def put(
        self, events: Sequence[e.SessionEvent], *, created: bool = False, copied: bool = False
    ) -> asyncio.Future[None]:
        """As `SessionWriter.put`; sets the alarms that follow from the events."""
        committed = super().put(events, created=created, copied=copied)
        for event in events:
            if isinstance(event, e.TimerSet):
                self._arm(event.timer, event.due_at)
        self._mind_wall_time()
        return committed

    @property
    def pid(self) -> int | None:
        """Its process, if it has one of its own."""
        return self._process.pid if self._process is not None else None

    def attach(self, process: SessionProcess) -> None:
        """Take the session's process and pump until it ends; `ended` tells how."""
        self._process = process
        for message in self._untold:  # said while the process was on its way
            process.send(message)
        if self._outcome is not None:
            process.kill()
        self._mind_wall_time()
        for timer, due in self.track.timers.items():
            self._arm(timer, due)
        self._pumping = asyncio.create_task(self._run(process), name=f"session {self.record.id}")
        self._listening = asyncio.create_task(self._listen(process))

    async def submit(self, input_id: str, value: Json, *, by: e.User | None, known_as: Collection[str] = ()) -> None:
        """Give an answer: committed first, then handed to the app. Of two at once, the first wins.

        Raises:
            OutlastError: see `Track.check`.
            SessionHeld: another host has taken over.
            Unavailable: nothing was stored; the same answer may be given again.
        """
        canonical = self.track.check(input_id, value, by=by, known_as=known_as)
        asked = self.track.inputs.pop(input_id)
        self.track.answered.add(input_id)
        self.alarms.stop(f"timer t:{input_id}")
        self.track.timers.pop(f"t:{input_id}", None)
        try:
            if asked.kind in ("upload", "form"):
                await self.around.files.give(self.record.id, self.scratch)
            secret = is_secret(asked.kind, asked.spec)
            await self.put([e.InputSubmitted(input=input_id, value=canonical, by=by, secret=secret)])
        except Unavailable:
            self.track.answered.discard(input_id)
            self.track.inputs[input_id] = asked
            raise
        except StreamConflict:
            self._outcome = "fenced"
            self.kill()
            raise SessionHeld(f"Session {self.record.id} is awake on another host; send the answer there.") from None
        reach("host.answer_committed")
        self.alarms.stop("idle")
        self._tell(Answered(input=input_id, value=canonical, by=by))

    def cancel(self, *, by: e.User | None, reason: str) -> None:
        """Ask the app to stop; after the grace its process is killed."""
        if self._cancel is None:
            self._cancel = Cancel(by=by, reason=reason)
            self._tell(self._cancel)
            self.alarms.set("grace", self.around.cancel_grace, self.kill)

    async def hibernate(self) -> bool:
        """End the process of a session that waits.

        Returns:
            False when it does not wait (any more), or never sleeps.
        """
        waits = self.record.state == "waiting" and self._cancel is None
        if self.stopping or not waits or self.around.bounds.hibernate_after is None:
            return False
        self._outcome = "asleep"
        waits_for = self.record.waiting_input
        timer = None if waits_for else next(iter(self.track.timers), None)
        self.record.host = None
        self.record.due_at = min(self.track.timers.values(), default=None)
        try:
            await self.put([e.SessionHibernated(input=waits_for, timer=timer)])
        except StreamConflict:
            self._outcome = "fenced"
        finally:
            self.kill()
        return True

    def stop(self) -> None:
        """End the process and write nothing: another host, or the next start, goes on with the session."""
        self._outcome = self._outcome or "stopped"
        self.kill()

    def kill(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()

    # -- the pump ------------------------------------------------------------------------------------

    async def _run(self, process: SessionProcess) -> None:
        try:
            await self._pump(process)
        except StreamConflict:
            logger.warning("Session %s is owned by another host now.", self.record.id)
            self._outcome = "fenced"
        except Unavailable as error:
            logger.error("Session %s could not be written: %s", self.record.id, error.message)
            self._outcome = self._outcome or "lost"
        finally:
            process.kill()
            exit_ = await process.wait()
            await self._listening
            await self._conclude(exit_)

    async def _pump(self, process: SessionProcess) -> None:
        try:
            while (emission := await process.receive()) is not None:
                await self._take(process, emission)
        except ProtocolViolation as error:
            process.kill()
            await self._fail("protocol_violation", f"The session process sent what it may not send. {error.message}")
        except LimitExceeded as error:
            process.kill()
            await self._fail(error.code, error.message)

    async def _take(self, process: SessionProcess, emission: Emission) -> None:
        if self._outcome is not None:
            return  # it was told to sleep or to stop: what came too late is said again after the wake
        for event in emission.events:
            if self.record.over:
                raise ProtocolViolation("Nothing may follow the end of a session.")
            self.gate.admit(event)
        if emission.files:
            await self.around.files.take(self.record.id, self.scratch, emission.files)
        reach("host.before_commit")
        before = self.record.bytes
        await self.put(emission.events)
        reach("host.after_commit")
        process.send(Acked(emission=emission.emission))
        if self.record.over:
            self.alarms.set("end", self.around.cancel_grace, process.kill)  # it may not know that it should end
        else:
            self.meter.count(self.record.bytes - before, self.around.bounds.limits)
            if self.record.state == "waiting" and self.around.bounds.hibernate_after is not None:
                self.alarms.set("idle", self.around.bounds.hibernate_after, lambda: self.around.on_idle(self.record.id))

    async def _listen(self, process: SessionProcess) -> None:
        """Log what is written past Python: C libraries, child processes, the interpreter's last words."""
        try:
            while (data := await process.output()) is not None:
                if not self.stopping:
                    before = self.record.bytes
                    await self.put([e.LogWritten(channel="stderr", text=data.decode(errors="replace"))])
                    self.meter.count(self.record.bytes - before, self.around.bounds.limits)
        except LimitExceeded as error:
            process.kill()
            await self._fail(error.code, error.message)
        except (StreamConflict, Unavailable):
            process.kill()  # the pump meets the same error, or the end of the process

    async def _conclude(self, exit_: ProcessExit) -> None:
        self.alarms.stop_all()
        try:
            if self._outcome is None and not self.record.over:
                await self._explain(exit_)
        except (StreamConflict, Unavailable):
            self._outcome = "fenced"
        self._outcome = self._outcome or "over"
        self.ended.set_result(self._outcome)

    async def _explain(self, exit_: ProcessExit) -> None:
        """Say why a process ended that did not say so itself."""
        if self._cancel is not None:
            await self.put([e.SessionCancelled(by=self._cancel.by, reason=self._cancel.reason)])
        elif exit_.signal == signal.SIGKILL:
            self._outcome = "died"
        else:
            await self._fail(*_last_words(exit_))

    async def _fail(self, code: str, message: str) -> None:
        if not self.stopping:
            await self.put([e.SessionFailed(code=code, message=message)])

    # -- clocks --------------------------------------------------------------------------------------

    def _arm(self, timer: str, due: datetime) -> None:
        if self._process is not None:
            self.alarms.set(f"timer {timer}", due - self.now(), lambda: self._timer_due(timer))

    def _timer_due(self, timer: str) -> None:
        self.track.timer_over(timer)
        self._tell(TimerDue(timer=timer))

    def _tell(self, message: Message) -> None:
        """Send a command; what is said before the process is there waits for it."""
        if self._process is not None:
            self._process.send(message)
        else:
            self._untold.append(message)

    def _mind_wall_time(self) -> None:
        """Count wall time while the session runs, not while it waits for somebody."""
        if self._process is None:
            return
        limit, runs = self.around.bounds.limits.wall_time, self.record.state == "running"
        ran = self.stopwatch.run(self.now(), runs=runs)
        if runs and limit is not None:
            self.alarms.set("wall_time", limit - ran, self._out_of_time)
        else:
            self.alarms.stop("wall_time")

    def _out_of_time(self) -> None:
        if not self.stopping:
            self._ending = asyncio.ensure_future(self.put([e.SessionExpired(limit="wall_time")]))
        self.kill()


def _last_words(exit_: ProcessExit) -> tuple[str, str]:
    """The failure's code and message for a process that said nothing."""
    if exit_.signal == signal.SIGXCPU:
        return "limit_cpu", "The session used up its CPU time."
    if exit_.signal is not None:
        name = signal.Signals(exit_.signal).name
        return "killed", f"The session process was ended by signal {exit_.signal} ({name})."
    return "exited", f"The session process ended by itself with exit code {exit_.code}."
