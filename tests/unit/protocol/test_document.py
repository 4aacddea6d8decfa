"""The document and its law."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.protocol import events as e
from outlast.protocol.codec import decode_json, encode_json
from outlast.protocol.document import Document, apply, fold, recording_of, shown_document
from tests.unit.protocol.strategies import START, streams


def _stream(*events: e.SessionEvent) -> list[e.SessionEvent]:
    for seq, event in enumerate(events, 1):
        event.seq, event.at = seq, START
    return list(events)


@given(streams(), st.data())
def test_a_snapshot_at_any_seq_and_the_later_events_equal_a_fresh_fold(
    events: list[e.SessionEvent], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(events)))
    snapshot = encode_json(fold(Document(), events[:cut]))
    resumed = fold(decode_json(snapshot, Document), events[cut:])
    assert resumed == fold(Document(), events)


@given(streams())
def test_folding_at_once_equals_applying_one_by_one(events: list[e.SessionEvent]) -> None:
    document = Document()
    for event in events:
        apply(document, event)
    assert fold(Document(), events) == document


@given(streams())
def test_folding_never_changes_an_event(events: list[e.SessionEvent]) -> None:
    before = [e.encode_event(event) for event in events]
    document = fold(Document(), events)
    fold(document, events)
    assert [e.encode_event(event) for event in events] == before


@given(streams())
def test_an_event_comes_back_the_same_from_its_stored_form(events: list[e.SessionEvent]) -> None:
    assert [e.decode_event(e.encode_event(event)) for event in events] == events


@given(streams())
def test_no_reader_gets_a_secret_answer_and_only_the_owner_a_traceback(events: list[e.SessionEvent]) -> None:
    for owner in (False, True):
        for event in filter(None, (e.shown_to(event, owner=owner) for event in events)):
            assert not (isinstance(event, e.InputSubmitted) and event.secret and event.value is not None)
            assert owner or event.visibility != "owner"
            assert owner or not (isinstance(event, e.SessionFailed) and event.error)
        shown = shown_document(fold(Document(), events), owner=owner)
        assert not any(asked.secret and asked.value is not None for asked in shown.inputs.values())
        assert owner or shown.failure_error is None
        assert not shown.steps
        assert not shown.timers


def test_a_removed_block_takes_all_below_it_along() -> None:
    document = fold(
        Document(),
        _stream(
            e.BlockOpened(block="b1", kind="section"),
            e.BlockOpened(block="b2", kind="expander", parent="b1"),
            e.BlockOpened(block="b3", kind="markdown", parent="b2"),
            e.BlockOpened(block="b4", kind="markdown"),
            e.BlockRemoved(block="b1"),
        ),
    )
    assert list(document.blocks) == ["b4"]


def test_an_answer_ends_the_wait_and_closes_the_question() -> None:
    asked = _stream(e.InputRequested(input="i1", block="b1", kind="text", label="Name?"), e.SessionWaiting(input="i1"))
    document = fold(Document(), asked)
    assert (document.state, document.waiting_input) == ("waiting", "i1")
    apply(document, e.InputSubmitted(seq=3, at=START, input="i1", value="Ada"))
    assert (document.state, document.waiting_input) == ("running", None)
    assert document.inputs["i1"].value == "Ada"
    assert document.blocks["b1"].closed


def test_nothing_of_an_ended_session_is_left_open() -> None:
    document = fold(
        Document(),
        _stream(
            e.BlockOpened(block="b1", kind="markdown"),
            e.InputRequested(input="i1", block="b2", kind="text"),
            e.SessionCancelled(reason="enough"),
        ),
    )
    assert document.over
    assert all(block.closed for block in document.blocks.values())
    assert document.inputs["i1"].state == "withdrawn"


def test_a_long_text_of_many_pieces_folds_in_linear_time() -> None:
    pieces = [e.BlockAppended(block="b1", text="x" * 1000) for _ in range(20_000)]
    events = _stream(e.BlockOpened(block="b1", kind="markdown"), *pieces)
    document = Document()
    for event in events:  # copying the text for each piece would move 200 GB
        apply(document, event)
    assert len(document.blocks["b1"].props["text"]) == 20_000_000


def test_a_recording_holds_what_a_replay_must_find() -> None:
    document = fold(
        Document(),
        _stream(
            e.BlockOpened(block="b1", kind="note", props={"text": "seen"}, closed=True),
            e.BlockOpened(block="b2", kind="markdown", props={"text": ""}),
            e.BlockAppended(block="b2", text="streamed"),
            e.BlockClosed(block="b2"),
            e.InputRequested(input="i1", block="b3", kind="text", label="Name?"),
            e.InputSubmitted(input="i1", value=None),
            e.StepFinished(step="s1", name="load", result=[1]),
            e.TimerSet(timer="t1", due_at=START),
            e.TimerSet(timer="t2", due_at=START + timedelta(hours=1)),
        ),
    )
    recording = recording_of(document, now=START)
    assert {key: (block.closed, block.props) for key, block in recording.blocks.items()} == {
        "b1": (True, {}),
        "b2": (True, {"text": "streamed"}),
    }
    assert recording.inputs["i1"].answered
    assert recording.steps["s1"].result == [1]
    assert {key: timer.over for key, timer in recording.timers.items()} == {"t1": True, "t2": False}


@pytest.mark.parametrize("kind", e.TERMINAL)
def test_every_terminal_event_ends_the_session(kind: type[e.Event]) -> None:
    given = {"session.failed": {"code": "app_error", "message": "no"}, "session.expired": {"limit": "wall_time"}}
    name = str(kind.__struct_config__.tag)
    event = e.decode_event(encode_json({"event": name, **given.get(name, {})}))
    assert fold(Document(), [event]).over
