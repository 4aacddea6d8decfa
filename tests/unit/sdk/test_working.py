"""Progress: what it counts, and how seldom it says so."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from outlast import progress
from outlast.sdk.handles import BlockClosed
from outlast.sdk.working import MIN_UPDATE_S, Progress, Rate
from tests.unit.sdk.fake_recorder import FakeRecorder, ran


def test_iterating_counts_to_the_end_and_closes() -> None:
    recorder = FakeRecorder()
    assert recorder.run(lambda: list(progress(["a", "b"], "Reading", unit="files"))) == ["a", "b"]
    props = dict(recorder.props("progress"))
    props.pop("rate_per_s", None)
    assert props == {"label": "Reading", "value": 2, "total": 2, "unit": "files"}
    assert recorder.shown("progress")[0].closed


def test_a_loop_that_is_left_early_shows_where_it_stood() -> None:
    def work() -> None:
        for item in progress(range(10)):
            if item == 4:
                break

    recorder = ran(work)
    assert recorder.props("progress")["value"] == 4
    assert recorder.shown("progress")[0].closed


def test_a_hundred_thousand_steps_make_about_ten_updates_a_second() -> None:
    recorder = FakeRecorder()
    began_s = time.monotonic()
    recorder.run(lambda: [None for _ in progress(range(100_000))])
    allowed = (time.monotonic() - began_s) / MIN_UPDATE_S + 3
    assert recorder.shown("progress")[0].patches <= allowed
    assert recorder.props("progress")["value"] == 100_000


def test_async_iterables_are_counted_too() -> None:
    async def pages() -> AsyncIterator[int]:
        yield 1
        yield 2

    async def app() -> list[int]:
        return [page async for page in progress(pages(), total=2)]

    recorder = FakeRecorder()
    assert recorder.run_async(app) == [1, 2]
    assert recorder.props("progress")["value"] == 2


def test_a_total_is_counted_by_hand() -> None:
    def work() -> None:
        with progress(10, "Copying") as copied:
            copied.advance(2.5)
            copied.update(5, label="Still copying")
            copied.update(total=20)
            assert (copied.value, copied.total) == (5, 20)
        with pytest.raises(BlockClosed):
            copied.advance()

    props = ran(work).props("progress")
    assert (props["value"], props["total"], props["label"]) == (5, 20, "Still copying")
    assert "remaining_s" not in props


def test_without_a_total_the_end_is_open() -> None:
    def endless() -> Progress[int]:
        each = progress(iter([1, 2, 3]))
        assert sum(each) == 6
        return each

    recorder = FakeRecorder()
    assert recorder.run(endless).total is None
    assert "total" not in recorder.props("progress")


def test_the_rate_settles_on_the_pace_of_the_work() -> None:
    rate = Rate(0, 0)
    for second in range(1, 60):
        rate.update(second * 5, second)
    assert rate.per_s == pytest.approx(5)
    for second in range(60, 160):
        rate.update(59 * 5 + (second - 59) * 50, second)
    assert rate.per_s == pytest.approx(50, rel=0.01)
    rate.update(1e9, 159)
    assert rate.per_s == pytest.approx(50, rel=0.01)


def test_misuse_of_progress_is_explained() -> None:
    with pytest.raises(TypeError, match=r"progress\(rows, 'Rows'\)"):
        ran(lambda: progress("Reading"))
    with pytest.raises(TypeError, match="nothing to iterate over"):
        ran(lambda: list(progress(5)))
    with pytest.raises(TypeError, match="can't iterate over object"):
        ran(lambda: progress(object()))  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="negative"):
        ran(lambda: progress(-1))
