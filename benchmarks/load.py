"""Keeps a number of connections busy with one request each, as `wrk` does, and beside them others with another one.

One `epoll` and no parsing beyond the first answer's length: on a machine of few cores the generator must not be what
is measured.
"""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.wire import HOST, RECEIVE_BYTES, WireError, percentile

WARM_UP_S = 0.5


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a load.

    Attributes:
        per_s: Answers a second.
        times_ms: How long each took.
    """

    per_s: float
    times_ms: Sequence[float]

    def percentile_ms(self, share: float) -> float:
        """Take a percentile.

        Args:
            share: 0.99 for the 99th.

        Raises:
            WireError: No answer came in time.
        """
        if not self.times_ms:
            message = "no answer came in time"
            raise WireError(message)
        return percentile(self.times_ms, share)


@dataclass(slots=True)
class _Client:
    """One connection: sends, reads the whole answer, sends again."""

    sock: socket.socket
    request: bytes
    status: bytes
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    length: int = 0
    times: list[tuple[float, float]] = field(default_factory=list)

    def send(self) -> None:
        self.received.clear()
        self.length = 0
        self.sent_at = time.perf_counter()
        self.sock.sendall(self.request)

    def receive(self) -> None:
        piece = self.sock.recv(RECEIVE_BYTES)
        if not piece:
            message = "the server closed a connection"
            raise WireError(message)
        self.received += piece
        if not self.length:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return
            self.length = end + 4 + _content_length(bytes(self.received[:end]), self.status)
        if len(self.received) >= self.length:
            now = time.perf_counter()
            self.times.append((now, (now - self.sent_at) * 1000))
            self.send()


def _content_length(head: bytes, status: bytes) -> int:
    if not head.startswith(b"HTTP/1.1 " + status):
        message = f"the server answered {head.splitlines()[0]!r}"
        raise WireError(message)
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    message = "an answer does not say how long it is"
    raise WireError(message)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a number of connections send again and again.

    Attributes:
        request: The bytes of the request.
        connections: How many.
        status: What each answer must have.
    """

    request: bytes
    connections: int
    status: int = 200


def load(port: int, *askings: Asking, duration_s: float) -> Sequence[Answered]:
    """Load a server.

    Args:
        port: Where it listens.
        askings: What is sent at the same time.
        duration_s: How long, after a warm-up.

    Returns:
        The outcome of each.

    Raises:
        WireError: an answer was another than it should be.
    """
    clients = [[_connect(port, asking) for _ in range(asking.connections)] for asking in askings]
    with selectors.DefaultSelector() as selector:
        for client in (client for group in clients for client in group):
            selector.register(client.sock, selectors.EVENT_READ, client)
            client.send()
        since = time.perf_counter() + WARM_UP_S
        until = since + duration_s
        while time.perf_counter() < until:
            for key, _ in selector.select(0.1):
                key.data.receive()
    for client in (client for group in clients for client in group):
        client.sock.close()
    return [_answered(group, since=since, until=until) for group in clients]


def _connect(port: int, asking: Asking) -> _Client:
    sock = socket.create_connection((HOST, port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Client(sock, asking.request, str(asking.status).encode())


def _answered(group: Sequence[_Client], *, since: float, until: float) -> Answered:
    times = [took for client in group for at, took in client.times if since <= at <= until]
    return Answered(len(times) / (until - since), times)
