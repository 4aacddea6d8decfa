"""The recorder without a process: numbering, merging, backpressure, and replay against what was recorded."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.kit.errors import ProtocolViolation
from outlast.protocol import events as e
from outlast.protocol.commands import (
    Answered,
    Cancel,
    TimerDue,
)  # fmt: skip
from outlast.sdk.context import AnswerTimeout, SessionCancelled
from tests.process.recorded import NOW, Host


def test_what_is_said_while_idle_leaves_at_once() -> None:
    host = Host()
    host.recorder.open("markdown", {"text": "Hi"}, closed=True)
    assert host.events == [e.BlockOpened(block="b1", kind="markdown", props={"text": "Hi"}, closed=True)]


def test_text_is_joined_while_an_emission_is_on_its_way() -> None:
    host = Host()
    block = host.recorder.open("markdown", {"text": ""})
    for chunk in "hello":
        host.recorder.append_text(block, chunk)
    host.recorder.close(block)
    assert len(host.events) == 1
    host.settle()
    assert host.events[1:] == [e.BlockAppended(block="b1", text="hello"), e.BlockClosed(block="b1")]


def test_texts_of_two_blocks_are_joined_each() -> None:
    host = Host()
    a, b = host.recorder.open("markdown", {}), host.recorder.open("markdown", {})
    for chunk in "xyz":
        host.recorder.append_text(a, chunk)
        host.recorder.append_text(b, chunk.upper())
    host.settle()
    assert host.events[2:] == [e.BlockAppended(block="b1", text="xyz"), e.BlockAppended(block="b2", text="XYZ")]


def test_the_last_value_of_each_prop_is_kept() -> None:
    host = Host()
    block = host.recorder.open("progress", {"value": 0})
    for n in range(100):
        host.recorder.update(block, {"value": n})
    host.recorder.update(block, {"unit": "files"})
    host.settle()
    assert host.events[1:] == [e.BlockUpdated(block="b1", props={"value": 99, "unit": "files"})]


def test_rows_are_joined() -> None:
    host = Host()
    block = host.recorder.open("table", {"rows": []})
    for n in range(3):
        host.recorder.append_rows(block, [[n]])
    host.settle()
    assert host.events[1:] == [e.BlockAppended(block="b1", rows=[[0], [1], [2]])]


def test_what_stands_between_keeps_its_place() -> None:
    host = Host()
    block = host.recorder.open("markdown", {})
    host.recorder.append_text(block, "a")
    host.recorder.update(block, {"text": "b"})
    host.recorder.append_text(block, "c")
    host.settle()
    assert host.document.blocks["b1"].props == {"text": "bc"}


def test_half_characters_become_question_marks() -> None:
    host = Host()
    block = host.recorder.open("markdown", {})
    host.recorder.append_text(block, "ä\ud800ö")
    host.settle()
    assert host.events[1] == e.BlockAppended(block="b1", text="ä?ö")


def test_what_can_not_be_sent_fails_where_it_was_said() -> None:
    host = Host()
    with pytest.raises(TypeError, match="can't be shown"):
        host.recorder.open("json", {"value": object()})
    with pytest.raises(ProtocolViolation, match="at most"):
        host.recorder.open("markdown", {"text": "x" * (17 << 20)})
    host.recorder.open("markdown", {"text": "fine"})
    assert len(host.events) == 1


def test_a_full_outbox_makes_the_app_wait() -> None:
    host = Host(max_pending_bytes=1000)
    block = host.recorder.open("markdown", {})
    written = threading.Event()

    def write() -> None:
        for _ in range(1000):
            host.recorder.append_text(block, "0123456789")
        written.set()

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    assert not written.wait(0.1)
    assert sum(len(x.text or "") for x in host.events if isinstance(x, e.BlockAppended)) == 0
    while not written.is_set():
        host.ack()
    thread.join()
    host.settle()
    assert host.document.blocks["b1"].props["text"] == "0123456789" * 1000
    assert max(len(x.text or "") for x in host.events if isinstance(x, e.BlockAppended)) <= 1100


def test_a_step_returns_after_its_commit() -> None:
    host = Host()
    host.recorder.open("markdown", {}, closed=True)
    step, recorded = host.recorder.begin_step("charge")
    assert (step, recorded) == ("s1", None)
    waiting = host.recorder.finish_step(step, "charge", result=7)
    assert not waiting.settled
    host.ack()
    assert not waiting.settled
    host.ack()
    assert waiting.wait() == Answered(input="")


def test_ids_are_counted_and_keys_are_used_once() -> None:
    recorder = Host().recorder
    assert [recorder.open("markdown", {}) for _ in range(2)] == ["b1", "b2"]
    assert recorder.open("markdown", {}, key="sum") == "b:sum"
    with pytest.raises(ValueError, match="used twice"):
        recorder.open("markdown", {}, key="sum")
    assert recorder.input_ids(2) == ["i1", "i2"]


def test_an_answer_that_comes_early_is_kept() -> None:
    host = Host()
    host.recorder.handle(Answered(input="i1", value=5))
    assert host.recorder.request("number", "N", {}).wait().value == 5
    assert host.events == []


def test_a_question_and_the_wait_for_it_leave_together() -> None:
    host = Host()
    waiting = host.recorder.request("text", "Name?", {}, timeout=timedelta(minutes=1))
    assert host.events == [
        e.InputRequested(input="i1", block="i1", kind="text", label="Name?"),
        e.TimerSet(timer="t:i1", due_at=NOW + timedelta(minutes=1)),
        e.SessionWaiting(input="i1"),
    ]
    assert len(host.emissions) == 1
    host.recorder.handle(TimerDue(timer="t:i1"))
    with pytest.raises(AnswerTimeout):
        waiting.wait()
    host.settle()
    assert host.events[-1] == e.InputWithdrawn(input="i1", reason="timeout")


def test_a_sleep_ends_when_its_host_says_so() -> None:
    host = Host()
    waiting = host.recorder.sleep(timedelta(days=1), key="item")
    assert host.events == [
        e.TimerSet(timer="t:item", due_at=NOW + timedelta(days=1)), e.SessionWaiting(timer="t:item"),
    ]  # fmt: skip
    host.recorder.handle(TimerDue(timer="t:item"))
    waiting.wait()


async def test_an_answer_wakes_a_task() -> None:
    host = Host()
    waiting = host.recorder.request("text", "Name?", {})

    async def ask() -> Answered:
        return await waiting

    task = asyncio.create_task(ask())
    await asyncio.sleep(0)
    threading.Thread(target=host.recorder.handle, args=(Answered(input="i1", value="Ada"),)).start()
    assert (await task).value == "Ada"


def test_of_several_questions_the_one_still_open_is_waited_for_again() -> None:
    host = Host()
    for label in ("A", "B"):
        host.recorder.request("text", label, {})
    host.recorder.idle(lambda: False)
    host.recorder.handle(Answered(input="i2"))
    host.settle()
    assert host.events[-1] == e.SessionWaiting(input="i2"), "nothing was said of i1, for the app may still run"
    host.recorder.idle(lambda: True)
    host.settle()
    assert host.events[-1] == e.SessionWaiting(input="i2"), "something had come just then"
    for _ in range(2):
        host.recorder.idle(lambda: False)
    host.settle()
    assert host.events[-2:] == [e.SessionWaiting(input="i2"), e.SessionWaiting(input="i1")]


def test_whoever_waits_for_a_commit_is_about_to_go_on() -> None:
    host = Host()
    host.recorder.request("text", "A", {})
    host.recorder.finish_step("s1", "work")
    host.recorder.idle(lambda: False)
    host.settle()
    assert [type(event) for event in host.events[-1:]] == [e.StepFinished]
    host.recorder.idle(lambda: False)
    host.settle()
    assert host.events[-1] == e.SessionWaiting(input="i1")


def test_after_a_cancel_nothing_is_waited_for() -> None:
    host = Host()
    host.recorder.handle(Cancel(reason="enough"))
    assert host.recorder.cancelled
    with pytest.raises(SessionCancelled):
        host.recorder.request("text", "Name?", {}).wait()


def test_files_are_told_with_the_next_emission(tmp_path: Path) -> None:
    host = Host(scratch=str(tmp_path))
    ref = host.recorder.store_file(b"abc", name="a.txt", media_type="text/plain")
    host.recorder.open("file", {"file": {"sha256": ref.sha256}}, closed=True)
    assert host.emissions[0].files == [ref]
    assert host.recorder.file_path(ref).read_bytes() == b"abc"
