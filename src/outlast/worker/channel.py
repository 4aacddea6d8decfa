"""The session process's side of its socket: blocking, one frame at a time."""

from __future__ import annotations

import select
import socket
from collections import deque

from outlast.protocol.codec import FrameReader

_CHUNK_BYTES = 64 * 1024


class Channel:
    """A blocking socket that carries frames. One thread receives; senders take turns by a lock of their own.

    Args:
        sock: a connected stream socket; the channel owns it.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._reader = FrameReader()
        self._bodies: deque[bytes] = deque()

    def send(self, frame: bytes) -> None:
        """Send one frame; waits while the socket is full.

        Raises:
            OSError: the other side is gone.
        """
        self._socket.sendall(frame)

    def receive(self, timeout_s: float | None = None) -> bytes | None:
        """Wait for the next frame.

        Args:
            timeout_s: how long to wait, in seconds; None waits for ever.

        Returns:
            The frame's body, or None when the other side is gone.

        Raises:
            TimeoutError: nothing came in time.
            OSError: the socket was closed on this side.
            ProtocolViolation: what came is not a frame.
        """
        while not self._bodies:
            if timeout_s is not None:
                poll = select.poll()
                poll.register(self._socket, select.POLLIN)
                if not poll.poll(max(0, int(timeout_s * 1000))):
                    raise TimeoutError
            try:
                data = self._socket.recv(_CHUNK_BYTES)
            except ConnectionError:
                return None
            if not data:
                return None
            self._bodies.extend(self._reader.feed(data))
        return self._bodies.popleft()

    def close(self) -> None:
        """Hang up; a `receive` that waits returns None."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    def forget(self) -> None:
        """Let go of the descriptor, in a process that must not talk on it; the other processes keep theirs."""
        self._socket.close()
