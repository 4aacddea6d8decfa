"""Recordings against changed code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from outlast import ask, note, section, sleep, step, write
from outlast.kit.errors import ProtocolViolation
from outlast.protocol.events import SessionEvent
from outlast.testing import AppTest
from outlast.testing.replay import read_events, write_events

Function = Callable[[], object]


def original() -> str:
    """A session with one of each."""
    write("# Title")
    name = ask("Name?")
    price = step("price", lambda: 3)
    sleep(timedelta(days=1))
    write(f"{name}: {price}")
    return name


def _recorded(app: Function = original) -> tuple[SessionEvent, ...]:
    with AppTest(app, crash_everywhere=False).run() as t:
        t.answer("Ada").advance(timedelta(days=1))
        assert t.state == "completed"
        return tuple(t.events)


def _differences(app: Function, events: tuple[SessionEvent, ...]) -> list[tuple[str, bool]]:
    return [(each.where, each.fatal) for each in AppTest.replay(app, events)]


def test_unchanged_code_has_no_difference_from_any_cut_of_its_recording() -> None:
    events = _recorded()
    for cut in range(1, len(events) + 1):
        assert AppTest.replay(original, events[:cut]) == []


def test_another_question_is_fatal() -> None:
    def changed() -> None:
        write("# Title")
        ask("Age?", int)

    assert _differences(changed, _recorded()) == [("i1", True)]


def test_another_step_is_fatal_and_does_not_run() -> None:
    ran: list[str] = []

    def changed() -> None:
        write("# Title")
        ask("Name?")
        step("cost", lambda: ran.append("cost"))

    assert _differences(changed, _recorded()) == [("s1", True)]
    assert ran == []


def test_a_new_step_does_not_run_either() -> None:
    ran: list[str] = []

    def changed() -> str:
        name = original()
        step("tell", lambda: ran.append("told"))
        return name

    assert _differences(changed, _recorded()) == [("s2", False)]
    assert ran == []


def test_another_text_is_told_and_not_fatal() -> None:
    def changed() -> str:
        write("# Headline")
        return _rest()

    def _rest() -> str:
        name = ask("Name?")
        price = step("price", lambda: 3)
        sleep(timedelta(days=1))
        write(f"{name}: {price}")
        return name

    assert _differences(changed, _recorded()) == [("b1", False)]


def test_another_kind_of_block_and_another_place_are_told() -> None:
    def as_note() -> str:
        note("# Title")
        return ask("Name?")

    def in_section() -> None:
        with section("Part"):
            write("# Title")

    events = _recorded()
    assert _differences(as_note, events)[0] == ("b1", True)
    assert _differences(in_section, events)[0] == ("b1", True)


def test_what_is_no_longer_reached_is_told() -> None:
    def shorter() -> str:
        write("# Title")
        return ask("Name?")

    assert dict(_differences(shorter, _recorded())).keys() == {"b2", "s1", "t1"}


def test_another_result_and_another_end_are_told() -> None:
    def other() -> str:
        return original().upper()

    def failing() -> None:
        original()
        raise ValueError

    events = _recorded()
    assert _differences(other, events) == [("session", False)]
    assert _differences(failing, events) == [("session", False)]


def test_a_recording_that_still_waits_is_compared_as_far_as_it_goes() -> None:
    def longer() -> str:
        name = original()
        ask("And now?")
        return name

    with AppTest(original, crash_everywhere=False).run() as t:
        waiting = tuple(t.events)
    assert AppTest.replay(longer, waiting) == []
    assert _differences(longer, _recorded()) == [("i2", False)]


def test_a_recording_survives_its_file(tmp_path: Path) -> None:
    events = _recorded()
    path = tmp_path / "session.jsonl"
    write_events(path, events)
    assert tuple(read_events(path)) == events
    path.write_text(path.read_text("utf-8") + "\n{}\n", "utf-8")
    with pytest.raises(ProtocolViolation, match="line"):
        read_events(path)


def test_a_stream_without_its_beginning_is_refused() -> None:
    with pytest.raises(ProtocolViolation, match=r"session\.created"):
        AppTest.replay(original, _recorded()[1:])
