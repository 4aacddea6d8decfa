"""From type hints to shapes: unions, collections, records and foreign types."""

from __future__ import annotations

import collections.abc as abc
import dataclasses
import enum
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Union, get_args, get_origin

import msgspec

from outlast.protocol.codec import Json, encode_json
from outlast.sdk.docstrings import param_docs, words
from outlast.sdk.files import File
from outlast.sdk.plain import plain
from outlast.sdk.shapes import (
    ANYTHING,
    BAD,
    FILE_LOADER,
    FILE_SCHEMA,
    LEAVES,
    Choice,
    Definitions,
    JsonObject,
    Leaf,
    Problems,
    Ruled,
    Rules,
    Shape,
    choice_of_enum,
    shown_member,
)

MISSING = object()
"""Stands for a default that is not there; None is a default."""


@dataclass(frozen=True)
class AnyOf:
    """A union; the first shape that takes the value wins."""

    shapes: Sequence[Shape]

    def schema(self, defs: Definitions) -> JsonObject:
        """``anyOf``."""
        return {"anyOf": [shape.schema(defs) for shape in self.shapes]}

    def load(self, value: Json, path: str, problems: Problems) -> object:
        """Load with the first shape that fits; if none does, tell what is wrong with the nearest."""
        tries: list[Problems] = []
        for shape in self.shapes:
            own = Problems()
            loaded = shape.load(value, path, own)
            if not own:
                return loaded
            tries.append(own)
        inner = [own for own in tries if path not in own]
        if len(inner) == 1:
            problems.update(inner[0])
            return BAD
        messages = dict.fromkeys(m for own in tries for m in own.values() if m != "must be null")
        return problems.note(path, " or ".join(messages) or "must be null")

    @property
    def optional(self) -> bool:
        """Whether null is one of them."""
        return any(isinstance(shape, Leaf) and shape.type is type(None) for shape in self.shapes)

    @property
    def others(self) -> Sequence[Shape]:
        """All but null."""
        return [shape for shape in self.shapes if not (isinstance(shape, Leaf) and shape.type is type(None))]


@dataclass(frozen=True)
class Many:
    """A list, set or tuple of any length."""

    item: Shape
    make: Callable[[list[object]], object]
    unique: bool = False

    def schema(self, defs: Definitions) -> JsonObject:
        """An array."""
        schema: JsonObject = {"type": "array", "items": self.item.schema(defs)}
        return {**schema, "uniqueItems": True} if self.unique else schema

    def load(self, value: Json, path: str, problems: Problems) -> object:
        """Load each item."""
        if not isinstance(value, list):
            return problems.note(path, "must be a list")
        loaded = [self.item.load(part, f"{path}[{at}]", problems) for at, part in enumerate(value)]
        return BAD if any(part is BAD for part in loaded) else self.make(loaded)


@dataclass(frozen=True)
class Fixed:
    """A tuple with a shape for each place."""

    items: Sequence[Shape]

    def schema(self, defs: Definitions) -> JsonObject:
        """An array of ``prefixItems``."""
        parts = [item.schema(defs) for item in self.items]
        return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}

    def load(self, value: Json, path: str, problems: Problems) -> object:
        """Load each place."""
        if not isinstance(value, list) or len(value) != len(self.items):
            return problems.note(path, f"must be a list of {len(self.items)}")
        pairs = zip(self.items, value, strict=True)
        loaded = tuple(item.load(part, f"{path}[{at}]", problems) for at, (item, part) in enumerate(pairs))
        return BAD if any(part is BAD for part in loaded) else loaded


@dataclass(frozen=True)
class Keyed:
    """A mapping whose values have one shape."""

    key: Shape
    value: Shape

    def schema(self, defs: Definitions) -> JsonObject:
        """An object of ``additionalProperties``."""
        values = self.value.schema(defs)
        return {"type": "object", "additionalProperties": values} if values else {"type": "object"}

    def load(self, value: Json, path: str, problems: Problems) -> object:
        """Load each key and value."""
        if not isinstance(value, dict):
            return problems.note(path, "must be an object")
        loaded: dict[object, object] = {}
        for name, part in value.items():
            where = f"{path}.{name}"
            key = self.key.load(_json_key(self.key, name), where, problems)
            found = self.value.load(part, where, problems)
            if key is not BAD and found is not BAD:
                loaded[key] = found
        return loaded if len(loaded) == len(value) else BAD


