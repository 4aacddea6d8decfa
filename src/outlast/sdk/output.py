"""What an app shows. Each function opens a block where the caller stands and gives back a handle on it."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, overload

from outlast.protocol.codec import Json
from outlast.sdk import figures
from outlast.sdk.context import current
from outlast.sdk.handles import Block, TextBlock
from outlast.sdk.place import open_block
from outlast.sdk.plain import cell, clean, plain
from outlast.sdk.streaming import is_async_chunks, is_chunks, run_to_end, stream_text, stream_text_async, text_block
from outlast.sdk.tables import MAX_ROWS, as_mapping, check_width, data_of, numbered

Chunks: TypeAlias = Iterable[object] | AsyncIterable[object]
"""Text in chunks: strings, or the objects that a model's client streams."""


@overload
def write(value: str | Iterator[object] | AsyncIterable[object], /, *, key: str | None = None) -> str: ...
@overload
def write(value: object, /, *, key: str | None = None) -> str | None: ...
def write(value: object, /, *, key: str | None = None) -> str | None:
    """Show a value in the form that fits it.

    Text is Markdown. An iterator of chunks, sync or async, is streamed as it comes; on a replay a stream that
    was written to its end is not started again. A DataFrame becomes a table; an Altair or Plotly figure a chart;
    a Matplotlib figure or a PIL image a picture; an exception a fault; a mapping or list JSON; a path or `File` a
    download.

    Args:
        value: what to show.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        The whole text, for text and streams; None for anything else.

    Raises:
        NoSession: called outside of a session.

    Example:
        ```python
        write("# Report")
        answer = write(word for word in ["Hello ", "world"])
        ```
    """
    if isinstance(value, str):
        text = clean(str(value))
        open_block("markdown", {"text": text}, key=key, closed=True)
        return text
    shown = figures.block_of(value)
    if shown is not None:
        open_block(shown.kind, shown.props, key=key, closed=True)
        return None
    if is_async_chunks(value):
        return run_to_end("write", lambda: stream_text_async("markdown", value, props={}, key=key)).text
    if is_chunks(value):
        return stream_text("markdown", value, props={}, key=key).text
    kind, props = figures.fallback(value)
    open_block(kind, props, key=key, closed=True)
    return None


def markdown(text: str | Chunks = "", /, *, key: str | None = None) -> TextBlock:
    """Open a block of Markdown that may grow.

    Args:
        text: its beginning, or chunks that are streamed to their end.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle: ``append(text)``, ``update(text)``, ``close()``.

    Example:
        ```python
        story = markdown("Once")
        story.append(" upon a time")
        ```
    """
    return text_block("markdown", text, props={}, key=key)


def code(text: str | Chunks, /, language: str | None = None, *, key: str | None = None) -> TextBlock:
    """Show program text.

    Args:
        text: the program, or chunks of it that are streamed.
        language: for the colours: ``python``, ``sql``, ``json`` and so on.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle: ``append(text)``, ``update(text)``, ``close()``.

    Example:
        ```python
        code("SELECT 1", "sql")
        ```
    """
    return text_block("code", text, props={"language": language} if language else {}, key=key)


def thinking(text: str | Chunks = "", /, *, key: str | None = None) -> TextBlock:
    """Show reasoning that viewers may unfold: a text, a stream, or a block to append to.

    Args:
        text: its beginning, or chunks that are streamed to their end.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle, which is a context manager too: it closes at the end of ``with``.

    Example:
        ```python
        with thinking() as thought:
            thought.append("First the dates, ")
            thought.append("then the prices.")
        ```
    """
    return text_block("thinking", text, props={}, key=key)


class JsonBlock(Block):
    """A JSON value that may be replaced."""

    __slots__ = ()

    def update(self, value: object) -> None:
        """Show another value."""
        self._patch({"value": plain(value)})


def json(value: object, /, *, key: str | None = None) -> JsonBlock:
    """Show a value as a tree to look into.

    Args:
        value: JSON values, and all that has a plain JSON form: dates, dataclasses, structs, Pydantic models, numpy.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle: ``update(value)``, ``close()``.

    Raises:
        TypeError: the value holds something with no JSON form; the message says where.

    Example:
        ```python
        json({"status": "ok", "parts": [1, 2, 3]})
        ```
    """
    return JsonBlock(open_block("json", {"value": plain(value)}, key=key), "json")


