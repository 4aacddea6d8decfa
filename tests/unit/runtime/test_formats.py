"""Texts that stand for days, times and numbers, as arguments of an app."""

from __future__ import annotations

from pathlib import Path

import pytest

from outlast.cli.arguments import read_arguments
from outlast.executors.base import AppInfo, Source
from outlast.kit.errors import InvalidArguments
from outlast.protocol.codec import Json
from outlast.runtime.registry import AppEntry


def _entry(shape: dict[str, Json]) -> AppEntry:
    schema = {"type": "object", "properties": {"it": shape}}
    return AppEntry(
        AppInfo(name="go", title="Go", schema=schema), Source(path=Path("a.py"), module="a", root=Path(), code="")
    )


@pytest.mark.parametrize(
    ("format", "fits", "words"),
    [
        ("date", ["2026-01-02"], "a day as YYYY-MM-DD"),
        ("time", ["10:11", "10:11:12", "10:11:12Z", "10:11+02:00"], "a time as HH:MM"),
        ("date-time", ["2026-01-02T03:04", "2026-01-02T03:04:05Z"], "a date and time as YYYY-MM-DDTHH:MM"),
        ("duration", ["PT1H30M", "P1D", "90"], "seconds, or a duration as PT1H30M"),
        ("decimal", ["1.10", "-3"], "a number"),
        ("uuid", ["12345678-1234-5678-1234-567812345678"], "a UUID"),
    ],
)
@pytest.mark.parametrize("may_be_null", [False, True])
def test_what_a_browser_or_a_person_gives_is_taken_and_all_else_is_told(
    format: str, fits: list[str], words: str, may_be_null: bool
) -> None:
    shape: dict[str, Json] = {"type": "string", "format": format}
    entry = _entry({"anyOf": [shape, {"type": "null"}]} if may_be_null else shape)
    for value in fits:
        entry.check({"it": value})
    with pytest.raises(InvalidArguments) as refused:
        entry.check({"it": "soon"})
    assert refused.value.errors == {"it": f"This should be {words}."}


def test_what_may_be_null_is_told_by_its_own_field() -> None:
    person: dict[str, Json] = {"type": "object", "properties": {"age": {"type": "integer"}}}
    with pytest.raises(InvalidArguments) as refused:
        _entry({"anyOf": [person, {"type": "null"}]}).check({"it": {"age": "x"}})
    assert refused.value.errors == {"it.age": "This should be of type integer."}


def test_a_decimal_keeps_its_digits_on_the_command_line() -> None:
    shape: dict[str, Json] = {"type": ["number", "string"], "format": "decimal"}
    assert read_arguments({"properties": {"it": shape}}, ["--it", "1.10"]) == {"it": "1.10"}
