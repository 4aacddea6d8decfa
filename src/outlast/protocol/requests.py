"""Checks what an app asks before anybody sees it, so that every later check of an answer can trust the spec."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, time
from typing import TypeAlias

from outlast.kit.errors import InvalidAnswer, ProtocolViolation
from outlast.protocol import specs as s
from outlast.protocol.answers import MAX_INTEGER, cell_fits, check, is_plain
from outlast.protocol.codec import Json, encode_json

MAX_SPEC_BYTES = 1024 * 1024
MAX_OPTIONS = 10_000
MAX_FIELDS = 200
MAX_COLUMNS = 200
MAX_PATTERN_CHARS = 1_000


def check_request(kind: str, spec: s.AnySpec) -> None:
    """Check the spec of an input that an app asks.

    Args:
        kind: the input's kind.
        spec: its spec, a JSON object.

    Raises:
        ProtocolViolation: an unknown kind, a spec that does not fit it, bounds that exclude each other, a pattern
            that does not compile, a default that is no valid answer, or more of anything than is allowed.
    """
    typed = s.parse_spec(kind, spec)
    try:
        _check(kind, spec, typed)
    except _Unusable as error:
        raise ProtocolViolation(f"An input of kind {kind!r} can't be asked like this: {error}.") from None


class _Unusable(Exception):
    """What is wrong with a spec."""


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Unusable(otherwise)


def _check(kind: str, spec: s.AnySpec, typed: s.Spec) -> None:
    _require(is_plain(dict(spec)), "it holds a value that is not JSON, such as NaN or half a character")
    size = len(encode_json(spec))
    _require(size <= MAX_SPEC_BYTES, f"it has {size} bytes, and {MAX_SPEC_BYTES} are allowed")
    for shape, checker in _CHECKERS:
        if isinstance(typed, shape):
            checker(typed)
    if isinstance(typed, s.TextSpec) and typed.secret:
        _require(typed.default is None, "a secret must not have a default, since everybody would see it")
    if typed.default not in (None, "", []):
        _require(not isinstance(typed, (s.FormSpec, s.UploadSpec)), "it can't have a default")
        try:
            check(kind, spec, typed.default)
        except InvalidAnswer as error:
            raise _Unusable(f"its default is no valid answer ({error.message})") from None


def _text(spec: s.TextSpec) -> None:
    low, high = spec.min_length or 0, s.MAX_TEXT_CHARS if spec.max_length is None else spec.max_length
    _require(0 <= low <= high <= s.MAX_TEXT_CHARS and high > 0, "its lengths exclude each other or are too large")
    if spec.pattern is None:
        return
    _require(len(spec.pattern) <= MAX_PATTERN_CHARS, f"its pattern has more than {MAX_PATTERN_CHARS} characters")
    import regex  # late: only what checks patterns needs it

    try:
        regex.compile(spec.pattern)
    except Exception as error:  # broad: an app's pattern may make the library fail in ways that it does not document
        raise _Unusable(f"its pattern {spec.pattern[:100]!r} does not compile ({error})") from None


def _number(spec: s.NumberSpec) -> None:
    for bound in (spec.min, spec.max, spec.step):
        _require(bound is None or (math.isfinite(bound) and abs(bound) < MAX_INTEGER), "a bound is too large")
    _require(spec.step is None or spec.step > 0, "its step is not above 0")
    if spec.min is not None and spec.max is not None:
        _require(spec.min <= spec.max, f"its min {spec.min} is above its max {spec.max}")
        _require(not spec.integer or math.ceil(spec.min) <= spec.max, "no whole number lies between its bounds")
    if isinstance(spec, s.SliderSpec):
        _require(spec.min is not None and spec.max is not None, "a slider needs min and max")


def _choose(spec: s.ChooseSpec | s.ChooseManySpec) -> None:
    count = len(spec.options)
    _require(0 < count <= MAX_OPTIONS, f"it has {count} options, and 1 to {MAX_OPTIONS} are allowed")
    _require(len(set(spec.options)) == count, "two of its options read the same")
    _require("" not in spec.options, "one of its options is empty")
    if isinstance(spec, s.ChooseManySpec):
        low, high = spec.min or 0, count if spec.max is None else spec.max
        _require(0 <= low <= min(high, count) and high > 0, "its min and max can't be met")


def _date(spec: s.DateSpec) -> None:
    _ordered(date, spec.min, spec.max)


def _time(spec: s.TimeSpec) -> None:
    _ordered(time, spec.min, spec.max)


def _ordered(shape: type[date | time], low: str | None, high: str | None) -> None:
    moments: list[Json] = []
    for bound in (low, high):
        if bound is not None:
            try:
                moments.append(shape.fromisoformat(bound))
            except ValueError:
                raise _Unusable(f"its bound {bound[:40]!r} is not ISO 8601") from None
            _require(getattr(moments[-1], "tzinfo", None) is None, f"its bound {bound!r} has an offset")
    _require(moments == sorted(moments), f"its min {low} is after its max {high}")


def _upload(spec: s.UploadSpec) -> None:
    _require(spec.max_bytes is None or spec.max_bytes > 0, "its max_bytes is not above 0")
    _require(len(spec.accept) <= MAX_OPTIONS, f"it accepts more than {MAX_OPTIONS} kinds of files")


def _edit_table(spec: s.EditTableSpec) -> None:
    width = len(spec.columns)
    _require(0 < width <= MAX_COLUMNS, f"it has {width} columns, and 1 to {MAX_COLUMNS} are allowed")
    _require(len(spec.rows) <= s.MAX_ROWS, f"it has {len(spec.rows)} rows, and {s.MAX_ROWS} are allowed")
    for number, row in enumerate(spec.rows):
        _require(len(row) == width, f"row {number} has {len(row)} cells for {width} columns")
        for column, cell in zip(spec.columns, row, strict=True):
            _require(cell_fits(column, cell), f"row {number} does not fit the column {column.name!r} ({column.type})")


def _form(spec: s.FormSpec) -> None:
    count = len(spec.fields)
    _require(0 < count <= MAX_FIELDS, f"it has {count} fields, and 1 to {MAX_FIELDS} are allowed")
    _require(len({field.input for field in spec.fields}) == count, "two of its fields have the same input id")
    _require(len({field.name for field in spec.fields}) == count, "two of its fields have the same name")
    for field in spec.fields:
        _require(field.kind != "form", f"its field {field.name!r} is itself a form")
        try:
            check_request(field.kind, field.spec)
        except ProtocolViolation as error:
            raise _Unusable(f"field {field.name!r}: {error.message.rstrip('.')}") from None


_Checker: TypeAlias = Callable[[Json], None]
_CHECKERS: tuple[tuple[type[s.Spec], _Checker], ...] = (
    (s.TextSpec, _text),
    (s.NumberSpec, _number),
    (s.ChooseSpec, _choose),
    (s.ChooseManySpec, _choose),
    (s.DateSpec, _date),
    (s.TimeSpec, _time),
    (s.UploadSpec, _upload),
    (s.EditTableSpec, _edit_table),
    (s.FormSpec, _form),
)
