"""Input kinds: what each may be asked with (its spec), and `check` for the answers.

An answer is a JSON value. `check` gives it back in its canonical form or says what is wrong with it; the
session process turns the canonical form into the Python value that the app gets.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Literal, TypeAlias

import msgspec

from outlast.kit.errors import InvalidAnswer, ProtocolViolation
from outlast.protocol.blocks import Column, FileRef
from outlast.protocol.codec import Json, to_json

MAX_TEXT_CHARS = 100_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


class Spec(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all specs.

    Attributes:
        help: a line below the question.
        optional: an empty answer (null) is allowed.
        default: what the control starts with, a JSON value of the answer's form.
    """

    help: str | None = None
    optional: bool = False
    default: Json = None


class TextSpec(Spec):
    """Free text. ``secret``: typed unseen and shown to nobody; ``pattern`` must match the whole text."""

    format: Literal["text", "email", "url"] = "text"
    multiline: bool = False
    secret: bool = False
    placeholder: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


class NumberSpec(Spec):
    """A number; ``integer`` for whole ones. Bounds are inclusive."""

    integer: bool = False
    min: float | None = None
    max: float | None = None
    step: float | None = None
    unit: str | None = None


class SliderSpec(NumberSpec):
    """A number picked between two bounds that are always given."""


class ConfirmSpec(Spec):
    """Yes or no."""

    yes: str = "Yes"
    no: str = "No"


class ApproveSpec(Spec):
    """A decision with an optional comment; the answer is ``{"approved": bool, "comment": str}``."""

    details: str | None = None
    yes: str = "Approve"
    no: str = "Reject"


class ChooseSpec(Spec):
    """One of several; the answer is the option's text."""

    options: list[str]


class ChooseManySpec(Spec):
    """Some of several; the answer is a list of option texts in the order of the options."""

    options: list[str]
    min: int | None = None
    max: int | None = None


class DateSpec(Spec):
    """A day, ``YYYY-MM-DD`` (RFC 3339 full-date)."""

    min: str | None = None
    max: str | None = None


class TimeSpec(Spec):
    """A time of day, ``HH:MM[:SS]``."""

    min: str | None = None
    max: str | None = None


class DateTimeSpec(Spec):
    """A moment or a local date with time, ISO 8601."""


class UploadSpec(Spec):
    """One or several files; the answer is a list of `FileRef`."""

    accept: list[str] = []
    multiple: bool = False
    max_bytes: int | None = None


class EditTableSpec(Spec):
    """A table to edit; the answer is the list of its rows. ``fixed``: rows may not be added or removed."""

    columns: list[Column]
    rows: list[list[Json]]
    fixed: bool = False


class ChatSpec(Spec):
    """A message of a conversation."""

    placeholder: str | None = None


