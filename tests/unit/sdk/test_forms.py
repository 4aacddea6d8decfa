"""Forms: from a mapping, and from classes."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, NamedTuple, TypedDict

import msgspec
import pydantic
import pytest

from outlast import ask, field, form
from outlast.kit.errors import InvalidAnswer
from outlast.protocol.codec import Json
from tests.unit.sdk.fake_recorder import FakeRecorder, given, ran


class Pace(enum.Enum):
    SLOW = "slow"
    FAST = "fast"


@dataclass
class Address:
    city: str
    zip_code: str = ""


@dataclass
class Guest:
    """A guest.

    Attributes:
        name: as in the passport.
    """

    name: str
    address: Address
    age: Annotated[int, msgspec.Meta(ge=0, title="Age in years")] = 30
    pace: Pace = Pace.SLOW
    arrival: date | None = None


class Trip(TypedDict):
    city: str
    days: int


class Point(NamedTuple):
    x: int
    y: int


class Order(pydantic.BaseModel):
    number: int = pydantic.Field(ge=1, title="Order number")
    address: Address
    express: bool = False

    @pydantic.model_validator(mode="after")
    def _check(self) -> Order:  # noqa: N804  a method
        if self.express and self.number > 5:
            raise ValueError("no express for large orders")
        return self


def test_a_mapping_of_types_gives_answers_by_name_and_attribute() -> None:
    recorder = FakeRecorder(answers=[{"name": "Ada", "age": 36, "pace": "fast", "extras": ["a"], "pay": "card"}])
    guest = recorder.run(
        lambda: form(
            "Guest",
            {
                "name": str,
                "age": field(int, "How old?", min=0, slider=True, max=130),
                "pace": Pace,
                "extras": field(options=["a", "b"], multiple=True, max=1, default=["b"]),
                "pay": Literal["card", "cash"],
            },
            submit="Book",
            help="All about you",
        )
    )
    assert dict(guest) == {"name": "Ada", "age": 36, "pace": Pace.FAST, "extras": ["a"], "pay": "card"}
    assert (guest.name, guest["age"], len(guest)) == ("Ada", 36, 5)
    with pytest.raises(AttributeError, match="no field 'city'"):
        _ = guest.city
    asked = recorder.inputs["i6"]
    assert (asked.spec["submit"], asked.spec["help"]) == ("Book", "All about you")
    assert asked.spec["fields"][1] == {
        "input": "i2",
        "name": "age",
        "kind": "slider",
        "label": "How old?",
        "spec": {"min": 0, "max": 130, "integer": True},
    }
    assert asked.spec["fields"][3]["spec"] == {"max": 1, "default": ["b"], "options": ["a", "b"]}


def test_answers_by_input_id_are_understood_too() -> None:
    assert given(lambda: form("f", {"a": int}), {"i1": 4}).a == 4


ANSWERS = {"name": "Ada", "address.city": "Rome", "address.zip_code": "1", "age": 36, "pace": "fast"}


@pytest.mark.parametrize("ask_for", [lambda: form("Guest", Guest), lambda: ask("Guest", Guest)])
def test_a_dataclass_gives_an_object_with_those_in_it(ask_for: Callable[[], object]) -> None:
    recorder = FakeRecorder(answers=[ANSWERS])
    assert recorder.run(ask_for) == Guest("Ada", Address("Rome", "1"), 36, Pace.FAST)
    fields = {f["name"]: f for f in recorder.inputs["i7"].spec["fields"]}
    assert fields["age"]["label"] == "Age in years"
    assert fields["age"]["spec"] == {"default": 30, "min": 0, "integer": True}
    assert fields["name"]["spec"] == {"help": "as in the passport."}
    assert fields["address.zip_code"]["label"] == "Zip code"
    assert fields["arrival"]["spec"] == {"optional": True}
    assert fields["pace"]["spec"]["default"] == "slow"


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        (Trip, {"city": "Rome", "days": 2}, {"city": "Rome", "days": 2}),
        (Point, {"x": 1, "y": 2}, Point(1, 2)),
        (
            Order,
            {"number": 7, "address.city": "Rome", "express": False},
            Order(number=7, address=Address("Rome")),
        ),
    ],
)
def test_other_records_give_objects_too(kind: type[object], answer: Json, expected: object) -> None:
    if kind is Order:
        answer = {**answer, "address.zip_code": "x"}
        expected = Order(number=7, address=Address("Rome", "x"))
    assert given(lambda: form("f", kind), answer) == expected


def test_what_the_class_refuses_is_asked_again_with_the_reason() -> None:
    wrong = {"number": 7, "address.city": "Rome", "address.zip_code": "x", "express": True}
    recorder = FakeRecorder(answers=[wrong, {**wrong, "express": False}])
    assert recorder.run(lambda: form("Order", Order)).number == 7
    assert "no express for large orders" in recorder.props("note")["text"]
    again = recorder.replayed()
    assert again.run(lambda: form("Order", Order)).number == 7
    assert list(again.inputs) == list(recorder.inputs)


def test_a_field_that_its_type_refuses_is_named() -> None:
    @dataclass
    class Even:
        n: Annotated[int, msgspec.Meta(multiple_of=2)]

    recorder = FakeRecorder(answers=[{"n": 3}, {"n": 4}])
    assert recorder.run(lambda: form("f", Even)) == Even(4)
    assert recorder.props("note")["text"] == "N: This must be a multiple of 2."


def test_an_answer_is_checked_field_by_field() -> None:
    with pytest.raises(InvalidAnswer) as caught:
        given(lambda: form("f", {"a": int, "b": field(str, min=3)}), {"a": "x", "b": "y"})
    assert set(caught.value.errors) == {"i1", "i2"}


@pytest.mark.parametrize(
    ("work", "error", "words"),
    [
        (lambda: form("f", {}), ValueError, "at least one field"),
        (lambda: form("f", int), TypeError, "takes a mapping of names to types"),
        (lambda: form("f", {"a": complex}), TypeError, "complex"),
        (lambda: form("f", {"a": field(options=[1], min=1)}), TypeError, "has no 'min'"),
        (lambda: form("f", {"a": field(options=[1], default=2)}), ValueError, "The default 2"),
        (lambda: form("f", {"a": field(bool, unit="kg")}), TypeError, "no option 'unit'"),
        (lambda: ask("f", Address, min=3), TypeError, "no option 'min'"),
    ],
)
def test_a_form_that_cant_be_asked_says_why(work: Callable[[], object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ran(work)
