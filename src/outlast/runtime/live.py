"""One awake session: the pump between its process and its stream.

Nothing reaches a viewer, and nothing is acknowledged to the process, before it is committed. ``seq`` is counted
here and only here; `LiveSession.put` takes it and queues the batch without a pause in between, so batches
of one session are committed in the order of their ``seq``.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from outlast.executors.base import ProcessExit, SessionProcess
from outlast.kit.clock import Clock
from outlast.kit.errors import (
    AlreadyAnswered,
    InputNotFound,
    LimitExceeded,
    ProtocolViolation,
    SessionHeld,
    SessionOver,
    StreamConflict,
    Unavailable,
)
from outlast.kit.killpoints import reach
from outlast.protocol import events as e
from outlast.protocol.admission import Gate
from outlast.protocol.codec import Json
from outlast.protocol.commands import Acked, Answered, Cancel, Emission, TimerDue
from outlast.protocol.inputs import check, is_secret
from outlast.runtime.files import SessionFiles
from outlast.runtime.records import Changed, Created, SessionRecord
from outlast.runtime.tracking import Alarms, Meter, SessionLimits, Track, stream_of
from outlast.streams.commit import GroupCommit
from outlast.streams.log import Batch, StoredEvent

logger = logging.getLogger(__name__)

Outcome: TypeAlias = Literal["over", "asleep", "died", "fenced", "lost", "stopped"]
"""How being awake ended: for good, hibernated, by an outside kill, taken over, database away, host stopping."""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What every awake session of a host is given."""

    committer: GroupCommit
    files: SessionFiles
    clock: Clock
    limits: SessionLimits
    cancel_grace: timedelta
    hibernate_after: timedelta | None
    on_idle: Callable[[str], None]


