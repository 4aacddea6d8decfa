"""What an app may ask, and what it may send besides."""

from __future__ import annotations

import random

import pytest

from outlast.kit.errors import InvalidAnswer, ProtocolViolation
from outlast.protocol import events as e
from outlast.protocol.admission import Gate
from outlast.protocol.codec import Json
from outlast.protocol.document import Document, fold
from outlast.protocol.inputs import KINDS, check, check_request

NAN = float("nan")
FIELD = {"input": "i2", "name": "n", "kind": "text"}
IMPOSSIBLE: list[tuple[str, dict[str, Json]]] = [
    ("riddle", {}),
    ("text", {"colour": "red"}),
    ("text", {"pattern": "("}),
    ("text", {"pattern": "a" * 1001}),
    ("text", {"min_length": 3, "max_length": 2}),
    ("text", {"max_length": 0}),
    ("text", {"max_length": 10**9}),
    ("text", {"secret": True, "default": "hunter2"}),
    ("text", {"format": "email", "default": "nobody"}),
    ("text", {"help": "\ud800"}),
    ("text", {"help": "x" * 2_000_000}),
    ("number", {"min": NAN}),
    ("number", {"max": float("inf")}),
    ("number", {"min": 2, "max": 1}),
    ("number", {"min": 0.2, "max": 0.8, "integer": True}),
    ("number", {"step": 0}),
    ("number", {"max": 5, "default": 6}),
    ("slider", {"min": 0}),
    ("choose", {"options": []}),
    ("choose", {"options": ["a", "a"]}),
    ("choose", {"options": [""]}),
    ("choose", {"options": [str(n) for n in range(10_001)]}),
    ("choose", {"options": ["a"], "default": "b"}),
    ("choose_many", {"options": ["a"], "min": 2}),
    ("choose_many", {"options": ["a", "b"], "min": 2, "max": 1}),
    ("date", {"min": "tomorrow"}),
    ("date", {"min": "2030-01-02", "max": "2030-01-01"}),
    ("time", {"max": "12:00+01:00"}),
    ("upload", {"max_bytes": 0}),
    ("upload", {"default": "x"}),
    ("edit_table", {"columns": [], "rows": []}),
    ("edit_table", {"columns": [{"name": "a"}], "rows": [[1, 2]]}),
    ("edit_table", {"columns": [{"name": "a", "type": "number"}], "rows": [["x"]]}),
    ("edit_table", {"columns": [{"name": "a"}], "rows": [[NAN]]}),
    ("form", {"fields": []}),
    ("form", {"fields": [FIELD, FIELD]}),
    ("form", {"fields": [{**FIELD, "kind": "form", "spec": {"fields": [FIELD]}}]}),
    ("form", {"fields": [{**FIELD, "spec": {"pattern": "["}}]}),
]


@pytest.mark.parametrize(("kind", "spec"), IMPOSSIBLE)
def test_what_can_not_be_answered_can_not_be_asked(kind: str, spec: dict[str, Json]) -> None:
    with pytest.raises(ProtocolViolation):
        check_request(kind, spec)


@pytest.mark.parametrize(("kind", "spec"), IMPOSSIBLE)
def test_an_impossible_spec_never_crashes_the_check_of_an_answer(kind: str, spec: dict[str, Json]) -> None:
    for answer in ("x", 1, True, None, [], {}, "2030-01-02", "11:30", [["x"]], {"n": "x"}):
        try:
            check(kind, spec, answer)
        except (InvalidAnswer, ProtocolViolation):
            pass


def _random_spec(dice: random.Random) -> dict[str, Json]:
    names = ["min", "max", "pattern", "options", "fields", "columns", "rows", "default", "optional", "format", "accept"]
    values: list[Json] = [None, True, 0, -1, NAN, 10**30, "", "x", "(", "2030-01-02", [], ["a"], [1], [["a"]], [[]], {}]
    values += [[FIELD], [{"name": "a"}], [{"name": "a", "type": "date"}], b"bytes", {1: 2}]
    return {dice.choice(names): dice.choice(values) for _ in range(dice.randrange(5))}


