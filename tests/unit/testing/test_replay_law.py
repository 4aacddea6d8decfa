"""The laws of replay (architecture §3 and §5), over apps that Hypothesis makes up."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import given, settings

from outlast.protocol import document as d
from outlast.testing import AppTest
from tests.unit.testing.programs import Op, Run, programs


def _finished(program: Sequence[Op], *, crash_everywhere: bool) -> tuple[Run, AppTest]:
    run = Run(program)
    t = AppTest(run.app(), crash_everywhere=crash_everywhere)
    run.drive(t.run())
    return run, t


FEWER = settings(max_examples=max(20, settings().max_examples // 3))
"""Each example is a hundred runs."""


@given(programs)
@FEWER
def test_a_session_killed_at_every_event_ends_with_the_same_document_and_each_effect_once(
    program: Sequence[Op],
) -> None:
    calm, t = _finished(program, crash_everywhere=False)
    with t:
        assert t.result == "done"
        shaken, again = _finished(program, crash_everywhere=True)
        with again:
            assert again.content == t.content
        assert shaken.effects == calm.effects
        assert set(calm.effects.values()) <= {1}


@given(programs)
@FEWER
def test_a_branch_at_any_event_ends_with_the_same_document(program: Sequence[Op]) -> None:
    run, t = _finished(program, crash_everywhere=False)
    with t:
        for event in t.events[:-1]:
            with t.branch(event.seq) as branch:
                run.drive(branch)
                assert branch.content == t.content, f"branched after {event}"


@given(programs)
@FEWER
def test_a_snapshot_and_the_later_events_give_the_fresh_document(program: Sequence[Op]) -> None:
    _, t = _finished(program, crash_everywhere=False)
    with t:
        events = t.events
        fresh = msgspec.json.encode(d.fold(d.Document(), events))
        for cut in range(len(events)):
            snapshot = msgspec.json.encode(d.fold(d.Document(), events[:cut]))
            restored = msgspec.json.decode(snapshot, type=d.Document)
            assert msgspec.json.encode(d.fold(restored, events[cut:])) == fresh
