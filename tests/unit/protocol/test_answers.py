"""Answers: each kind takes what fits, refuses the rest, and never fails otherwise."""

from __future__ import annotations

import json
import random
import time
from typing import NamedTuple

import hypothesis
import pytest

from outlast.kit.errors import InvalidAnswer
from outlast.protocol.codec import Json, decode_json, encode_json
from outlast.protocol.inputs import KINDS, check, check_request, is_secret
from outlast.protocol.specs import MAX_TEXT_CHARS
from tests.unit.protocol.strategies import SHA256, json_values

RANDOM_ANSWERS = 10_000


class Case(NamedTuple):
    """One kind with one spec; ``good`` pairs an answer with its canonical form."""

    kind: str
    spec: dict[str, Json]
    good: list[tuple[Json, Json]]
    bad: list[Json]


FILE = {"sha256": SHA256, "name": "data.csv", "type": "text/csv", "size_bytes": 10}
COLUMNS = [
    {"name": "who", "type": "text"},
    {"name": "n", "type": "number"},
    {"name": "ok", "type": "boolean"},
    {"name": "day", "type": "date"},
    {"name": "at", "type": "datetime"},
    {"name": "else"},
]
ROW = ["Ada", 1.5, True, "2030-01-02", "2030-01-02T03:04", [1]]
NAME = {"input": "i2", "name": "name", "kind": "text", "label": "Name", "spec": {"max_length": 5}}
AGE = {"input": "i3", "name": "age", "kind": "number", "spec": {"integer": True, "optional": True}}
CASES = [
    Case("text", {}, [("x", "x"), (" x ", " x "), ("\0", "\0")], [1, True, ["x"], {}, "\ud800", "x" * 100_001]),
    Case("text", {"min_length": 2, "max_length": 3}, [("ab", "ab")], ["a", "abcd"]),
    Case("text", {"format": "email"}, [(" a@b.org ", "a@b.org")], ["a", "a@b", "a@b.", "a b@c.org", "a@b.org c"]),
    Case("text", {"format": "url"}, [("http://a/b?c ", "http://a/b?c")], ["a.org", "ftp://a", "http://", "http://a b"]),
    Case("text", {"pattern": r"[A-Z]{2}\d+"}, [("AB1", "AB1")], ["AB", "xAB1", "AB1x", "AB1\n"]),
    Case("text", {"secret": True, "optional": True}, [("", None), (None, None), ("x", "x")], [0]),
    Case(
        "number", {}, [(1, 1), (1.5, 1.5), ("2", 2), (" 2.5 ", 2.5), (-0.0, -0.0)], [True, "", "x", "nan", "9" * 5000]
    ),
    Case("number", {"integer": True}, [(3.0, 3), ("4", 4), (2**62, 2**62)], [1.5, 2**63, 1e300, float("inf")]),
    Case("number", {"min": 1, "max": 1234567}, [(1, 1), (1234567, 1234567)], [0, 1234568, float("nan")]),
    Case("slider", {"min": 0, "max": 1, "step": 0.1}, [(0.5, 0.5)], [2, -1, None]),
    Case("confirm", {}, [(True, True), (False, False)], [0, 1, "yes", None]),
    Case(
        "approve",
        {},
        [
            (True, {"approved": True, "comment": ""}),
            ({"approved": False, "comment": "no"}, {"approved": False, "comment": "no"}),
        ],
        [None, "yes", {}, {"approved": 1}, {"approved": True, "comment": 1}],
    ),
    Case("choose", {"options": ["a", "b"]}, [("a", "a")], ["c", 0, None, ["a"]]),
    Case("choose_many", {"options": ["a", "b"]}, [(["b", "a", "b"], ["a", "b"]), (None, [])], [["c"], "a", [[]], [0]]),
    Case("choose_many", {"options": ["a", "b", "c"], "min": 1, "max": 2}, [(["c"], ["c"])], [[], ["a", "b", "c"]]),
    Case("date", {"min": "2030-01-02"}, [("2030-01-02", "2030-01-02"), ("20300103", "2030-01-03")], ["2030-01-01", 1]),
    Case("time", {"max": "12:00"}, [("11:30", "11:30:00")], ["12:01", "25:00", "11:30+01:00", 11]),
    Case("datetime", {}, [("2030-01-02T03:04Z", "2030-01-02T03:04:00+00:00")], ["yesterday", 5, None]),
    Case(
        "upload", {"accept": [".csv"]}, [(FILE, [FILE]), ([FILE], [FILE])], [None, "x", [FILE, FILE], [{"sha256": 1}]]
    ),
    Case("upload", {"multiple": True, "accept": ["image/*", "text/csv"]}, [([FILE] * 2, [FILE] * 2)], [[FILE] * 101]),
    Case("upload", {"max_bytes": 5, "optional": True}, [([], [])], [FILE, FILE | {"sha256": "../../etc/passwd"}]),
    Case("upload", {}, [(FILE, [FILE])], [FILE | {"sha256": SHA256 + "\n"}, FILE | {"size_bytes": -1}]),
    Case(
        "edit_table",
        {"columns": COLUMNS, "rows": []},
        [([ROW, [None] * 6], [ROW, [None] * 6]), ([], [])],
        [None, "x", [[]], [ROW[:5]], *([[*ROW[:n], {2}, *ROW[n + 1 :]]] for n in range(6)), [["a", True, *ROW[2:]]]],
    ),
    Case("edit_table", {"columns": [{"name": "a"}], "rows": [[1]], "fixed": True}, [([[2]], [[2]])], [[], [[2**64]]]),
    Case("chat", {}, [("hello", "hello")], ["", None, 5, "x" * (MAX_TEXT_CHARS + 1)]),
    Case(
        "form",
        {"fields": [NAME, AGE]},
        [({"name": "Ada"}, {"i2": "Ada", "i3": None}), ({"i2": "Ada", "i3": "36"}, {"i2": "Ada", "i3": 36})],
        [None, [], {}, {"name": "too long"}, {"name": "Ada", "age": "old"}, {"name": "Ada", "nickname": "x"}],
    ),
]
GOOD = [(case.kind, case.spec, given, canonical) for case in CASES for given, canonical in case.good]
BAD = [(case.kind, case.spec, given) for case in CASES for given in case.bad]


