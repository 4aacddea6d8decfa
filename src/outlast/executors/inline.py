"""Sessions as threads of this process: for functions that no import can reach, and for tests.

A thread can't be killed: one that is told to end is let go of at its next call of Outlast, and at the next bytecode it
runs; its limits, its output and its crashes are this process's.
"""

from __future__ import annotations

import asyncio
import ctypes
import inspect
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from outlast.executors.base import AppInfo, ProcessExit, SessionProcess, Source
from outlast.executors.connection import Connection
from outlast.kit.clock import Clock, SystemClock
from outlast.kit.errors import AppBroken, Unavailable
from outlast.protocol.commands import Emission, Message, Start, commands, emissions
from outlast.sdk.context import SessionCancelled, enter
from outlast.worker.channel import Channel
from outlast.worker.loading import AnyApp
from outlast.worker.playing import Player, listen
from outlast.worker.recorder import SessionRecorder

_KILLED = ProcessExit(signal=9)


class InlineExecutor:
    """Runs sessions in threads.

    Args:
        clock: tells its sessions when their timers are due.
    """

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._apps: dict[str, AnyApp] = {}
        self._sessions: set[InlineProcess] = set()
        self._closed = False

    def add(self, app: AnyApp) -> Source:
        """Take in an app.

        Returns:
            The source that stands for it, to be loaded and spawned.
        """
        module = f"inline_{len(self._apps) + 1}"
        code = inspect.unwrap(app.function).__code__
        self._apps[module] = app
        path = Path(code.co_filename)
        return Source(path=path, module=module, root=path.parent, code=f"inline-{id(app):x}")

    def holds(self, source: Source) -> bool:
        """Whether a source is one that `add` gave."""
        return source.module in self._apps and source.code.startswith("inline-")

    async def load(self, source: Source) -> Sequence[AppInfo]:
        """Tell the source's app."""
        return [self._app(source).info()]

    async def spawn(self, source: Source) -> SessionProcess:
        """Start a thread that waits for its start."""
        if self._closed:
            raise Unavailable("The host is closing.")
        app = self._app(source)
        self._sessions = {each for each in self._sessions if not each.ended}
        process = InlineProcess(app, root=source.root, clock=self._clock)
        self._sessions.add(process)
        return process

    async def unload(self, source: Source) -> None:
        """Forget the app; its running sessions go on."""
        self._apps.pop(source.module, None)

    def kill(self) -> None:
        """There is no process; the threads are daemons."""
        self._closed = True

    async def close(self) -> None:
        """Let go of every thread."""
        self._closed = True
        for process in self._sessions:
            process.kill()

    def _app(self, source: Source) -> AnyApp:
        app = self._apps.get(source.module)
        if app is None:
            raise AppBroken(f"The function of {source.module} is not known in this process any more.")
        return app


class InlineProcess:
    """A session in a thread; implements `SessionProcess`."""

    def __init__(self, app: AnyApp, *, root: Path, clock: Clock) -> None:
        self._loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        self._connection = Connection(ours, self._loop)
        self._exit: asyncio.Future[ProcessExit] = self._loop.create_future()
        self._app, self._root, self._clock = app, root, clock
        self._thread = threading.Thread(target=self._run, args=(Channel(theirs),), daemon=True, name=f"app {app.name}")
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """None: it is a thread."""
        return None

    @property
    def scratch(self) -> Path | None:
        """None: whoever starts it makes one."""
        return None

    @property
    def ended(self) -> bool:
        """Whether it has ended or was let go of."""
        return self._exit.done()

    def send(self, message: Message) -> None:
        """Send a command; never waits."""
        self._connection.send(message)

    async def receive(self) -> Emission | None:
        """The next emission; None at the end."""
        body = await self._connection.next_body()
        if body is None:
            return None
        emission = emissions.decode(body)
        assert isinstance(emission, Emission)
        return emission

    async def output(self) -> bytes | None:
        """Nothing: what a thread prints is this process's."""
        await asyncio.shield(self._exit)
        return None

    def kill(self) -> None:
        """Hang up; the thread ends as soon as it can."""
        self._has_exited(_KILLED)

    async def wait(self) -> ProcessExit:
        """Wait until it has ended or was let go of."""
        return await asyncio.shield(self._exit)

    def _has_exited(self, how: ProcessExit) -> None:
        if not self._exit.done():
            self._exit.set_result(how)
        self._connection.close()

    def _run(self, channel: Channel) -> None:
        body = channel.receive()
        try:
            if body is not None and isinstance(start := commands.decode(body), Start):
                self._play(start, channel)
        except (OSError, SessionCancelled):  # the host has let go of it
            pass
        finally:
            channel.close()
            try:
                self._loop.call_soon_threadsafe(self._has_exited, ProcessExit(code=0))
            except RuntimeError:  # the loop was closed before this thread came to its end
                pass

    def _play(self, start: Start, channel: Channel) -> None:
        recorder = SessionRecorder(start, channel.send, clock=self._clock)
        recorder.cancellation.by_signal = False
        enter(recorder, process_wide=False)
        player = Player(self._app, recorder, root=self._root)
        thread = threading.get_ident()

        def interrupt() -> None:
            if not player.cancel_task() and recorder.quiet() and recorder.cancellation.due:
                recorder.cancellation.delivered = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(SessionCancelled))

        def hear() -> None:
            with suppress(OSError):  # the app's thread hung up
                listen(channel, recorder, interrupt=interrupt)
            recorder.abandon()
            if recorder.cancellation.due:
                interrupt()

        threading.Thread(target=hear, daemon=True, name=f"reader {self._app.name}").start()
        recorder.finish(player.play()).wait()
