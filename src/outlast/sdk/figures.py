"""Figures, pictures and data of other libraries as blocks. None is imported: values are known by their types' names."""

from __future__ import annotations

import io
import json
import struct
import traceback
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from outlast.protocol.codec import Json
from outlast.sdk.context import current
from outlast.sdk.files import File, store
from outlast.sdk.plain import clean, plain
from outlast.sdk.tables import MAX_ROWS, frame_data

PNG_DPI = 150


@dataclass(frozen=True, slots=True)
class Shown:
    """A block to be: its kind and props."""

    kind: str
    props: Mapping[str, Json]


def block_of(value: object) -> Shown | None:
    """Tell which block shows a value; None when it is nothing known (it may still be a stream).

    Args:
        value: anything but text.
    """
    if isinstance(value, BaseException):
        return Shown("fault", fault_props(value))
    if isinstance(value, (Path, File)):
        return Shown("file", {"file": store(value, name=None, type=None)})
    chart = chart_spec(value)
    if chart is not None:
        return Shown("chart", chart)
    picture = picture_of(value)
    if picture is not None:
        return Shown("image", {"file": store(picture.data, name=picture.name, type=picture.type)})
    data = frame_data(value, MAX_ROWS)
    if data is not None:
        props: dict[str, Json] = {"columns": data.column_props(), "rows": data.plain_rows()}
        if data.total > len(data.rows):
            props["total"] = data.total
        return Shown("table", props)
    return None


def fallback(value: object) -> tuple[str, Mapping[str, Json]]:
    """Show what is no figure and no stream: its Markdown form, its JSON form, or its `repr`."""
    to_markdown = getattr(value, "_repr_markdown_", None)
    if callable(to_markdown) and isinstance(text := to_markdown(), str):
        return "markdown", {"text": clean(text)}
    if value is None or isinstance(value, (bool, int, float, complex)):
        return "markdown", {"text": f"`{value!r}`" if value is None else str(value)}
    try:
        found = plain(value)
    except (TypeError, ValueError):
        return "code", {"text": clean(repr(value)), "language": "python"}
    return ("markdown", {"text": found}) if isinstance(found, (str, int, float)) else ("json", {"value": found})


def fault_props(error: BaseException) -> Mapping[str, Json]:
    """An exception's type and message; its traceback goes to the log, which only the owner sees."""
    trace = "".join(traceback.format_exception(error)).rstrip()
    current().log("log", clean(trace))
    return {"type": type(error).__name__, "message": clean(str(error))}


def chart_spec(value: object) -> Mapping[str, Json] | None:
    """The props of a chart: of an Altair or Plotly figure, or a specification as a mapping.

    Returns:
        ``library`` and ``spec``; None when the value is no chart.
    """
    if isinstance(value, Mapping):
        schema = value.get("$schema")
        if isinstance(schema, str) and "vega-lite" in schema:
            return {"library": "vega-lite", "spec": plain(value)}
        if isinstance(value.get("data"), (list, tuple)) and isinstance(value.get("layout"), Mapping):
            return {"library": "plotly", "spec": plain(value)}
        return None
    module = _module(value)
    if module == "plotly" and callable(getattr(value, "to_json", None)):
        # Its own encoder knows its typed arrays, numpy and dates.
        return {"library": "plotly", "spec": json.loads(_call(value, "to_json"))}
    if module == "altair" and callable(getattr(value, "to_dict", None)):
        return {"library": "vega-lite", "spec": plain(_call(value, "to_dict"))}
    return None


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture."""

    data: bytes
    name: str
    type: str


def picture_of(value: object) -> Picture | None:
    """Encode a Matplotlib figure, a PIL image, or an object that shows itself in notebooks as PNG or SVG.

    Returns:
        The picture; None when the value is none.
    """
    module = _module(value)
    figure = value
    if not hasattr(value, "savefig") and module in {"matplotlib", "seaborn", "pandas"}:
        figure = getattr(value, "figure", value)
    if hasattr(figure, "savefig"):
        buffer = io.BytesIO()
        _call(figure, "savefig", buffer, format="png", dpi=PNG_DPI, bbox_inches="tight")
        return Picture(buffer.getvalue(), "figure.png", "image/png")
    if module == "PIL" and hasattr(value, "save"):
        return _of_pil(value)
    if isinstance(value, type):
        return None
    for method, name, media_type in (("_repr_png_", "picture.png", "image/png"), ("_repr_svg_", "picture.svg", SVG)):
        if callable(getattr(value, method, None)) and (found := _call(value, method)):
            return Picture(found.encode() if isinstance(found, str) else bytes(found), name, media_type)
    return None


SVG = "image/svg+xml"


def _of_pil(image: Json) -> Picture:
    if image.mode not in {"1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"}:
        image = image.convert("RGBA" if "a" in image.mode.lower() else "RGB")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return Picture(buffer.getvalue(), "picture.png", "image/png")


def png_of_array(array: Json) -> Picture:
    """Encode pixels as PNG (ISO/IEC 15948), without an imaging library.

    Args:
        array: of shape (height, width) or (height, width, 1 to 4 channels); bytes, or floats from 0 to 1.

    Raises:
        ValueError: it has another shape.
    """
    shape = tuple(array.shape)
    channels = 1 if len(shape) == 2 else shape[2] if len(shape) == 3 else 0
    if channels not in _PNG_COLOUR or 0 in shape:
        raise ValueError(
            f"A picture's array has the shape (height, width) or (height, width, 1 to 4 channels), not {shape}."
        )
    if array.dtype.kind == "f":
        array = (array.clip(0, 1) * 255).round()
    pixels = array.astype("uint8").tobytes()
    height, width = shape[0], shape[1]
    stride = width * channels
    lines = b"".join(b"\0" + pixels[row * stride : (row + 1) * stride] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, _PNG_COLOUR[channels], 0, 0, 0)
    parts = (_png_part(b"IHDR", header), _png_part(b"IDAT", zlib.compress(lines, 6)), _png_part(b"IEND", b""))
    return Picture(b"\x89PNG\r\n\x1a\n" + b"".join(parts), "picture.png", "image/png")


_PNG_COLOUR = {1: 0, 2: 4, 3: 2, 4: 6}


def _png_part(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _module(value: object) -> str:
    """The library of a value's class, or of one it was made from (``class MyFigure(go.Figure)``)."""
    for kind in type(value).__mro__:
        name = kind.__module__.partition(".")[0]
        if name in _LIBRARIES:
            return name
    return ""


_LIBRARIES = frozenset({"matplotlib", "seaborn", "pandas", "PIL", "plotly", "altair", "numpy"})


def _call(value: object, method: str, *args: object, **options: object) -> Json:
    return getattr(value, method)(*args, **options)
