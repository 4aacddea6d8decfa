"""Shapes with named parts: dataclasses, structs, TypedDicts, named tuples, and what Pydantic knows."""

from __future__ import annotations

import dataclasses
import sys
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, TypeAlias, get_origin

import msgspec

from outlast.protocol.codec import Json, encode_json
from outlast.sdk.docstrings import param_docs, words
from outlast.sdk.plain import plain
from outlast.sdk.shapes import BAD, Definitions, JsonObject, Problems, Shape

Resolve: TypeAlias = Callable[[object, Mapping[str, object]], Shape]
"""`hints.shape_of`, which makes the records and is needed by their fields."""

MISSING = object()
"""Stands for a default that is not there; None is a default."""


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
    resolve: Resolve

    @cached_property
    def members(self) -> Sequence[Member]:
        """Its fields; looked up late, since a field may have the record's own type."""
        docs = param_docs(self.owner)
        return [self._member(name, hint, docs) for name, hint in _fields_of(self.owner, self.hints)]

    def _member(self, name: str, hint: tuple[object, object], docs: Mapping[str, str]) -> Member:
        kind, default = hint
        return Member(
            name,
            self.resolve(kind, self.hints),
            required=default is MISSING,
            default=MISSING if default is None else default,
            description=docs.get(name),
        )

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
            # String annotations hide `NotRequired` from `__required_keys__`.
            mark = get_origin(hint)
            needed = mark is typing.Required or (mark is not typing.NotRequired and name in owner.__required_keys__)
            yield name, (hint, MISSING if needed else None)
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


@dataclass(frozen=True)
class Foreign:
    """What Pydantic knows: its models, dataclasses and special types. Pydantic is imported wherever one exists."""

    hint: object
    hints: Mapping[str, object]
    resolve: Resolve

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
                    self.resolve(hint, self.hints),
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
