"""Which control asks for a type: text for `str`, a calendar for `date`, options for an enum, a form for a dataclass."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from outlast.protocol.codec import Json
from outlast.sdk.compounds import AnyOf, Many
from outlast.sdk.docstrings import words
from outlast.sdk.files import File
from outlast.sdk.plain import clean, plain
from outlast.sdk.questions import Control, NotAccepted
from outlast.sdk.records import MISSING, Foreign, Member, Record
from outlast.sdk.shapes import BAD, Choice, Leaf, Problems, Ruled, Rules, Shape


class NoControl(TypeError):
    """There is no control that asks for a value of this type."""


Options = Mapping[str, Json]
"""What an author says beside the type: min, max, pattern, options ..., and optional and default."""

TEXT = frozenset({"multiline", "secret", "format", "min", "max", "pattern", "placeholder"})
NUMBER = frozenset({"min", "max", "step", "unit", "slider"})
_COMMON = frozenset({"optional", "default", "help"})


def control_of(shape: Shape, options: Options, *, name: str = "", label: str = "") -> Control:
    """Find the control for a shape.

    Args:
        shape: of the value.
        options: what the author says beside the type; what is None was not said.
        name: of a form's field.
        label: of the input.

    Raises:
        NoControl: none asks for such a value.
        TypeError: an option that this control does not have.
    """
    said = {key: value for key, value in options.items() if value is not None}
    rules = Rules()
    while isinstance(shape, (Ruled, AnyOf)):
        if isinstance(shape, Ruled):
            rules, shape = shape.rules, shape.inner
            continue
        others = shape.others
        if len(others) != 1:
            raise NoControl("A question can't be of several types; ask with choose() first.")
        said["optional"] = True
        shape = others[0]
    kind, spec, allowed = _plain_control(shape, rules, said)
    unknown = sorted(set(said) - allowed - _COMMON)
    if unknown:
        raise TypeError(f"A {kind} input has no option {unknown[0]!r}; it has {', '.join(sorted(allowed | _COMMON))}.")
    loaded = Ruled(shape, rules)
    if said.get("optional"):
        spec["optional"] = True
    if said.get("help"):
        spec["help"] = clean(said["help"])
    elif rules.description:
        spec["help"] = clean(rules.description)
    if said.get("default") is not None:
        spec["default"] = _default(shape, said["default"])
    return Control(kind, spec, _loader(loaded, shape), name=name, label=clean(label or rules.title or words(name)))


def _plain_control(shape: Shape, rules: Rules, said: dict[str, Json]) -> tuple[str, dict[str, Json], frozenset[str]]:
    if isinstance(shape, Choice):
        return "choose", {"options": list(shape.options)}, frozenset()
    if isinstance(shape, Many) and isinstance(shape.item, Choice):
        spec = _given({"options": list(shape.item.options), "min": rules.min_length, "max": rules.max_length})
        return "choose_many", spec | _given({"min": said.get("min"), "max": said.get("max")}), frozenset({"min", "max"})
    if isinstance(shape, Many) and _leaf(shape.item) is File:
        return "upload", _given({"multiple": True, "accept": said.get("accept")}), frozenset({"accept", "max_bytes"})
    kind = _leaf(shape)
    if kind is File:
        return (
            "upload",
            _given({"accept": said.get("accept"), "max_bytes": said.get("max_bytes")}),
            frozenset({"accept", "max_bytes"}),
        )
    if kind in {int, float, Decimal}:
        return ("slider" if said.get("slider") else "number"), _number(kind, rules, said), NUMBER
    if kind is bool:
        return "confirm", {}, frozenset()
    if kind in _DATED:
        return _DATED[kind], _dated(rules, said), frozenset() if kind is datetime else frozenset({"min", "max"})
    if kind in {str, UUID, Path}:
        return "text", _text(rules, said), TEXT
    named = getattr(kind, "__name__", type(shape).__name__)
    raise NoControl(
        f"There is no input for values of type {named}; ask for text, numbers, dates, enums, files or a dataclass."
    )


_DATED: Mapping[object, str] = {date: "date", time: "time", datetime: "datetime"}


def _leaf(shape: Shape) -> object:
    while isinstance(shape, Ruled):
        shape = shape.inner
    return shape.type if isinstance(shape, Leaf) else None


def _given(spec: dict[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in spec.items() if value is not None}


def _number(kind: object, rules: Rules, said: Options) -> dict[str, Json]:
    whole = kind is int
    low = said.get("min", rules.ge if rules.ge is not None else rules.gt)
    high = said.get("max", rules.le if rules.le is not None else rules.lt)
    if whole and "min" not in said and rules.ge is None and rules.gt is not None:
        low = rules.gt + 1
    if whole and "max" not in said and rules.le is None and rules.lt is not None:
        high = rules.lt - 1
    if low is not None and high is not None and low > high:
        raise ValueError(f"min ({low}) is above max ({high}).")
    step = said.get("step", rules.multiple_of)
    spec = {"min": plain(low), "max": plain(high), "step": plain(step), "unit": said.get("unit")}
    return _given(spec | ({"integer": True} if whole else {}))


def _text(rules: Rules, said: Options) -> dict[str, Json]:
    pattern = said.get("pattern")
    if pattern is None and rules.pattern is not None:
        pattern = _whole(rules.pattern)
    if pattern is not None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"The pattern {pattern!r} is no regular expression: {error}.") from error
    form = said.get("format", "text")
    if form not in {"text", "email", "url"}:
        raise ValueError(f"The format of a text is 'text', 'email' or 'url', not {form!r}.")
    return _given(
        {
            "format": None if form == "text" else form,
            "multiline": said.get("multiline") or None,
            "secret": said.get("secret") or None,
            "placeholder": said.get("placeholder"),
            "min_length": said.get("min", rules.min_length),
            "max_length": said.get("max", rules.max_length),
            "pattern": pattern,
        }
    )


def _whole(pattern: str) -> str:
    """JSON Schema's patterns match anywhere in a text, an input's match all of it."""
    head = pattern[1:] if pattern.startswith("^") else f"[\\s\\S]*?(?:{pattern}"
    closing = "" if pattern.startswith("^") else ")"
    return head[:-1] + closing if pattern.endswith("$") else f"{head}{closing}[\\s\\S]*"


def _dated(rules: Rules, said: Options) -> dict[str, Json]:
    low, high = said.get("min", rules.ge), said.get("max", rules.le)
    if low is not None and high is not None and low > high:
        raise ValueError(f"min ({low}) is after max ({high}).")
    return _given({"min": plain(low), "max": plain(high)})


def _default(shape: Shape, value: object) -> Json:
    """The default in the form of an answer: options by what they show, files never."""
    if isinstance(shape, Choice):
        return shown_of(shape, value)
    if isinstance(shape, Many) and isinstance(shape.item, Choice) and isinstance(value, (list, tuple, set, frozenset)):
        return [shown_of(shape.item, part) for part in value]
    return plain(value)


def shown_of(choice: Choice, value: object) -> str:
    """The text that shows an option.

    Raises:
        ValueError: it is not one of the options.
    """
    for shown, option in choice.options.items():
        if option == value or option is value:
            return shown
    raise ValueError(f"The default {value!r} is not one of the options {', '.join(choice.options)}.")


def _loader(loaded: Shape, shape: Shape) -> Callable[[Json], object]:
    """How an answer becomes a value; an answer that the type refuses is not accepted."""
    if isinstance(shape, Choice):
        return lambda value: None if value is None else shape.options[value]
    if isinstance(shape, Many) and isinstance(shape.item, Choice):
        choice = shape.item
        return lambda value: shape.make([choice.options[part] for part in value or []])
    single_file = _leaf(shape) is File

    def load(value: Json) -> object:
        if single_file and isinstance(value, list):
            value = value[0] if value else None
        if value is None:
            return None
        problems = Problems()
        found = loaded.load(value, "This", problems)
        if found is BAD:
            raise NotAccepted("; ".join(f"{path} {message}" for path, message in problems.items()) + ".")
        return found

    return load


def fields_of(shape: Shape, *, prefix: str = "") -> Sequence[Control]:
    """The controls of a record's fields; those of a record in it come flat, as ``address.city``.

    Raises:
        NoControl: a field is of a type that can't be asked for.
    """
    controls: list[Control] = []
    for member in members_of(shape):
        name = prefix + member.name
        inner = record_in(member.shape)
        if inner is not None:
            controls.extend(fields_of(inner, prefix=f"{name}."))
            continue
        default = None if member.default is MISSING else member.default
        options = {"default": default, "optional": True if not member.required and default is None else None}
        try:
            control = control_of(member.shape, options | {"help": member.description}, name=name)
        except NoControl as error:
            raise NoControl(f"The field {name!r}: {error}") from error
        controls.append(
            control if control.label != words(name) else _labelled(control, member.title or words(member.name))
        )
    return controls


def _labelled(control: Control, label: str) -> Control:
    return Control(control.kind, control.spec, control.load, name=control.name, label=clean(label))


def record_in(shape: Shape) -> Record | Foreign | None:
    """The record that a shape is, behind constraints; None for any other."""
    while isinstance(shape, Ruled):
        shape = shape.inner
    return shape if isinstance(shape, Record) or (isinstance(shape, Foreign) and shape.members) else None


def members_of(shape: Shape) -> Sequence[Member]:
    """The fields of a record."""
    return shape.members if isinstance(shape, (Record, Foreign)) else ()
