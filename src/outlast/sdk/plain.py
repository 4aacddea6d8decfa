"""Python values as plain JSON values: None, bool, int, finite float, str, list, dict with text keys.

Libraries are known by the shape of their values and never imported here.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import math
import uuid
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePath

import msgspec

from outlast.protocol.codec import Json

MAX_INT = 2**63 - 1
"""Larger whole numbers become text: neither msgpack nor most readers of JSON hold them."""

_MAX_DEPTH = 64


def clean(text: str) -> str:
    """Replace what UTF-8 can't hold (lone surrogates)."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def plain(value: object) -> Json:
    """Turn a value into JSON values.

    Args:
        value: JSON values, numbers of numpy, dates, enums, paths, dataclasses, structs, Pydantic models, sets, and
            lists and mappings of those. NaN and infinity become None; bytes become text.

    Raises:
        TypeError: it holds something else; the message says where.
        ValueError: it is nested too deeply, or holds itself.
    """
    return _plain(value, "value", 0)


def cell(value: object) -> Json:
    """Turn a table's cell into a JSON value; what has no JSON form becomes its text."""
    try:
        return _plain(value, "cell", 0)
    except (TypeError, ValueError):
        return clean(str(value))


def _plain(value: object, where: str, depth: int) -> Json:
    scalar = _scalar(value)
    if scalar is not _NOT_SCALAR:
        return scalar
    if depth > _MAX_DEPTH:
        raise ValueError(f"{where} is nested more than {_MAX_DEPTH} deep, or holds itself.")
    if isinstance(value, Mapping):
        return {_key(key): _plain(part, f"{where}[{key!r}]", depth + 1) for key, part in value.items()}
    if isinstance(value, (list, tuple, AbstractSet)):
        fields = getattr(value, "_fields", None)
        if isinstance(value, tuple) and fields:
            return {name: _plain(part, f"{where}.{name}", depth + 1) for name, part in zip(fields, value, strict=True)}
        parts: Iterable[object] = sorted(value, key=str) if isinstance(value, AbstractSet) else value
        return [_plain(part, f"{where}[{i}]", depth + 1) for i, part in enumerate(parts)]
    record = as_record(value)
    if record is not None:
        return {name: _plain(part, f"{where}.{name}", depth + 1) for name, part in record.items()}
    if callable(to_list := getattr(value, "tolist", None)):  # arrays
        return _plain(to_list(), where, depth + 1)
    raise TypeError(
        f"{where} is of type {type(value).__name__}, which has no JSON form; "
        "give numbers, text, dates, lists, mappings or dataclasses."
    )


_NOT_SCALAR = object()


def _scalar(value: object) -> Json:
    if value is None or value is True or value is False:
        return value
    if isinstance(value, enum.Enum):
        return _scalar(value.value) if _scalar(value.value) is not _NOT_SCALAR else value.name
    for shape, convert in _SCALARS:
        if isinstance(value, shape):
            return convert(value)
    return _foreign(value)


def _int(value: int) -> int | str:
    return int(value) if -MAX_INT <= value <= MAX_INT else str(int(value))


def _float(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _decimal(value: Decimal) -> int | float | None:
    if not value.is_finite():
        return None
    whole = value == value.to_integral_value() and abs(value) <= MAX_INT
    return int(value) if whole else _float(float(value))


def _moment(value: datetime | date | time) -> str | None:
    return value.isoformat() if value == value else None


def _bytes(value: bytes | bytearray | memoryview) -> str:
    data = bytes(value)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.hex()


_SCALARS: tuple[tuple[type | tuple[type, ...], Json], ...] = (
    (str, lambda value: clean(str(value))),
    (int, _int),
    (float, _float),
    (Decimal, _decimal),
    ((datetime, date, time), _moment),
    (timedelta, lambda value: str(value) if value == value else None),
    ((uuid.UUID, PurePath), str),
    ((bytes, bytearray, memoryview), _bytes),
)


def _foreign(value: object) -> Json:
    """Scalars of numpy and pandas, known by their shape: no dimensions and an ``item``; ``NA`` by its type's name."""
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        if getattr(getattr(value, "dtype", None), "kind", "") in {"M", "m"}:  # numpy's own dates know no time zone
            text = str(value)
            return None if text == "NaT" else text
        native = item()
        return _scalar(native) if type(native) is not type(value) else str(value)
    return _NOT_SCALAR


def _key(key: object) -> str:
    if isinstance(key, str) and not isinstance(key, enum.Enum):
        return clean(key)
    if isinstance(key, (list, tuple)):
        return ", ".join(_key(part) for part in key)
    name = _scalar(key)
    if name is _NOT_SCALAR:
        raise TypeError(f"A key of type {type(key).__name__} has no JSON form; use text.")
    if name is None or isinstance(name, bool):
        return json.dumps(name)
    return str(name)


def as_record(value: object) -> Mapping[str, object] | None:
    """The fields of a dataclass, a struct, a Pydantic model or an attrs object; None for anything else."""
    if isinstance(value, type):
        return None
    if dataclasses.is_dataclass(value):
        return {part.name: getattr(value, part.name) for part in dataclasses.fields(value)}
    if isinstance(value, msgspec.Struct):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    fields = getattr(type(value), "model_fields", None)
    if isinstance(fields, Mapping):
        return {name: getattr(value, name) for name in fields}
    attrs = getattr(type(value), "__attrs_attrs__", None)
    if attrs is not None:
        return {part.name: getattr(value, part.name) for part in attrs}
    return None