def test_the_cases_cover_every_kind() -> None:
    assert {case.kind for case in CASES} == set(KINDS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_spec_of_every_kind_may_be_asked(case: Case) -> None:
    check_request(case.kind, case.spec)


@pytest.mark.parametrize(("kind", "spec", "given", "canonical"), GOOD)
def test_an_answer_that_fits_gets_its_canonical_form(
    kind: str, spec: dict[str, Json], given: Json, canonical: Json
) -> None:
    answer = check(kind, spec, given)
    assert (answer, type(answer)) == (canonical, type(canonical))
    assert check(kind, spec, answer) == answer or answer is None


@pytest.mark.parametrize(("kind", "spec", "given"), BAD)
def test_an_answer_that_does_not_fit_is_refused_with_a_reason(kind: str, spec: dict[str, Json], given: Json) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        check(kind, spec, given)
    assert refused.value.errors
    assert refused.value.message.encode()


def _random_json(dice: random.Random, depth: int = 3) -> Json:
    pieces: list[Json] = [None, True, False, "", " ", "a", "b", "2030-01-02", "11:30", "Ada", "\ud800", "\0", SHA256]
    pieces += [0, 1, -1, 2**63, 10**400, 0.5, 1e308, float("nan"), float("-inf"), "1e999", "i2", "name", "٣"]
    kind = dice.random()
    if depth == 0 or kind < 0.5:
        return dice.choice(pieces)
    if kind < 0.75:
        return [_random_json(dice, depth - 1) for _ in range(dice.randrange(7))]
    keys = ["approved", "comment", "sha256", "name", "type", "size_bytes", "i2", "i3", "age", "\ud800"]
    return {dice.choice(keys): _random_json(dice, depth - 1) for _ in range(dice.randrange(5))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_ten_thousand_random_answers_are_canonical_or_refused_and_nothing_else(case: Case) -> None:
    dice = random.Random(11)
    answers = [given for given, _ in case.good] + [_random_json(dice) for _ in range(RANDOM_ANSWERS)]
    for given in answers:
        try:
            canonical = check(case.kind, case.spec, given)
        except InvalidAnswer:
            continue
        encoded = encode_json(canonical)
        assert json.loads(encoded) == canonical
        if canonical is not None:
            assert encode_json(check(case.kind, case.spec, canonical)) == encoded


@hypothesis.given(json_values)
def test_any_json_value_is_canonical_or_refused_by_every_kind(value: Json) -> None:
    for case in CASES:
        try:
            canonical = check(case.kind, case.spec, value)
        except InvalidAnswer:
            continue
        assert decode_json(encode_json(canonical), object) == canonical


def test_a_form_says_what_is_wrong_with_each_field() -> None:
    with pytest.raises(InvalidAnswer) as refused:
        check("form", {"fields": [NAME, AGE]}, {"name": "too long", "age": "old"})
    assert set(refused.value.errors) == {"i2", "i3"}
    assert refused.value.message.startswith("Name: ")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}", r"(\w+\s?)*!"])
def test_a_pattern_that_backtracks_without_end_is_cut_short(pattern: str) -> None:
    fields = [{**NAME, "input": f"i{n}", "name": f"n{n}", "spec": {"pattern": pattern}} for n in range(20)]
    started = time.monotonic()
    with pytest.raises(InvalidAnswer):
        check("form", {"fields": fields}, {f"n{n}": "a" * 5000 + "!?" for n in range(20)})
    assert time.monotonic() - started < 5  # one field alone would run for longer than the universe has


@pytest.mark.parametrize(
    ("text", "spec"),
    [("http://" + "a" * 99_000 + " b", {"format": "url"}), ("a@" + "b." * 49_000 + " ", {"format": "email"})],
)
def test_a_long_text_is_checked_in_linear_time(text: str, spec: dict[str, Json]) -> None:
    started = time.monotonic()
    with pytest.raises(InvalidAnswer):
        check("text", spec, text)
    assert time.monotonic() - started < 1


def test_an_answer_to_a_form_with_a_secret_is_secret() -> None:
    password = {"input": "i2", "name": "password", "kind": "text", "spec": {"secret": True}}
    assert is_secret("text", {"secret": True})
    assert is_secret("form", {"fields": [AGE, password]})
    assert not is_secret("form", {"fields": [AGE, NAME]})
