"""The recorder: numbers what the app does, compares it with what was recorded, and emits the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from outlast.kit.clock import Clock, SystemClock
from outlast.kit.errors import ReplayDiverged
from outlast.protocol import events as e
from outlast.protocol.blocks import FileRef, Rows
from outlast.protocol.codec import Json
from outlast.protocol.commands import Answered, RecordedStep, Start
from outlast.sdk.context import AnswerTimeout
from outlast.worker.conversation import OVER, Conversation
from outlast.worker.replay import OpenBlock
from outlast.worker.scratch import Scratch
from outlast.worker.waiting import Waiting

MAX_PENDING_BYTES = 1024 * 1024
_CHANNELS: Mapping[str, Literal["stdout", "stderr", "warning", "log"]] = {
    "stdout": "stdout", "stderr": "stderr", "warning": "warning",
}  # fmt: skip


class SessionRecorder(Conversation):
    """The recorder of one session; implements `outlast.sdk.context.Recorder`.

    Args:
        start: how the session is started.
        send: sends a frame; may wait.
        clock: tells when a timer is due.
        max_pending_bytes: when more waits to be sent, the call that adds waits too.
    """

    def __init__(
        self,
        start: Start,
        send: Callable[[bytes], None],
        *,
        clock: Clock | None = None,
        max_pending_bytes: int = MAX_PENDING_BYTES,
    ) -> None:
        self._scratch = Scratch(start.scratch)
        super().__init__(start, send, files=self._scratch.new, max_pending_bytes=max_pending_bytes)
        self._start = start
        self._clock = clock or SystemClock()
        self._closed: set[str] = set()
        self._title = start.title

    @property
    def start(self) -> Start:
        """How the session was started."""
        return self._start

    @property
    def divergence(self) -> ReplayDiverged | None:
        """How the run left its record, if it did and the app caught the error."""
        return self._replay.divergence

    def open(
        self,
        kind: str,
        props: Mapping[str, Json],
        *,
        parent: str | None = None,
        key: str | None = None,
        closed: bool = False,
    ) -> str:
        """Open a block, or find it again."""
        with self._out.lock:
            block = self._name("b", key)
            recorded = self._replay.block(block, kind)
            if closed or (recorded is not None and recorded.closed):
                self._closed.add(block)
            if recorded is None:
                self._go_live()
                self._out.emit(e.BlockOpened(block=block, kind=kind, parent=parent, props=dict(props), closed=closed))
            elif not recorded.closed:
                found = self._replay.blocks[block] = OpenBlock(block, recorded, props)
                self._out.emit_all(found.say(props))
                if closed:
                    self._close(block)
        return block

    def update(self, block: str, patch: Mapping[str, Json]) -> None:
        """Merge-patch a block's props."""
        with self._out.lock:
            if block in self._closed:
                return
            if (found := self._replay.blocks.get(block)) is None:
                self._out.emit(e.BlockUpdated(block=block, props=dict(patch)))
            else:
                self._out.emit_all(found.say(patch) + (found.difference() if self._replay.live else []))

    def append_text(self, block: str, text: str) -> None:
        """Append to a block's text."""
        out = self._out
        with out.lock:
            if block in self._closed:
                return
            if (found := self._replay.blocks.get(block)) is None:
                out.text(block, text)
            else:
                out.emit_all(found.add_text(text))
                self._replay.release(block)

    def append_rows(self, block: str, rows: Rows) -> None:
        """Append rows to a table."""
        with self._out.lock:
            if block in self._closed:
                return
            if (found := self._replay.blocks.get(block)) is None:
                self._out.emit(e.BlockAppended(block=block, rows=rows))
            else:
                self._out.emit_all(found.add_rows(rows))
                self._replay.release(block)

    def close(self, block: str) -> None:
        """The block is whole."""
        with self._out.lock:
            if block not in self._closed:
                self._close(block)

    def _close(self, block: str) -> None:
        self._closed.add(block)
        found = self._replay.blocks.pop(block, None)
        self._out.emit(*(found.settle() if found is not None else ()), e.BlockClosed(block=block))

    def remove(self, block: str) -> None:
        """Take the block out of the document."""
        with self._out.lock:
            self._replay.blocks.pop(block, None)
            self._closed.add(block)
            if not self._replay.was_removed(block):
                self._out.emit(e.BlockRemoved(block=block))

    def recorded_text(self, block: str) -> str | None:
        """The whole text of a block that was recorded to its end."""
        return self._replay.recorded_text(block)

    def input_ids(self, count: int) -> list[str]:
        """Reserve ids for the fields of a form."""
        with self._out.lock:
            return [self._name("i", None) for _ in range(count)]

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
        """Ask an input, or find its answer."""
        with self._out.lock:
            name = self._name("i", key)
            timer = f"t:{name}" if timeout is not None else None
            recorded = self._replay.input(name, kind, label=label, spec=spec)
            timed = self._replay.timer(timer) if timer else None
            if recorded is not None and recorded.answered:
                return Waiting(self.cancellation, Answered(input=name, value=recorded.value, by=recorded.by))
            if (early := self._early.pop(name, None)) is not None:
                return Waiting(self.cancellation, early)
            if timer and recorded is not None and recorded.withdrawn:
                waiting = Waiting(self.cancellation)
                waiting.settle(None, error=AnswerTimeout)
                return waiting
            self._go_live()
            events: list[e.WorkerEvent] = []
            if recorded is None or recorded.withdrawn:
                asked = e.InputRequested(input=name, block=name, kind=kind, label=label, spec=dict(spec))
                asked.audience, asked.parent = audience, parent
                events.append(asked)
            if timer and timeout is not None and timed is None:
                events.append(e.TimerSet(timer=timer, due_at=self._clock.now() + timeout))
            waiting = self._wait_for(name)
            self._out.emit(*events, e.SessionWaiting(input=name))
            if timer and timed is not None and timed.over:
                self._due(timer)
            return waiting

    def sleep(self, duration: timedelta, *, key: str | None = None) -> Waiting:
        """A durable sleep."""
        with self._out.lock:
            name = self._name("t", key)
            recorded = self._replay.timer(name)
            if (recorded is not None and recorded.over) or self._early.pop(name, None) is not None:
                return Waiting(self.cancellation, OVER)
            self._go_live()
            waiting = self._wait_for(name)
            if recorded is None:
                due_at = self._clock.now() + duration
                self._out.emit(e.TimerSet(timer=name, due_at=due_at), e.SessionWaiting(timer=name))
            else:
                self._out.emit(e.SessionWaiting(timer=name))
            return waiting

    def begin_step(self, name: str, *, key: str | None = None) -> tuple[str, RecordedStep | None]:
        """Number a step, and give its recorded end."""
        with self._out.lock:
            step = self._name("s", key)
            recorded = self._replay.step(step, name)
            if recorded is None:
                self._go_live()
            return step, recorded

    def finish_step(
        self,
        step: str,
        name: str,
        *,
        result: Json = None,
        pickled: str | None = None,
        error: e.StepError | None = None,
        attempts: int = 1,
    ) -> Waiting:
        """Record a step's end."""
        with self._out.lock:
            self._out.emit(
                e.StepFinished(step=step, name=name, result=result, pickled=pickled, error=error, attempts=attempts)
            )
            return self._out.committed()

    def now(self) -> datetime:
        """The time by the session's clock."""
        return self._clock.now()

    def retitle(self, title: str) -> None:
        """Change the session's title."""
        with self._out.lock:
            if title != self._title:
                self._title = title
                self._out.emit(e.SessionRetitled(title=title))

    def log(self, channel: str, text: str) -> None:
        """Write to the log. What a replay says again is not logged again."""
        with self._out.lock:
            if self._replay.caught_up:
                self._out.emit(e.LogWritten(channel=_CHANNELS.get(channel, "log"), text=text))

    def store_file(self, data: bytes | Path, *, name: str, media_type: str) -> FileRef:
        """Put a file into the session."""
        return self._scratch.store(data, name=name, media_type=media_type)

    def file_path(self, file: FileRef) -> Path:
        """Where a file of the session lies."""
        return self._scratch.path(file)
