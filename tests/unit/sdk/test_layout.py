"""Containers, and what stands in them."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import pytest

from outlast import columns, confirm, expander, section, status, stop, tabs, write
from outlast.sdk.context import SessionStopped
from outlast.sdk.handles import BlockClosed
from tests.unit.sdk.fake_recorder import FakeRecorder, ran


def places(recorder: FakeRecorder) -> dict[str, str | None]:
    """The kind and title of the parent of each text."""
    found: dict[str, str | None] = {}
    for block in recorder.shown("markdown"):
        parent = recorder.blocks.get(block.parent or "")
        found[str(block.props["text"])] = (
            str(parent.props.get("title") or parent.props.get("label")) if parent else None
        )
    return found


def test_blocks_stand_in_the_innermost_container() -> None:
    def work() -> None:
        with section("outer"):
            write("a")
            with expander("inner", open=True):
                write("b")
            write("c")
        write("d")

    recorder = ran(work)
    assert places(recorder) == {"a": "outer", "b": "inner", "c": "outer", "d": None}
    assert recorder.shown("section")[0].closed
    assert recorder.props("expander") == {"label": "inner", "open": True}


def test_an_input_stands_where_it_is_asked() -> None:
    def work() -> None:
        with section("order"):
            confirm("Go?")

    recorder = ran(work, True)
    assert recorder.asked().parent == "b1"


def test_columns_may_be_entered_in_any_order_and_again() -> None:
    def work() -> None:
        left, right = columns([2, 1])
        with right:
            write("r")
        with left:
            write("l")
        with right:
            write("r2")

    recorder = ran(work)
    holder, left, right, *texts = recorder.blocks.values()
    assert holder.props == {"weights": [2.0, 1.0]}
    assert [left.parent, right.parent] == ["b1", "b1"]
    assert [text.parent for text in texts] == ["b3", "b2", "b3"]


def test_columns_and_tabs_close_with_their_holder() -> None:
    def work() -> None:
        with columns(2) as (left, _), left:
            write("l")
        with tabs("A", "B") as both:
            assert len(both) == 2
            assert both[1].kind == "tab"

    assert all(block.closed for block in ran(work).blocks.values())


def test_a_key_names_the_holder_and_its_parts() -> None:
    assert list(ran(lambda: tabs("A", "B", key="t")).blocks) == ["b:t", "b:t.1", "b:t.2"]


@pytest.mark.parametrize("widths", [0, [], [1, 0], [1, -1]])
def test_columns_without_width_are_refused(widths: int | list[float]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ran(lambda: columns(widths))


def test_tabs_without_labels_are_refused() -> None:
    with pytest.raises(TypeError, match="label of each tab"):
        ran(tabs)


def test_a_container_that_is_over_cant_be_entered_again() -> None:
    def work() -> None:
        part = section("once")
        with part:
            pass
        with part:
            pass

    with pytest.raises(BlockClosed, match="section block is closed"):
        ran(work)


def test_an_error_leaves_the_container_and_closes_it() -> None:
    def work() -> None:
        with pytest.raises(ValueError, match="x"), section("s"):
            raise ValueError("x")
        write("after")

    recorder = ran(work)
    assert places(recorder) == {"after": None}
    assert recorder.shown("section")[0].closed


def test_tasks_stand_where_they_were_started_and_dont_disturb_each_other() -> None:
    async def show(title: str, gate: asyncio.Event) -> None:
        with section(title):
            await gate.wait()
            write(f"in {title}")

    async def app() -> None:
        gate = asyncio.Event()
        with section("outer"):
            tasks = [asyncio.create_task(show(title, gate)) for title in ("one", "two")]
        await asyncio.sleep(0)
        write("outside")
        gate.set()
        await asyncio.gather(*tasks)

    recorder = FakeRecorder()
    recorder.run_async(app)
    assert places(recorder) == {"outside": None, "in one": "one", "in two": "two"}
    assert {block.parent for block in recorder.shown("section")} == {None, "b1"}


def test_a_thread_with_a_copied_context_stands_where_its_starter_stood() -> None:
    def work() -> None:
        with section("threads"):
            context = contextvars.copy_context()
            thread = threading.Thread(target=lambda: context.run(write, "from a thread"))
            thread.start()
            thread.join()

    assert places(ran(work)) == {"from a thread": "threads"}


def test_status_holds_blocks_and_tells_its_end() -> None:
    def work() -> None:
        with status("Loading") as load:
            load.step("one")
            load.step("two")
            load.update("Loading more")
            write("inside")

    recorder = ran(work)
    props = dict(recorder.props("status"))
    assert props.pop("duration_s") >= 0
    assert props == {"label": "Loading more", "steps": ["one", "two"], "state": "done"}
    assert places(recorder) == {"inside": "Loading more"}


def test_status_that_an_error_leaves_has_failed() -> None:
    def work() -> None:
        with pytest.raises(KeyError), status("Loading"):
            raise KeyError

    recorder = ran(work)
    assert recorder.props("status")["state"] == "failed"
    assert recorder.shown("status")[0].closed


def test_status_that_stop_leaves_is_done() -> None:
    recorder = FakeRecorder()

    def work() -> None:
        with status("Loading"):
            stop()

    with pytest.raises(SessionStopped):
        recorder.run(work)
    assert recorder.props("status")["state"] == "done"


def test_status_without_with_is_ended_by_hand_once() -> None:
    def work() -> None:
        first, second, third = status("a"), status("b"), status("c")
        first.done("A is done")
        second.failed()
        third.close()
        third.close()
        assert [s.state for s in (first, second, third)] == ["done", "failed", "done"]
        with pytest.raises(BlockClosed):
            first.step("late")

    recorder = ran(work)
    assert [block.props["state"] for block in recorder.shown("status")] == ["done", "failed", "done"]
    assert recorder.shown("status")[0].props["label"] == "A is done"
