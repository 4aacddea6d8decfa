"""The host of an `AppTest`: one session, one thread, a list for a stream and a clock that is moved by hand."""

from __future__ import annotations

import functools
import inspect
import shutil
import tempfile
import threading
import weakref
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from outlast.kit.clock import ManualClock
from outlast.kit.errors import BranchImpossible, SessionNotStarted, SessionOver
from outlast.kit.ids import new_id
from outlast.protocol import document as d
from outlast.protocol import events as e
from outlast.protocol.codec import Json, to_json
from outlast.protocol.commands import Answered, Cancel, Emission, Start, TimerDue
from outlast.testing.files import Files
from outlast.testing.process import ProcessKilled, ThreadProcess
from outlast.testing.view import VOLATILE
from outlast.worker.loading import AnyApp

MAX_REPEATS = 3
_ONCE = (e.BlockOpened, e.BlockClosed, e.BlockRemoved, e.InputRequested, e.TimerSet, e.StepFinished)
"""What is said once in a session, and so tells that one which is killed at every event does not get further."""


@dataclass(frozen=True)
class StageOptions:
    """How a session is staged; see `outlast.testing.AppTest`."""

    user: e.User
    secrets: Mapping[str, str]
    seed: int
    crash_everywhere: bool
    timeout: timedelta


