"""Running an app's function to its end, whatever that is."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from outlast.kit.errors import ProtocolViolation
from outlast.protocol import events as e
from outlast.protocol.codec import frame_decoder
from outlast.protocol.commands import Acked, Answered, Cancel, TimerDue
from outlast.worker.channel import Channel
from outlast.worker.failures import ending_of, result_of
from outlast.worker.loading import AnyApp
from outlast.worker.recorder import SessionRecorder

if TYPE_CHECKING:
    import asyncio

_AGAIN_S = 0.05
_TASK_FIRST = 10

_commands = frame_decoder(Acked | Answered | TimerDue | Cancel)


class Player:
    """Runs one app in the calling thread.

    Args:
        app: which.
        recorder: of the session.
        root: the app's folder, to tell its own frames.
    """

    def __init__(self, app: AnyApp, recorder: SessionRecorder, *, root: Path) -> None:
        self._app = app
        self._recorder = recorder
        self._root = root
        self._task: tuple[asyncio.AbstractEventLoop, asyncio.Task[object]] | None = None
        self._nudges = 0

    def play(self) -> e.WorkerEvent:
        """Run the app.

        Returns:
            The session's last event; not sent yet.
        """
        recorder, cancellation = self._recorder, self._recorder.cancellation
        start = recorder.start
        try:
            cancellation.armed = True
            args, kwargs = self._app.bind(start.args)
            result = self._app.function(*args, **kwargs)
            # Not `inspect.isawaitable`: it would touch much memory that sessions share otherwise.
            if hasattr(type(result), "__await__"):
                result = self._run_loop(cast("Awaitable[object]", result))
            cancellation.armed = False
        except BaseException as error:  # broad: whatever ends the app, the session says so
            cancellation.armed = False
            return ending_of(error, root=self._root, limits=start.limits, cancellation=cancellation)
        divergence = recorder.divergence
        if divergence is not None:
            return ending_of(divergence, root=self._root, limits=start.limits, cancellation=cancellation)
        return e.SessionCompleted(result=result_of(result))

    def cancel_task(self) -> bool:
        """Cancel the task of an async app.

        Returns:
            False when there is none, or when its loop does not react.
        """
        self._nudges += 1
        if self._task is None or self._nudges > _TASK_FIRST:
            return False
        loop, task = self._task
        cancellation = self._recorder.cancellation

        def cancel() -> None:
            if cancellation.due:
                cancellation.delivered = True
                task.cancel()

        try:
            loop.call_soon_threadsafe(cancel)
        except RuntimeError:  # the loop has just been closed
            return False
        return True

    def _run_loop(self, awaitable: Awaitable[object]) -> object:
        import asyncio  # late: a sync app does not pay for it

        from outlast.worker.looping import AppLoop  # late: as above

        async def run() -> object:
            task = asyncio.current_task()
            if task is not None:
                self._task = asyncio.get_running_loop(), task
            return await awaitable

        loop = AppLoop(self._recorder.idle)
        asyncio.set_event_loop(loop)
        try:
            return loop.run_until_complete(run())
        finally:
            self._task = None
            rest = asyncio.all_tasks(loop)
            for task in rest:
                task.cancel()
            if rest:
                loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
            asyncio.set_event_loop(None)
            loop.close()


def listen(channel: Channel, recorder: SessionRecorder, *, interrupt: Callable[[], None]) -> None:
    """Take the host's commands until it hangs up.

    Args:
        channel: to the host.
        recorder: of the session.
        interrupt: tells the app's thread of a cancel; called again until it was told.

    Raises:
        OSError: the socket was closed on this side.
    """
    while True:
        timeout_s = recorder.catch_up()
        if recorder.cancellation.due:
            interrupt()
            timeout_s = _AGAIN_S
        try:
            body = channel.receive(timeout_s)
            if body is None:
                return
            recorder.handle(_commands.decode(body))
        except TimeoutError:
            continue
        except ProtocolViolation as error:
            os.write(2, f"outlast: the host can't be understood: {error}\n".encode())
            return
