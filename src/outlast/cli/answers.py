"""Answers written as text: typed at a prompt, given as an argument, or read as a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from outlast.kit.errors import InvalidAnswer
from outlast.protocol.codec import Json

_YES = frozenset({"y", "yes", "true", "1", "on"})
_NO = frozenset({"n", "no", "false", "0", "off"})


def from_text(kind: str, spec: Mapping[str, Json], text: str) -> Json:
    """Turn text into an answer, still to be checked against the spec.

    Args:
        kind: of the input; an upload or a form given as text must be JSON.
        spec: what it was asked with.
        text: ``yes``, an option or its number, several of them with commas, or JSON. Empty takes the default.

    Raises:
        InvalidAnswer: the text can't be an answer to such an input.
    """
    if text.strip() == "":
        return empty(kind, spec)
    if kind == "confirm":
        return _yes_or_no(text, spec)
    if kind == "approve":
        return _decision(text, spec)
    if kind == "choose":
        return _option(text, _options(spec))
    if kind == "choose_many":
        given = _json(text, "a list") if text.lstrip().startswith("[") else text.split(",")
        if not isinstance(given, list):
            raise _wrong("Please give options separated by commas.")
        return [_option(str(part), _options(spec)) for part in given if str(part).strip()]
    if kind in ("edit_table", "form", "upload"):
        return _json(text, {"edit_table": "a list of rows", "form": "an object", "upload": "a file"}[kind])
    return text if kind in ("text", "chat") else text.strip()


def empty(kind: str, spec: Mapping[str, Json]) -> Json:
    """What no text at all means: the default, the table as it is, or no answer."""
    if spec.get("default") is not None:
        return spec["default"]
    if kind == "edit_table":
        return spec.get("rows", [])
    return None


def hint(kind: str, spec: Mapping[str, Json]) -> str:
    """Say in a few words what an answer may look like; empty where that is plain."""
    words = {
        "confirm": f"{spec.get('yes', 'Yes')}/{spec.get('no', 'No')}",
        "approve": f"{spec.get('yes', 'Approve')}/{spec.get('no', 'Reject')}, then a comment if you like",
        "date": "YYYY-MM-DD",
        "time": "HH:MM",
        "datetime": "YYYY-MM-DD HH:MM",
        "upload": "path of a file" if not spec.get("multiple") else "paths of files",
        "edit_table": "rows as JSON, or nothing to keep them",
    }.get(kind, "")
    if kind in ("number", "slider"):
        words = _bounds(spec)
    if spec.get("optional"):
        words = f"{words}, may be left empty" if words else "may be left empty"
    return words


def _bounds(spec: Mapping[str, Json]) -> str:
    low, high, unit = spec.get("min"), spec.get("max"), spec.get("unit") or ""
    if low is not None and high is not None:
        words = f"{low:g} to {high:g}"
    elif low is not None:
        words = f"at least {low:g}"
    elif high is not None:
        words = f"at most {high:g}"
    else:
        words = "whole number" if spec.get("integer") else ""
    return f"{words} {unit}".strip()


def _options(spec: Mapping[str, Json]) -> Sequence[str]:
    return [str(option) for option in spec.get("options", ())]


def _option(text: str, options: Sequence[str]) -> str:
    """An option by its text, else by a text that differs only in case, else by its number."""
    if text in options:
        return text
    wanted = text.strip()
    alike = [option for option in options if option.strip().casefold() == wanted.casefold()]
    if len(alike) == 1:
        return alike[0]
    if wanted.isdecimal() and 0 < int(wanted) <= len(options):
        return options[int(wanted) - 1]
    return wanted


def _yes_or_no(text: str, spec: Mapping[str, Json]) -> bool:
    word = text.strip().casefold()
    if word in _YES | {str(spec.get("yes", "yes")).casefold()}:
        return True
    if word in _NO | {str(spec.get("no", "no")).casefold()}:
        return False
    raise _wrong(f"Please answer yes or no; {text.strip()[:40]!r} is neither.")


def _decision(text: str, spec: Mapping[str, Json]) -> Json:
    if text.lstrip().startswith("{"):
        return _json(text, "an object")
    word, _, comment = text.strip().partition(" ")
    words = {
        **dict.fromkeys(_YES | {"approve", str(spec.get("yes", "approve")).casefold()}, True),
        **dict.fromkeys(_NO | {"reject", str(spec.get("no", "reject")).casefold()}, False),
    }
    approved = words.get(word.rstrip(":,").casefold())
    if approved is None:
        raise _wrong("Please answer approve or reject, then a comment if you like.")
    return {"approved": approved, "comment": comment.strip()}


def _json(text: str, what: str) -> Json:
    try:
        return json.loads(text)
    except ValueError as error:
        raise _wrong(f"Please give {what} as JSON: {error}.") from None


def _wrong(message: str) -> InvalidAnswer:
    return InvalidAnswer(message, errors={"": message})
