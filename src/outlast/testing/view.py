"""What a test looks at: blocks, tables and questions of a document, in the terms of the person who reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from outlast.protocol import inputs
from outlast.protocol.codec import Json, encode_json, to_json
from outlast.protocol.document import Document

VOLATILE = frozenset({"rate_per_s", "remaining_s", "duration_s"})
"""Props that tell how fast a machine was, not what an app said."""

_READ: Mapping[str, tuple[str, ...]] = {
    "section": ("title",),
    "expander": ("label",),
    "tab": ("label",),
    "status": ("label",),
    "fault": ("type", "message"),
    "metric": ("label", "value", "unit"),
    "progress": ("label",),
}


@dataclass(frozen=True)
class BlockView:
    """One block.

    Attributes:
        id: as in the events (``b1``, ``b:key``).
        kind: one of `outlast.protocol.blocks.KINDS`.
        props: of its kind.
        parent: the id of the block it stands in.
        closed: whether it is whole.
    """

    id: str
    kind: str
    props: Mapping[str, Json]
    parent: str | None = None
    closed: bool = False

    @property
    def text(self) -> str:
        """The words of this block, without those of the blocks in it."""
        if "text" in self.props:
            return str(self.props["text"])
        return " ".join(str(self.props[name]) for name in _READ.get(self.kind, ()) if self.props.get(name) is not None)


@dataclass(frozen=True)
class TableView:
    """One table.

    Attributes:
        columns: their names.
        rows: lists of cells.
        caption: the line below it.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Json]]
    caption: str | None = None

    @property
    def records(self) -> Sequence[Mapping[str, Json]]:
        """The rows as mappings from column to cell."""
        return [dict(zip(self.columns, row, strict=False)) for row in self.rows]

    def column(self, name: str) -> Sequence[Json]:
        """The cells of one column."""
        place = list(self.columns).index(name)
        return [row[place] for row in self.rows]


@dataclass(frozen=True)
class Question:
    """An open input.

    Attributes:
        id: as in the events (``i1``).
        label: the words of the question.
        kind: one of `outlast.protocol.inputs.KINDS`.
        spec: what it was asked with, as JSON.
        audience: who is to answer, if not everybody.
        fields: of a form, by name.
    """

    id: str
    label: str
    kind: str
    spec: Mapping[str, Json] = field(default_factory=dict)
    audience: str | None = None
    fields: Mapping[str, Question] = field(default_factory=dict)

    @property
    def options(self) -> Sequence[str]:
        """What can be chosen; empty for other kinds."""
        return list(self.spec.get("options", ()))

    @property
    def default(self) -> Json:
        """What the control starts with."""
        return self.spec.get("default")

    def check(self, value: object) -> Json:
        """Give the canonical form of an answer.

        Args:
            value: a JSON value, or what becomes one: a date, an enum member, a set, a tuple; an upload's `FileRef`.

        Raises:
            InvalidAnswer: it does not fit.
        """
        return inputs.check(self.kind, self.spec, msgspec.json.decode(encode_json(value)))


def blocks_of(document: Document) -> Sequence[BlockView]:
    """All blocks in reading order, the places of inputs included."""
    return [
        BlockView(id=key, kind=block.kind, props=block.props, parent=block.parent, closed=block.closed)
        for key, block in document.blocks.items()
    ]


def text_of(document: Document) -> str:
    """All the words of the document, a line or more for each block that has any."""
    return "\n".join(block.text for block in blocks_of(document) if block.text)


def tables_of(document: Document) -> Sequence[TableView]:
    """All tables."""
    return [
        TableView(
            columns=[column["name"] for column in block.props.get("columns", ())],
            rows=block.props.get("rows", []),
            caption=block.props.get("caption"),
        )
        for block in blocks_of(document)
        if block.kind == "table"
    ]


def metrics_of(document: Document) -> Mapping[str, str | int | float]:
    """The value of each metric by its label; of several with one label, the last."""
    return {b.props["label"]: b.props["value"] for b in blocks_of(document) if b.kind == "metric"}


def questions_of(document: Document) -> Sequence[Question]:
    """The inputs that wait for an answer, in the order they were asked."""
    return [
        _question(key, asked.label, kind=asked.kind, spec=asked.spec, audience=asked.audience)
        for key, asked in document.inputs.items()
        if asked.state == "open"
    ]


def _question(key: str, label: str, *, kind: str, spec: Mapping[str, Json], audience: str | None = None) -> Question:
    fields = {
        each["name"]: _question(each["input"], each.get("label", ""), kind=each["kind"], spec=each.get("spec", {}))
        for each in (spec.get("fields", ()) if kind == "form" else ())
    }
    return Question(id=key, label=label, kind=kind, spec=spec, audience=audience, fields=fields)


def content_of(document: Document) -> Mapping[str, Json]:
    """What viewers were told, without positions, times and speeds: what a replay must give again.

    Returns:
        JSON values: ``state``, ``title``, ``result``, ``failure``, ``blocks`` and ``inputs``.
    """
    return {
        "state": document.state,
        "title": document.title,
        "result": document.result,
        "failure": [document.failure_code, document.failure_message],
        "blocks": {key: list(_told(block)) for key, block in document.blocks.items()},
        "inputs": {
            key: [asked.kind, asked.label, asked.state, to_json(asked.value)] for key, asked in document.inputs.items()
        },
    }


def _told(block: msgspec.Struct) -> Iterator[Json]:
    plain = to_json(block)
    yield plain["kind"]
    yield plain.get("parent")
    yield plain.get("closed", False)
    yield {name: value for name, value in plain.get("props", {}).items() if name not in VOLATILE}
