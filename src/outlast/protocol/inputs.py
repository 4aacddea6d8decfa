"""Inputs, whole: the kinds and their specs, the check of what an app asks, and the check of an answer.

An answer is a JSON value. `check` gives it back in its canonical form or says what is wrong with it; the
session process turns the canonical form into the Python value that the app gets.
"""

from outlast.protocol.answers import check
from outlast.protocol.requests import check_request
from outlast.protocol.specs import (
    KINDS,
    MAX_TEXT_CHARS,
    AnySpec,
    ApproveSpec,
    ChatSpec,
    ChooseManySpec,
    ChooseSpec,
    ConfirmSpec,
    DateSpec,
    DateTimeSpec,
    EditTableSpec,
    Field,
    FormSpec,
    NumberSpec,
    SliderSpec,
    Spec,
    TextSpec,
    TimeSpec,
    UploadSpec,
    is_secret,
    parse_spec,
)

__all__ = [
    "KINDS",
    "MAX_TEXT_CHARS",
    "AnySpec",
    "ApproveSpec",
    "ChatSpec",
    "ChooseManySpec",
    "ChooseSpec",
    "ConfirmSpec",
    "DateSpec",
    "DateTimeSpec",
    "EditTableSpec",
    "Field",
    "FormSpec",
    "NumberSpec",
    "SliderSpec",
    "Spec",
    "TextSpec",
    "TimeSpec",
    "UploadSpec",
    "check",
    "check_request",
    "is_secret",
    "parse_spec",
]