def test_ten_thousand_random_specs_are_asked_or_refused_and_nothing_else() -> None:
    dice, kinds, asked = random.Random(13), [*KINDS, "riddle"], 0
    for _ in range(10_000):
        kind, spec = dice.choice(kinds), _random_spec(dice)
        try:
            check_request(kind, spec)
        except ProtocolViolation:
            continue
        asked += 1
        try:
            check(kind, spec, dice.choice(["a", 1, None, ["a"], {"n": "x"}, [[1]], "2030-01-02"]))
        except InvalidAnswer:
            pass
    assert asked > 100


def _open(block: str = "b1", kind: str = "markdown", **rest: Json) -> e.BlockOpened:
    return e.BlockOpened(block=block, kind=kind, **rest)


STANDING = [_open(), _open(block="b2", kind="table"), _open(block="b3", kind="section")]
WELCOME: list[e.WorkerEvent] = [
    _open(block="b4", parent="b3", props={"text": "x"}),
    _open(block="b4", parent="b9"),
    e.BlockUpdated(block="b1", props={"text": None}),
    e.BlockUpdated(block="b9", props={"anything": 1}),
    e.BlockAppended(block="b1", text="x"),
    e.BlockAppended(block="b2", rows=[[1]]),
    e.BlockAppended(block="b9", text="x"),
    e.InputRequested(input="i1", block="b4", kind="text", parent="b3"),
    e.SessionCompleted(result=1),
]
UNWELCOME: list[e.WorkerEvent] = [
    _open(),
    _open(block=""),
    _open(block="b" * 201),
    _open(block="b4", kind="hologram"),
    _open(block="b4", kind="input", props={"input": "i1"}),
    _open(block="b4", props={"text": 1}),
    e.BlockUpdated(block="b1", props={"colour": "red"}),
    e.BlockUpdated(block="b2", props={"rows": "x"}),
    e.BlockAppended(block="b1"),
    e.BlockAppended(block="b1", text="x", rows=[]),
    e.BlockAppended(block="b1", rows=[[1]]),
    e.BlockAppended(block="b2", text="x"),
    e.InputRequested(input="i1", block="b1", kind="text"),
    e.InputRequested(input="", block="b4", kind="text"),
    e.InputRequested(input="i1", block="b4", kind="text", label="x" * 10_001),
    e.InputRequested(input="i1", block="b4", kind="number", spec={"min": 2, "max": 1}),
    e.StepFinished(step="", name="x"),
]


def _gates() -> list[Gate]:
    """One that has seen the events, and one that a host makes when it wakes the session."""
    seen = Gate()
    for event in STANDING:
        seen.admit(event)
    return [seen, Gate(fold(Document(), STANDING))]


@pytest.mark.parametrize("event", WELCOME, ids=lambda event: repr(event)[:60])
def test_an_event_that_fits_is_let_into_the_stream(event: e.WorkerEvent) -> None:
    for gate in _gates():
        gate.admit(event)


@pytest.mark.parametrize("event", UNWELCOME, ids=lambda event: repr(event)[:60])
def test_an_event_that_does_not_fit_is_kept_out_of_the_stream(event: e.WorkerEvent) -> None:
    for gate in _gates():
        with pytest.raises(ProtocolViolation):
            gate.admit(event)


def test_an_input_is_asked_once_unless_it_was_withdrawn() -> None:
    asking, withdrawal = e.InputRequested(input="i1", block="b1", kind="text"), e.InputWithdrawn(input="i1")
    gate = Gate()
    gate.admit(asking)
    for each in (gate, Gate(fold(Document(), [asking]))):
        with pytest.raises(ProtocolViolation, match="asked already"):
            each.admit(asking)
        each.admit(withdrawal)
        each.admit(asking)


def test_a_removed_block_may_be_opened_again() -> None:
    for gate in _gates():
        gate.admit(e.BlockRemoved(block="b1"))
        gate.admit(_open())
