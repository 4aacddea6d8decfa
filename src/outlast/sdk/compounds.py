"""Shapes that are made of shapes: unions, lists, tuples and mappings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from outlast.protocol.codec import Json
from outlast.sdk.shapes import BAD, Definitions, JsonObject, Leaf, Problems, Shape


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
