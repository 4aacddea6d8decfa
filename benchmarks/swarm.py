"""Many streams read by one thread with one `epoll`, at a few microseconds a piece."""

import contextlib
import select
import socket
import time
from collections.abc import Callable, Mapping
from typing import Self

import httptools

from benchmarks.wire import HOST, RECEIVE_BYTES, WireError, request_bytes


class Viewer:
    """One stream of a `Swarm`. Subclasses take the body.

    Attributes:
        received_bytes: Bytes on the wire, heads included.
        open: Whether the stream is still read.
    """

    __slots__ = ("_incoming_status", "_parser", "open", "received_bytes")

    def __init__(self) -> None:
        self.received_bytes = 0
        self.open = False
        self._incoming_status = 0
        self.restart()

    def restart(self) -> None:
        """Expect a new answer, on a new connection."""
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, received: bytes) -> None:
        """Take bytes off the wire.

        Args:
            received: What arrived.
        """
        self.received_bytes += len(received)
        self._parser.feed_data(received)

    def on_headers_complete(self) -> None:
        """Check the status.

        Raises:
            WireError: The stream was refused.
        """
        if self._parser.get_status_code() not in (200, 201):
            message = f"a stream was answered with {self._parser.get_status_code()}"
            raise WireError(message)

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""

    def on_end(self) -> None:
        """The server ended or cut the stream."""


class Swarm:
    """Many viewers of one server, read by one thread.

    Args:
        port: Port on loopback.
        headers: Headers of every request.
    """

    def __init__(self, port: int, *, headers: Mapping[str, str] | None = None) -> None:
        self.port = port
        self._headers = {"Host": f"{HOST}:{port}", "Accept": "text/event-stream", **(headers or {})}
        self._poll = select.epoll()
        self._sockets: dict[int, tuple[socket.socket, Viewer]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection, _viewer in self._sockets.values():
            connection.close()
        self._sockets.clear()
        self._poll.close()

    def __len__(self) -> int:
        return len(self._sockets)

    def open(
        self,
        viewer: Viewer,
        path: str,
        *,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Open a stream.

        Args:
            viewer: Takes what arrives.
            path: Path and query.
            method: The verb.
            body: The body of the request.
            headers: Headers of this request.
        """
        connection = socket.create_connection((HOST, self.port), timeout=30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request_bytes(method, path, headers={**self._headers, **(headers or {})}, body=body))
        connection.setblocking(False)
        viewer.restart()
        viewer.open = True
        self._sockets[connection.fileno()] = (connection, viewer)
        self._poll.register(connection.fileno(), select.EPOLLIN)

    def run_until(self, finished: Callable[[], bool], *, timeout_s: float) -> None:
        """Read all streams.

        Args:
            finished: Asked after each round of arrivals.
            timeout_s: Longest time, in seconds.

        Raises:
            TimeoutError: It took longer.
        """
        give_up_at = time.monotonic() + timeout_s
        while not finished():
            if time.monotonic() > give_up_at:
                message = f"{len(self._sockets)} streams were still open after {timeout_s} s"
                raise TimeoutError(message)
            self.read(timeout_s=0.05)

    def read(self, *, timeout_s: float) -> None:
        """Take what has arrived.

        Args:
            timeout_s: Longest wait for something to arrive, in seconds.
        """
        for descriptor, _ in self._poll.poll(timeout_s):
            connection, viewer = self._sockets[descriptor]
            received = b""
            with contextlib.suppress(ConnectionError):
                try:
                    received = connection.recv(RECEIVE_BYTES)
                except BlockingIOError:
                    continue
            if received:
                viewer.feed(received)
            if not received or not viewer.open:
                self._poll.unregister(descriptor)
                del self._sockets[descriptor]
                connection.close()
                viewer.open = False
                viewer.on_end()
