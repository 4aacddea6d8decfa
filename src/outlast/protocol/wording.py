"""Answers, cells and figures in words, for whatever shows a document as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outlast.protocol.codec import Json, encode_json
from outlast.protocol.document import Input


def answer_lines(asked: Input) -> Sequence[tuple[str, str]]:
    """Say an answer in words.

    Returns:
        Pairs of a form field's name and its answer; for all other inputs one pair, with no name.
    """
    if asked.secret:
        return [("", "••••••")]
    value = asked.value
    if asked.kind == "form" and isinstance(value, dict):
        fields = {field["input"]: field for field in asked.spec.get("fields", ())}
        return [
            (
                str(fields.get(key, {}).get("label") or fields.get(key, {}).get("name") or key),
                said(str(fields.get(key, {}).get("kind", "")), fields.get(key, {}).get("spec", {}), value=given),
            )
            for key, given in value.items()
        ]
    return [("", said(asked.kind, asked.spec, value=value))]


def said(kind: str, spec: Mapping[str, Json], *, value: Json) -> str:
    """Say one answer in words, as the control that took it would."""
    if value is None or value == []:
        return "none"
    if kind == "text" and spec.get("secret"):
        return "••••••"
    if kind == "confirm":
        return str(spec.get("yes", "Yes") if value else spec.get("no", "No"))
    if kind == "approve" and isinstance(value, dict):
        words = spec.get("yes", "Approve") if value.get("approved") else spec.get("no", "Reject")
        return f"{words}: {value['comment']}" if value.get("comment") else str(words)
    if kind == "upload" and isinstance(value, list):
        return ", ".join(str(file.get("name", "file")) for file in value)
    if kind == "edit_table" and isinstance(value, list):
        return f"{len(value)} row{'' if len(value) == 1 else 's'}"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    unit = spec.get("unit")
    return f"{value} {unit}" if unit else str(value)


def cell_text(cell: Json) -> str:
    """A cell of a table in words: nothing for null, JSON for what is nested."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return encode_json(cell).decode() if isinstance(cell, (list, dict)) else str(cell)


def progress_text(props: Mapping[str, Json]) -> str:
    """How far it is: ``3 of 10 files``."""
    value, total = props.get("value", 0), props.get("total")
    unit = f" {props['unit']}" if props.get("unit") else ""
    return f"{value:g}{unit}" if total is None else f"{value:g} of {total:g}{unit}"
