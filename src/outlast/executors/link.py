"""The socket to a template process: frames with descriptors beside them, the tail of its output, its end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta

from outlast.executors.base import ProcessExit, Source
from outlast.kit.errors import ProtocolViolation, Unavailable
from outlast.protocol.codec import FrameReader, encode_frame
from outlast.protocol.commands import Message
from outlast.worker.control import reports

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
_PATIENCE = timedelta(seconds=5)


def environment_of(source: Source) -> Mapping[str, str]:
    """The whole environment of a source's processes."""
    given = {name: value for name, value in source.env.items() if not name.upper().startswith("OUTLAST_")}
    return {**_DEFAULTS, **given}


class TemplateLink:
    """Starts a template process and talks with it.

    Args:
        source: the file it is for; decides its environment and its folder.
        on_report: called with each of its reports.
        on_end: called once, when the process has ended.

    Raises:
        Unavailable: no process can be started.
    """

    def __init__(
        self, source: Source, *, on_report: Callable[[Message], None], on_end: Callable[[ProcessExit], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_report, self._on_end = on_report, on_end
        self._reader = FrameReader()
        self._descriptors: deque[int] = deque()
        self._tail = b""
        ours, theirs = socket.socketpair()
        self._output, output_write = os.pipe()
        try:
            # On the loop's own thread: the kernel tells a child of its parent's death when that thread ends.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "outlast.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=output_write,
                stderr=output_write,
                env=dict(environment_of(source)),
                cwd=source.root,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            os.close(self._output)
            raise Unavailable(f"No process can be started for {source.path.name}: {error}.") from error
        finally:
            theirs.close()
            os.close(output_write)
        ours.setblocking(False)
        os.set_blocking(self._output, False)
        self._socket, self._fd = ours, ours.fileno()
        self._open = True
        self._loop.add_reader(self._fd, self._on_readable)
        self._loop.add_reader(self._output, self._on_output)

    @property
    def open(self) -> bool:
        """Whether it can be talked to."""
        return self._open

    @property
    def tail(self) -> str:
        """The last of what the process wrote on descriptors 1 and 2."""
        return self._tail.decode(errors="replace")

    def send(self, message: Message) -> None:
        """Send a message: they are few and small, so the socket has room or is broken."""
        if self._open:
            try:
                self._socket.sendall(encode_frame(message))
            except OSError:
                self.hang_up(kill=True)

    def take_descriptors(self, count: int) -> list[int]:
        """The descriptors that came with the report that is handled; too few when this process has no more free."""
        return [self._descriptors.popleft() for _ in range(min(count, len(self._descriptors)))]

    def hang_up(self, *, kill: bool) -> None:
        """Let the process end.

        Args:
            kill: at once, with what it started; else it first sees to the processes that it forked.
        """
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._fd)
        self._socket.close()
        while self._descriptors:
            os.close(self._descriptors.popleft())
        if kill:
            self._kill()
        if hasattr(os, "pidfd_open"):
            self._await_by_pidfd()
        else:
            self._loop.run_in_executor(None, self._process.wait).add_done_callback(lambda _: self._ended())

    def kill(self) -> None:
        """End the process and all that it forked, without the event loop; returns when they are gone."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE.total_seconds())
            except subprocess.TimeoutExpired:
                self._kill()
                self._process.wait()

    def _kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def _await_by_pidfd(self) -> None:
        if self._process.poll() is not None:
            self._loop.call_soon(self._ended)
            return
        pidfd = os.pidfd_open(self._process.pid)
        late = self._loop.call_later(_PATIENCE.total_seconds(), self._kill)

        def ended() -> None:
            late.cancel()
            self._loop.remove_reader(pidfd)
            os.close(pidfd)
            self._process.wait()
            self._ended()

        self._loop.add_reader(pidfd, ended)

    def _ended(self) -> None:
        self._on_output()
        self._close_output()
        code = self._process.returncode or 0
        self._on_end(ProcessExit(signal=-code) if code < 0 else ProcessExit(code=code))

    def _on_readable(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._socket, 65536, 16)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        self._descriptors.extend(descriptors)
        if not data:
            self.hang_up(kill=False)
            return
        try:
            for body in self._reader.feed(data):
                self._on_report(reports.decode(body))
        except ProtocolViolation:  # the file's own code wrote there
            self.hang_up(kill=True)

    def _on_output(self) -> None:
        try:
            data = os.read(self._output, 65536) if self._output >= 0 else b""
        except OSError:
            return
        self._tail = (self._tail + data)[-_TAIL_BYTES:]
        if not data:
            self._close_output()

    def _close_output(self) -> None:
        if self._output >= 0:
            self._loop.remove_reader(self._output)
            os.close(self._output)
            self._output = -1
