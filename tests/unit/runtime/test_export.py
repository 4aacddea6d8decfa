"""A document as Markdown."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from outlast.protocol import events as e
from outlast.protocol.codec import Json
from outlast.protocol.document import Block, Document, Input
from outlast.runtime.export import as_markdown


def document(*blocks: tuple[str, dict[str, Json]], **fields: Json) -> Document:
    made = Document(app="trip:trip", title="Trip", state="completed", created_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    for number, (kind, props) in enumerate(blocks, 1):
        made.blocks[f"b{number}"] = Block(kind=kind, props=props, closed=True)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def test_it_begins_with_the_title_and_the_facts() -> None:
    assert as_markdown(document()) == "# Trip\n\n*trip:trip, completed, 2026-01-02 03:04 UTC*\n"


def test_a_table_keeps_its_form_whatever_its_cells_hold() -> None:
    columns = [{"name": "what | where"}, {"name": "n", "type": "number"}]
    text = as_markdown(document(("table", {"columns": columns, "rows": [["a|b\nc", 1], [None, True]], "total": 9})))
    assert "| what \\| where | n |\n|---|---:|\n| a\\|b c | 1 |\n|  | yes |\n\n*2 of 9 rows*" in text


def test_code_that_holds_fences_is_fenced_longer() -> None:
    assert "````md\n```\nx\n```\n````" in as_markdown(document(("code", {"text": "```\nx\n```", "language": "md"})))


def test_children_stand_below_the_heading_of_their_section() -> None:
    made = document(("section", {"title": "Plan"}), ("note", {"text": "Bring\nshoes", "level": "warning"}))
    made.blocks["b2"].parent = "b1"
    assert "## Plan\n\n> [!WARNING]\n> Bring\n> shoes" in as_markdown(made)


def test_questions_tell_their_answer_and_who_gave_it_but_never_a_secret() -> None:
    made = document(("input", {"input": "i1"}), ("input", {"input": "i2"}), ("input", {"input": "i3"}))
    spec: dict[str, Json] = {"fields": [{"input": "i3.1", "name": "age", "kind": "number", "label": "Age"}]}
    made.inputs = {
        "i1": Input(
            block="b1", kind="confirm", label="Book it?", state="submitted", value=True, by=e.User(id="1", name="Ada")
        ),
        "i2": Input(block="b2", kind="text", label="Password", state="submitted", value="hidden", secret=True),
        "i3": Input(block="b3", kind="form", label="You", spec=spec, state="submitted", value={"i3.1": 36}),
    }
    text = as_markdown(made)
    assert "> **Book it?**  \n> Yes (Ada)" in text
    assert "> **You**\n>\n> - Age: 36" in text
    assert "hidden" not in text


def test_a_failure_is_told_with_its_traceback() -> None:
    text = as_markdown(
        document(state="failed", failure_code="app_error", failure_message="ValueError: no", failure_error="Traceback")
    )
    assert text.endswith("> [!CAUTION]\n> **app_error**: ValueError: no\n\n```\nTraceback\n```\n")


@given(text=st.text(), cells=st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_any_text_in_a_table_leaves_one_line_a_row(text: str, cells: list[str]) -> None:
    made = document(("table", {"columns": [{"name": "a"}], "rows": [[cell] for cell in cells], "caption": text}))
    rows = [line for line in as_markdown(made).split("\n") if line.startswith("| ")]
    assert len(rows) == len(cells) + 1
