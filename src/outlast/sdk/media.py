"""Charts, pictures, sounds, films and files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from outlast.protocol.codec import Json
from outlast.sdk import figures
from outlast.sdk.files import File, store
from outlast.sdk.handles import Block
from outlast.sdk.place import open_block
from outlast.sdk.plain import clean
from outlast.sdk.tables import Data, data_of

Source: TypeAlias = bytes | bytearray | memoryview | str | Path | File
"""Where the bytes of a file come from: bytes, a path, or a file of the session."""

Mark: TypeAlias = Literal["line", "bar", "area", "point", "arc"]
_MARKS = ("line", "bar", "area", "point", "arc")

MAX_CHART_ROWS = 20_000
VEGA_LITE = "https://vega.github.io/schema/vega-lite/v5.json"


class ChartBlock(Block):
    """A chart that may be replaced."""

    __slots__ = ()

    def update(
        self,
        figure: object,
        /,
        *,
        x: str | None = None,
        y: str | list[str] | None = None,
        color: str | None = None,
        mark: Mark = "line",
    ) -> None:
        """Show another figure; takes what `chart` takes."""
        kind, props = _chart(figure, x=x, y=y, color=color, mark=mark)
        if kind != self.kind:
            raise TypeError(f"This block is a {self.kind} and can't become a {kind}; remove it and open another.")
        self._patch(props)


def chart(
    figure: object,
    /,
    *,
    x: str | None = None,
    y: str | list[str] | None = None,
    color: str | None = None,
    mark: Mark = "line",
    caption: str | None = None,
    key: str | None = None,
) -> ChartBlock:
    """Show a chart: of a plotting library, of a specification, or of columns of data.

    Args:
        figure: an Altair or Plotly figure; a Vega-Lite or Plotly specification; a Matplotlib figure, which becomes a
            picture; or data as `table` takes it, with ``x`` and ``y``.
        x: the column along the axis; the first one unless given.
        y: the column or columns upwards; all numeric ones unless given.
        color: the column that splits the data into series.
        mark: ``line``, ``bar``, ``area``, ``point`` or ``arc``.
        caption: a line below it.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle: ``update(figure)``, ``close()``, ``remove()``.

    Raises:
        TypeError: no chart can be made of the figure.
        ValueError: a column is not there, or there are too many rows.

    Example:
        ```python
        chart({"month": ["Jan", "Feb"], "sales": [12, 19]}, x="month", y="sales", mark="bar")
        ```
    """
    kind, props = _chart(figure, x=x, y=y, color=color, mark=mark)
    if caption:
        props["caption"] = clean(caption)
    return ChartBlock(open_block(kind, props, key=key), kind)


def _chart(
    figure: object, *, x: str | None, y: str | list[str] | None, color: str | None, mark: Mark
) -> tuple[str, dict[str, Json]]:
    spec = figures.chart_spec(figure)
    if spec is not None:
        return "chart", dict(spec)
    picture = figures.picture_of(figure)
    if picture is not None:
        return "image", {"file": store(picture.data, name=picture.name, type=picture.type)}
    if mark not in _MARKS:
        raise ValueError(f"A chart's mark is one of {', '.join(_MARKS)}, not {mark!r}.")
    try:
        data = data_of(figure, max_rows=MAX_CHART_ROWS)
    except TypeError:
        raise TypeError(
            f"A chart can't be made of {type(figure).__name__}; give an Altair, Plotly or Matplotlib figure, "
            "a Vega-Lite specification, or data with x= and y=."
        ) from None
    if data.total > MAX_CHART_ROWS:
        raise ValueError(f"{data.total} rows are too many for a chart (at most {MAX_CHART_ROWS}); aggregate them.")
    return "chart", {"library": "vega-lite", "spec": _vega_lite(data, x=x, y=y, color=color, mark=mark)}


def _vega_lite(
    data: Data, *, x: str | None, y: str | list[str] | None, color: str | None, mark: Mark
) -> dict[str, Json]:
    types = {column["name"]: column.get("type", "any") for column in data.column_props()}
    if not types:
        raise ValueError("There is no data to draw.")
    x = x or next(iter(types))
    numeric = [name for name, kind in types.items() if kind == "number" and name not in {x, color}]
    upwards = [y] if isinstance(y, str) else list(y) if y else numeric
    for name in (x, color, *upwards):
        if name is not None and name not in types:
            raise ValueError(f"There is no column {name!r}; there are {', '.join(map(repr, types))}.")
    if not upwards:
        raise ValueError("There is no column of numbers to draw; name one with y=.")
    rows = [dict(zip(data.columns, row, strict=True)) for row in data.plain_rows()]
    spec: dict[str, Json] = {"$schema": VEGA_LITE, "data": {"values": rows}, "width": "container"}
    spec["mark"] = {"type": mark, "tooltip": True}
    across: dict[str, Json] = {"field": _escaped(x), "type": _measure(types[x]), "title": x}
    if (mark == "bar" and across["type"] == "nominal") or types[x] == "text":
        across["sort"] = None  # as the rows come, not by the alphabet
    if len(upwards) > 1:
        spec["transform"] = [{"fold": upwards, "as": ["series", "value"]}]
        colour: dict[str, Json] | None = {"field": "series", "type": "nominal", "title": None}
        up: dict[str, Json] = {"field": "value", "type": "quantitative", "title": None}
    else:
        colour = {"field": _escaped(color), "type": "nominal", "title": color} if color else None
        up = {"field": _escaped(upwards[0]), "type": "quantitative", "title": upwards[0]}
    if mark == "arc":
        spec["encoding"] = {"theta": up, "color": {**across, "type": "nominal"}}
        return spec
    spec["encoding"] = {"x": across, "y": up} | ({"color": colour} if colour else {})
    return spec


def _measure(kind: str) -> str:
    return {"number": "quantitative", "date": "temporal", "datetime": "temporal"}.get(kind, "nominal")


def _escaped(column: str) -> str:
    """A column's name as a Vega-Lite field, where dots and brackets mean nested values."""
    return "".join("\\" + c if c in ".[]\\" else c for c in column)


