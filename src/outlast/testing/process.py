"""A session process that is a thread: the real recorder, with every call answered before it returns."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from typing_extensions import override

from outlast.kit.clock import Clock
from outlast.protocol.codec import FrameReader
from outlast.protocol.commands import Acked, Cancel, Emission, Message, Start, emissions
from outlast.sdk.context import SessionCancelled, enter
from outlast.worker.loading import AnyApp
from outlast.worker.playing import Player
from outlast.worker.recorder import SessionRecorder
from outlast.worker.waiting import Waiting

P = ParamSpec("P")
R = TypeVar("R")
Self = TypeVar("Self", bound="SteppedRecorder")

GRACE = timedelta(seconds=5)


class ProcessKilled(SessionCancelled):
    """Raised in an app whose process a test has killed, wherever it calls Outlast."""


def _stepped(method: Callable[Concatenate[Self, P], R]) -> Callable[Concatenate[Self, P], R]:
    """Let a recorder's method return only when what it said is committed and acked."""

    @functools.wraps(method)
    def call(self: Self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if self.killed:
            raise ProcessKilled
        try:
            return method(self, *args, **kwargs)
        finally:
            self.pump()

    return call


def _quietly(method: Callable[Concatenate[Self, P], None]) -> Callable[Concatenate[Self, P], None]:
    """As `_stepped`, but silent once the process is killed: what unwinds (``finally``, generators) calls it."""
    stepped = _stepped(method)

    @functools.wraps(method)
    def call(self: Self, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if not self.killed:
            stepped(self, *args, **kwargs)

    return call


class SteppedRecorder(SessionRecorder):
    """The recorder of a session process, where nothing is ever under way: the same run gives the same events.

    Args:
        start: how the session is started.
        commit: takes what is emitted; raises `ProcessKilled` for a process that is gone.
        clock: of the session.

    Attributes:
        killed: nothing works any more.
        loop: the event loop that waits were begun on, for async apps.
    """

    def __init__(self, start: Start, commit: Callable[[Emission], None], *, clock: Clock) -> None:
        self.killed = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self._commit = commit
        self._acks: deque[int] = deque()
        self._begun: list[Waiting] = []
        super().__init__(start, self._take, clock=clock)

    def _take(self, frame: bytes) -> None:
        for body in FrameReader().feed(frame):
            emission = emissions.decode(body)
            try:
                self._commit(emission)
            except ProcessKilled:
                self.killed = True
                raise
            self._acks.append(emission.emission)

    @property
    def is_waiting(self) -> bool:
        """Whether the app waits for anything."""
        return any(not waiting.settled for waiting in self._begun)

    @override
    def _wait_for(self, name: str) -> Waiting:
        waiting = super()._wait_for(name)
        self._begun.append(waiting)
        return waiting

    def pump(self) -> None:
        """Ack what was committed, which may send what was merged behind it."""
        while self._acks and not self.killed:
            self.handle(Acked(emission=self._acks.popleft()))
        if self.loop is None:
            try:
                self.loop = asyncio.get_running_loop()
            except RuntimeError:  # a sync app
                pass

    def deliver(self, message: Message) -> None:
        """Give a host's command."""
        self.handle(message)
        if isinstance(message, Cancel):  # a session process would cancel the task of an async app
            for waiting in self._begun:
                waiting.settle(None)
        self.pump()

    def is_idle(self, timeout_s: float) -> bool:
        """Wait until the app's event loop has nothing left to do but wait; a sync app has none."""
        loop = self.loop
        if loop is None:
            return True
        idle = threading.Event()

        def look() -> None:
            if getattr(loop, "_ready", ()):
                loop.call_soon(look)
            else:
                idle.set()

        try:
            loop.call_soon_threadsafe(look)
        except RuntimeError:  # it was closed a moment ago
            return False
        until_s = time.monotonic() + timeout_s
        while not idle.wait(0.01):  # the loop may have ended before it came to look
            if loop.is_closed() or time.monotonic() > until_s:
                return False
        return True

    def kill(self) -> None:
        """Let go of all who wait; from now on every call raises `ProcessKilled`."""
        self.killed = True
        self.abandon()
        for waiting in self._begun:
            waiting.settle(None)

    open = _stepped(SessionRecorder.open)
    update = _quietly(SessionRecorder.update)
    append_text = _stepped(SessionRecorder.append_text)
    append_rows = _stepped(SessionRecorder.append_rows)
    close = _quietly(SessionRecorder.close)
    remove = _quietly(SessionRecorder.remove)
    request = _stepped(SessionRecorder.request)
    sleep = _stepped(SessionRecorder.sleep)
    begin_step = _stepped(SessionRecorder.begin_step)
    finish_step = _stepped(SessionRecorder.finish_step)
    retitle = _quietly(SessionRecorder.retitle)
    log = _quietly(SessionRecorder.log)
    finish = _stepped(SessionRecorder.finish)
    store_file = _stepped(SessionRecorder.store_file)


class ThreadProcess:
    """Runs an app in a thread, as a session process runs it.

    Args:
        app: what runs.
        start: how.
        clock: of the session.
        commit: takes the emissions.

    Attributes:
        scratch: the folder of its files.
        fault: what ended it, where that was not the app's end.
    """

    def __init__(
        self, app: AnyApp, start: Start, *, clock: Clock, commit: Callable[[ThreadProcess, Emission], None]
    ) -> None:
        self.scratch = Path(start.scratch)
        self.fault: BaseException | None = None
        self._app = app
        self._news = threading.Condition()
        self._done = False
        self._commit = commit
        self._recorder = SteppedRecorder(start, self._take, clock=clock)
        self._thread = threading.Thread(target=self._run, name=f"session {start.app}", daemon=True)

    @property
    def killed(self) -> bool:
        """Whether a test has killed it."""
        return self._recorder.killed

    @property
    def ended(self) -> bool:
        """Whether the app has come to its end."""
        return self._done

    @property
    def is_waiting(self) -> bool:
        """Whether the app waits for anything."""
        return self._recorder.is_waiting

    @property
    def is_async(self) -> bool:
        """Whether the app has waited on an event loop."""
        return self._recorder.loop is not None

    def start(self) -> None:
        """Begin to run the app."""
        self._thread.start()

    def deliver(self, message: Message) -> None:
        """Give a command."""
        with contextlib.suppress(ProcessKilled):
            self._recorder.deliver(message)

    def kill(self) -> None:
        """End the thread, which unwinds; what it says on its way out counts for nothing."""
        self._recorder.kill()
        self._thread.join(GRACE.total_seconds())
        assert not self._thread.is_alive(), (
            f"The app goes on {GRACE.total_seconds():g} s after its process was killed; it is at\n{self.where()}"
        )

    def rest(self, resting: Callable[[], bool], timeout: timedelta) -> None:
        """Wait until the app waits, or its thread has ended.

        Args:
            resting: whether the stream says that it waits.
            timeout: how long to wait.

        Raises:
            AssertionError: it goes on; the message holds where.
        """
        until_s = time.monotonic() + timeout.total_seconds()
        while (left_s := until_s - time.monotonic()) > 0:
            with self._news:
                self._news.wait_for(lambda: self.ended or resting(), left_s)
            if self.ended:
                self._thread.join()
                return
            if resting() and self._recorder.is_idle(max(0.0, until_s - time.monotonic())) and resting():
                return
        raise AssertionError(
            f"The app still computes after {timeout.total_seconds():g} s; it is at\n{self.where()}"
            "If it needs longer, say so: AppTest(app, timeout=timedelta(minutes=1))."
        )

    def where(self) -> str:
        """The place in the app's code where its thread is."""
        frame = sys._current_frames().get(self._thread.ident or 0)  # noqa: SLF001  it is documented
        return "".join(traceback.format_list(traceback.extract_stack(frame))[-12:]) if frame else "(no thread)\n"

    def _take(self, emission: Emission) -> None:
        try:
            self._commit(self, emission)
        finally:
            with self._news:
                self._news.notify_all()

    def _run(self) -> None:
        try:
            run_app(self._app, self._recorder)
        except ProcessKilled:
            pass
        except BaseException as error:  # broad: a thread has nobody else to tell
            self.fault = error
        finally:
            with self._news:
                self._done = True
                self._news.notify_all()


def run_app(app: AnyApp, recorder: SteppedRecorder) -> None:
    """Run an app from its start to its last event, in the calling thread."""
    enter(recorder, process_wide=False)
    recorder.cancellation.thread = threading.get_ident()
    recorder.cancellation.by_signal = False
    root = Path(inspect.getfile(inspect.unwrap(app.function))).parent
    recorder.finish(Player(app, recorder, root=root).play()).wait()
