"""Containers: what is shown inside their ``with`` stands in them, also from tasks that were started there."""

from __future__ import annotations

import contextvars
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from typing_extensions import override

from outlast.protocol.codec import Json
from outlast.sdk import place
from outlast.sdk.context import current
from outlast.sdk.handles import Block
from outlast.sdk.place import key_here, open_block
from outlast.sdk.plain import clean


class Container(Block):
    """A block that holds others; enter it with ``with``."""

    __slots__ = ("_tokens",)

    def __init__(self, id: str, kind: str) -> None:
        super().__init__(id, kind)
        self._tokens: list[contextvars.Token[str | None]] = []

    @override
    def __enter__(self) -> Self:
        self._check_open()
        self._tokens.append(place.push(self.id))
        return self

    @override
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        place.pop(self._tokens.pop())
        self._leave(error)

    def _leave(self, error: BaseException | None) -> None:
        del error
        self.close()


class Part(Container):
    """One column or tab; it may be entered several times, and is closed with the block that holds it."""

    __slots__ = ()

    @override
    def _leave(self, error: BaseException | None) -> None:
        del error


class Parts(Container, Sequence[Part]):
    """Columns or tabs, as a sequence. ``with`` closes them all at its end; without it they close with the session."""

    __slots__ = ("_parts",)

    def __init__(self, id: str, kind: str, parts: Sequence[Part]) -> None:
        super().__init__(id, kind)
        self._parts = parts

    @override
    def __getitem__(self, index: int) -> Part:  # type: ignore[override]
        return self._parts[index]

    @override
    def __len__(self) -> int:
        return len(self._parts)

    @override
    def close(self) -> None:
        """Close the parts and what holds them."""
        for part in self._parts:
            part.close()
        super().close()


def section(title: str = "", *, key: str | None = None) -> Container:
    """Open a titled part of the document.

    Args:
        title: its heading.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A container; it closes at the end of ``with``.

    Example:
        ```python
        with section("Results"):
            write("All is well.")
        ```
    """
    return Container(open_block("section", {"title": clean(title)}, key=key), "section")


def expander(label: str, *, open: bool = False, key: str | None = None) -> Container:  # noqa: A002  the word that fits
    """Open a part that viewers fold and unfold.

    Args:
        label: what is always seen.
        open: whether it starts unfolded.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A container; it closes at the end of ``with``.

    Example:
        ```python
        with expander("Details"):
            write("Much more to read.")
        ```
    """
    props: dict[str, Json] = {"label": clean(label), "open": bool(open)}
    return Container(open_block("expander", props, key=key), "expander")


def columns(widths: int | Sequence[float] = 2, *, key: str | None = None) -> Parts:
    """Open columns side by side.

    Args:
        widths: how many, or the relative width of each.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        The columns as a sequence; enter each with ``with``.

    Raises:
        ValueError: no column, or a width that is not above zero.

    Example:
        ```python
        left, right = columns([2, 1])
        with left:
            write("The story")
        with right:
            metric("Words", 2)
        ```
    """
    weights = [] if isinstance(widths, int) else [float(width) for width in widths]
    count = widths if isinstance(widths, int) else len(weights)
    if count < 1 or any(weight <= 0 for weight in weights):
        raise ValueError("columns() takes how many columns (at least 1), or widths above zero.")
    return _parts("columns", {"weights": weights} if weights else {}, "column", props=[{}] * count, key=key)


def tabs(*labels: str, key: str | None = None) -> Parts:
    """Open tabs, of which viewers see one at a time.

    Args:
        *labels: what each tab is called.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        The tabs as a sequence; enter each with ``with``.

    Example:
        ```python
        chart_tab, data_tab = tabs("Chart", "Data")
        with data_tab:
            table([[1, 2], [3, 4]])
        ```
    """
    if not labels or not all(isinstance(label, str) for label in labels):
        raise TypeError('tabs() takes the label of each tab: tabs("Chart", "Data").')
    return _parts("tabs", {}, "tab", props=[{"label": clean(label)} for label in labels], key=key)


def _parts(kind: str, outer: dict[str, Json], part: str, *, props: Sequence[dict[str, Json]], key: str | None) -> Parts:
    holder = open_block(kind, outer, key=key)
    keys = [f"{key}.{n}" if key else key_here(None) for n in range(1, len(props) + 1)]
    opened = [current().open(part, own, parent=holder, key=k) for own, k in zip(props, keys, strict=True)]
    return Parts(holder, kind, [Part(block, part) for block in opened])