class Stage:
    """Keeps a session: appends what its process emits, wakes it, moves its clock."""

    def __init__(
        self,
        app: AnyApp,
        options: StageOptions,
        *,
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> None:
        self.app = app
        self.options = options
        self._durable = app.info().durable
        self._crash_everywhere = options.crash_everywhere and self._durable
        self.id = new_id()
        self.clock = ManualClock()
        self.document = d.Document()
        self.events: list[e.SessionEvent] = []
        self._folder = Path(tempfile.mkdtemp(prefix="outlast-test-"))
        self._remove = weakref.finalize(self, shutil.rmtree, self._folder, True)
        self.files = Files(self._folder / "files")
        self._args = _arguments(app, args, kwargs or {}, files=self.files)
        self._process: ThreadProcess | None = None
        self._told: set[str] = set()
        self._lock = threading.Lock()
        self._cut = False
        self._stale = 0
        self._said: Counter[str] = Counter()

    # What the session goes through.

    def start(self) -> None:
        """Begin the session, or wake one that was loaded, and run it to its next wait."""
        if self._process is not None:
            raise RuntimeError("This session runs already; make another AppTest.")
        if self.events:
            self.wake("resumed")
            return
        options = self.options
        self._append(
            e.SessionCreated(
                app=self.app.name, args=self._args, title=self.app.info().title, seed=options.seed, by=options.user
            )
        )
        self._append(e.SessionStarted(attempt=1))
        self._launch()
        self._settle()

    def wake(self, reason: str) -> None:
        """Bring a process back, which runs the app again from its start; an app that is not durable fails."""
        self._check_running()
        self._append(e.SessionWoken(attempt=self.document.attempt + 1, reason=reason))
        if self._durable:
            self._launch()
            self._settle()
        else:
            message = "The session was interrupted, and its app is not durable."
            self._append(e.SessionFailed(code="interrupted", message=message))

    def kill(self) -> None:
        """End the process where it stands."""
        self._check_running()
        if self._process is not None:
            self._process.kill()
            self._process = None

    def hibernate(self) -> None:
        """End the process of a session that waits."""
        self._check_running()
        document = self.document
        if document.state != "waiting" or not self._durable:
            how = document.state if self._durable else "not durable"
            raise RuntimeError(f"Only a durable session that waits can hibernate; this one is {how}.")
        self.kill()
        self._append(e.SessionHibernated(input=document.waiting_input, timer=document.waiting_timer))

    def submit(self, input_id: str, value: Json, *, by: e.User | None) -> None:
        """Record an answer and give it to the app."""
        self._check_running()
        asked = self.document.inputs[input_id]
        secret = bool(asked.spec.get("secret"))
        by = by or self.options.user
        self._append(e.InputSubmitted(input=input_id, value=value, by=by, secret=secret))
        if self._process is None or self._crash_everywhere:
            self.kill()
            self.wake("answered")
            return
        self.files.provide(self._process.scratch)
        self._process.deliver(Answered(input=input_id, value=value, by=by))
        self._settle()

    def cancel(self, reason: str, *, by: e.User | None) -> None:
        """Cancel the session."""
        self._check_running()
        if self._process is None:
            self.wake("cancelled")
        if self._process is not None:
            self._process.deliver(Cancel(by=by or self.options.user, reason=reason))
            self._settle(cancelled=True)

    def advance(self, by: timedelta) -> None:
        """Move the clock, stopping at each timer that is due on the way."""
        until = self.clock.now() + by
        while not self.document.over:
            due = [at for at in self.document.timers.values() if self.clock.now() < at <= until]
            if not due:
                break
            self.clock.advance(min(due) - self.clock.now())
            self._tell_time()
        self.clock.advance(max(until - self.clock.now(), timedelta(0)))

    def branch(self, seq: int) -> Stage:
        """Make another session of the events up to ``seq``; it has no process yet."""
        if not 1 <= seq <= len(self.events):
            raise BranchImpossible(
                f"This session has events 1 to {len(self.events)}; a branch shares the first of them."
            )
        if isinstance(self.events[seq - 1], e.TERMINAL):
            raise BranchImpossible("Nothing can follow the end of a session; branch before it.")
        stage = Stage(self.app, self.options)
        stage.load(self.events[:seq], files=self.files.folder, branched_from=e.BranchPoint(session=self.id, seq=seq))
        return stage

    def load(
        self,
        events: Sequence[e.SessionEvent],
        *,
        files: Path | None = None,
        branched_from: e.BranchPoint | None = None,
    ) -> None:
        """Take a stream that was recorded before as this session's own, with the clock where it stood."""
        first = events[0]
        if not isinstance(first, e.SessionCreated):
            raise BranchImpossible("A session's stream begins with `session.created`.")
        if branched_from is not None:
            first = msgspec.structs.replace(first, branched_from=branched_from)
        if files is not None:
            Files(files).provide(self.files.folder)
        self.events = [first, *events[1:]]
        d.fold(self.document, self.events)
        self.clock = ManualClock(events[-1].at)

    def close(self) -> None:
        """End the thread, remove the files."""
        if self._process is not None:
            self._process.kill()
            self._process = None
        self._remove()

    # The process.

    def _launch(self) -> None:
        document = self.document
        scratch = self._folder / f"attempt-{document.attempt}"
        self.files.provide(scratch)
        self._cut = False
        self._told = {key for key, due in document.timers.items() if due <= self.clock.now()}
        start = Start(
            session=self.id,
            app=document.app,
            args=document.args,
            title=document.title,
            user=document.by,
            seed=document.seed,
            attempt=document.attempt,
            secrets=dict(self.options.secrets),
            scratch=str(scratch),
            recording=d.recording_of(document, now=self.clock.now()) if document.attempt > 1 else None,
        )
        start = msgspec.msgpack.decode(msgspec.msgpack.encode(start), type=Start)
        self._process = ThreadProcess(self.app, start, clock=self.clock, commit=self._commit)
        self._process.start()

    def _settle(self, *, cancelled: bool = False) -> None:
        """Let the process run until it waits for something that only the test can give, or has ended."""
        while (process := self._process) is not None:
            process.rest(functools.partial(self._at_rest, process, cancelled=cancelled), self.options.timeout)
            if self._cut:
                process.kill()
                self._check_progress()
                self._append(e.SessionWoken(attempt=self.document.attempt + 1, reason="crashed"))
                self._launch()
            elif process.ended:
                self._process = None
                assert self.document.over, f"the session process ended without a last event: {process.fault!r}"
                return
            elif not self._tell_due(process):
                return

    def _check_progress(self) -> None:
        event = self.events[-1]
        if isinstance(event, _ONCE):
            said = repr(msgspec.structs.replace(event, seq=0, at=None))
            self._said[said] += 1
            assert self._said[said] <= MAX_REPEATS, f"The session repeats an event each time it is woken: {said:.500}"

    def _at_rest(self, process: ThreadProcess, *, cancelled: bool) -> bool:
        if self._cut or cancelled:
            return self._cut
        if process.is_async:  # one of its tasks may wait while another goes on
            return process.is_waiting
        return self.document.state == "waiting" and len(self.events) > self._stale

    def _tell_time(self) -> None:
        """What a host does when a timer is due: tell the process, or wake the session."""
        if self._process is not None and not self._crash_everywhere:
            self._tell_due(self._process)
            self._settle()
        elif _due(self.document, self.clock.now(), told=self._told):
            self.kill()
            self.wake("timer")

    def _tell_due(self, process: ThreadProcess) -> bool:
        due = _due(self.document, self.clock.now(), told=self._told)
        for timer in due:
            self._told.add(timer)
            if timer == self.document.waiting_timer:
                # That a sleep is over is no event: until the next one the document says that the session waits.
                self._stale = len(self.events)
            process.deliver(TimerDue(timer=timer))
        return bool(due)

    # The stream.

    def _commit(self, process: ThreadProcess, emission: Emission) -> None:
        """Take what a process emits; called in its threads."""
        with self._lock:
            for ref in emission.files:
                self.files.put(process.scratch / ref.sha256)
            for event in emission.events:
                if self._cut or process.killed:
                    raise ProcessKilled
                cut = self._crash_everywhere and _is_news(self.document, event) and not isinstance(event, e.TERMINAL)
                self._append(event)
                self._cut = cut
            if self._cut:
                raise ProcessKilled

    def _append(self, event: e.SessionEvent) -> None:
        stamped = msgspec.structs.replace(event, seq=len(self.events) + 1, at=self.clock.now())
        self.events.append(stamped)
        d.apply(self.document, stamped)

    def _check_running(self) -> None:
        if not self.events:
            raise SessionNotStarted("Call run() first.")
        if self.document.over:
            raise SessionOver(f"The session is {self.document.state}; nothing can happen to it any more.")


def _arguments(app: AnyApp, args: Sequence[object], kwargs: Mapping[str, object], *, files: Files) -> dict[str, Json]:
    """Give arguments the form that they have on the wire."""
    names = list(inspect.signature(app.function).parameters)
    given = dict(zip(names, args, strict=False)) | dict(kwargs)
    return {name: to_json(files.put(value) if isinstance(value, Path) else value) for name, value in given.items()}


def _is_news(document: d.Document, event: e.SessionEvent) -> bool:
    """Whether a session that dies after this event has got further than before.

    How fast the machine was differs in every run; a session that waits says so again each time it wakes; and the log is
    not replayed.
    """
    if isinstance(event, (e.SessionWaiting, e.LogWritten)):
        return False
    if not isinstance(event, e.BlockUpdated) or event.block not in document.blocks:
        return True
    held = document.blocks[event.block].props
    return any(held.get(name) != value for name, value in event.props.items() if name not in VOLATILE)


def _due(document: d.Document, now: datetime, *, told: AbstractSet[str]) -> Sequence[str]:
    """The timers whose time has come and that somebody waits for still."""

    def is_awaited(timer: str) -> bool:
        asked = document.inputs.get(timer.removeprefix("t:"))
        return asked is None or asked.state == "open"

    return [key for key, at in document.timers.items() if at <= now and key not in told and is_awaited(key)]
