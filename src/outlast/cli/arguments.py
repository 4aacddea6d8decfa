"""An app's parameters on the command line: ``--city Lisbon --days 3 --no-hurry``, told by its JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from outlast.kit.errors import InvalidArguments
from outlast.protocol.codec import Json
from outlast.protocol.commands import AppInfo

_MAX_CHOICES = 8


def read_arguments(
    schema: Mapping[str, Json], words: Sequence[str], *, file: Callable[[Path], Json] | None = None
) -> Mapping[str, Json]:
    """Turn words of a command line into an app's arguments, still to be checked against its schema.

    Args:
        schema: of the arguments, an object schema.
        words: ``--name value``, ``--name=value``, ``--flag``, ``--no-flag``; a list's option may come several times.
            What has no name fills the parameters in their order.
        file: makes the argument for a parameter that is a file; without it files can't be given.

    Returns:
        JSON values by parameter.

    Raises:
        InvalidArguments: an unknown option, a missing value, or a text that can't be such a value.
    """
    reader = _Reader(schema, file)
    rest = list(words)
    while rest:
        reader.take(rest)
    return reader.given


def in_options(error: InvalidArguments, target: str) -> InvalidArguments:
    """Say what is wrong with an app's arguments in the words of the command line.

    Args:
        error: as the check against the app's schema raised it.
        target: what was run; its help is pointed at.
    """
    if not error.errors or "" in error.errors:
        return error
    wrong = "; ".join(f"--{name.replace('_', '-')}: {words.rstrip('.')}" for name, words in error.errors.items())
    return InvalidArguments(f"{wrong}. See `outlast run {target} --help`.", errors=error.errors)


def describe(info: AppInfo) -> Sequence[tuple[str, str, str]]:
    """Say an app's parameters.

    Returns:
        For each its option, its form (``INTEGER``) and what is said of it.
    """
    needed = info.schema.get("required", [])
    told = []
    for name, schema in info.schema.get("properties", {}).items():
        shape = _resolved(schema, info.schema)
        words = [str(shape.get("description") or schema.get("description") or "")]
        if name in needed:
            words.append("[required]")
        elif "default" in schema and schema["default"] is not None:
            words.append(f"[default: {_said(schema['default'])}]")
        option = f"--{name.replace('_', '-')}"
        if shape.get("type") == "boolean":
            option = f"{option} / --no-{option[2:]}"
        told.append((option, _form(shape, info.schema), " ".join(filter(None, words))))
    return told


class _Reader:
    def __init__(self, schema: Mapping[str, Json], file: Callable[[Path], Json] | None) -> None:
        self.given: dict[str, Json] = {}
        self._schema = schema
        self._properties: Mapping[str, Json] = schema.get("properties", {})
        self._file = file

    def take(self, words: list[str]) -> None:
        word = words.pop(0)
        if not word.startswith("--"):
            self._set(self._next_unnamed(word), word)
            return
        option, equals, value = word[2:].partition("=")
        name = option.replace("-", "_")
        if name not in self._properties and name.startswith("no_") and self._is_flag(name[3:]) and not equals:
            self.given[name[3:]] = False
        elif name not in self._properties:
            raise _wrong(name, f"The app has no parameter --{option}. {self._known()}")
        elif equals:
            self._set(name, value)
        elif self._is_flag(name):
            self.given[name] = True
        elif not words:
            raise _wrong(name, f"--{option} needs a value.")
        else:
            self._set(name, words.pop(0))

    def _set(self, name: str, text: str) -> None:
        shape = _resolved(self._properties[name], self._schema)
        if shape.get("type") == "array" and not text.lstrip().startswith("["):
            items = shape.get("items", {})
            known = self.given.setdefault(name, [])
            known.append(self._value(name, text, _resolved(items, self._schema)))
        elif name in self.given:
            raise _wrong(name, f"--{name.replace('_', '-')} was given twice.")
        else:
            self.given[name] = self._value(name, text, shape)

    def _value(self, name: str, text: str, shape: Mapping[str, Json]) -> Json:
        if shape.get("format") == "file":
            return self._stored(name, text)
        for attempt in _readings(text, shape, self._schema):
            return attempt
        form = _form(shape, self._schema)
        raise _wrong(name, f"--{name.replace('_', '-')}: {text!r} is not of the form {form}.")

    def _stored(self, name: str, text: str) -> Json:
        path = Path(text).expanduser()
        if self._file is None or not path.is_file():
            raise _wrong(name, f"--{name.replace('_', '-')}: there is no file {text!r}.")
        return self._file(path)

    def _is_flag(self, name: str) -> bool:
        return _resolved(self._properties.get(name, {}), self._schema).get("type") == "boolean"

    def _next_unnamed(self, word: str) -> str:
        for name in self._properties:
            if name not in self.given:
                return name
        raise _wrong("", f"{word!r} is one argument too many. {self._known()}")

    def _known(self) -> str:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in self._properties)
        return f"It takes {names}." if names else "It takes none."


def _readings(text: str, shape: Mapping[str, Json], root: Mapping[str, Json]) -> Iterator[Json]:
    """The values that a text may mean to a schema, the likeliest first."""
    if "enum" in shape or "const" in shape:
        options = shape.get("enum", [shape.get("const")])
        yield from (option for option in options if _said(option) == text)
        return
    if shape.get("format") == "decimal":
        yield text  # as a number of JSON it would lose digits
        return
    for part in shape.get("anyOf", shape.get("oneOf", ())):
        yield from _readings(text, _resolved(part, root), root)
    types = shape.get("type", () if "anyOf" in shape or "oneOf" in shape else "string")
    for kind in sorted([types] if isinstance(types, str) else types, key=_PRECEDENCE.index):
        try:
            yield _READ[kind](text)
        except ValueError:
            continue


def _boolean(text: str) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def _null(text: str) -> None:
    if text not in ("", "null", "none"):
        raise ValueError(text)


_READ: Mapping[str, Callable[[str], Json]] = {
    "null": _null,
    "boolean": _boolean,
    "integer": int,
    "number": float,
    "array": json.loads,
    "object": json.loads,
    "string": str,
}
_PRECEDENCE = list(_READ)


def _resolved(schema: Mapping[str, Json], root: Mapping[str, Json]) -> Mapping[str, Json]:
    """Follow ``$ref``, and see through "this or null"."""
    for _ in range(10):
        if "$ref" in schema:
            target: Json = root
            for part in str(schema["$ref"]).removeprefix("#/").split("/"):
                target = target.get(part, {})
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
            continue
        parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
        if len(parts) == 1:
            schema = {**parts[0], **{key: value for key, value in schema.items() if key != "anyOf"}}
            continue
        break
    return schema


def _form(shape: Mapping[str, Json], root: Mapping[str, Json]) -> str:
    """A schema in a word or two: ``INTEGER``, ``relaxed|packed``, ``TEXT...``."""
    if shape.get("format") == "file":
        return "FILE"
    if "enum" in shape:
        options = [_said(option) for option in shape["enum"]]
        return "|".join(options[:_MAX_CHOICES]) + ("|..." if len(options) > _MAX_CHOICES else "")
    if shape.get("anyOf") or shape.get("oneOf"):
        parts = shape.get("anyOf") or shape["oneOf"]
        return " or ".join(dict.fromkeys(_form(_resolved(part, root), root) for part in parts))
    kind = shape.get("type", "string")
    if kind == "array":
        return f"{_form(_resolved(shape.get('items', {}), root), root)}..."
    if kind == "string" and shape.get("format"):
        return str(shape["format"]).upper()
    names = {"string": "TEXT", "object": "JSON", "boolean": "FLAG"}
    return " or ".join(names.get(each, each.upper()) for each in ([kind] if isinstance(kind, str) else kind))


def _said(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _wrong(name: str, message: str) -> InvalidArguments:
    return InvalidArguments(message, errors={name: message})
