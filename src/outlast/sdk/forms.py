"""Forms: several inputs answered at once, from a mapping of fields or from a class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TypeVar, overload

from typing_extensions import override

from outlast.protocol.codec import Json
from outlast.protocol.events import User
from outlast.sdk.controls import control_of, fields_of, members_of, record_in
from outlast.sdk.docstrings import words
from outlast.sdk.hints import shape_of
from outlast.sdk.plain import clean
from outlast.sdk.questions import Control, NotAccepted, Question, asks
from outlast.sdk.records import MISSING, Foreign, Record
from outlast.sdk.shapes import shown_member

T = TypeVar("T")


@dataclass(frozen=True)
class FieldSpec:
    """One field of a form, as `field` describes it."""

    type: object
    label: str | None
    options: Mapping[str, Json]
    choices: Mapping[str, object] | None = None
    multiple: bool = False

    def control(self, name: str) -> Control:
        """How the field is asked."""
        label = self.label or words(name)
        if self.choices is None:
            return control_of(shape_of(self.type, {}), self.options, name=name, label=label)
        return choice_control(self.choices, multiple=self.multiple, options=self.options, name=name, label=label)


def choice_control(
    choices: Mapping[str, object], *, multiple: bool, options: Mapping[str, Json], name: str = "", label: str = ""
) -> Control:
    """The control that picks one of the choices, or several."""
    allowed = {"default", "optional", "help"} | ({"min", "max"} if multiple else set())
    unknown = sorted(key for key, value in options.items() if value is not None and key not in allowed)
    if unknown:
        raise TypeError(f"A field with options has no {unknown[0]!r}; it has {', '.join(sorted(allowed))}.")
    spec = {key: value for key, value in options.items() if value is not None and key != "default"}
    if spec.get("optional") is False:
        del spec["optional"]
    default = options.get("default")
    if default is not None:
        spec["default"] = [shown_as(choices, part) for part in default] if multiple else shown_as(choices, default)
    spec["options"] = list(choices)

    def load(value: Json) -> object:
        if multiple:
            return [choices[part] for part in value or []]
        return None if value is None else choices[value]

    return Control("choose_many" if multiple else "choose", spec, load, name=name, label=clean(label))


def shown_as(choices: Mapping[str, object], value: object) -> str:
    """The text of the choice that has this value.

    Raises:
        ValueError: there is none.
    """
    for shown, choice in choices.items():
        if choice is value or choice == value:
            return shown
    raise ValueError(f"The default {value!r} is not one of the options {', '.join(choices)}.")


class Answers(Mapping[str, Json]):
    """The answers of a form, by the names of its fields: ``answers["city"]`` or ``answers.city``."""

    def __init__(self, values: Mapping[str, Json]) -> None:
        self._values = dict(values)

    @override
    def __getitem__(self, name: str) -> Json:
        return self._values[name]

    def __getattr__(self, name: str) -> Json:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"The form has no field {name!r}.") from None

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    @override
    def __len__(self) -> int:
        return len(self._values)

    @override
    def __repr__(self) -> str:
        return f"Answers({self._values!r})"


def instance_of(shape: Record | Foreign, flat: Mapping[str, object]) -> object:
    """Make the object of a class from the answers to its flat fields.

    Raises:
        NotAccepted: its constructor refuses them together.
    """
    given: dict[str, object] = {}
    for member in members_of(shape):
        inner = record_in(member.shape)
        if inner is not None:
            prefix = f"{member.name}."
            below = {name[len(prefix) :]: value for name, value in flat.items() if name.startswith(prefix)}
            given[member.name] = instance_of(inner, below)
            continue
        value = flat[member.name]
        if value is not None or member.required or member.default in {None, MISSING}:
            given[member.name] = value
    return _made(shape, given)


def _made(shape: Record | Foreign, given: Mapping[str, object]) -> object:
    try:
        return shape.owner(**given) if isinstance(shape, Record) else shape.adapter.validate_python(given)
    except (ValueError, AssertionError) as error:
        details: Json = getattr(error, "errors", None)
        if callable(details):  # Pydantic's
            raise NotAccepted(
                "; ".join(f"{_place(found['loc'])}{found['msg']}" for found in details()) + "."
            ) from error
        raise NotAccepted(str(error) or type(error).__name__) from error


def _place(loc: Sequence[object]) -> str:
    return f"{'.'.join(map(str, loc))}: " if loc else ""


def field(
    type: object = str,
    label: str | None = None,
    *,
    options: Sequence[object] | Mapping[str, object] | None = None,
    multiple: bool = False,
    default: object = None,
    optional: bool = False,
    help: str | None = None,
    min: object = None,
    max: object = None,
    step: float | None = None,
    unit: str | None = None,
    slider: bool = False,
    format: str | None = None,
    multiline: bool = False,
    secret: bool = False,
    pattern: str | None = None,
    placeholder: str | None = None,
    accept: Sequence[str] | None = None,
    max_bytes: int | None = None,
) -> FieldSpec:
    """Describe a field of a `form` that needs more than a type.

    Args:
        type: `str`, `int`, `float`, `bool`, `date`, an enum, `File`, and so on.
        label: what is asked; the field's name in words unless given.
        options: what to choose from, instead of a type.
        multiple: several of the options may be chosen.
        default: what the control starts with.
        optional: it may be left empty, and is None then.
        help: a line below it.
        min: least number, earliest date, or fewest characters.
        max: greatest number, latest date, or most characters.
        step: between two numbers.
        unit: behind a number.
        slider: pick the number between ``min`` and ``max``.
        format: of text: ``email`` or ``url``.
        multiline: text of several lines.
        secret: text that is typed unseen and shown to nobody.
        pattern: a regular expression that the whole text must match.
        placeholder: shown while the text is empty.
        accept: kinds of files: ``.csv``, ``image/*``.
        max_bytes: size of a file.

    Example:
        ```python
        form("Guest", {"name": str, "age": field(int, min=0, max=130)})
        ```
    """
    said: dict[str, Json] = {
        "default": default, "optional": optional or None, "help": help, "min": min, "max": max, "step": step,
        "unit": unit, "slider": slider or None, "format": format, "multiline": multiline or None,
        "secret": secret or None, "pattern": pattern, "placeholder": placeholder,
        "accept": list(accept) if accept else None, "max_bytes": max_bytes,
    }  # fmt: skip
    return FieldSpec(type, label, said, None if options is None else choices_of(options), multiple)


def choices_of(options: object, show: Callable[[Json], str] | None = None) -> Mapping[str, object]:
    """Options by the text that shows them.

    Args:
        options: values, or a mapping of text to value.
        show: gives the text of a value.

    Raises:
        TypeError: options are neither a sequence nor a mapping of text to value.
        ValueError: there are none, or two are shown alike.
    """
    if isinstance(options, (str, bytes)) or not isinstance(options, Iterable):
        raise TypeError(f"Options are a list or a mapping of text to value, not {type(options).__name__}.")
    if show is not None:
        values = options.values() if isinstance(options, Mapping) else options
        pairs = [(clean(str(show(value))), value) for value in values]
    elif isinstance(options, Mapping):
        pairs = [(clean(str(shown)), value) for shown, value in options.items()]
    else:
        pairs = [(shown_member(o) if isinstance(o, Enum) else clean(str(o)), o) for o in options]
    if not pairs:
        raise ValueError("There is nothing to choose from: the options are empty.")
    choices: dict[str, object] = {}
    for shown, value in pairs:
        if shown in choices:
            raise ValueError(f"Two options are shown as {shown!r}; give a mapping of different texts to values.")
        choices[shown] = value
    return choices


@overload
def form(
    label: str,
    fields: type[T],
    *,
    submit: str = "Submit",
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> T: ...
@overload
def form(
    label: str,
    fields: Mapping[str, object],
    *,
    submit: str = "Submit",
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Answers: ...
@asks
def form(
    label: str,
    fields: object,
    *,
    submit: str = "Submit",
    help: str | None = None,
    audience: str | None = None,
    timeout: timedelta | None = None,
    key: str | None = None,
) -> Question[object]:
    """Ask several things at once.

    Args:
        label: above the fields.
        fields: names to types or `field(...)`; or a dataclass, TypedDict, struct or Pydantic model.
        submit: on the button.
        help: a line below the label.
        audience: who may answer, such as ``admin``; whoever may see the session unless given.
        timeout: how long to wait for an answer.
        key: names the input, for code that calls from several threads or tasks.

    Returns:
        The answers, by name or as attributes; or an object of the class. What its constructor refuses (a validator,
        ``__post_init__``) is shown, and the form asked again.

    Raises:
        TypeError: a field is of a type that can't be asked for.
        AnswerTimeout: nobody answered in time.

    Example:
        ```python
        guest = form("Guest", {"name": str, "age": field(int, min=0)})
        write(f"Welcome, {guest.name}")
        ```
    """
    controls, load = _described(fields)
    if not controls:
        raise ValueError("A form needs at least one field.")

    def answers(value: Json, by: User | None) -> object:
        del by
        return load({control.name: _loaded(control, value.get(control.name)) for control in controls})

    spec: dict[str, Json] = {} if submit == "Submit" else {"submit": clean(submit)}
    return Question(
        "form", label, spec, answers, fields=controls, help=help, audience=audience, timeout=timeout, key=key
    )


def _loaded(control: Control, value: Json) -> object:
    try:
        return control.load(value)
    except NotAccepted as wrong:
        raise NotAccepted(f"{control.label}: {wrong}") from None


def _described(fields: object) -> tuple[Sequence[Control], Callable[[Mapping[str, object]], object]]:
    if isinstance(fields, Mapping):
        controls = [
            (spec if isinstance(spec, FieldSpec) else FieldSpec(spec, None, {})).control(str(name))
            for name, spec in fields.items()
        ]
        return controls, Answers
    record = record_in(shape_of(fields, {}))
    if record is None:
        raise TypeError("form() takes a mapping of names to types, or a dataclass, TypedDict or Pydantic model.")
    return fields_of(record), lambda flat: instance_of(record, flat)


def form_question(kind: object, label: str, options: Mapping[str, Json]) -> Question[object] | None:
    """The form that asks for an object of a class; None when the type is no record."""
    record = record_in(shape_of(kind, {}))
    if record is None:
        return None
    refused = sorted(key for key, value in options.items() if value is not None)
    if refused:
        raise TypeError(f"A form has no option {refused[0]!r}; give it to the fields by Annotated or field().")
    controls = fields_of(record)
    return Question(
        "form",
        label,
        {},
        lambda value, _by: instance_of(record, {c.name: _loaded(c, value.get(c.name)) for c in controls}),
        fields=controls,
    )
