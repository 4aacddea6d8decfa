"""From type hints to shapes: unions, collections, records and foreign types."""

from __future__ import annotations

import collections.abc as abc
import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Literal, Union, get_args, get_origin

import msgspec

from outlast.protocol.codec import Json
from outlast.sdk.compounds import AnyOf, Fixed, Keyed, Many
from outlast.sdk.files import File
from outlast.sdk.plain import plain
from outlast.sdk.records import Foreign, Record
from outlast.sdk.shapes import (
    ANYTHING,
    FILE_LOADER,
    FILE_SCHEMA,
    LEAVES,
    Choice,
    Leaf,
    Ruled,
    Rules,
    Shape,
    choice_of_enum,
    shown_member,
)


def shape_of(hint: object, hints: Mapping[str, object]) -> Shape:
    """Find the shape of a type hint.

    Args:
        hint: a resolved hint (`typing.get_type_hints` with extras).
        hints: local names that the hints of records may use.

    Raises:
        TypeError: no JSON value could become of such a type.
    """
    origin: object = get_origin(hint)
    args: tuple[Json, ...] = get_args(hint)
    if origin is Annotated:
        return _annotated(hint, args, hints)
    if hint is inspect.Parameter.empty or hint is Json or hint is object:
        return ANYTHING
    if origin in {typing.Required, typing.NotRequired, typing.Final, dataclasses.InitVar} and args:
        return shape_of(args[0], hints)
    if origin is Literal:
        return _literal(args)
    if origin is Union or origin is types.UnionType:
        return AnyOf([shape_of(arg, hints) for arg in _null_last(args)])
    if type(hint).__name__ == "TypeAliasType":  # `type X = ...` of Python 3.12
        return shape_of(getattr(hint, "__value__", None), hints)
    if supertype := getattr(hint, "__supertype__", None):
        return shape_of(supertype, hints)
    if isinstance(hint, typing.TypeVar):
        return shape_of(hint.__bound__ or Json, hints)
    return _class_shape(hint, hints) if origin is None else _collection(origin, args, hints)


def _null_last(args: Sequence[object]) -> Sequence[object]:
    """Whole numbers before numbers and all else before null, so that the first shape that fits is the nearest."""
    return sorted(args, key=lambda arg: 2 if arg is type(None) else 1 if arg is float else 0)


def _literal(args: Sequence[object]) -> Choice:
    values = [plain(value) for value in args]
    shown = [shown_member(value) if isinstance(value, enum.Enum) else str(value) for value in args]
    return Choice(None, dict(zip(shown, args, strict=True)), values)


def _class_shape(hint: object, hints: Mapping[str, object]) -> Shape:
    if leaf := LEAVES.get(hint):
        return leaf
    if hint is None:
        return LEAVES[type(None)]
    if not isinstance(hint, type):
        raise TypeError(f"{hint!r} can't be given as JSON.")
    if issubclass(hint, File):
        return Leaf(File, FILE_SCHEMA, FILE_LOADER)
    if issubclass(hint, enum.Enum):
        return choice_of_enum(hint)
    foreign = hasattr(hint, "__get_pydantic_core_schema__") or hasattr(hint, "__pydantic_validator__")
    if foreign and not dataclasses.is_dataclass(hint):
        return Foreign(hint, hints, shape_of)
    is_named_tuple = issubclass(hint, tuple) and hasattr(hint, "_fields")
    if (
        dataclasses.is_dataclass(hint)
        or issubclass(hint, msgspec.Struct)
        or typing.is_typeddict(hint)
        or is_named_tuple
    ):
        return Record(hint, hints, shape_of)
    if hint in _COLLECTIONS:
        return _collection(hint, (), hints)
    raise TypeError(
        f"A value of type {hint.__name__} can't be given as JSON; use text, numbers, dates, enums, "
        "dataclasses, lists, mappings or File."
    )


_COLLECTIONS: Mapping[object, Callable[[list[Json]], object]] = {
    list: list,
    abc.Sequence: list,
    abc.Collection: list,
    abc.Iterable: list,
    abc.MutableSequence: list,
    set: set,
    abc.Set: frozenset,
    abc.MutableSet: set,
    frozenset: frozenset,
    tuple: tuple,
    dict: dict,
    abc.Mapping: dict,
    abc.MutableMapping: dict,
}


def _collection(origin: object, args: Sequence[object], hints: Mapping[str, object]) -> Shape:
    if origin not in _COLLECTIONS:
        if isinstance(origin, type) and (dataclasses.is_dataclass(origin) or hasattr(origin, "__pydantic_validator__")):
            return _class_shape(origin, hints)
        raise TypeError(f"{origin!r} can't be given as JSON.")
    shapes = [shape_of(arg, hints) for arg in args if arg is not ...]
    make = _COLLECTIONS[origin]
    if make is dict:
        key, value = shapes if len(shapes) == 2 else (LEAVES[str], ANYTHING)
        return Keyed(key, value)
    if origin is tuple and args and ... not in args:
        return Fixed(shapes)
    return Many(shapes[0] if shapes else ANYTHING, make, unique=make in {set, frozenset})


def _annotated(hint: object, args: Sequence[object], hints: Mapping[str, object]) -> Shape:
    base, marks = args[0], args[1:]
    if any(hasattr(mark, "__get_pydantic_core_schema__") for mark in marks):
        return Foreign(hint, hints, shape_of)
    found: dict[str, Json] = {}
    tests: list[Callable[[object], object]] = []
    for mark in _flat(marks):
        if isinstance(mark, str):
            found.setdefault("description", mark)
        for name in _RULE_NAMES:
            if getattr(mark, name, None) is not None and not isinstance(mark, str):
                found[name] = getattr(mark, name)
        if isinstance(text := getattr(mark, "documentation", None), str):
            found["description"] = text
        if type(mark).__name__ == "Predicate":
            tests.append(mark.func)
    inner = shape_of(base, hints)
    rules = Rules(**found, tests=tests)
    if isinstance(inner, AnyOf) and inner.optional:  # bounds are for the value, not for null
        others = [Ruled(shape, rules) for shape in inner.others]
        return AnyOf([*others, LEAVES[type(None)]])
    return Ruled(inner, rules) if found or tests else inner


_RULE_NAMES = (
    "gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern", "title", "description", "examples",
)  # fmt: skip


def _flat(marks: Iterable[Json]) -> Iterable[Json]:
    """The marks, and those that pydantic's ``Field`` holds within."""
    for mark in marks:
        origin: object = get_origin(mark)
        if origin is Annotated:  # `annotated_types.LowerCase` is one
            yield from _flat(get_args(mark)[1:])
            continue
        yield mark
        inner = getattr(mark, "metadata", None)
        if isinstance(inner, (list, tuple)):
            yield from _flat(inner)
