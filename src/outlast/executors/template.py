"""The host's side of a template process: starts it, asks it for session processes, hears how they end."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from outlast.executors.base import AppInfo, NotForkable, ProcessExit, Source
from outlast.executors.connection import RemoteProcess
from outlast.kit.errors import AppBroken, ProtocolViolation, Unavailable
from outlast.protocol.codec import FrameReader, encode_frame
from outlast.protocol.commands import Message
from outlast.worker.control import Broken, Drain, Exited, Fork, Forked, ForkFailed, Load, Loaded, reports

T = TypeVar("T")

logger = logging.getLogger(__name__)

_KILLED = ProcessExit(signal=9)
_DEFAULTS: Mapping[str, str] = {
    # Libraries that start a thread a core when they are imported can't be forked, and sessions share the cores.
    **dict.fromkeys(
        ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
        "1",
    ),
    # A replay in another process must find sets in the same order.
    "PYTHONHASHSEED": "0",
}
_TAIL_BYTES = 8192


def environment_of(source: Source) -> Mapping[str, str]:
    """The whole environment of a source's processes."""
    given = {name: value for name, value in source.env.items() if not name.upper().startswith("OUTLAST_")}
    return {**_DEFAULTS, **given}


class Template:
    """One template process and the session processes that it forked.

    Args:
        source: the file it holds.
        preload: import the file before forking; else each forked process imports it for itself, ahead of time.
        spares: how many processes to keep ready.
        load_timeout: how long an import may take.

    Attributes:
        on_gone: called when it has ended, and with it every process it forked.
    """

    def __init__(self, source: Source, *, preload: bool, spares: int, load_timeout: timedelta) -> None:
        self.source = source
        self._spares = spares
        self._preload = preload
        self._timeout_s = load_timeout.total_seconds()
        self._loop = asyncio.get_running_loop()
        self._sessions: dict[int, RemoteProcess] = {}
        self._spare: deque[RemoteProcess] = deque()
        self._asked: deque[asyncio.Future[RemoteProcess]] = deque()
        self._loaded: asyncio.Future[Loaded] = self._loop.create_future()
        self._gone: asyncio.Future[None] = self._loop.create_future()
        self._reader = FrameReader()
        self._descriptors: deque[int] = deque()
        self._tail = b""
        self._on_its_way = 0
        self.on_gone: Callable[[Template], None] | None = None
        self._apps: Sequence[AppInfo] = ()
        self._start()

    # -- what executors use ------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        """Whether it can fork."""
        return self._open

    async def load(self) -> Sequence[AppInfo]:
        """Wait for the import.

        Raises:
            AppBroken: the file can't be imported.
            NotForkable: it started threads.
        """
        if not self._preload:
            first = await self.spawn()
            self._spare.appendleft(first)
            return self._apps
        loaded = await self._in_time(asyncio.shield(self._loaded))
        if loaded.threads > 1:
            raise NotForkable(f"{self.source.path.name} starts {loaded.threads - 1} threads while it is imported.")
        self._ask_spare()
        return loaded.apps

    async def spawn(self) -> RemoteProcess:
        """Give a process that waits for its start: the spare if it is ready.

        Raises:
            AppBroken, Unavailable: there is none to be had.
        """
        while self._spare:
            process = self._spare.popleft()
            if not process.ended:
                return self._followed(await self._ready(process))
        if not self._open:
            raise Unavailable(f"The template of {self.source.path.name} is gone; try again.")
        waiter: asyncio.Future[RemoteProcess] = self._loop.create_future()
        self._asked.append(waiter)
        if len(self._asked) > self._on_its_way:
            self._ask()
        return self._followed(await self._ready(await waiter))

    def drain(self) -> None:
        """Fork no more and end with the last session."""
        self._discard_spares()
        self._send(Drain())

    def close(self) -> None:
        """Hang up; it kills all that it forked and ends."""
        self._discard_spares()
        if self._open:
            self._hang_up()

    async def gone(self) -> None:
        """Wait until the process has ended, and with it every one it forked."""
        await asyncio.shield(self._gone)

    # -- the process -------------------------------------------------------------------------------------------

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        output, output_write = os.pipe()
        try:
            # On the loop's own thread: the kernel tells a child of its parent's death when that thread ends.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "outlast.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=output_write,
                stderr=output_write,
                env=dict(environment_of(self.source)),
                cwd=self.source.root,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            os.close(output)
            raise Unavailable(f"No process can be started for {self.source.path.name}: {error}.") from error
        finally:
            theirs.close()
            os.close(output_write)
        ours.setblocking(False)
        os.set_blocking(output, False)
        self._open = True
        self._socket, self._fd, self._output = ours, ours.fileno(), output
        self._outgoing = b""
        self._loop.add_reader(self._fd, self._on_readable)
        self._loop.add_reader(output, self._on_output)
        source = self.source
        self._send(
            Load(
                path=str(source.path),
                module=source.module,
                root=str(source.root),
                sealed=[str(folder) for folder in source.sealed],
                preload=self._preload,
            )
        )

    def _send(self, message: Message) -> None:
        if self._open:
            try:
                self._socket.sendall(encode_frame(message))
            except OSError:
                self._hang_up()

    def _ask(self) -> None:
        self._on_its_way += 1
        self._send(Fork())

    def _ask_spare(self) -> None:
        while self._open and len(self._spare) + self._on_its_way - len(self._asked) < self._spares:
            self._ask()

    def _followed(self, process: RemoteProcess) -> RemoteProcess:
        """Have the next spare forked once this process has its start: not earlier, it would be in its way."""
        process.on_first_send = self._ask_spare
        return process

    async def _ready(self, process: RemoteProcess) -> RemoteProcess:
        """Wait for a process that imports for itself; it says so first of all."""
        if self._preload or process.ready:
            return process
        try:
            body = await self._in_time(process.connection.next_body())
        except AppBroken:
            process.discard()
            raise
        if body is None:
            raise self._died(await process.wait())
        report = reports.decode(body)
        if isinstance(report, Broken):
            raise _broken(report)
        if not isinstance(report, Loaded):
            process.discard()
            raise ProtocolViolation("A new process did not say what it has loaded.")
        self._apps = report.apps
        process.ready = True
        return process

    async def _in_time(self, result: Awaitable[T]) -> T:
        try:
            return await asyncio.wait_for(result, self._timeout_s)
        except TimeoutError:
            self.close()
            raise AppBroken(
                f"{self.source.path.name} was not imported within {self._timeout_s:g} s. Move what takes long, or "
                "waits, from the file's top level into the app's function."
            ) from None

    # -- what it says ------------------------------------------------------------------------------------------

    def _on_readable(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._socket, 65536, 16)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        self._descriptors.extend(descriptors)
        if not data:
            self._hang_up()
            return
        for body in self._reader.feed(data):
            self._on_report(reports.decode(body))

    def _on_report(self, report: Message) -> None:
        if isinstance(report, Forked):
            self._on_forked(report)
        elif isinstance(report, Exited):
            if (process := self._sessions.pop(report.pid, None)) is not None:
                process.has_exited(ProcessExit(code=report.code, signal=report.signal))
        elif isinstance(report, Loaded):
            _settle(self._loaded, report)
        elif isinstance(report, Broken):
            _fail(self._loaded, _broken(report))
        elif isinstance(report, ForkFailed):
            self._on_its_way -= 1
            if self._asked:
                error = Unavailable(f"No process can be made for {self.source.path.name}: {report.error}.")
                _fail(self._asked.popleft(), error)

    def _on_forked(self, report: Forked) -> None:
        self._on_its_way -= 1
        fds = [self._descriptors.popleft() for _ in range(report.descriptors)]
        process = RemoteProcess(
            report.pid,
            socket.socket(fileno=fds[0]),
            output=fds[1],
            pidfd=fds[2] if len(fds) > 2 else None,
            loop=self._loop,
        )
        self._sessions[report.pid] = process
        while self._asked:
            waiter = self._asked.popleft()
            if not waiter.done():
                waiter.set_result(process)
                return
        self._spare.append(process)

    def _on_output(self) -> None:
        try:
            data = os.read(self._output, 65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._tail = (self._tail + data)[-_TAIL_BYTES:]
        if not data:
            self._loop.remove_reader(self._output)
            os.close(self._output)
            self._output = -1

    def _discard_spares(self) -> None:
        while self._spare:
            self._spare.popleft().discard()

    def _hang_up(self) -> None:
        self._open = False
        self._loop.remove_reader(self._fd)
        self._socket.close()
        while self._descriptors:
            os.close(self._descriptors.popleft())
        if hasattr(os, "pidfd_open"):
            self._await_by_pidfd()
        else:
            self._loop.run_in_executor(None, self._process.wait).add_done_callback(lambda _: self._ended())

    def _await_by_pidfd(self) -> None:
        pidfd = os.pidfd_open(self._process.pid)

        def ended() -> None:
            self._loop.remove_reader(pidfd)
            os.close(pidfd)
            self._process.wait()
            self._ended()

        self._loop.add_reader(pidfd, ended)

    def _ended(self) -> None:
        if self._output >= 0:
            self._on_output()
        if self._output >= 0:
            self._loop.remove_reader(self._output)
            os.close(self._output)
            self._output = -1
        code = self._process.returncode or 0
        how = ProcessExit(signal=-code) if code < 0 else ProcessExit(code=code)
        _fail(self._loaded, self._died(how))
        while self._asked:
            _fail(self._asked.popleft(), self._died(how))
        for process in self._sessions.values():
            process.has_exited(_KILLED)
        self._sessions.clear()
        _settle(self._gone, None)
        if self.on_gone is not None:
            self.on_gone(self)

    def _died(self, how: ProcessExit) -> AppBroken:
        words = f"signal {how.signal}" if how.signal is not None else f"exit code {how.code}"
        output = self._tail.decode(errors="replace")
        return AppBroken(
            f"{self.source.path.name} ended its process while it was imported ({words}).", traceback=output
        )


def _settle(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[T], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # nobody need ask for it


def _broken(report: Broken) -> AppBroken:
    return AppBroken(report.error, traceback=report.traceback)