class TableBlock(Block):
    """A table that rows can be appended to.

    Attributes:
        columns: the names of its columns.
        total: how many rows it was given; those past its limit are counted and not shown.
    """

    __slots__ = ("_max_rows", "_shown", "columns", "total")

    def __init__(self, id: str, *, columns: Sequence[str], total: int, max_rows: int) -> None:
        super().__init__(id, "table")
        self.columns = list(columns)
        self.total = total
        self._shown = min(total, max_rows)
        self._max_rows = max_rows

    def append(self, rows: object, /) -> None:
        """Add a row, or several.

        Args:
            rows: a mapping, dataclass or list of cells for one row; a list of those, or a DataFrame, for several.

        Raises:
            ValueError: a row has more or fewer cells than the table has columns.
        """
        self._check_open()
        given = self._cells(rows)
        if not self.columns:
            self.columns = numbered(len(given[0])) if given else []
            self._patch({"columns": [{"name": name} for name in self.columns]})
        check_width(given, len(self.columns))
        room = self._max_rows - self._shown
        fitting = [[cell(value) for value in row] for row in given[:room]]
        self.total += len(given)
        if fitting:
            self._shown += len(fitting)
            current().append_rows(self.id, fitting)
        if self.total > self._shown:
            self._patch({"total": self.total})

    def _cells(self, rows: object) -> list[Sequence[object]]:
        record = as_mapping(rows)
        if record is not None:
            return [self._named(record)]
        if isinstance(rows, (list, tuple)) and not any(_is_row(part) for part in rows):
            return [rows] if rows else []
        data = data_of(rows, max_rows=2**31)
        if data.rows and self.columns and any(as_mapping(row) is not None for row in _listed(rows)):
            return [self._named(dict(zip(data.columns, row, strict=True))) for row in data.rows]
        return list(data.rows)

    def _named(self, record: Mapping[str, object]) -> list[object]:
        if not self.columns:
            self.columns = list(record)
            self._patch({"columns": [{"name": name} for name in self.columns]})
        unknown = [name for name in record if name not in self.columns]
        if unknown:
            raise ValueError(f"The table has no column {unknown[0]!r}; it has {', '.join(map(repr, self.columns))}.")
        return [record.get(name) for name in self.columns]


def _is_row(part: object) -> bool:
    return isinstance(part, (list, tuple)) or as_mapping(part) is not None


def _listed(rows: object) -> Sequence[object]:
    return rows if isinstance(rows, (list, tuple)) else ()


def table(
    data: object = (),
    /,
    *,
    columns: Sequence[str] | None = None,
    caption: str | None = None,
    max_rows: int = MAX_ROWS,
    key: str | None = None,
) -> TableBlock:
    """Show a table, to which rows may be appended.

    Args:
        data: a DataFrame or Series, a mapping of column name to values, or rows: mappings, dataclasses, lists.
        columns: the columns to show, in this order; needed for a table that starts empty with lists to come.
        caption: a line below it.
        max_rows: how many rows are shown; the table says how many there are in all.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle: ``append(row)`` or ``append(rows)``, ``close()``.

    Raises:
        TypeError: a table can't be made of the data.
        ValueError: rows of different lengths.

    Example:
        ```python
        prices = table(columns=["item", "price"])
        prices.append({"item": "Tea", "price": 2.5})
        ```
    """
    if max_rows < 0:
        raise ValueError("max_rows can't be negative.")
    read = data_of(data, columns=columns, max_rows=max_rows)
    props: dict[str, Json] = {"columns": read.column_props(), "rows": read.plain_rows()}
    if caption:
        props["caption"] = clean(caption)
    if read.total > len(read.rows):
        props["total"] = read.total
    return TableBlock(open_block("table", props, key=key), columns=read.columns, total=read.total, max_rows=max_rows)


class MetricBlock(Block):
    """One figure that may change."""

    __slots__ = ()

    def update(self, value: object, delta: object = None) -> None:
        """Show another value, and its change (None: no change is shown)."""
        self._patch({"value": _figure(value), "delta": None if delta is None else _figure(delta)})


def _figure(value: object) -> str | int | float:
    found = plain(value)
    if isinstance(found, bool) or not isinstance(found, (str, int, float)):
        return "n/a" if found is None else str(found)
    return found


def metric(
    label: str, value: object, delta: object = None, *, unit: str | None = None, key: str | None = None
) -> MetricBlock:
    """Show one figure with its name.

    Args:
        label: what it is.
        value: a number or text.
        delta: how it has changed: a number (its sign gives the colour) or text.
        unit: shown behind the value.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle: ``update(value, delta)``, ``close()``.

    Example:
        ```python
        metric("Revenue", 1250, delta=80, unit="EUR")
        ```
    """
    props: dict[str, Json] = {"label": clean(label), "value": _figure(value)}
    if delta is not None:
        props["delta"] = _figure(delta)
    if unit:
        props["unit"] = clean(unit)
    return MetricBlock(open_block("metric", props, key=key), "metric")


Level: TypeAlias = Literal["info", "warning", "error", "success"]
_LEVELS = ("info", "warning", "error", "success")


def note(text: str, level: Level = "info", *, key: str | None = None) -> Block:
    """Show a remark that stands out.

    Args:
        text: Markdown.
        level: ``info``, ``warning``, ``error`` or ``success``.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle, to ``remove()`` it.

    Example:
        ```python
        note("The order is on its way.", "success")
        ```
    """
    if level not in _LEVELS:
        raise ValueError(f"A note's level is one of {', '.join(_LEVELS)}, not {level!r}.")
    return Block(open_block("note", {"text": clean(text), "level": level}, key=key, closed=True), "note", closed=True)
