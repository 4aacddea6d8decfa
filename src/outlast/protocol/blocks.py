"""Block kinds and their props. A new kind is one struct here, one entry in `KINDS`.

Props are plain JSON objects on the wire; these structs say what each kind's object holds, check what
a session process sends, and give the JSON Schema that clients are generated from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

import msgspec

from outlast.kit.errors import ProtocolViolation
from outlast.protocol.codec import Json, from_json

Rows: TypeAlias = list[list[Json]]
"""Rows of a table: one list of cells per row, in the order of the columns."""


Sha256: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", min_length=64, max_length=64)]
"""A hash in hexadecimal. Decoding checks it: it becomes a file's path."""


class FileRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """Names a stored file of the session; the bytes are fetched by ``sha256``."""

    sha256: Sha256
    name: str
    type: str
    size_bytes: Annotated[int, msgspec.Meta(ge=0)]


class Props(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all props."""


class Markdown(Props):
    """Markdown text (CommonMark with tables and maths); may stream."""

    text: str = ""


class Code(Props):
    """Program text; may stream."""

    text: str = ""
    language: str | None = None


class JsonTree(Props):
    """A JSON value to look into."""

    value: Json = None


class Column(Props):
    """One column of a table."""

    name: str
    type: Literal["text", "number", "boolean", "date", "datetime", "any"] = "any"


class Table(Props):
    """A table; rows may be appended. ``total`` tells how many rows there were before ``rows`` was cut."""

    columns: list[Column] = []
    rows: Rows = []
    caption: str | None = None
    total: int | None = None


class Chart(Props):
    """A chart: a Vega-Lite or Plotly specification with its data."""

    library: Literal["vega-lite", "plotly"]
    spec: dict[str, Json]
    caption: str | None = None


class Image(Props):
    """A picture."""

    file: FileRef
    alt: str = ""
    caption: str | None = None
    width_px: int | None = None


class Audio(Props):
    """A sound with player controls."""

    file: FileRef
    caption: str | None = None


class Video(Props):
    """A film with player controls."""

    file: FileRef
    caption: str | None = None


class File(Props):
    """A file to download."""

    file: FileRef
    label: str | None = None


class Metric(Props):
    """One figure with its name and its change."""

    label: str
    value: str | int | float
    delta: str | int | float | None = None
    unit: str | None = None


class Progress(Props):
    """How far long work is. ``total`` None: the end is not known."""

    label: str = ""
    value: float = 0
    total: float | None = None
    unit: str | None = None
    rate_per_s: float | None = None
    remaining_s: float | None = None


class Status(Props):
    """A piece of work that runs, with the steps it went through as child blocks or lines."""

    label: str
    state: Literal["running", "done", "failed"] = "running"
    steps: list[str] = []
    duration_s: float | None = None


class Thinking(Props):
    """A model's reasoning, folded by default; may stream."""

    text: str = ""


class Note(Props):
    """A remark that stands out."""

    text: str
    level: Literal["info", "warning", "error", "success"] = "info"


class Fault(Props):
    """An exception that the app caught and shows."""

    type: str
    message: str
    traceback: str | None = None


class Section(Props):
    """A titled part of the document."""

    title: str = ""


class Columns(Props):
    """Holds ``column`` blocks side by side."""

    weights: list[float] = []


class ColumnPart(Props):
    """One column of a ``columns`` block."""


class Tabs(Props):
    """Holds ``tab`` blocks, one shown at a time."""


class Tab(Props):
    """One tab of a ``tabs`` block."""

    label: str


class Expander(Props):
    """A part that folds."""

    label: str
    open: bool = False


class InputSlot(Props):
    """The place of an input; opened by its ``input.requested``, which holds the rest."""

    input: str


KINDS: Mapping[str, type[Props]] = {
    "markdown": Markdown,
    "code": Code,
    "json": JsonTree,
    "table": Table,
    "chart": Chart,
    "image": Image,
    "audio": Audio,
    "video": Video,
    "file": File,
    "metric": Metric,
    "progress": Progress,
    "status": Status,
    "thinking": Thinking,
    "note": Note,
    "fault": Fault,
    "section": Section,
    "columns": Columns,
    "column": ColumnPart,
    "tabs": Tabs,
    "tab": Tab,
    "expander": Expander,
    "input": InputSlot,
}

CONTAINERS = frozenset({"section", "columns", "column", "tabs", "tab", "expander", "status"})
"""Kinds that may hold child blocks."""

TEXT_KINDS = frozenset({"markdown", "code", "thinking"})
"""Kinds whose ``text`` may grow by ``block.appended``."""


def check_props(kind: str, props: Mapping[str, Json]) -> None:
    """Check the props of a newly opened block.

    Raises:
        ProtocolViolation: an unknown kind, or props that do not fit it.
    """
    shape = KINDS.get(kind)
    if shape is None:
        raise ProtocolViolation(f"There is no block kind {kind!r}.")
    try:
        from_json(props, shape)
    except ProtocolViolation as error:
        raise ProtocolViolation(f"The props do not fit a block of kind {kind!r}: {error}.") from error


_FIELDS: Mapping[str, Mapping[str, msgspec.structs.FieldInfo]] = {
    kind: {field.encode_name: field for field in msgspec.structs.fields(shape)} for kind, shape in KINDS.items()
}


def check_patch(kind: str, props: Mapping[str, Json]) -> None:
    """Check a merge patch of a block's props; null takes a prop back to its default.

    Raises:
        ProtocolViolation: a prop that the kind has not or must have, or a value that does not fit it.
    """
    for name, value in props.items():
        field = _FIELDS[kind].get(name)
        if field is None:
            raise ProtocolViolation(f"A block of kind {kind!r} has no prop {name!r}.")
        if value is None and not field.required:
            continue
        try:
            from_json(value, field.type)
        except ProtocolViolation as error:
            raise ProtocolViolation(f"The prop {name!r} of kind {kind!r} can't be this: {error}.") from error
