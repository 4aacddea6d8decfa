"""Hypothesis strategies for what goes over the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from outlast.protocol import events as e
from outlast.protocol.codec import Json

START = datetime(2030, 1, 1, tzinfo=UTC)
SHA256 = "0123456789abcdef" * 4

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
json_values: SearchStrategy[Json] = st.recursive(
    scalars | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=8,
)
moments = st.integers(0, 10**9).map(lambda seconds: START + timedelta(seconds=seconds))
props = st.dictionaries(st.sampled_from(["text", "rows", "value", "label"]) | text, json_values, max_size=4)
rows = st.lists(st.lists(json_values, max_size=3), max_size=3)
# Few ids, so that events meet: the same block opened twice, appended to after its end, its parent removed.
block_ids = st.sampled_from(["b1", "b2", "b3", "b4"])
input_ids = st.sampled_from(["i1", "i2", "i3"])
kinds = st.sampled_from(["markdown", "code", "table", "section", "metric", "unheard-of"])
users = st.none() | st.builds(e.User, id=text, name=text, role=text)


def _openings() -> SearchStrategy[e.SessionEvent]:
    return st.builds(
        e.BlockOpened, block=block_ids, kind=kinds, parent=st.none() | block_ids, props=props, closed=st.booleans()
    )


def _appends() -> SearchStrategy[e.SessionEvent]:
    return st.builds(e.BlockAppended, block=block_ids, text=text) | st.builds(
        e.BlockAppended, block=block_ids, rows=rows
    )


def _lifecycle() -> SearchStrategy[e.SessionEvent]:
    waiting = {"input": st.none() | input_ids, "timer": st.none() | st.just("t1")}
    return st.one_of(
        st.builds(e.SessionStarted, reason=text),
        st.builds(e.SessionWoken, attempt=st.integers(1, 9), reason=text),
        st.builds(e.SessionRetitled, title=text),
        st.builds(e.SessionWaiting, **waiting),
        st.builds(e.SessionHibernated, **waiting),
        st.builds(e.TimerSet, timer=st.just("t1"), due_at=moments),
        st.builds(e.LogWritten, channel=st.sampled_from(["stdout", "stderr", "warning", "log"]), text=text),
    )


def _inputs() -> SearchStrategy[e.SessionEvent]:
    return st.one_of(
        st.builds(e.InputRequested, input=input_ids, block=block_ids, kind=st.just("text"), label=text, spec=props),
        st.builds(e.InputSubmitted, input=input_ids, value=json_values, by=users, secret=st.booleans()),
        st.builds(e.InputWithdrawn, input=input_ids, reason=text),
    )


def _steps() -> SearchStrategy[e.SessionEvent]:
    error = st.none() | st.builds(e.StepError, type=text, message=text)
    return st.builds(e.StepFinished, step=st.sampled_from(["s1", "s2"]), name=text, result=json_values, error=error)


def _ends() -> SearchStrategy[e.SessionEvent]:
    return st.one_of(
        st.builds(e.SessionCompleted, result=json_values),
        st.builds(e.SessionFailed, code=text, message=text, error=st.none() | text),
        st.builds(e.SessionCancelled, by=users, reason=text),
        st.builds(e.SessionExpired, limit=text),
    )


def session_events() -> SearchStrategy[e.SessionEvent]:
    """Any event but the first of a stream and its last."""
    changes = st.builds(e.BlockUpdated, block=block_ids, props=props)
    ends = st.builds(e.BlockClosed, block=block_ids) | st.builds(e.BlockRemoved, block=block_ids)
    return st.one_of(_openings(), _appends(), _appends(), changes, ends, _inputs(), _lifecycle(), _steps())


@st.composite
def streams(draw: st.DrawFn) -> list[e.SessionEvent]:
    """A whole stream, ``seq`` from 1; its events belong together only by chance."""
    created = st.builds(e.SessionCreated, app=text, args=props, title=text, seed=st.integers(0, 2**62), by=users)
    events = [draw(created), *draw(st.lists(session_events(), max_size=25)), *draw(st.lists(_ends(), max_size=1))]
    for seq, event in enumerate(events, 1):
        event.seq, event.at = seq, START + timedelta(milliseconds=seq)
    return events
