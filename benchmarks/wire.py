"""A load generator's HTTP and SSE client: raw sockets and httptools, so that the server gets the machine.

The client shares the machine's cores with the server it measures. `Connection` blocks and is used
for latencies, one request after another; `benchmarks.swarm` reads thousands of streams at once.
"""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import httptools

HOST = "127.0.0.1"
RECEIVE_BYTES = 1 << 18


class WireError(Exception):
    """The server answered with something that the load generator did not ask for."""


class StreamEnded(WireError):
    """The server ended a stream that the load generator still reads."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One SSE frame; several ``data:`` lines are joined by newlines.

    Attributes:
        id: The text of ``id:``, empty without one.
        event: The text of ``event:``, empty without one.
        data: The data.
    """

    id: bytes
    event: bytes
    data: bytes


class SseParser:
    """Cuts a body into frames; comments and ``retry:`` are dropped."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, body: bytes) -> list[Frame]:
        """Take more of the body.

        Args:
            body: What arrived.

        Returns:
            The frames that are complete now.
        """
        texts = (self._rest + body).split(b"\n\n")
        self._rest = texts.pop()
        return [frame for text in texts if (frame := parse_frame(text)) is not None]


def parse_frame(text: bytes) -> Frame | None:
    """Read the lines of one frame.

    Args:
        text: The frame without the empty line that ends it.

    Returns:
        The frame, or None for a comment or a bare ``retry:``.
    """
    id_ = event = b""
    data: list[bytes] = []
    for line in text.split(b"\n"):
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            data.append(value)
        elif name == b"id":
            id_ = value
        elif name == b"event":
            event = value
    return Frame(id_, event, b"\n".join(data)) if data else None


def request_bytes(method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Write a request.

    Args:
        method: The verb.
        path: Path and query.
        headers: Headers beside ``Host`` and ``Content-Length``.
        body: The body, empty for none.

    Returns:
        The bytes to send.
    """
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(slots=True)
class _Incoming:
    """The callbacks of httptools for one response at a time."""

    body: list[bytes] = field(default_factory=list)
    headers: dict[bytes, bytes] = field(default_factory=dict)
    headers_done: bool = False
    done: bool = False

    def on_message_begin(self) -> None:
        self.body.clear()
        self.headers.clear()
        self.headers_done = self.done = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        self.headers_done = True

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        self.done = True


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer.

    Attributes:
        status: The HTTP status.
        headers: Headers, names in lower case.
        body: The body.
    """

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes


class Connection:
    """One kept-alive connection that blocks.

    Args:
        port: Port on loopback.
        headers: Headers of every request.
        timeout_s: Longest silence, in seconds.
    """

    def __init__(self, port: int, *, headers: Mapping[str, str] | None = None, timeout_s: float = 60.0) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = {"Host": f"{HOST}:{port}", **(headers or {})}
        self._incoming = _Incoming()
        self._parser = httptools.HttpResponseParser(self._incoming)
        self._sse = SseParser()
        self.received_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def send(self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Send a request and return at once.

        Args:
            method: The verb.
            path: Path and query.
            body: The body.
            headers: Headers of this request.
        """
        self._incoming = _Incoming()
        self._parser = httptools.HttpResponseParser(self._incoming)
        self._sse = SseParser()
        self._socket.sendall(request_bytes(method, path, headers={**self._headers, **(headers or {})}, body=body))

    def _receive(self) -> None:
        received = self._socket.recv(RECEIVE_BYTES)
        if not received:
            message = "the server closed the connection"
            raise StreamEnded(message)
        self.received_bytes += len(received)
        self._parser.feed_data(received)

    def response(self) -> Response:
        """Wait for the whole answer.

        Returns:
            The answer.
        """
        while not self._incoming.done:
            self._receive()
        return Response(self._parser.get_status_code(), dict(self._incoming.headers), b"".join(self._incoming.body))

    def request(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send a request and wait for the answer.

        Args:
            method: The verb.
            path: Path and query.
            body: The body.
            headers: Headers of this request.

        Returns:
            The answer.

        Raises:
            WireError: The status is not 2xx or 3xx.
        """
        self.send(method, path, body=body, headers=headers)
        answer = self.response()
        if answer.status >= 400:
            message = f"{method} {path}: {answer.status} {answer.body[:500]!r}"
            raise WireError(message)
        return answer

    def stream_headers(self) -> Mapping[bytes, bytes]:
        """Wait for the head of a stream's answer.

        Returns:
            Its headers.

        Raises:
            WireError: The status is not 200 or 201.
        """
        while not self._incoming.headers_done:
            self._receive()
        status = self._parser.get_status_code()
        if status not in (200, 201):
            message = f"the stream answered {status}: {self.response().body[:500]!r}"
            raise WireError(message)
        return self._incoming.headers

    def frames(self) -> Iterator[Frame]:
        """Read the stream that the last request opened.

        Yields:
            Each frame as soon as it is complete; ends when the server ends the stream.
        """
        self.stream_headers()
        while True:
            if self._incoming.body:
                body = b"".join(self._incoming.body)
                self._incoming.body.clear()
                yield from self._sse.feed(body)
            elif self._incoming.done:
                return
            else:
                self._receive()


def free_port() -> int:
    """Find a free port.

    Returns:
        Its number.
    """
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, *, alive: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Wait until a server listens.

    Args:
        port: Port on loopback.
        alive: Whether the server's process still runs.
        timeout_s: Longest wait, in seconds.

    Raises:
        WireError: The process ended, or nothing listened in time.
    """
    give_up_at = time.monotonic() + timeout_s
    while time.monotonic() < give_up_at:
        if not alive():
            message = "the server ended while it was started"
            raise WireError(message)
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.002)
    message = f"nothing listens on port {port} after {timeout_s} s"
    raise WireError(message)


def percentile(values: Sequence[float], share: float) -> float:
    """Read a percentile off a sample, by nearest rank.

    Args:
        values: The sample, at least one value.
        share: 0.5 for the median.

    Returns:
        The value at that rank.
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
