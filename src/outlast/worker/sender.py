"""The way out: at most one emission that is not acked, all else merged behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import msgspec

from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import encode_frame
from outlast.protocol.commands import Answered
from outlast.protocol.events import (
    BlockAppended,
    BlockOpened,
    BlockUpdated,
    LogWritten,
    SessionWaiting,
    StepFinished,
    WorkerEvent,
)
from outlast.worker.outbox import Outbox, PackedEmission
from outlast.worker.waiting import Cancellation, Waiting

_COMMITTED = Answered(input="")


class Sender:
    """Sends events. Every method but `acked` and `disown` is called with `lock` held.

    Args:
        send: sends a frame; may wait.
        cancellation: of the session.
        files: files that are new since the last emission; emptied when they are sent.
        max_pending_bytes: when more waits to be sent, the call that adds waits too.

    Attributes:
        lock: guards this and its owner. Sending happens under it, so that a cancel, which is raised between two
            bytecodes of the app's thread, can keep off while a frame is half sent.
        outbox: what is not sent yet.
        over: the last event was added; nothing more is taken.
        waits_for: the input or timer that the session is said to wait for; None where it is said to run.
    """

    def __init__(
        self,
        send: Callable[[bytes], None],
        cancellation: Cancellation,
        *,
        files: dict[str, FileRef],
        max_pending_bytes: int,
    ) -> None:
        self.lock = threading.Lock()
        self.outbox = Outbox()
        self.over = False
        self.waits_for: str | None = None
        self._room = threading.Condition(self.lock)
        self._send = send
        self._cancellation = cancellation
        self._files = files
        self._max_pending_bytes = max_pending_bytes
        self._sent = self._acked = 0
        self._commits: list[tuple[int, Waiting]] = []

    @property
    def is_committing(self) -> bool:
        """Whether somebody waits for a commit, which the host is about to tell of."""
        return bool(self._commits)

    def emit(self, *events: WorkerEvent) -> None:
        """Add events; they leave together."""
        self.emit_all(events)

    def emit_all(self, events: Iterable[WorkerEvent]) -> None:
        """Add events; they leave together."""
        if self.over:
            return
        outbox = self.outbox
        for event in events:
            if isinstance(event, BlockAppended):
                self.waits_for = None
                if event.text is not None:
                    outbox.text(event.block, event.text)
                elif event.rows:
                    outbox.rows(event.block, event.rows)
            elif isinstance(event, BlockUpdated):
                outbox.patch(event.block, event.props)
            elif isinstance(event, LogWritten):
                outbox.log(event)
            else:
                self._note(event)
                outbox.add(event)
        self.push()

    def text(self, block: str, text: str) -> None:
        """Append text to a block: `emit` for what is called 100,000 times a second."""
        if self.over:
            return
        outbox = self.outbox
        outbox.text(block, text)
        self.waits_for = None
        if self._sent == self._acked or outbox.size_bytes > self._max_pending_bytes:
            self.push()

    def _note(self, event: WorkerEvent) -> None:
        # As `outlast.protocol.document.apply` has it.
        if isinstance(event, SessionWaiting):
            self.waits_for = event.input or event.timer
        elif isinstance(event, (BlockOpened, StepFinished)):
            self.waits_for = None

    def push(self) -> None:
        """Send if nothing is on its way; wait if too much waits."""
        if self._sent == self._acked:
            self._flush()
        while self.outbox.size_bytes > self._max_pending_bytes and not self.over:
            self._room.wait()

    def committed(self) -> Waiting:
        """A wait for the commit of all that was added so far."""
        waiting = Waiting(self._cancellation)
        number = self._sent + 1 if self.outbox else self._sent
        if number <= self._acked:
            waiting.settle(_COMMITTED)
        else:
            self._commits.append((number, waiting))
        return waiting

    def acked(self, emission: int) -> None:
        """Every emission up to this one is committed. Takes the lock."""
        with self.lock:
            self._acked = min(max(emission, self._acked), self._sent)
            done = [waiting for number, waiting in self._commits if number <= self._acked]
            if done:
                self._commits = [pair for pair in self._commits if pair[0] > self._acked]
            for waiting in done:
                waiting.settle(_COMMITTED)
            if self._sent == self._acked:
                self._flush()
            self._room.notify_all()

    def disown(self) -> None:
        """This is a copy in a forked process: say nothing more. Whoever held the lock is not here."""
        self.lock = threading.Lock()
        self.over = True

    def abandon(self) -> None:
        """Nobody listens any more: take nothing, and let go of those who wait for room."""
        self.over = True
        self._room.notify_all()

    def _flush(self) -> None:
        if not self.outbox:
            return
        files = [msgspec.Raw(msgspec.msgpack.encode(ref)) for ref in self._files.values()]
        self._files.clear()
        frame = encode_frame(PackedEmission(emission=self._sent + 1, events=self.outbox.take(), files=files))
        self._sent += 1
        self._send(frame)
