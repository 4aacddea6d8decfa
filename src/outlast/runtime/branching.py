"""The events that a branch begins with."""

from __future__ import annotations

import msgspec

from outlast.kit.errors import BranchImpossible
from outlast.protocol import events as e
from outlast.protocol.codec import Json
from outlast.protocol.inputs import check, is_secret
from outlast.runtime.tracking import stream_of
from outlast.streams.log import StreamLog


async def branched_events(
    log: StreamLog, session_id: str, *, seq: int, by: e.User, value: Json
) -> list[e.SessionEvent]:
    """Copy a session's history up to ``seq``.

    Args:
        log: where it is.
        session_id: the parent.
        seq: the last event that is shared; the parent's end is never shared.
        by: whose the branch is.
        value: another answer to the last input asked by ``seq`` (its old answer and all that followed from it are
            left out), or `msgspec.UNSET`.

    Returns:
        Events without ``seq``, the first a `SessionCreated` that names the parent.

    Raises:
        BranchImpossible: the parent has no such event, no longer has its beginning, or asked nothing by then.
        InvalidAnswer: the value does not fit the input.
    """
    events = await _read_to(log, session_id, seq)
    if events and isinstance(events[-1], e.TERMINAL):
        del events[-1]
    if not events or not isinstance(events[0], e.SessionCreated):
        raise BranchImpossible("The beginning of this session is no longer kept; it can't be branched.")
    events[0] = msgspec.structs.replace(events[0], by=by, branched_from=e.BranchPoint(session=session_id, seq=seq))
    if value is not msgspec.UNSET:
        events = _answered_otherwise(events, value, by=by)
    return events


async def _read_to(log: StreamLog, session_id: str, seq: int) -> list[e.SessionEvent]:
    head = await log.head(stream_of(session_id))
    if not 1 <= seq <= head:
        raise BranchImpossible(f"The session has no event {seq}; it has events 1 to {head}.")
    events: list[e.SessionEvent] = []
    while len(events) < seq:
        page = await log.read(stream_of(session_id), after=len(events), limit=min(1000, seq - len(events)))
        events += [e.decode_event(stored.data) for stored in page]
    return events


def _answered_otherwise(events: list[e.SessionEvent], value: Json, *, by: e.User) -> list[e.SessionEvent]:
    asked_at = max((i for i, event in enumerate(events) if isinstance(event, e.InputRequested)), default=None)
    if asked_at is None:
        raise BranchImpossible("Nothing was asked up to this event; branch without another answer.")
    asked = events[asked_at]
    assert isinstance(asked, e.InputRequested)
    canonical = check(asked.kind, asked.spec, value)
    kept = events[: asked_at + 1]
    for event in events[asked_at + 1 :]:
        if isinstance(event, e.InputSubmitted) and event.input == asked.input:
            break
        kept.append(event)
    secret = is_secret(asked.kind, asked.spec)
    return [*kept, e.InputSubmitted(input=asked.input, value=canonical, by=by, secret=secret)]
