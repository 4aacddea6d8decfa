"""The schema that clients are generated from."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from jsonschema import Draft202012Validator

from outlast.protocol.codec import to_json
from outlast.protocol.document import Document, fold
from outlast.protocol.events import SessionEvent
from outlast.protocol.schema import EVENTS, schema
from tests.unit.protocol.strategies import streams

GOLDEN = Path(__file__).with_name("protocol.schema.json")


def test_the_schema_is_the_one_that_clients_were_made_from() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "outlast.protocol.schema"], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    assert printed == GOLDEN.read_text("utf-8"), (
        f"The protocol has changed. If that is wanted: python -m outlast.protocol.schema > tests/golden/{GOLDEN.name}"
    )


def test_the_schema_is_valid_and_every_reference_in_it_leads_somewhere() -> None:
    golden = json.loads(GOLDEN.read_text("utf-8"))
    Draft202012Validator.check_schema(golden)
    assert set(_references(golden)) <= {f"#/$defs/{name}" for name in golden["$defs"]}
    assert set(golden["events"]) == set(EVENTS)


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        return [found for key, value in node.items() for found in ([value] if key == "$ref" else _references(value))]
    return [found for item in node for found in _references(item)] if isinstance(node, list) else []


@given(streams())
def test_every_event_and_every_document_fits_the_schema(events: list[SessionEvent]) -> None:
    golden = schema()
    for event in events:
        name = type(event).__name__
        Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": golden["$defs"]}).validate(to_json(event))
    Draft202012Validator(golden).validate(to_json(fold(Document(), events)))
