"""The JSON Schema of what goes over the wire, for clients in other languages.

``python -m outlast.protocol.schema`` prints it. Its golden file is ``tests/golden/protocol.schema.json``.
"""

from __future__ import annotations

import json
import sys
import typing
from collections.abc import Mapping

import msgspec

from outlast.protocol import blocks, document, events, specs
from outlast.protocol.codec import Json


class Decision(msgspec.Struct, kw_only=True):
    """The answer to ``approve``; where it is given, ``comment`` may be left out."""

    approved: bool
    comment: str


Row = list[Json]

ANSWERS: Mapping[str, object] = {
    "text": str,
    "number": int | float,
    "slider": int | float,
    "confirm": bool,
    "approve": Decision,
    "choose": str,
    "choose_many": list[str],
    "date": str,
    "time": str,
    "datetime": str,
    "upload": list[blocks.FileRef],
    "edit_table": list[Row],
    "chat": str,
    "form": dict[str, Json],
}
"""The type of each kind's canonical answer; an optional input's may be null instead."""

EVENTS: Mapping[str, type[events.Event]] = {
    str(kind.__struct_config__.tag): kind for kind in typing.get_args(events.SessionEvent)
}
"""All events by their name on the wire."""


def schema() -> Mapping[str, Json]:
    """Make the schema.

    Returns:
        A JSON Schema (2020-12) of the document, which is what a session's snapshot is. Beside it ``events``, ``blocks``
        (the props of each kind), ``inputs`` (each kind's spec) and ``answers`` refer to its ``$defs`` by name.
    """
    groups: Mapping[str, Mapping[str, object]] = {
        "events": EVENTS,
        "blocks": blocks.KINDS,
        "inputs": specs.KINDS,
        "answers": ANSWERS,
    }
    types = [document.Document, *(shape for group in groups.values() for shape in group.values())]
    made, definitions = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    top, *rest = made
    following = iter(rest)
    named = {group: {name: next(following) for name in members} for group, members in groups.items()}
    for kind in EVENTS.values():
        _with_position(definitions[kind.__name__])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Outlast: the document of a session, its events, blocks and inputs",
        **top,
        **named,
        "$defs": dict(sorted(definitions.items())),
    }


def _with_position(event: dict[str, Json]) -> None:
    """Every event that a client gets has ``seq`` and ``at``, although a session process sends it without."""
    event["properties"] |= {"seq": {"type": "integer", "minimum": 1}, "at": {"type": "string", "format": "date-time"}}
    event["required"] = [*(name for name in event["required"] if name not in ("seq", "at")), "seq", "at"]


def main() -> None:
    """Print the schema."""
    sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
