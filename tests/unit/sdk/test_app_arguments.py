"""An app's parameters: their JSON Schema, and what becomes of arguments."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, NewType, NotRequired, Optional, TypedDict

import annotated_types
import jsonschema
import msgspec
import pydantic
import pytest

from outlast import File, app
from outlast.kit.errors import InvalidArguments
from outlast.protocol.codec import Json
from outlast.sdk.app import App


class Pace(enum.Enum):
    SLOW = "slow"
    FAST = "fast"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclass
class Guest:
    """A guest.

    Attributes:
        name: as in the passport.
    """

    name: str
    age: Annotated[int, msgspec.Meta(ge=0, le=130)] = 30
    friends: list[Guest] = dataclasses.field(default_factory=list)


@dataclass
class Range:
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low is above high")


class Address(TypedDict):
    city: str
    street: NotRequired[str]


class Point(NamedTuple):
    x: int
    y: int = 0


class Box(msgspec.Struct):
    width: int
    tags: list[str] = []


class Order(pydantic.BaseModel):
    """An order."""

    number: int = pydantic.Field(ge=1, description="of the order")
    lines: list[str] = []


UserId = NewType("UserId", int)
FILE = {"sha256": "ab" * 32, "name": "a.csv", "type": "text/csv", "size_bytes": 3}


def schema_of(hint: object) -> Mapping[str, Json]:
    schema: Mapping[str, Json] = made(hint).schema["properties"]["x"]
    return schema


def made(hint: object) -> App[Json, object]:
    def trip(x: object) -> object:
        return x

    trip.__annotations__ = {"x": hint}
    return app(trip)


def bound(hint: object, value: Json) -> object:
    """What the app gets for an argument; the schema must take the argument too."""
    each = made(hint)
    _, named = each.bind({"x": value})
    jsonschema.Draft202012Validator(each.schema).validate({"x": value})
    return named["x"]


def refused(hint: object, value: Json) -> Mapping[str, str]:
    with pytest.raises(InvalidArguments) as caught:
        made(hint).bind({"x": value})
    return caught.value.errors


@pytest.mark.parametrize(
    ("hint", "value", "expected"),
    [
        (str, "Lisbon", "Lisbon"),
        (int, 3, 3),
        (int, 3.0, 3),
        (float, 3, 3.0),
        (bool, False, False),
        (None, None, None),
        (date, "2026-05-01", date(2026, 5, 1)),
        (time, "08:30", time(8, 30)),
        (datetime, "2026-05-01T08:30:00", datetime(2026, 5, 1, 8, 30)),  # noqa: DTZ001  as it was given
        (timedelta, "PT1H30M", timedelta(minutes=90)),
        (timedelta, 90, timedelta(seconds=90)),
        (Decimal, "1.10", Decimal("1.10")),
        (Decimal, 2, Decimal(2)),
        (uuid.UUID, "12345678-1234-5678-1234-567812345678", uuid.UUID("12345678-1234-5678-1234-567812345678")),
        (bytes, "aGk=", b"hi"),
        (Path, "a/b", Path("a/b")),
        (object, {"any": ["thing"]}, {"any": ["thing"]}),
        (Pace, "fast", Pace.FAST),
        (Level, 2, Level.HIGH),
        (Literal["a", 1], 1, 1),
        (str | None, None, None),
        (Optional[int], 4, 4),  # noqa: UP045  both spellings
        (int | str, "4", "4"),
        (float | int, 4, 4),
        (list[int], [1, 2], [1, 2]),
        (Sequence[str], ["a"], ["a"]),
        (set[int], [1, 2], {1, 2}),
        (tuple[int, ...], [1, 2], (1, 2)),
        (tuple[int, str], [1, "a"], (1, "a")),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (dict[int, str], {"1": "a"}, {1: "a"}),
        (Mapping[str, list[date]], {"a": ["2026-05-01"]}, {"a": [date(2026, 5, 1)]}),
        (list, [1, "a"], [1, "a"]),
        (dict, {"a": 1}, {"a": 1}),
        (UserId, 5, 5),
        (Guest, {"name": "Ada"}, Guest("Ada")),
        (Guest, {"name": "Ada", "friends": [{"name": "Grace", "age": 2}]}, Guest("Ada", 30, [Guest("Grace", 2)])),
        (Address, {"city": "Rome"}, {"city": "Rome"}),
        (Point, {"x": 1}, Point(1)),
        (Box, {"width": 2}, Box(2)),
        (Order, {"number": 7}, Order(number=7)),
        (list[Order], [{"number": 7}], [Order(number=7)]),
        (pydantic.AnyUrl, "https://example.org/a", pydantic.AnyUrl("https://example.org/a")),
        (Annotated[int, annotated_types.Interval(gt=1, le=3)], 3, 3),
        (Annotated[str, pydantic.Field(pattern="^a")], "ab", "ab"),
    ],
)
def test_an_argument_becomes_a_value_of_its_parameters_type(hint: object, value: Json, expected: object) -> None:
    found = bound(hint, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("hint", "value", "path", "words"),
    [
        (str, 1, "x", "must be text"),
        (int, "1", "x", "must be a whole number"),
        (int, True, "x", "must be a whole number"),
        (int, 1.5, "x", "must be a whole number"),
        (float, "a", "x", "must be a number"),
        (bool, 1, "x", "must be true or false"),
        (date, "1.5.2026", "x", "YYYY-MM-DD"),
        (timedelta, "soon", "x", "ISO 8601"),
        (Decimal, "NaN", "x", "must be a decimal number"),
        (uuid.UUID, "x", "x", "must be a UUID"),
        (bytes, "***", "x", "must be base64"),
        (Pace, "FAST", "x", "must be one of 'slow', 'fast'"),
        (Literal[1, 2], True, "x", "must be one of 1, 2"),
        (int | None, "a", "x", "must be a whole number"),
        (int | date, "a", "x", "must be a whole number or must be a day as YYYY-MM-DD"),
        (list[int], [1, "a"], "x[1]", "must be a whole number"),
        (list[int], "1", "x", "must be a list"),
        (tuple[int, str], [1], "x", "must be a list of 2"),
        (dict[str, int], {"a": "b"}, "x.a", "must be a whole number"),
        (dict[int, int], {"a": 1}, "x.a", "must be a whole number"),
        (Guest, {"age": 3}, "x.name", "is required"),
        (Guest, {"name": "A", "age": 131}, "x.age", "must be at most 130"),
        (Guest, {"name": "A", "agee": 1}, "x.agee", "is not known; known are age, friends, name"),
        (Guest | None, {"name": 1}, "x.name", "must be text"),
        (Range, {"low": 3, "high": 1}, "x", "low is above high"),
        (Order, {"number": 0}, "x.number", "greater than or equal to 1"),
        (list[Order], [{"number": 1, "lines": [2]}], "x[0].lines[0]", "valid string"),
        (File, "a.csv", "x", "Please upload a file first"),
        (Annotated[int, annotated_types.Gt(1)], 1, "x", "must be more than 1"),
        (Annotated[int, msgspec.Meta(multiple_of=5)], 7, "x", "must be a multiple of 5"),
        (Annotated[str, annotated_types.Len(2, 3)], "a", "x", "must have at least 2 characters"),
        (Annotated[list[int], annotated_types.MaxLen(1)], [1, 2], "x", "must have at most 1 items"),
        (Annotated[str, msgspec.Meta(pattern="^a")], "b", "x", "must match ^a"),
        (Annotated[str, annotated_types.LowerCase], "B", "x", "must meet"),
        (Annotated[date, annotated_types.Ge(date(2026, 1, 1))], "2025-01-01", "x", "must be at least 2026-01-01"),
        (Annotated[int | None, msgspec.Meta(ge=1)], 0, "x", "must be at least 1"),
    ],
)
def test_an_argument_that_does_not_fit_is_named_with_what_is_wrong(
    hint: object, value: Json, path: str, words: str
) -> None:
    errors = refused(hint, value)
    assert list(errors) == [path]
    assert words in errors[path]


def test_all_that_is_wrong_is_said_at_once() -> None:
    @app
    def trip(city: str, days: int, guests: list[Guest]) -> None: ...

    with pytest.raises(InvalidArguments) as caught:
        trip.bind({"days": "many", "guests": [{}], "color": 1})
    assert caught.value.errors == {
        "city": "is required",
        "days": "must be a whole number",
        "guests[0].name": "is required",
        "color": "is not known; known are city, days, guests",
    }
    assert str(caught.value) == "city is required (and 3 more)."


def test_a_file_argument_gives_a_file_of_the_session() -> None:
    found = bound(File, FILE)
    assert isinstance(found, File)
    assert (found.name, found.type, found.size_bytes) == ("a.csv", "text/csv", 3)
    assert schema_of(File)["format"] == "file"


def test_the_schema_has_titles_defaults_and_descriptions() -> None:
    @app
    def trip(  # type: ignore[no-untyped-def]
        *,
        city: str = "Lisbon",
        max_days: Annotated[int, msgspec.Meta(ge=1, le=14, title="Days", description="At most two weeks.")] = 3,
        pace: Pace = Pace.SLOW,
        start: date | None = None,
        budget=100,
    ) -> None:
        """Plan a trip.

        With care.

        Args:
            city: where to,
                with its country.
            start: the first day.
        """

    assert trip.doc == "Plan a trip.\n\nWith care."
    assert trip.schema == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Trip",
        "type": "object",
        "properties": {
            "city": {
                "title": "City",
                "type": "string",
                "description": "where to, with its country.",
                "default": "Lisbon",
            },
            "max_days": {
                "title": "Days",
                "type": "integer",
                "minimum": 1,
                "maximum": 14,
                "description": "At most two weeks.",
                "default": 3,
            },
            "pace": {"title": "Pace", "type": "string", "enum": ["slow", "fast"], "default": "slow"},
            "start": {
                "title": "Start",
                "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}],
                "description": "the first day.",
                "default": None,
            },
            "budget": {"title": "Budget", "type": "integer", "default": 100},
        },
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (Annotated[float, annotated_types.Interval(gt=0, lt=1)], {"exclusiveMinimum": 0, "exclusiveMaximum": 1}),
        (Annotated[str, pydantic.Field(max_length=5, description="short")], {"maxLength": 5, "description": "short"}),
        (Annotated[list[int], annotated_types.MinLen(1)], {"minItems": 1, "items": {"type": "integer"}}),
        (Annotated[str, "what it is called"], {"description": "what it is called"}),
        (set[str], {"type": "array", "uniqueItems": True}),
        (tuple[int, str], {"prefixItems": [{"type": "integer"}, {"type": "string"}]}),
        (dict[str, int], {"additionalProperties": {"type": "integer"}}),
        (Level, {"enum": [1, 2], "type": "integer"}),
        (Guest, {"$ref": "#/$defs/Guest"}),
    ],
)
def test_constraints_and_containers_are_in_the_schema(hint: object, expected: Mapping[str, Json]) -> None:
    schema = schema_of(hint)
    assert {name: schema.get(name) for name in expected} == expected


def test_a_record_is_defined_once_and_may_hold_itself() -> None:
    schema = made(list[Guest]).schema
    guest = schema["$defs"]["Guest"]
    assert guest["required"] == ["name"]
    assert guest["properties"]["friends"]["items"] == {"$ref": "#/$defs/Guest"}
    assert guest["properties"]["name"]["description"] == "as in the passport."
    jsonschema.Draft202012Validator.check_schema(schema)


def test_definitions_of_pydantic_stand_among_ours() -> None:
    schema = made(dict[str, Order]).schema
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["x"]["additionalProperties"]["properties"]["number"]["description"] == "of the order"


def test_two_classes_of_one_name_have_two_definitions() -> None:
    def another() -> type:
        @dataclass
        class Guest:
            seat: int

        return Guest

    schema = made(tuple[Guest, another()]).schema  # type: ignore[misc]
    assert set(schema["$defs"]) == {"Guest", "Guest_"}