def _json_key(shape: Shape, name: str) -> Json:
    if isinstance(shape, Leaf) and shape.type in {int, float}:
        try:
            return shape.type(name)
        except ValueError:
            return name
    return name


@dataclass(frozen=True)
class Member:
    """One field of a record, or one parameter of an app."""

    name: str
    shape: Shape
    required: bool = True
    default: object = MISSING
    description: str | None = None
    title: str | None = None

    def schema(self, defs: Definitions) -> JsonObject:
        """The shape's schema with the field's title, description and default."""
        schema = {"title": self.title or words(self.name), **self.shape.schema(defs)}
        if self.description and "description" not in schema:
            schema["description"] = self.description
        if self.default is not MISSING:
            try:
                schema["default"] = plain(self.default)
            except (TypeError, ValueError):  # a default that only Python knows
                pass
        return schema


def members_schema(members: Iterable[Member], defs: Definitions) -> JsonObject:
    """The schema of an object with these members and no others."""
    members = list(members)
    schema: JsonObject = {"type": "object", "properties": {m.name: m.schema(defs) for m in members}}
    required = [m.name for m in members if m.required]
    if required:
        schema["required"] = required
    return {**schema, "additionalProperties": False}


def load_members(
    members: Sequence[Member], value: Mapping[str, Json], path: str, *, problems: Problems
) -> Mapping[str, object]:
    """Load the members that are given; note what is missing and what is unknown."""
    prefix = f"{path}." if path else ""
    loaded: dict[str, object] = {}
    for member in members:
        if member.name in value:
            loaded[member.name] = member.shape.load(value[member.name], prefix + member.name, problems)
        elif member.required:
            problems.note(prefix + member.name, "is required")
    known = {member.name for member in members}
    for name in value:
        if name not in known:
            problems.note(f"{prefix}{name}", f"is not known; known are {', '.join(sorted(known)) or 'none'}")
    return loaded


@dataclass(frozen=True)
class Record:
    """A dataclass, struct, TypedDict or NamedTuple."""

    owner: type
    hints: Mapping[str, object]

    @cached_property
    def members(self) -> Sequence[Member]:
        """Its fields; looked up late, since a field may have the record's own type."""
        docs = param_docs(self.owner)
        return [_member(name, hint, self.hints, docs=docs) for name, hint in _fields_of(self.owner, self.hints)]

    def schema(self, defs: Definitions) -> JsonObject:
        """A reference to the object's schema."""
        return defs.reference(self.owner, lambda: {"title": self.owner.__name__, **members_schema(self.members, defs)})

    def load(self, value: Json, path: str, problems: Problems) -> object:
        """Load the fields and make the object; what its constructor refuses is a problem too."""
        if not isinstance(value, dict):
            return problems.note(path, "must be an object")
        own = Problems()
        loaded = load_members(self.members, value, path, problems=own)
        problems.update(own)
        if own:
            return BAD
        try:
            return self.owner(**loaded)
        except (ValueError, TypeError, AssertionError) as error:
            return problems.note(path, str(error) or type(error).__name__)


def _fields_of(owner: Json, hints: Mapping[str, object]) -> Iterable[tuple[str, tuple[object, object]]]:
    """Names with (hint, default); a default of MISSING makes the field required."""
    for name, hint in typing.get_type_hints(owner, localns=dict(hints), include_extras=True).items():
        if get_origin(hint) is typing.ClassVar or hint is typing.ClassVar:
            continue
        if typing.is_typeddict(owner):
            yield name, (hint, MISSING if name in owner.__required_keys__ else None)
            continue
        found = _default_of(owner, name)
        if found is not None:
            yield name, (hint, found[0])


