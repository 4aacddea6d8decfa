"""Recorded streams that today's code must still replay. How to make and renew them: `tests.golden.record`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from outlast.protocol.events import TERMINAL, SessionEvent
from outlast.testing import AppTest
from outlast.testing.replay import read_events
from tests.golden.record import FOLDER, SCRIPTS
from tests.unit.examples.loading import example

RECORDINGS = sorted(FOLDER.glob("*.jsonl"))


def _events(path: Path) -> Sequence[SessionEvent]:
    return read_events(path)


def test_every_script_is_recorded() -> None:
    assert {path.stem for path in RECORDINGS} == set(SCRIPTS)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_replays_without_a_difference(path: Path) -> None:
    app = example(path.stem.partition(".")[0])
    assert [str(each) for each in AppTest.replay(app, _events(path))] == []


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_session_that_was_cut_off_before_its_last_event_still_comes_to_the_same_end(path: Path) -> None:
    app = example(path.stem.partition(".")[0])
    events = _events(path)
    recorded = AppTest.resume(app, events)
    cut = events[:-1] if isinstance(events[-1], TERMINAL) else events
    with recorded, AppTest.resume(app, cut) as t:
        t.run()
        assert t.content == recorded.content
