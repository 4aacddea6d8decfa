"""What a document looks like in a terminal, and in a file."""

from __future__ import annotations

import io
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from outlast.cli.blocks import plain
from outlast.cli.screen import Screen
from outlast.protocol import events as e
from outlast.protocol.codec import Json
from outlast.protocol.document import Document, apply


class Shown:
    """A screen that writes to a text, and the events that it was given."""

    def __init__(self, *, terminal: bool = False) -> None:
        self.text = io.StringIO()
        console = Console(file=self.text, width=60, force_terminal=terminal, color_system=None, highlight=False)
        self.screen = Screen(console)
        self.document = Document()
        self.seq = 0

    def play(self, *events: e.SessionEvent, flush: bool = False) -> None:
        """Fold events and show them."""
        for event in events:
            self.seq += 1
            event.seq = self.seq
            apply(self.document, event)
        self.screen.document = self.document
        self.screen.note(events)
        self.screen.show(flush=flush)

    @property
    def lines(self) -> Sequence[str]:
        """What has been printed."""
        return [line for line in self.text.getvalue().splitlines() if line.strip()]


def opened(block: str, kind: str, *, closed: bool = False, parent: str | None = None, **props: Json) -> e.BlockOpened:
    return e.BlockOpened(block=block, kind=kind, props=props, closed=closed, parent=parent)


def test_a_closed_block_is_printed_once() -> None:
    shown = Shown()
    shown.play(opened("b1", "note", closed=True, text="done", level="success"))
    shown.play(opened("b2", "metric", closed=True, label="Sights", value=12, unit="km"), flush=True)
    assert shown.lines == ["✓ done", "Sights: 12 km"]


def test_rows_that_come_later_are_printed_without_those_before() -> None:
    shown = Shown()
    shown.play(opened("b1", "table", columns=[{"name": "a"}], rows=[["one"]]), flush=True)
    shown.play(e.BlockAppended(block="b1", rows=[["two"]]), flush=True)
    assert shown.lines == ["a", "━━━", "one", "a", "━━━", "two"]


def test_a_bar_is_printed_when_it_is_full() -> None:
    shown = Shown()
    shown.play(opened("b1", "progress", label="Loading", value=0, total=2, unit="files"))
    shown.play(opened("b2", "note", closed=True, text="meanwhile"))
    shown.play(e.BlockUpdated(block="b1", props={"value": 2}))
    assert [line.split()[0] for line in shown.lines] == ["i", "Loading"]
    assert shown.lines[1].endswith("2 of 2 files")


def test_columns_stand_side_by_side() -> None:
    shown = Shown()
    shown.play(opened("b1", "columns"), opened("b2", "column", parent="b1"))
    shown.play(opened("b3", "metric", parent="b2", closed=True, label="A", value=1))
    shown.play(e.BlockClosed(block="b2"), opened("b4", "column", parent="b1"))
    shown.play(opened("b5", "metric", parent="b4", closed=True, label="B", value=2))
    shown.play(e.BlockClosed(block="b4"), e.BlockClosed(block="b1"))
    assert [line.split() for line in shown.lines] == [["A:", "1", "B:", "2"]]


def test_a_question_is_printed_with_its_answer_and_a_secret_without() -> None:
    shown = Shown()
    shown.play(e.InputRequested(input="i1", block="b1", kind="number", label="Days", spec={"unit": "d"}))
    shown.play(e.InputRequested(input="i2", block="b2", kind="text", label="Password", spec={"secret": True}))
    shown.play(e.InputSubmitted(input="i1", value=3), e.InputSubmitted(input="i2", value=None, secret=True))
    assert shown.lines == ["? Days  3 d", "? Password  ••••••"]


def test_what_an_app_prints_comes_in_whole_lines() -> None:
    shown = Shown()
    shown.play(e.LogWritten(channel="stdout", text="half a "))
    assert shown.lines == []
    shown.play(e.LogWritten(channel="stdout", text="line\n"))
    assert shown.lines == ["│ half a line"]


def test_a_terminal_gets_whole_paragraphs_while_a_text_streams() -> None:
    shown = Shown(terminal=True)
    shown.play(opened("b1", "markdown", text=""))
    shown.play(e.BlockAppended(block="b1", text="First.\n\nSecond, unfini"))
    shown.play(e.BlockAppended(block="b1", text="shed no more."), e.BlockClosed(block="b1"))
    shown.screen.close()
    printed = shown.text.getvalue()
    assert printed.index("First.") < printed.rindex("Second, unfinished no more.")
    assert printed.count("First.") == 1


@given(chunks=st.lists(st.text("ab \n`#*-", min_size=1, max_size=8), max_size=20))
def test_a_text_is_shown_whole_however_it_was_cut(chunks: list[str]) -> None:
    shown = Shown()
    shown.play(opened("b1", "markdown", text=""))
    for chunk in chunks:
        shown.play(e.BlockAppended(block="b1", text=chunk))
    shown.play(e.BlockClosed(block="b1"), flush=True)
    for letter in "ab":
        assert shown.text.getvalue().count(letter) == "".join(chunks).count(letter)


def test_an_app_s_text_can_t_steer_the_terminal() -> None:
    assert plain("a\x1b[2Jb\x07\x9bc\tdone\n") == "a[2Jbc\tdone\n"