def _default_of(owner: Json, name: str) -> tuple[object] | None:
    """A field's default as a tuple of one; None when it is no field of the constructor."""
    if dataclasses.is_dataclass(owner):
        part = owner.__dataclass_fields__.get(name)
        if part is None or not part.init:
            return None
        made = part.default_factory() if part.default_factory is not dataclasses.MISSING else part.default
        return (MISSING if made is dataclasses.MISSING else made,)
    if issubclass(owner, msgspec.Struct):
        found = next((f for f in msgspec.structs.fields(owner) if f.name == name), None)
        if found is None:
            return None
        made = found.default_factory() if found.default_factory is not msgspec.NODEFAULT else found.default
        return (MISSING if made is msgspec.NODEFAULT else made,)
    return (owner._field_defaults.get(name, MISSING),) if name in owner._fields else None


def _member(name: str, hint: tuple[object, object], hints: Mapping[str, object], *, docs: Mapping[str, str]) -> Member:
    kind, default = hint
    return Member(
        name,
        shape_of(kind, hints),
        required=default is MISSING,
        default=MISSING if default is None else default,
        description=docs.get(name),
    )


@dataclass(frozen=True)
class Foreign:
    """What Pydantic knows: its models, dataclasses and special types. Pydantic is imported wherever one exists."""

    hint: object
    hints: Mapping[str, object]

    @cached_property
    def members(self) -> Sequence[Member]:
        """The fields of a model; none for other types."""
        fields: Mapping[str, Json] = getattr(self.hint, "model_fields", None) or {}
        members = []
        for name, found in fields.items():
            default = MISSING if found.is_required() else found.get_default(call_default_factory=True)
            hint = Annotated[found.annotation, found] if found.metadata else found.annotation
            members.append(
                Member(
                    found.alias or name,
                    shape_of(hint, self.hints),
                    required=found.is_required(),
                    default=default,
                    description=found.description,
                    title=found.title,
                )
            )
        return members

    @cached_property
    def adapter(self) -> Json:
        """Pydantic's own schema maker and loader."""
        return sys.modules["pydantic"].TypeAdapter(self.hint)

    def schema(self, defs: Definitions) -> JsonObject:
        """What Pydantic says, with its definitions among ours."""
        made: JsonObject = self.adapter.json_schema(ref_template="#/$defs/{model}")
        for name, schema in made.pop("$defs", {}).items():
            defs.schemas.setdefault(name, schema)
        return made

    def load(self, value: Json, path: str, problems: Problems) -> object:
        """Load by Pydantic; its errors keep their places."""
        errors: Json = sys.modules["pydantic"].ValidationError
        try:
            return self.adapter.validate_json(encode_json(value))
        except errors as error:
            for found in error.errors(include_url=False):
                problems.note(_located(path, found["loc"]), str(found["msg"]))
            return BAD


def _located(path: str, places: Iterable[object]) -> str:
    for place in places:
        path += f"[{place}]" if isinstance(place, int) else f".{place}" if path else str(place)
    return path


def shape_of(hint: object, hints: Mapping[str, object]) -> Shape:
    """Find the shape of a type hint.

    Args:
        hint: a resolved hint (`typing.get_type_hints` with extras).
        hints: local names that the hints of records may use.

    Raises:
        TypeError: no JSON value could become of such a type.
    """
    origin, args = get_origin(hint), get_args(hint)
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
        return Foreign(hint, hints)
    is_named_tuple = issubclass(hint, tuple) and hasattr(hint, "_fields")
    if (
        dataclasses.is_dataclass(hint)
        or issubclass(hint, msgspec.Struct)
        or typing.is_typeddict(hint)
        or is_named_tuple
    ):
        return Record(hint, hints)
    if hint in _COLLECTIONS:
        return _collection(hint, (), hints)
    raise TypeError(
        f"A value of type {hint.__name__} can't be given as JSON; use text, numbers, dates, enums, "
        "dataclasses, lists, mappings or File."
    )


_COLLECTIONS: Mapping[object, Callable[[list[object]], object]] = {
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
        return Foreign(hint, hints)
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
        yield mark
        inner = getattr(mark, "metadata", None)
        if isinstance(inner, (list, tuple)):
            yield from _flat(inner)
