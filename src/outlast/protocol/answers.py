"""Checks answers against what was asked.

Both sides may be hostile: the app that wrote the spec, and whoever answers. Whatever the two are, `check` ends
soon, with the answer's canonical form or with an error that says what is wrong.
"""

from __future__ import annotations

import math
import re
import time as clock
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TypeAlias, TypeVar

from outlast.kit.errors import InvalidAnswer, ProtocolViolation
from outlast.protocol import specs as s
from outlast.protocol.blocks import Column, FileRef
from outlast.protocol.codec import Json, from_json, to_json

PATTERNS_MAY_TAKE_S = 0.1
"""How long the patterns of one answer may run together: an event loop waits for them."""

MAX_FILES = 100
MAX_DEPTH = 20
MAX_INTEGER = 2**63
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_URL = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)  # no two repeats in a row: that would take quadratic time
_WHOLE = re.compile(r"[+-]?\d+")

T = TypeVar("T", date, time, datetime)


class _Wrong(Exception):
    """What is wrong with an answer, for the person who gave it."""


def check(kind: str, spec: s.AnySpec, value: Json) -> Json:
    """Check an answer.

    Args:
        kind: the input's kind.
        spec: as it was requested.
        value: the answer as it came, any JSON value.

    Returns:
        The answer in its canonical form; checking that again gives it back unchanged.

    Raises:
        InvalidAnswer: with ``errors``: ``{"": message}``, or a form's ``{<field's input id>: message}``.
        ProtocolViolation: the spec itself is not one that `outlast.protocol.inputs.check_request` lets pass.
    """
    typed = s.parse_spec(kind, spec)
    try:
        return _check(typed, value, clock.monotonic() + PATTERNS_MAY_TAKE_S)
    except _Wrong as wrong:
        raise InvalidAnswer(str(wrong), errors={"": str(wrong)}) from None


def _check(spec: s.Spec, value: Json, deadline: float) -> Json:
    if value is None or value == "" or value == []:
        if isinstance(spec, s.ChooseManySpec) and not spec.min:
            return []
        if spec.optional:
            return [] if isinstance(spec, (s.UploadSpec, s.ChooseManySpec)) else None
        if not isinstance(spec, s.EditTableSpec):
            raise _Wrong("Please give an answer.")
    if isinstance(spec, s.TextSpec):
        return _text(spec, value, deadline)
    if isinstance(spec, s.FormSpec):
        return _form(spec, value, deadline)
    for shape, checker in _CHECKERS:
        if isinstance(spec, shape):
            return checker(spec, value)
    raise ProtocolViolation(f"Inputs of {type(spec).__name__} can't be checked.")


def _text(spec: s.TextSpec, value: Json, deadline: float) -> str:
    text = _string(value)
    if spec.format != "text":
        text = text.strip()
    if len(text) < (spec.min_length or 0):
        raise _Wrong(f"Please give at least {spec.min_length} characters; this has {len(text)}.")
    _at_most(text, spec.max_length or s.MAX_TEXT_CHARS)
    if spec.format == "email" and not _EMAIL.fullmatch(text):
        raise _Wrong("Please give an e-mail address, such as ada@example.org.")
    if spec.format == "url" and not _URL.fullmatch(text):
        raise _Wrong("Please give a web address that starts with http:// or https://.")
    if spec.pattern is not None and not _matches(spec.pattern, text, deadline):
        raise _Wrong(f"This does not have the form that is asked for ({spec.placeholder or spec.pattern}).")
    return text


def _string(value: Json) -> str:
    if not isinstance(value, str):
        raise _Wrong("Please give text.")
    _at_most(value, s.MAX_TEXT_CHARS)
    if not _encodable(value):
        raise _Wrong("This text holds half a character (a lone surrogate).")
    return value


def _at_most(text: str, limit: int) -> None:
    if len(text) > limit:
        raise _Wrong(f"Please give at most {limit} characters; this has {len(text)}.")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _matches(pattern: str, text: str, deadline: float) -> bool:
    import regex  # late: only a host checks answers

    try:
        return regex.fullmatch(pattern, text, timeout=max(deadline - clock.monotonic(), 0.001)) is not None
    except TimeoutError:
        raise _Wrong("This takes too long to compare with the form that is asked for; try a shorter text.") from None
    except Exception as error:  # broad: an app's pattern may make the library fail in ways that it does not document
        raise ProtocolViolation(f"The pattern {pattern[:100]!r} can't be used: {error}.") from error


