"""What an output function gives back: a handle on its block."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from typing_extensions import override

from outlast.kit.errors import OutlastError
from outlast.protocol.codec import Json
from outlast.sdk.context import current
from outlast.sdk.plain import clean


class BlockClosed(OutlastError):
    """A block was changed after it was closed or removed."""

    code = "block.closed"


class Block:
    """A block of the document.

    Attributes:
        id: of the block, as in the stream.
        kind: ``table``, ``note`` and so on.
        closed: whether it may no longer change.
    """

    __slots__ = ("closed", "id", "kind")

    def __init__(self, id: str, kind: str, *, closed: bool = False) -> None:
        self.id = id
        self.kind = kind
        self.closed = closed

    def close(self) -> None:
        """Say that the block is whole; closing it again does nothing."""
        if not self.closed:
            self.closed = True
            current().close(self.id)

    def remove(self) -> None:
        """Take the block, and all in it, out of the document."""
        self.closed = True
        current().remove(self.id)

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @override
    def __repr__(self) -> str:
        return f"<{self.kind} block {self.id}{' (closed)' if self.closed else ''}>"

    def _check_open(self) -> None:
        if self.closed:
            raise BlockClosed(f"This {self.kind} block is closed and can't change any more; open a new one.")

    def _patch(self, props: Mapping[str, Json]) -> None:
        self._check_open()
        current().update(self.id, props)


class TextBlock(Block):
    """A block whose text grows: Markdown, code or thinking.

    Example:
        ```python
        text = markdown("Looking")
        text.append(" ... found it.")
        ```
    """

    __slots__ = ("_parts",)

    def __init__(self, id: str, kind: str, text: str = "", *, closed: bool = False) -> None:
        super().__init__(id, kind, closed=closed)
        self._parts = [text] if text else []

    @property
    def text(self) -> str:
        """All of the text so far."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def append(self, text: str) -> None:
        """Add to the end of the text."""
        self._check_open()
        if not isinstance(text, str):
            raise TypeError(f"append() takes text, not {type(text).__name__}.")
        if text:
            text = clean(text)
            self._parts.append(text)
            current().append_text(self.id, text)

    def update(self, text: str) -> None:
        """Replace the whole text."""
        self._parts = [clean(text)]
        self._patch({"text": self._parts[0]})
