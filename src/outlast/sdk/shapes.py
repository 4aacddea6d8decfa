"""Type hints as shapes: a JSON Schema (2020-12) for clients, and a loader that turns JSON into Python values.

A loader never raises for what a person gave: it notes what is wrong, by path, and goes on, so that one answer
names every field that does not fit.
"""

from __future__ import annotations

import base64
import binascii
import enum
import math
import operator
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Protocol

import msgspec

from outlast.protocol.codec import Json
from outlast.sdk.files import file_of

JsonObject = dict[str, Json]


class _Bad:
    """What a loader gives for a value that does not fit."""


BAD = _Bad()


class Problems(dict[str, str]):
    """What is wrong, by path (``trip.days``, ``items[2]``); the first problem of a path stands."""

    def note(self, path: str, message: str) -> _Bad:
        """Note a problem."""
        self.setdefault(path, message)
        return BAD


@dataclass
class Definitions:
    """The ``$defs`` of a schema that is being made."""

    schemas: dict[str, JsonObject] = field(default_factory=dict)
    _names: dict[object, str] = field(default_factory=dict)

    def reference(self, owner: type, make: Callable[[], JsonObject]) -> JsonObject:
        """Refer to the schema of a class, made once; it may refer to itself."""
        name = self._names.get(owner)
        if name is None:
            name = owner.__name__
            while name in self.schemas:
                name += "_"
            self._names[owner] = name
            self.schemas[name] = {}
            self.schemas[name] = make()
        return {"$ref": f"#/$defs/{name}"}


class Shape(Protocol):
    """What a type hint stands for."""

    def schema(self, defs: Definitions) -> JsonObject:
        """Its JSON Schema; what it refers to goes into ``defs``."""
        ...

    def load(self, value: Json, path: str, problems: Problems) -> object:
        """Turn a JSON value into a Python value, or note what is wrong and give `BAD`."""
        ...


@dataclass(frozen=True)
class Rules:
    """Constraints and words of ``Annotated`` (msgspec.Meta, annotated_types and pydantic.Field speak the same)."""

    gt: Json = None
    ge: Json = None
    lt: Json = None
    le: Json = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    title: str | None = None
    description: str | None = None
    examples: Sequence[object] | None = None
    tests: Sequence[Callable[[object], object]] = ()

    def wrong(self, value: Json) -> str | None:
        """What is wrong with a loaded value, in words."""
        for bound, holds, words in (
            (self.ge, operator.ge, "at least"),
            (self.gt, operator.gt, "more than"),
            (self.le, operator.le, "at most"),
            (self.lt, operator.lt, "less than"),
        ):
            if bound is not None and not holds(value, bound):
                return f"must be {words} {bound}"
        if self.multiple_of and not _is_multiple(value, self.multiple_of):
            return f"must be a multiple of {self.multiple_of}"
        unit = "characters" if isinstance(value, str) else "items"
        if self.min_length is not None and len(value) < self.min_length:
            return f"must have at least {self.min_length} {unit}"
        if self.max_length is not None and len(value) > self.max_length:
            return f"must have at most {self.max_length} {unit}"
        if self.pattern is not None and not re.search(self.pattern, value):
            return f"must match {self.pattern}"
        for test in self.tests:
            if not test(value):
                return f"must meet {getattr(test, '__name__', 'its condition')}"
        return None

    def into(self, schema: JsonObject) -> JsonObject:
        """Put the constraints into a schema, under the words that fit its type."""
        kind = schema.get("type")
        dated = kind == "string" and "format" in schema
        names = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
        for rule, word in names.items():
            bound = getattr(self, rule)
            if bound is None:
                continue
            if dated:
                word = "format" + word[0].upper() + word[1:]
            schema[word] = bound.isoformat() if dated and hasattr(bound, "isoformat") else msgspec.to_builtins(bound)
        if self.multiple_of:
            schema["multipleOf"] = self.multiple_of
        size = {"array": "Items", "object": "Properties"}.get(str(kind), "Length")
        if self.min_length is not None:
            schema[f"min{size}"] = self.min_length
        if self.max_length is not None:
            schema[f"max{size}"] = self.max_length
        for word in ("pattern", "title", "description"):
            if getattr(self, word) is not None:
                schema[word] = getattr(self, word)
        if self.examples:
            schema["examples"] = msgspec.to_builtins(list(self.examples))
        return schema


def _is_multiple(value: Json, of: float) -> bool:
    if isinstance(value, int) and isinstance(of, int):
        return value % of == 0
    ratio = float(value) / float(of)
    return math.isclose(ratio, round(ratio), rel_tol=1e-9, abs_tol=1e-9)


@dataclass(frozen=True)
class Ruled:
    """A shape with constraints."""

    inner: Shape
    rules: Rules

    def schema(self, defs: Definitions) -> JsonObject:
        """The inner schema with the constraints in it."""
        return self.rules.into(self.inner.schema(defs))

    def load(self, value: Json, path: str, problems: Problems) -> object:
        """Load, then check the constraints."""
        loaded = self.inner.load(value, path, problems)
        if loaded is BAD:
            return BAD
        try:
            wrong = self.rules.wrong(loaded)
        except TypeError as error:
            wrong = f"can't be compared with its bounds ({error})"
        return problems.note(path, wrong) if wrong else loaded


class Unfit(Exception):
    """A leaf's value does not fit; the message says what it must be."""