def _number(spec: s.NumberSpec, value: Json) -> int | float:
    number = _as_number(value)
    if abs(number) >= MAX_INTEGER:
        raise _Wrong("This number is too large.")
    if spec.integer:
        if number != int(number):
            raise _Wrong("Please give a whole number.")
        number = int(number)
    if spec.min is not None and number < spec.min:
        raise _Wrong(f"Please give a number of at least {_written(spec.min)}.")
    if spec.max is not None and number > spec.max:
        raise _Wrong(f"Please give a number of at most {_written(spec.max)}.")
    return number


def _as_number(value: Json) -> int | float:
    if isinstance(value, str) and len(value) <= 100:
        text = value.strip()
        try:
            value = int(text) if _WHOLE.fullmatch(text) else float(text)
        except ValueError:
            raise _Wrong("Please give a number.") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Wrong("Please give a number.")
    if isinstance(value, float) and not math.isfinite(value):
        raise _Wrong("Please give a number that is finite.")
    return value


def _written(number: float) -> str:
    return str(int(number)) if math.isfinite(number) and number == int(number) else str(number)


def _confirm(_spec: s.ConfirmSpec, value: Json) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("Please answer true or false.")
    return value


def _approve(_spec: s.ApproveSpec, value: Json) -> Json:
    if isinstance(value, bool):
        value = {"approved": value}
    if not isinstance(value, dict) or not isinstance(value.get("approved"), bool):
        raise _Wrong('Please answer {"approved": true} or {"approved": false}, with a "comment" if you like.')
    return {"approved": value["approved"], "comment": _string(value.get("comment") or "")}


def _choose(spec: s.ChooseSpec, value: Json) -> str:
    if not isinstance(value, str) or value not in spec.options:
        raise _Wrong(f"Please choose one of: {_some(spec.options)}.")
    return value


def _choose_many(spec: s.ChooseManySpec, value: Json) -> list[str]:
    if not isinstance(value, list) or any(not isinstance(v, str) for v in value):
        raise _Wrong(f"Please choose from: {_some(spec.options)}.")
    wanted = set(value)
    chosen = [option for option in spec.options if option in wanted]
    if len(wanted) != len(chosen):
        raise _Wrong(f"Please choose from: {_some(spec.options)}.")
    if spec.min is not None and len(chosen) < spec.min:
        raise _Wrong(f"Please choose at least {spec.min}.")
    if spec.max is not None and len(chosen) > spec.max:
        raise _Wrong(f"Please choose at most {spec.max}.")
    return chosen


def _some(options: list[str]) -> str:
    shown = ", ".join(options[:10])
    return shown if len(options) <= 10 else f"{shown} and {len(options) - 10} more"


def _date(spec: s.DateSpec, value: Json) -> str:
    return _between(_moment(value, date, "a day as YYYY-MM-DD"), spec.min, spec.max).isoformat()


def _time(spec: s.TimeSpec, value: Json) -> str:
    moment = _moment(value, time, "a time as HH:MM")
    if moment.tzinfo is not None:
        raise _Wrong("Please give a time without an offset.")
    return _between(moment, spec.min, spec.max).isoformat()


def _datetime(_spec: s.DateTimeSpec, value: Json) -> str:
    return _moment(value, datetime, "a date and time as YYYY-MM-DDTHH:MM").isoformat()


def _moment(value: Json, shape: type[T], words: str) -> T:
    if isinstance(value, str) and len(value) <= 100:
        try:
            return shape.fromisoformat(value.strip())
        except ValueError:
            pass
    raise _Wrong(f"Please give {words}.")


def _between(value: T, earliest: str | None, latest: str | None) -> T:
    try:
        early = earliest is not None and value < type(value).fromisoformat(earliest)
        late = latest is not None and value > type(value).fromisoformat(latest)
    except (ValueError, TypeError) as error:
        raise ProtocolViolation(f"The bounds {earliest!r} and {latest!r} are not usable: {error}.") from error
    if early:
        raise _Wrong(f"Please give {earliest} or later.")
    if late:
        raise _Wrong(f"Please give {latest} or earlier.")
    return value


def _upload(spec: s.UploadSpec, value: Json) -> Json:
    try:
        files = from_json(value if isinstance(value, list) else [value], list[FileRef])
    except ProtocolViolation:
        raise _Wrong("Please upload a file first and answer with what the upload gave back.") from None
    if len(files) > (MAX_FILES if spec.multiple else 1):
        raise _Wrong(f"Please give at most {MAX_FILES} files." if spec.multiple else "Please give one file only.")
    for file in files:
        if not (_encodable(file.name) and _encodable(file.type)):
            raise _Wrong("A file's name holds half a character (a lone surrogate).")
        if spec.max_bytes is not None and file.size_bytes > spec.max_bytes:
            raise _Wrong(f"{file.name} has {file.size_bytes} bytes; at most {spec.max_bytes} are allowed.")
        if spec.accept and not any(_accepts(pattern, file) for pattern in spec.accept):
            raise _Wrong(f"{file.name} is not of a kind that is asked for ({', '.join(spec.accept)}).")
    return to_json(files)


