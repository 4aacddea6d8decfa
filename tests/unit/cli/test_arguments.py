"""An app's parameters on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Literal

import pytest

from outlast import File, app
from outlast.cli.arguments import describe, read_arguments
from outlast.kit.errors import InvalidArguments
from outlast.protocol.codec import Json


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


@dataclass
class Person:
    name: str
    age: int = 0


@app
def many(
    city: str,
    *,
    days: int = 2,
    ratio: float = 0.5,
    hurry: bool = False,
    tags: list[str] | None = None,
    style: Literal["relaxed", "packed"] = "relaxed",
    size: Size = Size.SMALL,
    when: date | None = None,
    who: Person | None = None,
    picture: File | None = None,
) -> None:
    """Many kinds of parameters."""


INFO = many.info()


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["--city", "Porto"], {"city": "Porto"}),
        (["Porto", "3"], {"city": "Porto", "days": 3}),
        (["--city=Porto", "--days=-1", "--ratio", "2"], {"city": "Porto", "days": -1, "ratio": 2.0}),
        (["--hurry", "--city", "1"], {"hurry": True, "city": "1"}),
        (["--no-hurry"], {"hurry": False}),
        (["--hurry=no"], {"hurry": False}),
        (["--tags", "a", "--tags", "b"], {"tags": ["a", "b"]}),
        (["--tags", '["a", "b"]'], {"tags": ["a", "b"]}),
        (["--style", "packed", "--size", "large"], {"style": "packed", "size": "large"}),
        (["--when", "2026-01-02"], {"when": "2026-01-02"}),
        (["--who", '{"name": "Ada"}'], {"who": {"name": "Ada"}}),
    ],
)
def test_words_become_arguments_by_their_types(words: list[str], given: dict[str, Json]) -> None:
    assert read_arguments(INFO.schema, words) == given


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--town", "Porto"], r"no parameter --town\. It takes --city, --days"),
        (["--days", "many"], "'many' is not of the form INTEGER"),
        (["--style", "wild"], r"'wild' is not of the form relaxed\|packed"),
        (["--city"], "--city needs a value"),
        (["--city", "a", "--city", "b"], "given twice"),
        (["--who", "Ada"], "not of the form JSON"),
        (["--picture", "nowhere.png"], r"no file 'nowhere\.png'"),
    ],
)
def test_words_that_do_not_fit_are_refused_with_a_reason(words: list[str], why: str) -> None:
    with pytest.raises(InvalidArguments, match=why):
        read_arguments(INFO.schema, words)


def test_a_file_is_handed_on_to_be_stored(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.touch()
    given = read_arguments(INFO.schema, ["--picture", str(picture)], file=lambda path: {"name": path.name})
    assert given == {"picture": {"name": "a.png"}}


def test_parameters_are_described_with_form_and_default() -> None:
    told = {option: (form, words) for option, form, words in describe(INFO)}
    assert told["--city"] == ("TEXT", "[required]")
    assert told["--days"] == ("INTEGER", "[default: 2]")
    assert told["--hurry / --no-hurry"][0] == "FLAG"
    assert told["--tags"][0] == "TEXT..."
    assert told["--style"][0] == "relaxed|packed"
    assert told["--picture"][0] == "FILE"
