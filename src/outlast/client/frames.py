"""Reads server-sent events (WHATWG HTML §9.2.6) from bytes as they come."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


class Frame(msgspec.Struct, frozen=True):
    """One event of a stream. ``id`` is the last one sent, which may be an earlier frame's."""

    event: str
    data: bytes
    id: str


class FrameParser:
    """Cuts a body into frames; what is cut off at its end is never handed out.

    Attributes:
        id: the last event id.
        retry_ms: how long to wait before coming back, if the server said.
    """

    def __init__(self, *, id: str = "") -> None:
        self.id = id
        self.retry_ms: int | None = None
        self._rest = b""
        self._event = ""
        self._data: list[bytes] = []

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take bytes, give the frames that are whole. The server ends lines with a line feed."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if (frame := self._line(line)) is not None:
                yield frame

    def _line(self, line: bytes) -> Frame | None:
        if not line:
            frame = Frame(self._event or "message", b"\n".join(self._data), self.id) if self._data else None
            self._event, self._data = "", []
            return frame
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._event = value.decode()
        elif name == b"id" and b"\0" not in value:
            self.id = value.decode()
        elif name == b"retry" and value.isdigit():
            self.retry_ms = int(value)
        return None
