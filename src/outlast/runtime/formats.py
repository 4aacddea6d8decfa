"""What a text must look like to be a day, a time, a number or an id: the same here as in the session process."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import msgspec
from jsonschema import FormatChecker

_READ: Mapping[str, tuple[Callable[[str], object], str]] = {
    "date": (date.fromisoformat, "a day as YYYY-MM-DD"),
    "time": (time.fromisoformat, "a time as HH:MM"),
    "date-time": (datetime.fromisoformat, "a date and time as YYYY-MM-DDTHH:MM"),
    "duration": (lambda text: msgspec.convert(text, timedelta, strict=False), "seconds, or a duration as PT1H30M"),
    "decimal": (Decimal, "a number"),
    "uuid": (uuid.UUID, "a UUID"),
}


def _checker() -> FormatChecker:
    # Those of the library depend on what else is installed, and refuse a time without seconds or an offset.
    checker = FormatChecker(())
    for name, (read, _) in _READ.items():
        checker.checks(name, raises=(ValueError, ArithmeticError, msgspec.ValidationError))(_check_text(read))
    return checker


def _check_text(read: Callable[[str], object]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or read(value.strip()) is not None


CHECKER = _checker()
"""Knows the formats of Python's own types; any other is the session process's to check."""


def words_for(format: str) -> str:
    """What a text of a format is, for people."""
    return _READ[format][1]
