"""Answers written as text."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.cli.answers import from_text, hint
from outlast.kit.errors import InvalidAnswer
from outlast.protocol.codec import Json
from outlast.protocol.inputs import KINDS, check

OPTIONS = {"options": ["relaxed", "Packed", "3"]}


@pytest.mark.parametrize(
    ("kind", "spec", "text", "answer"),
    [
        ("text", {}, " as it is ", " as it is "),
        ("text", {"default": "Ada"}, "", "Ada"),
        ("text", {"optional": True}, "", None),
        ("number", {}, "3", 3),
        ("slider", {"min": 0, "max": 10, "default": 7}, "", 7),
        ("confirm", {}, "Y", True),
        ("confirm", {"yes": "Ship", "no": "Hold"}, "hold", False),
        ("choose", OPTIONS, "packed", "Packed"),
        ("choose", OPTIONS, "1", "relaxed"),
        ("choose", OPTIONS, "3", "3"),
        ("choose_many", OPTIONS, "2, relaxed", ["relaxed", "Packed"]),
        ("choose_many", OPTIONS, '["Packed"]', ["Packed"]),
        ("approve", {}, "no", {"approved": False, "comment": ""}),
        ("approve", {}, "approve: well done", {"approved": True, "comment": "well done"}),
        ("date", {}, " 2026-02-03 ", "2026-02-03"),
        ("edit_table", {"columns": [{"name": "a"}], "rows": [[1]]}, "", [[1]]),
        ("edit_table", {"columns": [{"name": "a"}], "rows": [[1]]}, "[[2], [3]]", [[2], [3]]),
    ],
)
def test_text_becomes_the_answer_that_it_means(kind: str, spec: dict[str, Json], text: str, answer: Json) -> None:
    assert check(kind, spec, from_text(kind, spec, text)) == answer


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("confirm", "perhaps", "yes or no"),
        ("approve", "later", "approve or reject"),
        ("form", "{", "an object as JSON"),
        ("edit_table", "1;2", "a list of rows as JSON"),
    ],
)
def test_text_that_can_mean_nothing_is_refused_with_a_reason(kind: str, text: str, why: str) -> None:
    with pytest.raises(InvalidAnswer, match=why):
        from_text(kind, {}, text)


@given(kind=st.sampled_from(sorted(KINDS)), text=st.text(max_size=60))
def test_any_text_is_an_answer_or_refused(kind: str, text: str) -> None:
    spec: dict[str, Json] = {"options": ["a", "b"], "columns": [], "rows": [], "fields": [], "min": 0, "max": 5}
    with contextlib.suppress(InvalidAnswer):
        from_text(kind, spec, text)


def test_a_hint_names_bounds_and_form() -> None:
    assert hint("number", {"min": 1, "max": 14}) == "1 to 14"
    assert hint("number", {"max": 3, "unit": "km", "optional": True}) == "at most 3 km, may be left empty"
    assert hint("date", {}) == "YYYY-MM-DD"
    assert hint("text", {}) == ""
