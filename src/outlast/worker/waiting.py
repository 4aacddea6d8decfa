"""What a session waits for: an answer, a timer, a commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from outlast.protocol.commands import Answered, Cancel
from outlast.sdk.context import SessionCancelled

if TYPE_CHECKING:
    import asyncio


class Cancellation:
    """Whether the session is to stop, and whether its app was told.

    Attributes:
        command: the cancel that came, None before.
        armed: the app runs, so that `SessionCancelled` may be raised in its thread.
        delivered: it was raised there; not twice, or it would break the ``finally`` blocks that the first one runs.
        thread: the thread that runs the app.
        by_signal: that thread is told by a signal when it waits; else its wait is ended.
    """

    def __init__(self) -> None:
        self.command: Cancel | None = None
        self.armed = False
        self.delivered = False
        self.thread = threading.get_ident()
        self.by_signal = True

    @property
    def due(self) -> bool:
        """Whether the app has still to be told."""
        return self.command is not None and self.armed and not self.delivered

    def error(self) -> SessionCancelled:
        """Make the error to raise in the calling thread."""
        if threading.get_ident() == self.thread:
            self.delivered = True
        return SessionCancelled()


class Waiting:
    """One thing waited for. Settled once, by any thread; waited for in threads or on event loops.

    Args:
        cancellation: of the session.
        answer: given, there is nothing to wait for.
    """

    __slots__ = ("_answer", "_cancellation", "_error", "_futures", "_gate", "_settled", "_threads")

    def __init__(self, cancellation: Cancellation, answer: Answered | None = None) -> None:
        self._cancellation = cancellation
        self._answer = answer
        self._error: type[Exception] | None = None
        self._settled = answer is not None
        self._gate = threading.Lock()
        self._threads: set[int] = set()
        self._futures: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        if not self._settled:
            self._gate.acquire()

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self._settled

    def settle(self, answer: Answered | None, *, error: type[Exception] | None = None) -> None:
        """End the wait.

        Args:
            answer: what is returned; None with no error means that the session was cancelled.
            error: raised instead.
        """
        if self._settled:
            return
        self._answer, self._error = answer, error
        self._settled = True
        self._gate.release()
        for loop, future in list(self._futures):
            _wake(loop, future)

    def wait(self) -> Answered:
        """Block the calling thread."""
        if not self._settled:
            self._threads.add(threading.get_ident())
            with self._gate:
                pass
        return self._result()

    def release_if(self, is_meant: Callable[[int], bool]) -> None:
        """Let go, as cancelled, if a thread waits that is meant."""
        if any(is_meant(thread) for thread in self._threads):
            self.settle(None)

    def __await__(self) -> Generator[object, None, Answered]:
        """Wait on the running event loop."""
        if not self._settled:
            import asyncio  # late: an app without an event loop does not pay for it

            loop = asyncio.get_running_loop()
            future: asyncio.Future[None] = loop.create_future()
            self._futures.append((loop, future))
            # Whoever settles looks at the list after it set the flag; so one of the two sees the other.
            if not self._settled:
                yield from future
        return self._result()

    def _result(self) -> Answered:
        if self._error is not None:
            raise self._error
        if self._answer is None:
            raise self._cancellation.error()
        return self._answer


def _wake(loop: asyncio.AbstractEventLoop, future: asyncio.Future[None]) -> None:
    def wake() -> None:
        if not future.done():
            future.set_result(None)

    try:
        loop.call_soon_threadsafe(wake)
    except RuntimeError:  # the loop was closed; nobody waits there any more
        pass
