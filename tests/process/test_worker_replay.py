"""Replay: what was recorded against what the run says now."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.kit.errors import ReplayDiverged
from outlast.protocol import events as e
from outlast.protocol.commands import (
    RecordedBlock,
    RecordedInput,
    RecordedStep,
    RecordedTimer,
    Recording,
)  # fmt: skip
from outlast.protocol.document import Document, apply, recording_of
from outlast.sdk.context import AnswerTimeout
from outlast.worker.recorder import SessionRecorder
from tests.process.recorded import NOW, Host


def test_a_recorded_run_is_not_said_again() -> None:
    def play(host: Host) -> None:
        r = host.recorder
        r.open("markdown", {"text": "Hi"}, closed=True)
        block = r.open("markdown", {"text": ""})
        r.append_text(block, "one ")
        r.append_text(block, "two")
        r.close(block)
        metric = r.open("metric", {"label": "n", "value": 1})
        r.update(metric, {"value": 2})
        table = r.open("table", {"rows": [[1]]})
        r.append_rows(table, [[2], [3]])
        r.log("stdout", "said\n")
        r.request("text", "Name?", {})

    first = Host()
    play(first)
    first.settle()
    again = Host(recording_of(first.document, now=NOW))
    play(again)
    again.settle()
    assert again.events == [e.SessionWaiting(input="i1")]


def recorded(kind: str, *, closed: bool = False, **props: object) -> Recording:
    """A recording of one block."""
    return Recording(blocks={"b1": RecordedBlock(kind=kind, closed=closed, props=dict(props))})


def test_a_closed_block_stays_as_viewers_saw_it() -> None:
    host = Host(recorded("markdown", closed=True, text="It is noon"))
    block = host.recorder.open("markdown", {"text": "It is midnight"}, closed=True)
    host.recorder.append_text(block, "!")
    host.recorder.update(block, {"text": "?"})
    host.recorder.close(block)
    assert host.events == []
    assert host.recorder.recorded_text(block) == "It is noon"


def test_a_text_that_was_cut_off_goes_on_where_it_stopped() -> None:
    host = Host(recorded("markdown", text="one two"))
    block = host.recorder.open("markdown", {"text": ""})
    assert host.recorder.recorded_text(block) is None
    for chunk in ("one ", "two three", " four"):
        host.recorder.append_text(block, chunk)
    host.settle()
    assert host.events == [e.BlockAppended(block="b1", text=" three"), e.BlockAppended(block="b1", text=" four")]


def test_a_text_that_comes_out_otherwise_replaces_what_was_recorded() -> None:
    host = Host(recorded("markdown", text="one two"))
    block = host.recorder.open("markdown", {"text": "one "})
    host.recorder.append_text(block, "three")
    host.settle()
    assert host.events == [e.BlockUpdated(block="b1", props={"text": "one three"})]


def test_a_text_that_ends_earlier_is_cut_when_it_is_closed() -> None:
    host = Host(recorded("markdown", text="one two"))
    block = host.recorder.open("markdown", {"text": "one"})
    host.recorder.close(block)
    host.settle()
    assert host.events == [e.BlockUpdated(block="b1", props={"text": "one"}), e.BlockClosed(block="b1")]


def test_rows_are_compared_as_text_is() -> None:
    host = Host(recorded("table", rows=[[1], [2]]))
    block = host.recorder.open("table", {"rows": []})
    host.recorder.append_rows(block, [[1]])
    host.recorder.append_rows(block, [[2], [3]])
    host.settle()
    assert host.events == [e.BlockAppended(block="b1", rows=[[3]])]


def test_props_are_caught_up_when_something_new_is_said() -> None:
    host = Host(recorded("progress", value=50, unit="files"))
    block = host.recorder.open("progress", {"value": 0, "unit": "files"})
    for n in range(60):
        host.recorder.update(block, {"value": n})
    assert host.events == []
    host.recorder.open("markdown", {"text": "new"}, closed=True)
    host.recorder.update(block, {"value": 60})
    host.settle()
    assert [x for x in host.events if isinstance(x, e.BlockUpdated)] == [
        e.BlockUpdated(block="b1", props={"value": 59}), e.BlockUpdated(block="b1", props={"value": 60}),
    ]  # fmt: skip


def test_props_are_caught_up_after_a_while() -> None:
    host = Host(recorded("progress", value=50))
    block = host.recorder.open("progress", {"value": 0})
    host.recorder.update(block, {"value": 7})
    deadline = time.monotonic() + 5
    while (left := host.recorder.catch_up()) is not None and time.monotonic() < deadline:
        time.sleep(left)  # sleeps: exactly until it says so
    assert host.events == [e.BlockUpdated(block="b1", props={"value": 7})]


def test_the_end_settles_what_stands_open() -> None:
    host = Host(recorded("markdown", text="one two"))
    host.recorder.open("markdown", {"text": "one"})
    host.recorder.finish(e.SessionCompleted())
    host.settle()
    assert host.events == [e.BlockUpdated(block="b1", props={"text": "one"}), e.SessionCompleted()]


def test_a_recorded_answer_step_and_sleep_come_back() -> None:
    host = Host(
        Recording(
            inputs={"i1": RecordedInput(kind="text", label="Name?", answered=True, value="Ada")},
            steps={"s1": RecordedStep(name="charge", result=7)},
            timers={"t1": RecordedTimer(due_at=NOW, over=True), "t2": RecordedTimer(due_at=NOW)},
        )
    )
    assert host.recorder.request("text", "Name?", {}).wait().value == "Ada"
    assert host.recorder.begin_step("charge")[1] == RecordedStep(name="charge", result=7)
    host.recorder.sleep(timedelta(1)).wait()
    assert host.events == []
    waiting = host.recorder.sleep(timedelta(1))
    assert host.events == [e.SessionWaiting(timer="t2")]
    assert not waiting.settled


def test_a_question_without_an_answer_is_waited_for_again() -> None:
    host = Host(Recording(inputs={"i1": RecordedInput(kind="text", label="Name?")}))
    host.recorder.request("text", "Name?", {})
    assert host.events == [e.SessionWaiting(input="i1")]


def test_a_question_that_timed_out_times_out_again() -> None:
    host = Host(
        Recording(
            inputs={"i1": RecordedInput(kind="text", label="Name?", withdrawn=True)},
            timers={"t:i1": RecordedTimer(due_at=NOW, over=True)},
        )
    )
    with pytest.raises(AnswerTimeout):
        host.recorder.request("text", "Name?", {}, timeout=timedelta(1)).wait()
    assert host.events == []


def test_a_question_whose_time_ran_out_while_it_slept_times_out() -> None:
    host = Host(
        Recording(
            inputs={"i1": RecordedInput(kind="text", label="Name?")},
            timers={"t:i1": RecordedTimer(due_at=NOW, over=True)},
        )
    )
    with pytest.raises(AnswerTimeout):
        host.recorder.request("text", "Name?", {}, timeout=timedelta(1)).wait()
    host.settle()
    assert host.events[-1] == e.InputWithdrawn(input="i1", reason="timeout")


def form(*names: str) -> dict[str, object]:
    """The spec of a form."""
    return {"fields": [{"input": f"i{n}", "name": name, "kind": "text"} for n, name in enumerate(names)]}


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (lambda r: r.request("number", "Name?", {}), "a text 'Name\\?'; here the code now asks for a number"),
        (lambda r: r.request("text", "Age?", {}), "for a text 'Age\\?'"),
        (lambda r: r.open("table", {}), "kind 'markdown'; here the code now asks for one of kind 'table'"),
        (lambda r: r.begin_step("refund"), "named 'charge'; here the code now asks for one named 'refund'"),
        (lambda r: (r.input_ids(1), r.request("form", "F", form("a", "c"))), "text 'a', text 'c'"),
    ],
)
def test_code_that_asks_something_else_than_recorded_is_told_so(
    now: Callable[[SessionRecorder], object], words: str
) -> None:
    host = Host(
        Recording(
            blocks={"b1": RecordedBlock(kind="markdown")},
            inputs={
                "i1": RecordedInput(kind="text", label="Name?"),
                "i2": RecordedInput(kind="form", label="F", spec=form("a", "b")),
            },
            steps={"s1": RecordedStep(name="charge")},
        )
    )
    with pytest.raises(ReplayDiverged, match=words) as caught:
        now(host.recorder)
    assert "test_worker_replay.py, line" in caught.value.message
    with pytest.raises(ReplayDiverged):
        host.recorder.open("markdown", {}, closed=True)
    assert host.events == []


def test_what_is_printed_again_is_not_logged_again() -> None:
    host = Host(Recording(inputs={"i1": RecordedInput(kind="text", label="Name?", answered=True, value="x")}))
    host.recorder.log("stdout", "before\n")
    host.recorder.request("text", "Name?", {})
    host.recorder.log("stdout", "after\n")
    assert host.events == [e.LogWritten(channel="stdout", text="after\n")]


CALLS = st.lists(
    st.one_of(
        st.tuples(st.just("text"), st.integers(0, 3), st.text(max_size=5)),
        st.tuples(st.just("patch"), st.integers(0, 3), st.integers(0, 9)),
        st.tuples(st.just("rows"), st.integers(0, 3), st.integers(0, 9)),
        st.tuples(st.just("ack"), st.just(0), st.just(0)),
    ),
    max_size=30,
)


def played(host: Host, calls: list[tuple[str, int, object]]) -> Host:
    """Make calls on four open blocks."""
    blocks = [host.recorder.open("markdown", {"text": ""}) for _ in range(4)]
    for name, at, value in calls:
        if name == "text":
            host.recorder.append_text(blocks[at], str(value))
        elif name == "patch":
            host.recorder.update(blocks[at], {"value": value})
        elif name == "rows":
            host.recorder.append_rows(blocks[at], [[value]])
        elif host.emissions:
            host.ack()
    return host


@given(CALLS)
def test_merged_events_fold_into_the_same_document(calls: list[tuple[str, int, object]]) -> None:
    merged, plain = Host(), Host()
    played(merged, [call for call in calls if call[0] != "ack"]).settle()
    steps: list[tuple[str, int, object]] = []
    for call in calls:
        steps += [call, ("ack", 0, 0)]
    played(plain, steps).settle()
    assert merged.document.blocks == plain.document.blocks
    played(mixed := Host(), calls).settle()
    assert mixed.document.blocks == plain.document.blocks


@given(CALLS, st.integers(0, 40))
def test_a_run_that_is_cut_anywhere_ends_with_the_same_document(calls: list[tuple[str, int, object]], cut: int) -> None:
    whole = played(Host(), calls)
    whole.recorder.finish(e.SessionCompleted())
    whole.settle()
    document = Document()
    for event in whole.events[: min(cut, len(whole.events) - 1)]:
        apply(document, event)
    again = played(Host(recording_of(document, now=NOW)), calls)
    again.recorder.finish(e.SessionCompleted())
    again.settle()
    for event in again.events:
        apply(document, event)
    assert document.blocks == whole.document.blocks
