"""Events that wait to be sent, merged while they wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import StringIO
from typing import TypeAlias

import msgspec

from outlast.kit.errors import ProtocolViolation
from outlast.protocol.blocks import Rows
from outlast.protocol.codec import Json
from outlast.protocol.commands import Message
from outlast.protocol.events import BlockAppended, BlockUpdated, LogWritten, WorkerEvent

MAX_EVENT_BYTES = 16 * 1024 * 1024

_pack: Callable[[object], bytes] = msgspec.msgpack.Encoder().encode


class PackedEmission(Message, tag="emission", kw_only=True):
    """An `Emission` whose parts were encoded when they were added."""

    emission: int
    events: list[msgspec.Raw]
    files: list[msgspec.Raw] = []  # noqa: RUF012 - msgspec copies it


class _Text:
    """Text that grows: of a block, or of a channel of the log."""

    __slots__ = ("event", "parts")

    def __init__(self, event: BlockAppended | LogWritten) -> None:
        self.event = event
        self.parts = StringIO(newline="")

    def pack(self) -> bytes:
        self.event.text = self.parts.getvalue()
        return _pack(self.event)


_Entry: TypeAlias = _Text | BlockAppended | BlockUpdated | bytes


class Outbox:
    """What has not been sent yet. Not thread-safe: its owner holds a lock.

    An event joins an earlier one only when nothing about the same block came between them, so the document that
    they fold into stays the same. Values are encoded at once: what can't be sent fails in the line that said it.

    Attributes:
        size_bytes: about what it will take on the socket.
    """

    def __init__(self) -> None:
        self.size_bytes = 0
        self._entries: list[_Entry] = []
        self._last: dict[str, _Entry] = {}

    def __bool__(self) -> bool:
        return bool(self._entries)

    def text(self, block: str, text: str) -> None:
        """Append to a block's text."""
        last = self._last.get(block)
        if type(last) is not _Text:
            last = _Text(BlockAppended(block=block, text=""))
            self._add(last, block)
        if text.isascii():
            self.size_bytes += len(text)
        else:
            text = self._measured(text)
        last.parts.write(text)

    def log(self, event: LogWritten) -> None:
        """Append to the log; joins what the same channel said just before."""
        last = self._last.get("log")
        if type(last) is not _Text or not isinstance(last.event, LogWritten) or last.event.channel != event.channel:
            last = _Text(event)
            self._add(last, "log")
        last.parts.write(self._measured(event.text))

    def rows(self, block: str, rows: Rows) -> None:
        """Append to a table's rows."""
        self.size_bytes += self._size(rows)
        last = self._last.get(block)
        if isinstance(last, BlockAppended) and last.rows is not None:
            last.rows.extend(rows)
        else:
            self._add(BlockAppended(block=block, rows=list(rows)), block)

    def patch(self, block: str, props: Mapping[str, Json]) -> None:
        """Merge-patch a block's props; the last value of each is kept."""
        self.size_bytes += self._size(props)
        last = self._last.get(block)
        if isinstance(last, BlockUpdated):
            last.props.update(props)
        else:
            self._add(BlockUpdated(block=block, props=dict(props)), block)

    def add(self, event: WorkerEvent) -> None:
        """Add an event that merges with no other."""
        data = _pack_checked(event)
        self.size_bytes += len(data)
        self._add(data, getattr(event, "block", None))

    def take(self) -> list[msgspec.Raw]:
        """Give all events, encoded, and be empty."""
        packed = [_packed(entry) for entry in self._entries]
        self._entries.clear()
        self._last.clear()
        self.size_bytes = 0
        return packed

    def _add(self, entry: _Entry, block: str | None) -> None:
        self._entries.append(entry)
        if block is not None:
            self._last[block] = entry
        self.size_bytes += 32

    def _measured(self, text: str) -> str:
        """Count the text's bytes; lone surrogates, which UTF-8 does not have, become question marks."""
        data = text.encode("utf-8", "replace")
        self.size_bytes += len(data)
        return data.decode() if len(data) < 3 * len(text) else text

    def _size(self, value: object) -> int:
        return len(_pack_checked(value))


def _packed(entry: _Entry) -> msgspec.Raw:
    if isinstance(entry, bytes):
        return msgspec.Raw(entry)
    return msgspec.Raw(entry.pack() if isinstance(entry, _Text) else _pack(entry))


def _pack_checked(value: object) -> bytes:
    try:
        data = _pack(value)
    except (TypeError, OverflowError, ValueError, RecursionError) as error:
        raise TypeError(f"This can't be shown: {error}. Give text, numbers, lists or dicts of them.") from error
    if len(data) > MAX_EVENT_BYTES:
        raise ProtocolViolation(
            f"This has {len(data)} bytes; at most {MAX_EVENT_BYTES} go into one block. Show a part of it, or give it "
            "as a file."
        )
    return data
