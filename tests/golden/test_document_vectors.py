"""The vectors that every client's folding is held to, in whatever language it is written.

Their documents are what an owner sees: steps, timers and removed blocks are kept for replays alone.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outlast.protocol.codec import Json, to_json
from outlast.protocol.document import Document, apply, fold, shown_document
from outlast.protocol.events import decode_event
from outlast.protocol.schema import EVENTS

VECTORS: list[dict[str, Json]] = json.loads(Path(__file__).with_name("document_vectors.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_events_of_a_vector_fold_into_its_document(vector: dict[str, Json]) -> None:
    events = [decode_event(json.dumps(event)) for event in vector["events"]]
    assert to_json(shown_document(fold(Document(), events), owner=True)) == vector["document"]
    one_by_one = Document()
    for event in events:
        apply(one_by_one, event)
    assert to_json(shown_document(one_by_one, owner=True)) == vector["document"]


def test_the_vectors_hold_every_event() -> None:
    assert {event["event"] for vector in VECTORS for event in vector["events"]} == set(EVENTS)