@dataclass(frozen=True)
class Leaf:
    """A value without parts."""

    type: type
    json_schema: Mapping[str, Json]
    loader: Callable[[Json], object]

    def schema(self, defs: Definitions) -> JsonObject:
        """The fixed schema of its type."""
        del defs
        return dict(self.json_schema)

    def load(self, value: Json, path: str, problems: Problems) -> object:
        """Load the value."""
        try:
            return self.loader(value)
        except Unfit as error:
            return problems.note(path, str(error))


@dataclass(frozen=True)
class Choice:
    """One of fixed values: an enum or a Literal.

    Attributes:
        options: shown text to Python value.
        values: the JSON value of each, in the same order.
    """

    title: str | None
    options: Mapping[str, object]
    values: Sequence[Json]

    def schema(self, defs: Definitions) -> JsonObject:
        """An ``enum``."""
        del defs
        schema: JsonObject = {"enum": list(self.values)}
        kinds = {_JSON_TYPES.get(type(value)) for value in self.values}
        if len(kinds) == 1 and (kind := kinds.pop()):
            schema = {"type": kind, **schema}
        return schema if self.title is None else {"title": self.title, **schema}

    def load(self, value: Json, path: str, problems: Problems) -> object:
        """Find the option of this JSON value."""
        for json_value, option in zip(self.values, self.options.values(), strict=True):
            if value == json_value and isinstance(value, bool) == isinstance(json_value, bool):
                return option
        return problems.note(path, f"must be one of {', '.join(map(repr, self.values))}")


_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def choice_of_enum(kind: type[enum.Enum]) -> Choice:
    """The options of an enum: shown by their values where those are text, else by their names in words."""
    members = list(kind)
    textual = all(isinstance(member.value, str) for member in members)
    values = [member.value if isinstance(member.value, (str, int, float)) else member.name for member in members]
    return Choice(kind.__name__, {shown_member(m) if not textual else str(m.value): m for m in members}, values)


def shown_member(member: enum.Enum) -> str:
    """How a person sees an enum's member."""
    if isinstance(member.value, str):
        return str(member.value)
    return member.name.replace("_", " ").lower().capitalize()


def _str(value: Json) -> str:
    if not isinstance(value, str):
        raise Unfit("must be text")
    return value


def _int(value: Json) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit("must be a whole number")
    return value


def _float(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Unfit("must be a number")
    return float(value)


def _bool(value: Json) -> bool:
    if not isinstance(value, bool):
        raise Unfit("must be true or false")
    return value


def _decimal(value: Json) -> Decimal:
    try:
        if not isinstance(value, bool) and isinstance(value, (int, float, str)):
            found = Decimal(str(value).strip())
            if found.is_finite():
                return found
    except InvalidOperation:
        pass
    raise Unfit("must be a decimal number")


def _iso(kind: Json, words: str) -> Callable[[Json], object]:
    def load(value: Json) -> object:
        try:
            if isinstance(value, str):
                return kind.fromisoformat(value.strip())
        except ValueError:
            pass
        raise Unfit(f"must be {words}")

    return load


def _timedelta(value: Json) -> timedelta:
    try:
        if not isinstance(value, bool):
            return msgspec.convert(value, timedelta, strict=False)
    except msgspec.ValidationError:
        pass
    raise Unfit("must be a duration in seconds or as ISO 8601 (PT1H30M)")


def _uuid(value: Json) -> uuid.UUID:
    try:
        return uuid.UUID(_str(value))
    except ValueError:
        raise Unfit("must be a UUID") from None


def _bytes(value: Json) -> bytes:
    try:
        return base64.b64decode(_str(value), validate=True)
    except (binascii.Error, ValueError):
        raise Unfit("must be base64") from None


def _none(value: Json) -> None:
    if value is not None:
        raise Unfit("must be null")


def _file(value: Json) -> object:
    try:
        return file_of(value)
    except ValueError as error:
        raise Unfit(str(error)) from None


FILE_SCHEMA: Mapping[str, Json] = {
    "type": "object",
    "format": "file",
    "properties": {
        "sha256": {"type": "string"},
        "name": {"type": "string"},
        "type": {"type": "string"},
        "size_bytes": {"type": "integer"},
    },
    "required": ["sha256", "name", "type", "size_bytes"],
}

ANYTHING = Leaf(object, {}, lambda value: value)
FILE_LOADER = _file

LEAVES: Mapping[object, Leaf] = {
    leaf.type: leaf
    for leaf in (
        Leaf(str, {"type": "string"}, _str),
        Leaf(int, {"type": "integer"}, _int),
        Leaf(float, {"type": "number"}, _float),
        Leaf(bool, {"type": "boolean"}, _bool),
        Leaf(Decimal, {"type": ["number", "string"], "format": "decimal"}, _decimal),
        Leaf(date, {"type": "string", "format": "date"}, _iso(date, "a day as YYYY-MM-DD")),
        Leaf(time, {"type": "string", "format": "time"}, _iso(time, "a time as HH:MM")),
        Leaf(
            datetime, {"type": "string", "format": "date-time"}, _iso(datetime, "a date and time as YYYY-MM-DDTHH:MM")
        ),
        Leaf(timedelta, {"type": ["string", "number"], "format": "duration"}, _timedelta),
        Leaf(uuid.UUID, {"type": "string", "format": "uuid"}, _uuid),
        Leaf(bytes, {"type": "string", "contentEncoding": "base64"}, _bytes),
        Leaf(Path, {"type": "string"}, lambda value: Path(_str(value))),
        Leaf(type(None), {"type": "null"}, _none),
        Leaf(object, {}, lambda value: value),
    )
}
