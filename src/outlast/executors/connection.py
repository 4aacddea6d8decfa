"""The host's side of one session process: a non-blocking socket and pipe on the event loop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections import deque
from collections.abc import Callable
from pathlib import Path

from outlast.executors.base import ProcessExit
from outlast.kit.errors import ProtocolViolation
from outlast.protocol.codec import FrameReader, encode_frame
from outlast.protocol.commands import Emission, Message, emissions

_CHUNK_BYTES = 256 * 1024
_MAX_BODIES = 8
"""A process that keeps to its one emission at a time never has more; another one is not read on meanwhile."""


class Connection:
    """The socket to a session process; frames in both directions.

    Args:
        sock: connected; the connection owns it.
        loop: that it lives on.
    """

    def __init__(self, sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._fd = sock.fileno()
        self._loop = loop
        self._reader = FrameReader()
        self._bodies: deque[bytes] = deque()
        self._violation: ProtocolViolation | None = None
        self._outgoing = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._reading = self._open = True
        self._ended = False
        loop.add_reader(self._fd, self._on_readable)

    def send(self, message: Message) -> None:
        """Send a message, now or as soon as the socket takes it."""
        if not self._open:
            return
        frame = encode_frame(message)
        if not self._outgoing:
            try:
                frame = frame[self._socket.send(frame) :]
            except BlockingIOError:
                pass
            except OSError:
                return  # it is gone; what it said before can still be read
            if not frame:
                return
            self._loop.add_writer(self._fd, self._on_writable)
        self._outgoing += frame

    async def next_body(self) -> bytes | None:
        """The next frame's body; None once, when there is no more.

        Raises:
            ProtocolViolation: what came is not a frame.
        """
        while not self._bodies:
            if self._violation is not None:
                raise self._violation
            if not self._open:
                return None
            self._waiter = self._loop.create_future()
            await self._waiter
        body = self._bodies.popleft()
        if not self._reading and self._open and len(self._bodies) < _MAX_BODIES:
            self._reading = True
            self._loop.add_reader(self._fd, self._on_readable)
        return body

    def ended(self) -> None:
        """The process has ended: what lies in the socket is all there is, whoever else holds the other end."""
        self._ended = True
        if self._open and self._reading:
            self._on_readable()

    def close(self) -> None:
        """Hang up."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        self._socket.close()
        self._wake()

    def _on_readable(self) -> None:
        try:
            data = self._socket.recv(_CHUNK_BYTES)
            if not data:
                self.close()
                return
            self._bodies.extend(self._reader.feed(data))
        except BlockingIOError:
            if self._ended:
                self.close()
            return
        except ProtocolViolation as error:
            self._violation = error
            self.close()
            return
        except OSError:
            self.close()
            return
        if len(self._bodies) >= _MAX_BODIES and self._reading:
            self._reading = False
            self._loop.remove_reader(self._fd)
        if self._bodies:
            self._wake()
        if self._ended and self._reading:
            self._loop.call_soon(self._on_readable_if_open)

    def _on_readable_if_open(self) -> None:
        if self._open:
            self._on_readable()

    def _on_writable(self) -> None:
        try:
            del self._outgoing[: self._socket.send(self._outgoing)]
        except BlockingIOError:
            return
        except OSError:
            self._outgoing.clear()
        if not self._outgoing:
            self._loop.remove_writer(self._fd)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class OutputPipe:
    """What a process writes on descriptors 1 and 2, read only as fast as it is asked for.

    Args:
        fd: of the reading end; owned.
        loop: that it lives on.
    """

    def __init__(self, fd: int, loop: asyncio.AbstractEventLoop) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._loop = loop
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False

    async def read(self) -> bytes | None:
        """The next bytes; None at the end."""
        while self._fd >= 0:
            try:
                data = os.read(self._fd, 65536)
            except BlockingIOError:
                if self._ended:  # a process that outlives the session's holds the other end
                    self.close()
                    break
                await self._readable()
                continue
            if data:
                return data
            self.close()
        return None

    def end(self) -> None:
        """The process has ended: what is there is all there is."""
        self._ended = True
        self._wake()

    def __del__(self) -> None:
        if self._fd >= 0:  # nobody asked for what was left in it
            os.close(self._fd)

    def close(self) -> None:
        """Read no more."""
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1
            self._wake()

    async def _readable(self) -> None:
        self._waiter = self._loop.create_future()
        self._loop.add_reader(self._fd, self._wake)
        try:
            await self._waiter
        finally:
            if self._fd >= 0:
                self._loop.remove_reader(self._fd)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class RemoteProcess:
    """A forked session process; implements `SessionProcess`.

    Args:
        pid: its id.
        sock: to it.
        output: the reading end of its output's pipe.
        pidfd: refers to it even when its id is given to another; None where the system has none.
        scratch: the folder it settles in.
        loop: that all this lives on.

    Attributes:
        on_first_send: called once, after the first command was sent.
        ready: it has said that it has imported its file.
    """

    def __init__(
        self,
        pid: int,
        sock: socket.socket,
        *,
        output: int,
        pidfd: int | None,
        scratch: Path | None,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._pid = pid
        self._scratch = scratch
        self._pidfd = pidfd
        self.connection = Connection(sock, loop)
        self._output = OutputPipe(output, loop)
        self._exit: asyncio.Future[ProcessExit] = loop.create_future()
        self.on_first_send: Callable[[], None] | None = None
        self.ready = False

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._pid

    @property
    def scratch(self) -> Path | None:
        """Its scratch folder."""
        return self._scratch

    @property
    def ended(self) -> bool:
        """Whether it is known to have ended."""
        return self._exit.done()

    def send(self, message: Message) -> None:
        """Send a command; never waits."""
        self.connection.send(message)
        if self.on_first_send is not None:
            told, self.on_first_send = self.on_first_send, None
            told()

    async def receive(self) -> Emission | None:
        """The next emission; None when the process has closed its end.

        Raises:
            ProtocolViolation: it sent what does not parse.
        """
        body = await self.connection.next_body()
        if body is None:
            return None
        emission = emissions.decode(body)
        assert isinstance(emission, Emission)
        return emission

    async def output(self) -> bytes | None:
        """What the process wrote past Python; None at its end."""
        return await self._output.read()

    def kill(self) -> None:
        """End it and all of its process group; its template sees to the rest."""
        if self._exit.done():
            return
        try:
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, 0)  # until it is reaped its group is nobody else's
            os.killpg(self._pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        try:
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            else:
                os.kill(self._pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    async def wait(self) -> ProcessExit:
        """Wait until it has ended."""
        return await asyncio.shield(self._exit)

    def has_exited(self, how: ProcessExit) -> None:
        """Its template says that it, and all it started, is gone."""
        if self._exit.done():
            return
        self._exit.set_result(how)
        self.connection.ended()
        self._output.end()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None

    def discard(self) -> None:
        """Give up a process that was never used."""
        self.kill()
        self.connection.close()
        self._output.close()
