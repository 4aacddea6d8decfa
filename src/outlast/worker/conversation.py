"""What a session process holds of its talk with the host, and what the host's commands do to it."""

from __future__ import annotations

import time
from collections.abc import Callable

from outlast.protocol import events as e
from outlast.protocol.blocks import FileRef
from outlast.protocol.commands import Acked, Answered, Cancel, Message, Start, TimerDue
from outlast.sdk.context import AnswerTimeout
from outlast.worker.replay import Replay
from outlast.worker.sender import Sender
from outlast.worker.waiting import Cancellation, Waiting

CATCH_UP_S = 0.2
"""How long a replay may say again what was recorded before what differs is shown."""

OVER = Answered(input="")


class Conversation:
    """One session's talk with its host.

    Args:
        start: how the session is started.
        send: sends a frame; may wait.
        files: new ones, to be told with the next emission.
        max_pending_bytes: see `Sender`.

    Attributes:
        cancellation: whether the session is to stop.
    """

    def __init__(
        self, start: Start, send: Callable[[bytes], None], *, files: dict[str, FileRef], max_pending_bytes: int
    ) -> None:
        self.cancellation = Cancellation()
        self._out = Sender(send, self.cancellation, files=files, max_pending_bytes=max_pending_bytes)
        self._replay = Replay(start.recording)
        self._live_at = time.monotonic() + CATCH_UP_S
        self._counts = {"b": 0, "i": 0, "s": 0, "t": 0}
        self._keys: set[str] = set()
        self._waits: dict[str, Waiting] = {}
        self._early: dict[str, Answered] = {}

    def handle(self, command: Message) -> None:
        """Do what the host says."""
        if isinstance(command, Acked):
            self._out.acked(command.emission)
            return
        with self._out.lock:
            if isinstance(command, Answered):
                self._goes_on(command.input)
                if (waiting := self._waits.pop(command.input, None)) is not None:
                    waiting.settle(command)
                else:
                    self._early[command.input] = command
            elif isinstance(command, TimerDue):
                self._due(command.timer)
            elif isinstance(command, Cancel) and self.cancellation.command is None:
                self.cancellation.command = command
                self._settle_other_threads()

    def catch_up(self) -> float | None:
        """Show what differs from the record once the replay took its time.

        Returns:
            Seconds until it is to be called again; None when all is shown.
        """
        if self._replay.live:
            return None
        left = self._live_at - time.monotonic()
        if left > 0:
            return left
        with self._out.lock:
            self._go_live()
        return None

    @property
    def cancelled(self) -> bool:
        """Whether a cancel has come."""
        return self.cancellation.command is not None

    def idle(self, was_woken: Callable[[], bool]) -> None:
        """Nothing happens in the app until the host says something: say again that it waits, if that is not known.

        Of several questions one may have been answered while the others stay open.

        Args:
            was_woken: whether the host has said something just now; asked while it can say nothing more.
        """
        with self._out.lock:
            waits, out = self._waits, self._out
            if not waits or out.waits_for in waits or out.is_committing or self.cancelled or was_woken():
                return
            name = next(iter(waits))
            out.emit(e.SessionWaiting(timer=name) if name.startswith("t") else e.SessionWaiting(input=name))

    def finish(self, event: e.WorkerEvent) -> Waiting:
        """Say the last event.

        Returns:
            A wait for its commit.
        """
        with self._out.lock:
            self._go_live()
            if isinstance(event, e.SessionCompleted):
                for found in self._replay.blocks.values():
                    self._out.emit_all(found.settle())
            self._out.emit(event)
            self._out.over = True
            return self._out.committed()

    def quiet(self) -> bool:
        """Whether no call is under way in any thread at this moment."""
        if not self._out.lock.acquire(blocking=False):
            return False
        self._out.lock.release()
        return True

    def abandon(self) -> None:
        """The host is gone: nothing is sent any more, and whoever waits is let go."""
        with self._out.lock:
            self.cancellation.command = self.cancellation.command or Cancel(reason="The host is gone.")
            self._out.abandon()
            for waiting in self._waits.values():
                waiting.settle(None)

    def disown(self) -> None:
        """This is a copy in a process that the app forked: it says nothing."""
        self._out.disown()

    def _settle_other_threads(self) -> None:
        """Let go of threads of the app that wait; its main thread is told by a signal, and only once."""
        told = self.cancellation.thread if self.cancellation.by_signal else None
        for waiting in self._waits.values():
            waiting.release_if(lambda thread: thread != told)

    def _goes_on(self, name: str) -> None:
        if self._out.waits_for == name:
            self._out.waits_for = None

    def _due(self, timer: str) -> None:
        asked = timer.removeprefix("t:")
        self._goes_on(timer)
        self._goes_on(asked)
        if (sleeping := self._waits.pop(timer, None)) is not None:
            sleeping.settle(OVER)
        elif (waiting := self._waits.pop(asked, None)) is not None:
            self._out.emit(e.InputWithdrawn(input=asked, reason="timeout"))
            waiting.settle(None, error=AnswerTimeout)
        else:
            self._early[timer] = OVER

    def _name(self, prefix: str, key: str | None) -> str:
        self._replay.check()
        if key is None:
            self._counts[prefix] += 1
            return f"{prefix}{self._counts[prefix]}"
        name = f"{prefix}:{key}"
        if name in self._keys:
            raise ValueError(f"The key {key!r} is used twice in this session; each call needs one of its own.")
        self._keys.add(name)
        return name

    def _go_live(self) -> None:
        if not self._replay.live:
            self._out.emit_all(self._replay.go_live())

    def _wait_for(self, name: str) -> Waiting:
        waiting = Waiting(self.cancellation)
        if self.cancellation.command is not None:
            waiting.settle(None)
        else:
            self._waits[name] = waiting
        return waiting
