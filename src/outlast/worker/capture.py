"""What the app prints becomes `log.written`: ``sys.stdout``, ``sys.stderr`` and warnings."""

from __future__ import annotations

import codecs
import io
import os
import sys
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

from outlast.protocol.codec import Json

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Sink = Callable[[str, str], None]


class Captured(io.RawIOBase):
    """The bytes below ``sys.stdout`` or ``sys.stderr``: to a sink while a session runs, else to the descriptor.

    It is put in place before an app's file is imported, since handlers and libraries keep the stream they find then.
    """

    def __init__(self, channel: str, fd: int) -> None:
        self._channel = channel
        self._fd = fd
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.sink: Sink | None = None

    def writable(self) -> bool:  # type: ignore[explicit-override]
        return True

    def fileno(self) -> int:  # type: ignore[explicit-override]
        """The real descriptor, for child processes; the host reads what they write there."""
        return self._fd

    def write(self, data: ReadableBuffer, /) -> int:  # type: ignore[explicit-override]
        taken = bytes(data)
        if self.sink is None:
            os.write(self._fd, taken)
        elif text := self._decoder.decode(taken):
            self.sink(self._channel, text)
        return len(taken)


class Capture:
    """Takes ``sys.stdout``, ``sys.stderr`` and warnings of this process.

    Example:
        ``capture = Capture()``; later ``capture.to(recorder.log)``.
    """

    def __init__(self) -> None:
        self._raw = [Captured("stdout", 1), Captured("stderr", 2)]
        sys.stdout, sys.stderr = self._streams = [_text(raw) for raw in self._raw]

    def to(self, sink: Sink) -> None:
        """Give everything from now on to a sink, which gets channel and text."""
        for raw in self._raw:
            raw.sink = sink

        def show(message: Warning | str, category: type[Warning], *where: Json) -> None:
            filename, lineno, file, line = (*where, None, None)[:4]
            text = warnings.formatwarning(message, category, filename, lineno, line)
            if file is None:
                sink("warning", text)
            else:
                file.write(text)

        warnings.showwarning = show  # type: ignore[assignment]

    def release(self) -> None:
        """Give everything to the descriptors again."""
        self.flush()
        for raw in self._raw:
            raw.sink = None

    def detach(self) -> None:
        """As `release`, in a process that the app forked: what was not passed on yet is its parent's to say."""
        sys.stdout, sys.stderr = self._streams = [_text(Captured("stdout", 1)), _text(Captured("stderr", 2))]

    def flush(self) -> None:
        """Pass on what has no end of line yet."""
        for stream in self._streams:
            try:
                stream.flush()
            except ValueError:  # the app closed it
                pass


def _text(raw: Captured) -> io.TextIOWrapper:
    # The raw stream stands in for a buffered one: lines are buffered above it already.
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace", line_buffering=True)
