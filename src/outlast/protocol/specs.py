"""What an input of each kind may be asked with: its spec. A new kind is one struct here and one entry in `KINDS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from outlast.kit.errors import ProtocolViolation
from outlast.protocol.blocks import Column
from outlast.protocol.codec import Json, from_json

MAX_TEXT_CHARS = 100_000
MAX_ROWS = 10_000


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
    """Free text.

    ``secret``: typed unseen and shown to nobody. ``pattern``: a regular expression in Python's syntax that must
    match the whole text. Lengths are in characters.
    """

    format: Literal["text", "email", "url"] = "text"
    multiline: bool = False
    secret: bool = False
    placeholder: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


class NumberSpec(Spec):
    """A number; ``integer`` for whole ones. Bounds are inclusive; ``step`` is how far the control moves."""

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
    """One or several files; the answer is a list of `FileRef`. ``accept`` holds what the HTML attribute may hold."""

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
        return from_json(spec, shape)
    except ProtocolViolation as error:
        raise ProtocolViolation(f"The spec does not fit an input of kind {kind!r}: {error}.") from error


def is_secret(kind: str, spec: AnySpec) -> bool:
    """Tell whether an answer must be shown to nobody; one secret field makes a whole form's answer secret.

    Raises:
        ProtocolViolation: as `parse_spec`.
    """
    typed = parse_spec(kind, spec)
    if isinstance(typed, FormSpec):
        return any(field.kind == "text" and is_secret("text", field.spec) for field in typed.fields)
    return isinstance(typed, TextSpec) and typed.secret