class Field(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One input of a form."""

    input: str
    name: str
    kind: str
    label: str = ""
    spec: dict[str, Json] = {}


class FormSpec(Spec):
    """Several inputs answered at once; the answer is ``{<input id or field name>: <answer>}``."""

    fields: list[Field]
    submit: str = "Submit"


KINDS: Mapping[str, type[Spec]] = {
    "text": TextSpec,
    "number": NumberSpec,
    "slider": SliderSpec,
    "confirm": ConfirmSpec,
    "approve": ApproveSpec,
    "choose": ChooseSpec,
    "choose_many": ChooseManySpec,
    "date": DateSpec,
    "time": TimeSpec,
    "datetime": DateTimeSpec,
    "upload": UploadSpec,
    "edit_table": EditTableSpec,
    "chat": ChatSpec,
    "form": FormSpec,
}

AnySpec: TypeAlias = Mapping[str, Json]


def parse_spec(kind: str, spec: AnySpec) -> Spec:
    """Give the typed spec of a kind.

    Raises:
        ProtocolViolation: an unknown kind, or a spec that does not fit it.
    """
    shape = KINDS.get(kind)
    if shape is None:
        raise ProtocolViolation(f"There is no input kind {kind!r}.")
    try:
        return msgspec.convert(spec, shape)
    except (msgspec.ValidationError, RecursionError) as error:
        raise ProtocolViolation(f"The spec does not fit an input of kind {kind!r}: {error}.") from error


def check(kind: str, spec: AnySpec, value: Json) -> Json:
    """Check an answer.

    Args:
        kind: the input's kind.
        spec: as it was requested.
        value: the answer as it came, any JSON value.

    Returns:
        The answer in its canonical form.

    Raises:
        InvalidAnswer: with ``errors``: ``{"": message}``, or a form's ``{<field's input id>: message}``.
    """
    typed = parse_spec(kind, spec)
    try:
        return _check(typed, value)
    except _Wrong as wrong:
        raise InvalidAnswer(str(wrong), errors={"": str(wrong)}) from None


class _Wrong(Exception):
    """What is wrong with an answer, for the person who gave it."""


def _check(spec: Spec, value: Json) -> Json:
    if value is None or value == "" or value == []:
        if isinstance(spec, ChooseManySpec) and not spec.min:
            return []
        if spec.optional:
            return [] if isinstance(spec, (UploadSpec, ChooseManySpec)) else None
        if not isinstance(spec, EditTableSpec):
            raise _Wrong("Please give an answer.")
    for shape, checker in _CHECKERS:
        if isinstance(spec, shape):
            return checker(spec, value)
    raise ProtocolViolation(f"Inputs of {type(spec).__name__} can't be checked.")


def _text(spec: TextSpec, value: Json) -> str:
    if not isinstance(value, str):
        raise _Wrong("Please give text.")
    _length(value, at_least=spec.min_length, at_most=spec.max_length or MAX_TEXT_CHARS)
    if spec.format == "email" and not _EMAIL.fullmatch(value.strip()):
        raise _Wrong("Please give an e-mail address, such as ada@example.org.")
    if spec.format == "url" and not _URL.fullmatch(value.strip()):
        raise _Wrong("Please give a web address that starts with http:// or https://.")
    if spec.pattern is not None and not re.fullmatch(spec.pattern, value):
        raise _Wrong(f"This does not have the form that is asked for ({spec.placeholder or spec.pattern}).")
    return value if spec.format == "text" else value.strip()


def _length(value: str, *, at_least: int | None, at_most: int) -> None:
    if len(value) > at_most:
        raise _Wrong(f"Please give at most {at_most} characters; this has {len(value)}.")
    if at_least is not None and len(value) < at_least:
        raise _Wrong(f"Please give at least {at_least} characters; this has {len(value)}.")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        raise _Wrong("This text holds half a character (a lone surrogate).")


def _number(spec: NumberSpec, value: Json) -> int | float:
    if isinstance(value, str):
        try:
            value = float(value.strip()) if not re.fullmatch(r"\s*[+-]?\d+\s*", value) else int(value)
        except ValueError:
            raise _Wrong("Please give a number.") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Wrong("Please give a number.")
    if isinstance(value, float) and not math.isfinite(value):
        raise _Wrong("Please give a number that is finite.")
    if abs(value) >= 2**63:
        raise _Wrong("This number is too large.")
    if spec.integer:
        if value != int(value):
            raise _Wrong("Please give a whole number.")
        value = int(value)
    if spec.min is not None and value < spec.min:
        raise _Wrong(f"Please give a number of at least {spec.min:g}.")
    if spec.max is not None and value > spec.max:
        raise _Wrong(f"Please give a number of at most {spec.max:g}.")
    return value


def _confirm(spec: ConfirmSpec, value: Json) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("Please answer true or false.")
    return value


def _approve(spec: ApproveSpec, value: Json) -> Json:
    if isinstance(value, bool):
        value = {"approved": value}
    if not isinstance(value, dict) or not isinstance(value.get("approved"), bool):
        raise _Wrong('Please answer {"approved": true} or {"approved": false}, with a "comment" if you like.')
    comment = value.get("comment") or ""
    if not isinstance(comment, str):
        raise _Wrong("Please give the comment as text.")
    _length(comment, at_least=None, at_most=MAX_TEXT_CHARS)
    return {"approved": value["approved"], "comment": comment}


def _choose(spec: ChooseSpec, value: Json) -> str:
    if not isinstance(value, str) or value not in spec.options:
        raise _Wrong(f"Please choose one of: {_some(spec.options)}.")
    return value


def _choose_many(spec: ChooseManySpec, value: Json) -> list[str]:
    if not isinstance(value, list) or any(not isinstance(v, str) or v not in spec.options for v in value):
        raise _Wrong(f"Please choose from: {_some(spec.options)}.")
    chosen = [option for option in spec.options if option in value]
    if spec.min is not None and len(chosen) < spec.min:
        raise _Wrong(f"Please choose at least {spec.min}.")
    if spec.max is not None and len(chosen) > spec.max:
        raise _Wrong(f"Please choose at most {spec.max}.")
    return chosen


def _some(options: list[str]) -> str:
    shown = ", ".join(options[:10])
    return shown if len(options) <= 10 else f"{shown} and {len(options) - 10} more"


def _date(spec: DateSpec, value: Json) -> str:
    day = _iso(value, date, "a day as YYYY-MM-DD")
    _between(day, spec.min and date.fromisoformat(spec.min), spec.max and date.fromisoformat(spec.max))
    return day.isoformat()


def _time(spec: TimeSpec, value: Json) -> str:
    moment = _iso(value, time, "a time as HH:MM")
    _between(moment, spec.min and time.fromisoformat(spec.min), spec.max and time.fromisoformat(spec.max))
    return moment.isoformat()


def _datetime(spec: DateTimeSpec, value: Json) -> str:
    return _iso(value, datetime, "a date and time as YYYY-MM-DDTHH:MM").isoformat()


def _iso(value: Json, shape: type[Json], words: str) -> Json:
    try:
        if isinstance(value, str):
            return shape.fromisoformat(value.strip())
    except ValueError:
        pass
    raise _Wrong(f"Please give {words}.")


def _between(value: Json, low: Json, high: Json) -> None:
    try:
        early, late = bool(low) and value < low, bool(high) and value > high
    except TypeError:
        raise _Wrong("Please give a time without an offset.") from None
    if early:
        raise _Wrong(f"Please give {low.isoformat()} or later.")
    if late:
        raise _Wrong(f"Please give {high.isoformat()} or earlier.")


def _upload(spec: UploadSpec, value: Json) -> Json:
    try:
        files = msgspec.convert(value if isinstance(value, list) else [value], list[FileRef])
    except msgspec.ValidationError:
        raise _Wrong("Please upload a file first and answer with what the upload gave back.") from None
    if len(files) > 1 and not spec.multiple:
        raise _Wrong("Please give one file only.")
    for file in files:
        if spec.max_bytes is not None and file.size_bytes > spec.max_bytes:
            raise _Wrong(f"{file.name} has {file.size_bytes} bytes; at most {spec.max_bytes} are allowed.")
        if spec.accept and not any(_accepts(pattern, file) for pattern in spec.accept):
            raise _Wrong(f"{file.name} is not of a kind that is asked for ({', '.join(spec.accept)}).")
    return to_json(files)


def _accepts(pattern: str, file: FileRef) -> bool:
    """Match as the HTML ``accept`` attribute does: ``.csv``, ``image/*`` or ``text/csv``."""
    pattern = pattern.lower()
    if pattern.startswith("."):
        return file.name.lower().endswith(pattern)
    return pattern == "*/*" or (file.type.startswith(pattern[:-1]) if pattern.endswith("/*") else file.type == pattern)


def _edit_table(spec: EditTableSpec, value: Json) -> Json:
    width = len(spec.columns)
    if not isinstance(value, list) or any(not isinstance(row, list) or len(row) != width for row in value):
        raise _Wrong(f"Please give a list of rows with {width} cells each.")
    if spec.fixed and len(value) != len(spec.rows):
        raise _Wrong(f"This table has {len(spec.rows)} rows; rows can't be added or removed.")
    for row in value:
        for column, cell in zip(spec.columns, row, strict=True):
            if cell is not None and not isinstance(cell, _CELLS[column.type]):
                raise _Wrong(f"{cell!r} does not fit the column {column.name!r} ({column.type}).")
            if isinstance(cell, bool) and column.type == "number":
                raise _Wrong(f"{cell!r} does not fit the column {column.name!r} (number).")
    return value


_CELLS: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "date": (str,),
    "datetime": (str,),
    "any": (object,),
}


def _chat(spec: ChatSpec, value: Json) -> str:
    if not isinstance(value, str):
        raise _Wrong("Please give text.")
    _length(value, at_least=None, at_most=MAX_TEXT_CHARS)
    return value


def _form(spec: FormSpec, value: Json) -> Json:
    if not isinstance(value, dict):
        raise _Wrong("Please answer a form with an object: one answer for each of its fields.")
    errors: dict[str, str] = {}
    answers: dict[str, Json] = {}
    known = {field.input for field in spec.fields} | {field.name for field in spec.fields}
    errors.update({str(key): "The form has no such field." for key in value if key not in known})
    for field in spec.fields:
        given = value.get(field.input, value.get(field.name))
        try:
            answers[field.input] = _check(parse_spec(field.kind, field.spec), given)
        except _Wrong as wrong:
            errors[field.input] = str(wrong)
    if errors:
        names = {field.input: field.label or field.name for field in spec.fields}
        first = next(iter(errors))
        raise InvalidAnswer(f"{names.get(first, first)}: {errors[first]}", errors=errors)
    return answers


_CHECKERS: tuple[tuple[type[Spec], Json], ...] = (
    (TextSpec, _text),
    (NumberSpec, _number),
    (ConfirmSpec, _confirm),
    (ApproveSpec, _approve),
    (ChooseSpec, _choose),
    (ChooseManySpec, _choose_many),
    (DateSpec, _date),
    (TimeSpec, _time),
    (DateTimeSpec, _datetime),
    (UploadSpec, _upload),
    (EditTableSpec, _edit_table),
    (ChatSpec, _chat),
    (FormSpec, _form),
)
