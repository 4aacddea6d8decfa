"""Replay a recorded stream against the code of now, and tell where the two part."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from typing_extensions import override

from outlast.kit.clock import ManualClock
from outlast.kit.errors import ProtocolViolation, ReplayDiverged
from outlast.protocol import document as d
from outlast.protocol import events as e
from outlast.protocol.codec import Json, encode_json, to_json
from outlast.protocol.commands import Emission, RecordedStep, Start
from outlast.testing.process import ProcessKilled, SteppedRecorder, run_app
from outlast.testing.view import VOLATILE
from outlast.worker.loading import AnyApp
from outlast.worker.waiting import Waiting

PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True)
class Divergence:
    """One difference between a recording and the code of now.

    Attributes:
        where: the id of the block, input or step, or ``session``.
        recorded: what the stream says.
        now: what the code says.
        fatal: whether a session of then would stop with ``replay_diverged``; else it would go on, and viewers keep what
            they saw.
    """

    where: str
    recorded: str
    now: str
    fatal: bool

    @override
    def __str__(self) -> str:
        return f"{'!' if self.fatal else '~'} {self.where}: recorded {self.recorded}, now {self.now}"


def read_events(path: Path) -> Sequence[e.SessionEvent]:
    """Read a recording: JSON Lines, one event a line, as `write_events` and ``outlast export --events`` write it.

    Raises:
        ProtocolViolation: a line is not an event; the message says which.
    """
    events: list[e.SessionEvent] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.strip():
            try:
                events.append(e.decode_event(line))
            except ValueError as error:
                raise ProtocolViolation(f"{path.name}, line {number} is not an event: {error}.") from error
    return events


def write_events(path: Path, events: Iterable[e.SessionEvent]) -> None:
    """Write a recording, one event a line."""
    path.write_bytes(b"".join(encode_json(event) + b"\n" for event in events))


def divergences(app: AnyApp, events: Sequence[e.SessionEvent], *, files: Path | None = None) -> Sequence[Divergence]:
    """Run an app against a recorded stream; see `outlast.testing.AppTest.replay`.

    Raises:
        ProtocolViolation: the stream does not begin with ``session.created``.
    """
    if not events or not isinstance(events[0], e.SessionCreated):
        raise ProtocolViolation("A recording begins with `session.created`; this one does not.")
    ending = events[-1] if isinstance(events[-1], e.TERMINAL) else None
    document = d.fold(d.Document(), events[:-1] if ending else events)
    with tempfile.TemporaryDirectory(prefix="outlast-replay-") as scratch:
        if files is not None:
            shutil.copytree(files, scratch, dirs_exist_ok=True)
        comparison = Comparison(document, events, ending=ending, scratch=scratch)
        thread = threading.Thread(target=comparison.run, args=(app,), name=f"replay {document.app}", daemon=True)
        thread.start()
        thread.join(PATIENCE.total_seconds())
        if thread.is_alive():
            comparison.kill()
            comparison.differs("session", "a run to its end", f"one that takes longer than {PATIENCE}")
    return comparison.outcome()


class _Beyond(ProcessKilled):
    """The run has come to what is not recorded: nothing that follows is to happen."""


class Comparison(SteppedRecorder):
    """A recorder that gives back what is recorded and writes down what differs.

    Args:
        document: folded from the recording, without its end.
        events: the recording.
        ending: its last event, if the session has ended.
        scratch: a folder for files.
    """

    def __init__(
        self,
        document: d.Document,
        events: Sequence[e.SessionEvent],
        *,
        ending: e.SessionEvent | None,
        scratch: str,
    ) -> None:
        self._document = document
        self._opened = {event.block: event for event in events if isinstance(event, e.BlockOpened)}
        self._ending = ending
        self._found: list[Divergence] = []
        self._met: set[str] = set()
        self._name_now = ""
        at = events[-1].at or datetime.now(UTC)
        start = Start(
            session="replay",
            app=document.app,
            args=document.args,
            title=document.title,
            user=document.by,
            seed=document.seed,
            attempt=document.attempt + 1,
            scratch=scratch,
            recording=d.recording_of(document, now=at),
        )
        super().__init__(start, self._compare_emitted, clock=ManualClock(at))

    def run(self, app: AnyApp) -> None:
        """Run the app to the end of the recording, or to where it leaves it."""
        try:
            run_app(app, self)
        except ProcessKilled:  # beyond the recording, or out of time
            pass

    def differs(self, where: str, recorded: str, now: str, *, fatal: bool = False) -> None:
        """Write down a difference."""
        self._found.append(Divergence(where, recorded, now, fatal))

    def outcome(self) -> Sequence[Divergence]:
        """All differences; what the run did not come to is the last."""
        if not any(each.fatal for each in self._found):
            for where, recorded in self._recorded().items():
                if where not in self._met:
                    self.differs(where, recorded, "nothing")
        return self._found

    def _recorded(self) -> Mapping[str, str]:
        document = self._document
        found = {key: f"a {block.kind} block" for key, block in document.blocks.items() if block.kind != "input"}
        found |= {key: _asked(asked.kind, asked.label) for key, asked in document.inputs.items()}
        found |= {key: f"the step {step.name!r}" for key, step in document.steps.items()}
        return found | {key: "a sleep" for key in document.timers if not key.startswith("t:i")}

    # What the run calls.

    @override
    def _name(self, prefix: str, key: str | None) -> str:
        self._name_now = super()._name(prefix, key)
        self._met.add(self._name_now)
        return self._name_now

    @override
    def open(
        self,
        kind: str,
        props: Mapping[str, Json],
        *,
        parent: str | None = None,
        key: str | None = None,
        closed: bool = False,
    ) -> str:
        with self._watch(f"a {kind} block"):
            block = super().open(kind, props, parent=parent, key=key, closed=closed)
        then = self._opened.get(block)
        if then is None:
            if self._ending is not None or self._unmet():
                self.differs(block, "nothing", f"a {kind} block")
        elif _steady(then.props) != _steady(props):
            self.differs(block, _brief(then.props), _brief(props))
        elif then.parent != parent:
            self.differs(block, f"in {then.parent or 'the document'}", f"in {parent or 'the document'}")
        return block

    @override
    def request(
        self,
        kind: str,
        label: str,
        spec: Mapping[str, Json],
        *,
        audience: str | None = None,
        parent: str | None = None,
        key: str | None = None,
        timeout: timedelta | None = None,
    ) -> Waiting:
        with self._watch(_asked(kind, label)):
            waiting = super().request(kind, label, spec, audience=audience, parent=parent, key=key, timeout=timeout)
        if not waiting.settled:
            self._beyond(self._document.inputs, _asked(kind, label))
        return waiting

    @override
    def sleep(self, duration: timedelta, *, key: str | None = None) -> Waiting:
        waiting = super().sleep(duration, key=key)
        if not waiting.settled:
            self._beyond(self._document.timers, f"a sleep of {duration}")
        return waiting

    @override
    def begin_step(self, name: str, *, key: str | None = None) -> tuple[str, RecordedStep | None]:
        with self._watch(f"the step {name!r}"):
            step, recorded = super().begin_step(name, key=key)
        if recorded is None:
            self._beyond(self._document.steps, f"the step {name!r}")
        return step, recorded

    @override
    def finish(self, event: e.WorkerEvent) -> Waiting:
        if self.killed or any(each.fatal for each in self._found):
            raise ProcessKilled
        if self._ending is not None and not isinstance(event, type(self._ending)):
            self.differs("session", _end_of(self._ending), _end_of(event))
        elif isinstance(event, e.SessionCompleted) and isinstance(self._ending, e.SessionCompleted):
            if event.result != self._ending.result:
                self.differs("session", f"the result {self._ending.result!r:.80}", f"the result {event.result!r:.80}")
        elif isinstance(event, e.SessionFailed) and self._ending is None:
            self.differs("session", "a session that goes on", _end_of(event))
        return super().finish(event)

    @contextmanager
    def _watch(self, now: str) -> Iterator[None]:
        try:
            yield
        except ReplayDiverged:
            self.differs(self._name_now, self._recorded().get(self._name_now, "nothing"), now, fatal=True)
            raise

    def _beyond(self, recorded: Mapping[str, object], now: str) -> NoReturn:
        """Stop: what follows would be new. That is a difference unless the recording ends here too."""
        if self._ending is not None or (self._name_now not in recorded and self._unmet()):
            self.differs(self._name_now, "nothing", now)
        self.kill()
        raise _Beyond

    def _unmet(self) -> bool:
        return any(where not in self._met for where in self._recorded())

    def _compare_emitted(self, emission: Emission) -> None:
        for event in emission.events:
            if isinstance(event, e.BlockUpdated) and event.block in self._document.blocks:
                props = self._document.blocks[event.block].props
                changed = {name: value for name, value in event.props.items() if name not in VOLATILE}
                if changed:
                    self.differs(event.block, _brief({name: props.get(name) for name in changed}), _brief(changed))


def _asked(kind: str, label: str) -> str:
    return f"the {kind} question {label!r}"


def _end_of(event: e.Event) -> str:
    said = f" ({event.code}: {event.message})" if isinstance(event, e.SessionFailed) else ""
    return f"`{e.kind_of(event)}`{said}"


def _steady(props: Mapping[str, Json]) -> Json:
    return {name: value for name, value in to_json(props).items() if name not in VOLATILE}


def _brief(props: Mapping[str, Json]) -> str:
    text = encode_json(props).decode()
    return text if len(text) <= 120 else f"{text[:117]}..."