def image(
    source: object,
    /,
    *,
    alt: str = "",
    caption: str | None = None,
    width_px: int | None = None,
    key: str | None = None,
) -> Block:
    """Show a picture.

    Args:
        source: a path, bytes, a `File`, SVG text, a PIL image, a Matplotlib figure, or an array of pixels.
        alt: says what it shows to those who don't see it.
        caption: a line below it.
        width_px: how wide it is shown, in CSS pixels; as wide as it is or fits, unless given.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle, to ``remove()`` it.

    Raises:
        FileNotFoundError: there is no file at the path.
        TypeError: a picture can't be made of the source.

    Example:
        ```python
        image("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><circle r='9'/></svg>", alt="A dot")
        ```
    """
    props: dict[str, Json] = {"file": _picture_file(source), "alt": clean(alt)}
    if caption:
        props["caption"] = clean(caption)
    if width_px is not None:
        if width_px <= 0:
            raise ValueError("width_px must be above zero.")
        props["width_px"] = int(width_px)
    return Block(open_block("image", props, key=key, closed=True), "image", closed=True)


def _picture_file(source: object) -> Json:
    if isinstance(source, str) and source.lstrip().startswith(("<svg", "<?xml")):
        return store(source.strip().encode(), name="picture.svg", type=figures.SVG)
    if isinstance(source, (bytes, bytearray, memoryview, str, Path, File)):
        if isinstance(source, str) and source.startswith(("http://", "https://")):
            raise TypeError("image() takes a path or bytes, not an address; read it first, in a step.")
        return store(source, name=None, type=None)
    picture = figures.picture_of(source)
    if picture is None and hasattr(source, "dtype") and hasattr(source, "tobytes"):
        picture = figures.png_of_array(source)
    if picture is None:
        raise TypeError(f"A picture can't be made of {type(source).__name__}; give a path, bytes or a figure.")
    return store(picture.data, name=picture.name, type=picture.type)


def audio(source: Source, /, *, type: str | None = None, caption: str | None = None, key: str | None = None) -> Block:
    """Show a sound, with controls to play it.

    Args:
        source: a path, bytes or a `File`.
        type: media type (``audio/mpeg``); told from the content or the name unless given.
        caption: a line below it.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle, to ``remove()`` it.

    Raises:
        FileNotFoundError: there is no file at the path.

    Example:
        ```python
        audio(Path("greeting.mp3"), caption="Hello")
        ```
    """
    return _player("audio", source, type, caption=caption, key=key)


def video(source: Source, /, *, type: str | None = None, caption: str | None = None, key: str | None = None) -> Block:
    """Show a film, with controls to play it.

    Args:
        source: a path, bytes or a `File`.
        type: media type (``video/mp4``); told from the content or the name unless given.
        caption: a line below it.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle, to ``remove()`` it.

    Raises:
        FileNotFoundError: there is no file at the path.

    Example:
        ```python
        video(Path("tour.mp4"), caption="The tour")
        ```
    """
    return _player("video", source, type, caption=caption, key=key)


def _player(kind: str, source: Source, type: str | None, *, caption: str | None, key: str | None) -> Block:
    props: dict[str, Json] = {"file": store(_bytes_of(source), name=None, type=type)}
    if caption:
        props["caption"] = clean(caption)
    return Block(open_block(kind, props, key=key, closed=True), kind, closed=True)


def file(
    source: Source,
    /,
    *,
    name: str | None = None,
    type: str | None = None,
    label: str | None = None,
    key: str | None = None,
) -> Block:
    """Offer a file to download.

    Args:
        source: a path, bytes or a `File`.
        name: what the download is called; needed for bytes.
        type: media type (``text/csv``); told from the name or the content unless given.
        label: on the button; the name unless given.
        key: names the block, for code that calls from several threads or tasks.

    Returns:
        A handle, to ``remove()`` it.

    Raises:
        FileNotFoundError: there is no file at the path.
        TypeError: bytes without a name.

    Example:
        ```python
        file(b"item,price", name="prices.csv")
        ```
    """
    if isinstance(source, (bytes, bytearray, memoryview)) and not name:
        raise TypeError('file() needs the name of the download beside bytes: file(data, name="report.csv").')
    props: dict[str, Json] = {"file": store(_bytes_of(source), name=name, type=type)}
    if label:
        props["label"] = clean(label)
    return Block(open_block("file", props, key=key, closed=True), "file", closed=True)


def _bytes_of(source: object) -> Source:
    """The source, or what an open binary file or `io.BytesIO` holds."""
    if isinstance(source, (bytes, bytearray, memoryview, str, Path, File)):
        return source
    read: Json = getattr(source, "getvalue", None) or getattr(source, "read", None)
    content = read() if callable(read) else None
    if isinstance(content, bytes):
        return content
    raise TypeError(f"A file can't be made of {type(source).__name__}; give bytes, a path or a File.")
