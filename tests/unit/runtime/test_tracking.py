"""What a host keeps in mind of a session agrees with the document that viewers see."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.kit.errors import LimitExceeded
from outlast.protocol import events as e
from outlast.protocol.document import Document, apply
from outlast.runtime.records import SessionRecord
from outlast.runtime.tracking import Alarms, Meter, SessionLimits, Stopwatch, Track, tighter
from outlast.runtime.turns import Turns

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def _record() -> SessionRecord:
    return SessionRecord(id="s", app="a:a", created_at=NOON, updated_at=NOON)


def _asked(number: int) -> e.InputRequested:
    return e.InputRequested(input=f"i{number}", block=f"i{number}", kind="text", label=f"Question {number}")


EVENTS = st.lists(
    st.one_of(
        st.builds(e.SessionStarted),
        st.builds(e.SessionWoken, attempt=st.integers(2, 9)),
        st.builds(e.SessionWaiting, input=st.sampled_from([None, "i1", "i2"]), timer=st.sampled_from([None, "t1"])),
        st.builds(e.SessionHibernated),
        st.builds(e.SessionRetitled, title=st.sampled_from(["a", "b"])),
        st.builds(_asked, st.integers(1, 2)),
        st.builds(e.InputSubmitted, input=st.sampled_from(["i1", "i2"])),
        st.builds(e.InputWithdrawn, input=st.sampled_from(["i1", "i2"])),
        st.builds(e.BlockOpened, block=st.sampled_from(["b1", "b2"]), kind=st.just("markdown")),
        st.builds(e.BlockAppended, block=st.just("b1"), text=st.just("x")),
        st.builds(e.StepFinished, step=st.just("s1"), name=st.just("pay")),
        st.builds(e.TimerSet, timer=st.just("t1"), due_at=st.just(NOON)),
        st.builds(e.LogWritten, channel=st.just("log"), text=st.just("x")),
    ),
    max_size=12,
)
END = st.sampled_from(
    [
        None,
        e.SessionCompleted(),
        e.SessionFailed(code="x", message="y"),
        e.SessionCancelled(),
        e.SessionExpired(limit="z"),
    ]
)


@given(EVENTS, END)
def test_a_record_has_the_state_that_the_document_has(events: list[e.SessionEvent], end: e.SessionEvent | None) -> None:
    document, track = Document(), Track(_record())
    # An input is answered once, as `Track.check` sees to it.
    answered: set[str] = set()
    for event in [*events, *([end] if end is not None else [])]:
        if isinstance(event, (e.InputSubmitted, e.InputWithdrawn)):
            if event.input in answered or event.input not in document.inputs:
                continue
            answered.add(event.input)
        apply(document, event)
        track.follow(event)
        assert track.record.state == document.state
        assert track.record.waiting_input == (
            document.waiting_input if document.state == "waiting" else track.record.waiting_input
        )
        if not document.over:
            assert set(track.inputs) == {key for key, asked in document.inputs.items() if asked.state == "open"}


def test_the_tighter_of_two_limits_holds() -> None:
    assert tighter(3, 2) == 2
    assert tighter(None, 2) == tighter(2, None) == 2
    assert tighter(None, timedelta(1)) == timedelta(1)
    empty: int | None = None
    assert tighter(empty, empty) is None


def test_a_stopwatch_adds_up_what_runs() -> None:
    watch = Stopwatch()
    watch.run(NOON, runs=True)
    assert watch.run(NOON + timedelta(seconds=2), runs=False) == timedelta(seconds=2)
    assert watch.run(NOON + timedelta(hours=1), runs=True) == timedelta(seconds=2)
    assert watch.run(NOON + timedelta(hours=1, seconds=1), runs=True) == timedelta(seconds=3)
    assert watch.ran(NOON + timedelta(hours=1, seconds=5)) == timedelta(seconds=7)


async def test_what_is_written_is_counted_against_its_limits() -> None:
    record = _record()
    meter = Meter(record)
    record.bytes = 100
    meter.count(100, SessionLimits(stream_bytes=100))
    with pytest.raises(LimitExceeded) as over:
        meter.count(1, SessionLimits(stream_bytes=99))
    assert over.value.code == "limit_stream_bytes"
    with pytest.raises(LimitExceeded) as fast:
        meter.count(1000, SessionLimits(bytes_per_s=10))
    assert fast.value.code == "limit_bytes_per_s"
    assert meter.bytes_per_s == (100 + 1000) / 10


async def test_an_alarm_rings_once_and_can_be_moved_and_stopped() -> None:
    alarms, rung = Alarms(), asyncio.Queue[str]()
    alarms.set("a", timedelta(hours=1), lambda: rung.put_nowait("late"))
    alarms.set("a", timedelta(0), lambda: rung.put_nowait("now"))
    alarms.set("b", timedelta(0), lambda: rung.put_nowait("never"))
    alarms.stop("b")
    assert await rung.get() == "now"
    alarms.stop_all()
    assert rung.empty()


async def test_turns_are_taken_one_by_one_and_leave_nothing() -> None:
    turns, order = Turns(), list[int]()

    async def work(number: int) -> None:
        async with turns.of("key"):
            order.append(number)
            await asyncio.sleep(0)
            order.append(number)

    await asyncio.gather(*(work(number) for number in range(4)))
    assert order == [0, 0, 1, 1, 2, 2, 3, 3]
    assert not vars(turns)["_locks"]