def _accepts(pattern: str, file: FileRef) -> bool:
    """Match as the HTML ``accept`` attribute does: ``.csv``, ``image/*`` or ``text/csv``."""
    pattern, media_type = pattern.strip().lower(), file.type.partition(";")[0].strip().lower()
    if pattern.startswith("."):
        return file.name.lower().endswith(pattern)
    return pattern == "*/*" or (
        media_type.startswith(pattern[:-1]) if pattern.endswith("/*") else media_type == pattern
    )


def _edit_table(spec: s.EditTableSpec, value: Json) -> Json:
    width = len(spec.columns)
    if not isinstance(value, list) or any(not isinstance(row, list) or len(row) != width for row in value):
        raise _Wrong(f"Please give a list of rows with {width} cells each.")
    if len(value) > s.MAX_ROWS:
        raise _Wrong(f"Please give at most {s.MAX_ROWS} rows; this has {len(value)}.")
    if spec.fixed and len(value) != len(spec.rows):
        raise _Wrong(f"This table has {len(spec.rows)} rows; rows can't be added or removed.")
    for row in value:
        for column, cell in zip(spec.columns, row, strict=True):
            if not cell_fits(column, cell):
                raise _Wrong(f"{_shortened(cell)} does not fit the column {column.name!r} ({column.type}).")
    return value


def cell_fits(column: Column, cell: Json) -> bool:
    """Tell whether a value may stand in a column of a table; an empty cell (null) always may."""
    if cell is None:
        return True
    if column.type in ("date", "datetime"):
        shape = date if column.type == "date" else datetime
        try:
            return isinstance(cell, str) and len(cell) <= 100 and shape.fromisoformat(cell) is not None
        except ValueError:
            return False
    if isinstance(cell, bool) and column.type not in ("boolean", "any"):
        return False
    return isinstance(cell, _CELLS[column.type]) and is_plain(cell)


def _shortened(value: Json) -> str:
    words = ascii(value) if isinstance(value, (str, int, float, bool)) else type(value).__name__
    return words if len(words) <= 40 else f"{words[:37]}..."


_CELLS: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "any": (object,),
}


def is_plain(value: Json, depth: int = MAX_DEPTH) -> bool:
    """Tell whether a value goes through JSON and msgpack and comes back the same.

    Args:
        value: anything.
        depth: how many levels of lists and objects it may have.
    """
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return _encodable(value)
    if isinstance(value, int):
        return -MAX_INTEGER <= value < MAX_INTEGER
    if isinstance(value, float):
        return math.isfinite(value)
    if depth <= 0:
        return False
    if isinstance(value, list):
        return all(is_plain(item, depth - 1) for item in value)
    return isinstance(value, dict) and all(
        isinstance(key, str) and _encodable(key) and is_plain(item, depth - 1) for key, item in value.items()
    )


def _chat(_spec: s.ChatSpec, value: Json) -> str:
    return _string(value)


def _form(spec: s.FormSpec, value: Json, deadline: float) -> Json:
    if not isinstance(value, dict):
        raise _Wrong("Please answer a form with an object: one answer for each of its fields.")
    if any(field.kind == "form" for field in spec.fields):
        raise ProtocolViolation("A form can't be a field of a form.")
    names = {field.input: field.label or field.name for field in spec.fields}
    known = names.keys() | {field.name for field in spec.fields}
    errors = {_shortened(key): "The form has no such field." for key in list(value)[:1000] if key not in known}
    answers: dict[str, Json] = {}
    for field in spec.fields:
        given = value.get(field.input, value.get(field.name))
        try:
            answers[field.input] = _check(s.parse_spec(field.kind, field.spec), given, deadline)
        except _Wrong as wrong:
            errors[field.input] = str(wrong)
    if errors:
        first = next(iter(errors))
        raise InvalidAnswer(f"{names.get(first, first)}: {errors[first]}", errors=errors)
    return answers


_Checker: TypeAlias = Callable[[Json, Json], Json]
_CHECKERS: tuple[tuple[type[s.Spec], _Checker], ...] = (
    (s.NumberSpec, _number),
    (s.ConfirmSpec, _confirm),
    (s.ApproveSpec, _approve),
    (s.ChooseSpec, _choose),
    (s.ChooseManySpec, _choose_many),
    (s.DateSpec, _date),
    (s.TimeSpec, _time),
    (s.DateTimeSpec, _datetime),
    (s.UploadSpec, _upload),
    (s.EditTableSpec, _edit_table),
    (s.ChatSpec, _chat),
)