class LiveSession:
    """An awake session.

    Args:
        record: its record; owned by this object while the session is awake.
        seq: of the last event in its stream.
        around: see `Surroundings`.
        scratch: the session's folder for files of its own.
    """

    def __init__(self, record: SessionRecord, *, seq: int, around: Surroundings, scratch: Path) -> None:
        self.record = record
        self.seq = seq
        self.scratch = scratch
        self.gone = asyncio.Event()
        self.ended: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.track = Track(record)
        self.gate = Gate()
        self.around = around
        self._process: SessionProcess | None = None
        self._outcome: Outcome | None = None
        self._cancel: Cancel | None = None
        self._ran = timedelta(0)
        self._running_since: datetime | None = None
        self._alarms = Alarms()
        self._meter = Meter(record)

    @property
    def stopping(self) -> bool:
        """Whether it takes no more commands: it is over, or on its way to sleep."""
        return self._outcome is not None or self.record.over

    def put(
        self, events: Sequence[e.SessionEvent], *, created: bool = False, copied: bool = False
    ) -> asyncio.Future[None]:
        """Number events and queue them for the next commit.

        Args:
            events: without ``seq``; changed in place.
            created: the session's record is new.
            copied: the events keep the times they have.

        Returns:
            Done when they are committed and published; fails with `StreamConflict` or `Unavailable`.
        """
        now = self.now()
        stored = []
        changed = created
        for event in events:
            self.seq += 1
            event.seq = self.seq
            if not copied:
                event.at = now
            data = e.encode_event(event)
            self.record.bytes += len(data)
            stored.append(StoredEvent(self.seq, e.kind_of(event), data, event.visibility))
            changed |= self.track.follow(event)
            if isinstance(event, e.TimerSet):
                self._arm(event.timer, event.due_at)
        if changed:
            self._clock_runs()
        change: Created | Changed | None = None
        if changed:
            self.record.updated_at = now
            copy = msgspec.structs.replace(self.record)
            change = Created(copy) if created else Changed(copy)
        return self.around.committer.submit(Batch(stream_of(self.record.id), stored, change))

    @property
    def pid(self) -> int | None:
        """Its process, if it has one of its own."""
        return self._process.pid if self._process is not None else None

    def put_record(self) -> asyncio.Future[None]:
        """Have the record written as it is, without an event."""
        return self.around.committer.submit(
            Batch(stream_of(self.record.id), [], Changed(msgspec.structs.replace(self.record)))
        )

    def now(self) -> datetime:
        """The time, as the host's clock has it."""
        return self.around.clock.now()

    def attach(self, process: SessionProcess) -> None:
        """Take the session's process and pump until it ends; `ended` tells how."""
        self._process = process
        self._clock_runs()
        for timer, due in self.track.timers.items():
            self._arm(timer, due)
        self._pumping = asyncio.create_task(self._run(process), name=f"session {self.record.id}")
        self._listening = asyncio.create_task(self._listen(process))

    def prepare(self, input_id: str, value: Json) -> Json:
        """Check an answer without giving it.

        Returns:
            The answer in its canonical form.

        Raises:
            SessionOver, InputNotFound, AlreadyAnswered, InvalidAnswer: why it can't be given.
        """
        if self.record.over:
            raise SessionOver("The session has ended; it takes no more answers.")
        if input_id in self.track.answered:
            raise AlreadyAnswered("This question has been answered already.")
        asked = self.track.inputs.get(input_id)
        if asked is None:
            raise InputNotFound(f"The session asks no input {input_id!r}.")
        return check(asked.kind, asked.spec, value)

    async def submit(self, input_id: str, value: Json, *, by: e.User | None) -> None:
        """Give an answer: committed first, then handed to the app. Of two at once, the first wins.

        Raises:
            SessionOver, InputNotFound, AlreadyAnswered, InvalidAnswer: see `prepare`.
            SessionHeld: another host has taken over.
            Unavailable: nothing was stored; the same answer may be given again.
        """
        canonical = self.prepare(input_id, value)
        asked = self.track.inputs.pop(input_id)
        self.track.answered.add(input_id)
        self._alarms.stop(f"timer t:{input_id}")
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
        self._alarms.stop("idle")
        if self._process is not None:
            self._process.send(Answered(input=input_id, value=canonical, by=by))

    def cancel(self, *, by: e.User | None, reason: str) -> None:
        """Ask the app to stop; after the grace its process is killed."""
        if self._cancel is None and self._process is not None:
            self._cancel = Cancel(by=by, reason=reason)
            self._process.send(self._cancel)
            self._alarms.set("grace", self.around.cancel_grace, self._process.kill)

    async def hibernate(self) -> bool:
        """End the process of a session that waits.

        Returns:
            False when it does not wait (any more), or never sleeps.
        """
        if self.stopping or self.record.state != "waiting" or self._cancel is not None:
            return False
        if self.around.hibernate_after is None:
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
        if not self.record.over:
            self._meter.count(self.record.bytes - before, self.around.limits)
            if self.record.state == "waiting" and self.around.hibernate_after is not None:
                self._alarms.set("idle", self.around.hibernate_after, lambda: self.around.on_idle(self.record.id))

    async def _listen(self, process: SessionProcess) -> None:
        """Log what is written past Python: C libraries, child processes, the interpreter's last words."""
        try:
            while (data := await process.output()) is not None:
                if not self.stopping:
                    before = self.record.bytes
                    await self.put([e.LogWritten(channel="stderr", text=data.decode(errors="replace"))])
                    self._meter.count(self.record.bytes - before, self.around.limits)
        except LimitExceeded as error:
            process.kill()
            await self._fail(error.code, error.message)
        except (StreamConflict, Unavailable):
            process.kill()  # the pump meets the same error, or the end of the process

    async def _conclude(self, exit_: ProcessExit) -> None:
        self._alarms.stop_all()
        try:
            if self._outcome is None and not self.record.over:
                await self._explain(exit_)
        except (StreamConflict, Unavailable):
            self._outcome = "fenced"
        if self._outcome is None:
            self._outcome = "over"
        self.ended.set_result(self._outcome)

    async def _explain(self, exit_: ProcessExit) -> None:
        """Say why a process ended that did not say so itself."""
        if self._cancel is not None:
            await self.put([e.SessionCancelled(by=self._cancel.by, reason=self._cancel.reason)])
        elif exit_.signal == signal.SIGXCPU:
            await self._fail("limit_cpu", "The session used up its CPU time.")
        elif exit_.signal == signal.SIGKILL:
            self._outcome = "died"
        elif exit_.signal is not None:
            name = signal.Signals(exit_.signal).name
            await self._fail("killed", f"The session process was ended by signal {exit_.signal} ({name}).")
        else:
            await self._fail("exited", f"The session process ended by itself with exit code {exit_.code}.")

    async def _fail(self, code: str, message: str) -> None:
        if not self.stopping:
            await self.put([e.SessionFailed(code=code, message=message)])

    # -- clocks --------------------------------------------------------------------------------------

    def _arm(self, timer: str, due: datetime) -> None:
        if self._process is not None:
            self._alarms.set(f"timer {timer}", due - self.now(), lambda: self._timer_due(timer))

    def _timer_due(self, timer: str) -> None:
        self.track.timer_over(timer)
        if self._process is not None:
            self._process.send(TimerDue(timer=timer))

    def _clock_runs(self) -> None:
        """Count wall time while the session runs, not while it waits for somebody."""
        limit, now = self.around.limits.wall_time, self.now()
        if limit is None or self._process is None:
            return
        if self._running_since is not None:
            self._ran += now - self._running_since
        runs = self.record.state == "running"
        self._running_since = now if runs else None
        if runs:
            self._alarms.set("wall_time", limit - self._ran, self._out_of_time)
        else:
            self._alarms.stop("wall_time")

    def _out_of_time(self) -> None:
        if not self.stopping:
            self._ending = asyncio.ensure_future(self.put([e.SessionExpired(limit="wall_time")]))
        self.kill()
