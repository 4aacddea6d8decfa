"""What an app asks, and what it gets."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pandas as pd
import pytest

from outlast import (
    AnswerTimeout,
    Approval,
    File,
    approve,
    ask,
    chat,
    choose,
    choose_many,
    confirm,
    edit_table,
    pick_date,
    pick_time,
    slider,
    step,
    upload,
)
from outlast.kit.errors import InvalidAnswer, ProtocolViolation
from outlast.protocol.codec import Json
from outlast.protocol.events import User
from outlast.sdk.questions import AskedInStep
from outlast.sdk.streaming import BlocksTheLoop
from tests.unit.sdk.fake_recorder import TIMEOUT, FakeRecorder, given, ran

PHONE: Json = "phone"
NO_DATE: Json = "2026-01-01"
REF = {"sha256": "ab" * 32, "name": "a.csv", "type": "text/csv", "size_bytes": 3}


class Pace(enum.Enum):
    SLOW = "slow"
    VERY_FAST = "fast"


class Level(enum.Enum):
    LOW = 1
    VERY_HIGH = 2


@pytest.mark.parametrize(
    ("kind", "options", "answer", "expected", "spec"),
    [
        (str, {}, "hi", "hi", {}),
        (str, {"multiline": True, "min": 1, "max": 9}, "a\nb", "a\nb",
         {"multiline": True, "min_length": 1, "max_length": 9}),
        (str, {"secret": True}, "s3", "s3", {"secret": True}),
        (str, {"format": "email"}, "ada@example.org", "ada@example.org", {"format": "email"}),
        (str, {"pattern": "[A-Z]+", "placeholder": "ABC"}, "XY", "XY", {"pattern": "[A-Z]+", "placeholder": "ABC"}),
        (str, {"default": "x", "help": "h"}, "y", "y", {"default": "x", "help": "h"}),
        (str, {"optional": True}, None, None, {"optional": True}),
        (int, {"min": 1, "max": 14}, 3, 3, {"integer": True, "min": 1, "max": 14}),
        (int | None, {}, None, None, {"integer": True, "optional": True}),
        (float, {"step": 0.5, "unit": "kg"}, 2, 2.0, {"step": 0.5, "unit": "kg"}),
        (Decimal, {}, 1.1, Decimal("1.1"), {}),
        (bool, {}, False, False, {}),
        (date, {"min": date(2026, 1, 1)}, "2026-05-01", date(2026, 5, 1), {"min": "2026-01-01"}),
        (time, {}, "08:30", time(8, 30), {}),
        (datetime, {}, "2026-05-01T08:30", datetime(2026, 5, 1, 8, 30), {}),  # noqa: DTZ001  as it was given
        (uuid.UUID, {}, str(uuid.UUID(int=1)), uuid.UUID(int=1), {}),
        (Pace, {"default": Pace.SLOW}, "fast", Pace.VERY_FAST, {"options": ["slow", "fast"], "default": "slow"}),
        (Level, {}, "Very high", Level.VERY_HIGH, {"options": ["Low", "Very high"]}),
        (Literal[1, 2], {}, "2", 2, {"options": ["1", "2"]}),
        (list[Pace], {"max": 1}, ["slow"], [Pace.SLOW], {"options": ["slow", "fast"], "max": 1}),
        (File, {"accept": [".csv"]}, [REF], File, {"accept": [".csv"]}),
        (list[File], {}, [REF], list, {"multiple": True}),
        (Annotated[int, msgspec.Meta(gt=0, lt=10)], {}, 9, 9, {"integer": True, "min": 1, "max": 9}),
        (Annotated[str, msgspec.Meta(pattern="^a.*$")], {}, "ab", "ab", {"pattern": "a.*"}),
        (Annotated[str, msgspec.Meta(pattern="b|c")], {}, "abc", "abc", {"pattern": "[\\s\\S]*?(?:b|c)[\\s\\S]*"}),
    ],
)  # fmt: skip
def test_ask_gives_a_value_of_the_type(kind: object, options: Json, answer: Json, expected: object, spec: Json) -> None:
    recorder = FakeRecorder(answers=[answer])
    found = recorder.run(lambda: ask("What?", kind, **options))
    assert found == expected or isinstance(found, expected if isinstance(expected, type) else ())
    assert recorder.asked().spec == spec
    assert recorder.asked().label == "What?"


@pytest.mark.parametrize(
    ("work", "error", "words"),
    [
        (lambda: ask("x", int, multiline=True), TypeError, "has no option 'multiline'"),
        (lambda: ask("x", str, step=1), TypeError, "has no option 'step'"),
        (lambda: ask("x", int, min=3, max=1), ValueError, r"min \(3\) is above max"),
        (lambda: ask("x", date, min=date(2026, 2, 1), max=date(2026, 1, 1)), ValueError, "is after max"),
        (lambda: ask("x", pattern="("), ValueError, "no regular expression"),
        (lambda: ask("x", format=PHONE), ValueError, "'text', 'email' or 'url'"),
        (lambda: ask("x", Pace, default="quick"), ValueError, "not one of the options"),
        (lambda: ask("x", timedelta), TypeError, "no input for values of type timedelta"),
        (lambda: ask("x", int | str), TypeError, "several types"),
        (lambda: ask("x", list[int]), TypeError, "no input for values of type Many"),
        (lambda: ask("x", int, min=1, default=0), ProtocolViolation, "default is no valid answer"),
        (lambda: choose("x", []), ValueError, "nothing to choose from"),
        (lambda: choose("x", "abc"), TypeError, "not str"),
        (lambda: choose("x", [1, "1"]), ValueError, "shown as '1'"),
        (lambda: choose("x", [1], default=2), ValueError, "The default 2"),
        (lambda: choose_many("x", [1, 2], min=3), ValueError, "can't be chosen"),
        (lambda: slider("x", 2, 1), ValueError, "must be below"),
        (lambda: slider("x", 1, 2, default=3), ValueError, "not between"),
        (lambda: pick_date("x", min=NO_DATE), TypeError, "must be a date"),
        (lambda: edit_table("x", 5), TypeError, "can't be made of int"),
        (lambda: edit_table("x", range(6000)), ValueError, "too long to edit"),
    ],
)
def test_a_question_that_cant_be_asked_says_why(work: Callable[[], object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ran(work)


def test_an_answer_that_the_type_refuses_is_asked_again_with_the_reason() -> None:
    recorder = FakeRecorder(answers=["not one", str(uuid.UUID(int=1))])
    assert recorder.run(lambda: ask("Id?", uuid.UUID)) == uuid.UUID(int=1)
    assert [asked.label for asked in recorder.inputs.values()] == ["Id?", "Id?"]
    assert recorder.props("note") == {"text": "This must be a UUID.", "level": "error"}
    assert recorder.replayed().run(lambda: ask("Id?", uuid.UUID)) == uuid.UUID(int=1)


def test_asking_again_under_a_key_keeps_ids_apart() -> None:
    recorder = FakeRecorder(answers=["no", "neither", str(uuid.UUID(int=1))])
    recorder.run(lambda: ask("Id?", uuid.UUID, key="id"))
    assert len(recorder.inputs) == 3
    assert all(name.startswith("i:id") for name in recorder.inputs)


@pytest.mark.parametrize(
    ("work", "answer", "expected"),
    [
        (lambda: confirm("?"), True, True),
        (lambda: choose("?", ["a", "b"]), "b", "b"),
        (lambda: choose("?", [10, 20], show=lambda n: f"{n} EUR"), "20 EUR", 20),
        (lambda: choose("?", {"one": 1, "two": 2}, default=1), "two", 2),
        (lambda: choose("?", {"one": 1}, show=lambda n: f"<{n}>"), "<1>", 1),
        (lambda: choose("?", Pace), "slow", Pace.SLOW),
        (lambda: choose("?", (n for n in range(3))), "2", 2),
        (lambda: choose("?", ["a"], optional=True), None, None),
        (lambda: choose_many("?", ["a", "b", "c"], default=["a"]), ["c", "a"], ["a", "c"]),
        (lambda: choose_many("?", {"one": 1, "two": 2}), [], []),
        (lambda: slider("?", 0, 10, step=2), 4, 4),
        (lambda: slider("?", 0, 1, step=0.1), 0.5, 0.5),
        (lambda: slider("?", 0.0, 10), 3, 3.0),
        (lambda: pick_date("?", default=date(2026, 1, 1)), "2026-05-01", date(2026, 5, 1)),
        (lambda: pick_date("?", optional=True), None, None),
        (lambda: pick_time("?", min=time(8), max=time(18)), "08:30", time(8, 30)),
        (lambda: chat(placeholder="Say"), "hello", "hello"),
        (lambda: upload("?", optional=True), None, None),
        (lambda: upload("?", multiple=True, optional=True), [], []),
    ],
)
def test_each_input_gives_a_python_value(work: Callable[[], object], answer: Json, expected: object) -> None:
    found = given(work, answer)
    assert found == expected
    assert type(found) is type(expected)


def test_every_input_says_who_may_answer_and_for_how_long() -> None:
    recorder = FakeRecorder(answers=[True])
    recorder.run(lambda: confirm("?", help="h", audience="admin", timeout=timedelta(hours=1), key="go"))
    (name, asked), *_ = recorder.inputs.items()
    assert (name, asked.audience, asked.timeout, asked.spec["help"]) == ("i:go", "admin", timedelta(hours=1), "h")


def test_an_input_that_nobody_answers_in_time_raises() -> None:
    with pytest.raises(AnswerTimeout):
        given(lambda: confirm("?", timeout=timedelta(seconds=1)), TIMEOUT)


def test_an_approval_is_true_when_given_and_tells_by_whom() -> None:
    recorder = FakeRecorder(answers=[{"approved": True, "comment": "fine"}, False], by=User("u1", "Ada"))

    def work() -> Sequence[Approval]:
        return [approve("Refund?", details="Order 17"), approve("Again?", audience=None)]

    yes, no = recorder.run(work)
    assert yes
    assert (yes.comment, yes.by) == ("fine", User("u1", "Ada"))
    assert not no
    assert [asked.audience for asked in recorder.inputs.values()] == ["admin", None]


def test_an_upload_gives_files_that_can_be_read(tmp_path: Path) -> None:
    recorder = FakeRecorder(folder=tmp_path)
    ref = recorder.store_file(b"a,b", name="a.csv", media_type="text/csv")
    recorder.answers = [[msgspec.to_builtins(ref)], [msgspec.to_builtins(ref)]]

    def work() -> None:
        single = upload("One", accept=[".csv"], max_bytes=10)
        several = upload("Many", multiple=True)
        assert single.read_text() == "a,b"
        assert [file.name for file in several] == ["a.csv"]

    recorder.run(work)


def test_the_answers_are_checked_against_what_was_asked() -> None:
    with pytest.raises(InvalidAnswer):
        given(lambda: ask("Days?", int, max=3), 4)


@dataclass
class Line:
    item: str
    amount: int


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([{"item": "Tea", "amount": 1}], [{"item": "Bun", "amount": 2}]),
        ([Line("Tea", 1)], [{"item": "Bun", "amount": 2}]),
        ({"item": ["Tea"], "amount": [1]}, [{"item": "Bun", "amount": 2}]),
        ([["Tea", 1]], [["Bun", 2]]),
    ],
)
def test_an_edited_table_comes_back_as_it_was_given(data: object, expected: object) -> None:
    recorder = FakeRecorder(answers=[[["Bun", 2]]])
    assert recorder.run(lambda: edit_table("Budget", data, fixed=True)) == expected
    assert recorder.asked().spec["rows"] == [["Tea", 1]]


def test_an_edited_data_frame_is_a_data_frame() -> None:
    frame = pd.DataFrame({"item": ["Tea"], "amount": [1]})
    edited = given(lambda: edit_table("Budget", frame), [["Bun", 2], ["Jam", 3]])
    pd.testing.assert_frame_equal(edited, pd.DataFrame({"item": ["Bun", "Jam"], "amount": [2, 3]}))


def test_a_step_must_not_ask() -> None:
    @step
    def asks_inside() -> str:
        return ask("Who?")

    with pytest.raises(AskedInStep, match="ask before it"):
        given(asks_inside, "Ada")


def test_asking_on_an_event_loop_names_aio() -> None:
    async def app() -> None:
        ask("Who?")

    with pytest.raises(BlocksTheLoop, match=r"`await aio\.ask\(\.\.\.\)` \(from outlast import aio\)"):
        FakeRecorder().run_async(app)
