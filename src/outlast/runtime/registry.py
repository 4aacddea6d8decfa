"""The apps that can be started: found in files, folders and modules, each file loaded in a process of its own."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Protocol

import msgspec
from jsonschema import Draft202012Validator, ValidationError

from outlast.executors.base import AppInfo, Executor, Source
from outlast.kit.errors import AppBroken, AppNotFound, InvalidArguments, InvalidInput
from outlast.protocol.codec import Json
from outlast.runtime.formats import CHECKER, words_for

logger = logging.getLogger(__name__)

_LOADS_AT_ONCE = 2
_SKIPPED_FOLDERS = frozenset({"tests", "data", "node_modules"})


class AppEntry:
    """One app that can be started.

    Attributes:
        id: ``module:function``.
        info: what its template told of it.
        source: the file.
    """

    def __init__(self, info: AppInfo, source: Source) -> None:
        self.id = f"{source.module}:{info.name}"
        self.info = info
        self.source = source

    @cached_property
    def _validator(self) -> Draft202012Validator:
        # A hostile pattern can stall a matcher for ever: patterns are left to the session process.
        return Draft202012Validator(_without_patterns(self.info.schema), format_checker=CHECKER)

    def check(self, args: Mapping[str, Json]) -> None:
        """Check arguments against the app's schema, before a session is made of them.

        Raises:
            InvalidArguments: ``errors`` names each parameter that is missing, unknown or wrong.
        """
        errors: dict[str, str] = {}
        for error in self._validator.iter_errors(dict(args)):
            where, words = _explain(error)
            errors.setdefault(where, words)
        if errors:
            first = next(iter(errors))
            raise InvalidArguments(f"{self.id}: {first}: {errors[first]}" if first else errors[first], errors=errors)


class BrokenFile(msgspec.Struct, frozen=True):
    """A file that can't be loaded, and why (for the owner: the traceback of the file's own lines)."""

    path: Path
    module: str
    message: str


class MakeSource(Protocol):
    """Completes a `Source` with environment and folders."""

    def __call__(self, *, path: Path, module: str, root: Path, code: str) -> Source:
        """Make the source of a file."""
        ...


class Registry:
    """Knows every app; a file that is broken is told with its error and harms no other.

    Args:
        executor: loads files.
        make_source: gives a `Source` its environment and folders.
    """

    def __init__(self, executor: Executor, make_source: MakeSource) -> None:
        self._executor = executor
        self._make_source = make_source
        self._sources: dict[str, Source] = {}
        self._entries: dict[str, list[AppEntry]] = {}
        self._broken: dict[str, BrokenFile] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def add(self, target: str | Path) -> None:
        """Take in a file, a folder (all its files that use Outlast) or an importable module's name.

        Raises:
            InvalidInput: there is no such file, folder or module.
        """
        for path, module, root in _files_of(target):
            known = self._sources.get(module)
            if known is not None and known.path != path:
                module = f"{path.parent.name}.{module}"
            self._sources[module] = self._source(path, module=module, root=root)

    def add_entry(self, entry: AppEntry) -> None:
        """Take in an app that is loaded already."""
        self._sources[entry.source.module] = entry.source
        entries = self._entries.setdefault(entry.source.module, [])
        entries[:] = [known for known in entries if known.id != entry.id] + [entry]

    async def load(self) -> None:
        """Load all files that are not loaded yet, a few at a time."""
        gate = asyncio.Semaphore(_LOADS_AT_ONCE)

        async def load(module: str) -> None:
            async with gate:
                await self._load(module)

        await asyncio.gather(*(load(module) for module in list(self._sources)))

    async def reload(self, path: Path) -> bool:
        """Take in what a file is now, for new sessions; running ones keep the code they started with.

        Args:
            path: absolute.

        Returns:
            Whether the file is one of this registry's and has changed.
        """
        for module, source in list(self._sources.items()):
            if source.path == path:
                fresh = self._source(path, module=module, root=source.root)
                if fresh.code == source.code:
                    return False
                self._sources[module] = fresh
                self._entries.pop(module, None)
                self._broken.pop(module, None)
                await self._executor.unload(source)
                await self._load(module)
                return True
        return False

    def apps(self) -> Sequence[AppEntry]:
        """The apps of all loaded files, by id."""
        return sorted((e for entries in self._entries.values() for e in entries), key=lambda entry: entry.id)

    def broken(self) -> Sequence[BrokenFile]:
        """The files that can't be loaded."""
        return sorted(self._broken.values(), key=lambda file: file.module)

    @property
    def loading(self) -> Sequence[str]:
        """Modules whose file is not loaded yet."""
        return [module for module in self._sources if module not in self._entries and module not in self._broken]

    def loaded(self, app_id: str) -> AppEntry | None:
        """An app by its id, if its file is loaded; never waits."""
        entries = self._entries.get(app_id.partition(":")[0], [])
        return next((entry for entry in entries if entry.id == app_id), None)

    async def find(self, name: str) -> AppEntry:
        """Find an app by ``module:function``, by module when it has one app, or by function when that is unique.

        Raises:
            AppNotFound: no such app, or the short name stands for several.
            AppBroken: its file can't be loaded.
        """
        module, _, function = name.partition(":")
        if module in self._sources:
            await self._load(module)
        elif not function:
            await self.load()
        if module in self._broken:
            raise AppBroken(self._broken[module].message)
        matching = [
            entry
            for entry in self.apps()
            if entry.id == name or (not function and name in (entry.source.module, entry.info.name))
        ]
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise AppNotFound(f"{name!r} may be {' or '.join(entry.id for entry in matching)}; say which.")
        known = ", ".join(entry.id for entry in self.apps()[:10]) or "none"
        broken = "".join(f" {file.path.name} can't be loaded: {file.message}" for file in self.broken()[:3])
        raise AppNotFound(f"There is no app {name!r}. Known apps: {known}.{broken}")

    async def _load(self, module: str) -> None:
        if module in self._entries or module in self._broken:
            return
        async with self._locks.setdefault(module, asyncio.Lock()):
            if module in self._entries or module in self._broken:
                return
            source = self._sources[module]
            try:
                infos = await self._executor.load(source)
            except AppBroken as error:
                self._broken[module] = BrokenFile(source.path, module, error.message)
                logger.warning("%s can't be loaded: %s", source.path, error.message)
            else:
                self._entries[module] = [AppEntry(info, source) for info in infos]

    def _source(self, path: Path, *, module: str, root: Path) -> Source:
        code = hashlib.sha256(path.read_bytes()).hexdigest()
        return self._make_source(path=path, module=module, root=root, code=code)


def _files_of(target: str | Path) -> Iterator[tuple[Path, str, Path]]:
    """Yield (file, module name, import root) of all app files that a target names."""
    path = Path(target).expanduser().resolve()
    if path.is_dir():
        yield from ((file, ".".join(file.relative_to(path).with_suffix("").parts), path) for file in _app_files(path))
    elif path.is_file():
        yield path, path.stem, path.parent
    elif isinstance(target, str) and all(part.isidentifier() for part in target.split(".")):
        spec = _spec_of(target)
        if spec is None or not spec.origin:
            raise InvalidInput(f"There is no file, folder or module {target!r}.")
        origin = Path(spec.origin)
        yield origin, target, origin.parents[target.count(".") + (origin.stem == "__init__")]
    else:
        raise InvalidInput(f"There is no file or folder {str(target)!r}.")


def _spec_of(module: str) -> ModuleSpec | None:
    """Find a module without importing its packages: apps' code never runs in the server's process."""
    spec: ModuleSpec | None = None
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        name, path = ".".join(parts[:depth]), spec.submodule_search_locations if spec else None
        if depth > 1 and path is None:
            return None
        found = (finder.find_spec(name, path) for finder in sys.meta_path)
        spec = next((one for one in found if one is not None), None)
        if spec is None:
            return None
    return spec


def _app_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(("_", ".")):
            continue
        if path.is_dir() and path.name not in _SKIPPED_FOLDERS:
            yield from _app_files(path)
        elif path.suffix == ".py" and not path.name.startswith("test_") and b"outlast" in path.read_bytes():
            yield path


def _without_patterns(schema: Json) -> Json:
    if isinstance(schema, dict):
        return {
            key: _without_patterns(value)
            for key, value in schema.items()
            if not (key in ("pattern", "patternProperties") and isinstance(value, (str, dict)) and "type" in schema)
        }
    return [_without_patterns(item) for item in schema] if isinstance(schema, list) else schema


def _explain(error: ValidationError) -> tuple[str, str]:
    """Say a schema error as a person would: which parameter, and what to do about it."""
    where = ".".join(str(part) for part in error.absolute_path)
    match error.validator:
        case "required":
            return f"{where}.{_quoted(error.message)}".lstrip("."), "This is needed."
        case "additionalProperties":
            return f"{where}.{_quoted(error.message)}".lstrip("."), "The app has no such parameter."
        case "type":
            wanted = error.validator_value
            types = " or ".join(wanted) if isinstance(wanted, list) else str(wanted)
            return where, f"This should be of type {types}."
        case "format":
            return where, f"This should be {words_for(str(error.validator_value))}."
        case "anyOf" if (inner := _only_choice(error)) is not None:
            return _explain(inner)
        case _:
            return where, f"{error.message[:300]}."


def _only_choice(error: ValidationError) -> ValidationError | None:
    """What is wrong with a value that could be one thing or null."""
    choices: dict[object, ValidationError] = {}
    for inner in error.context or ():
        if inner.validator_value != "null":
            choices.setdefault(inner.schema_path[0], inner)
    return next(iter(choices.values())) if len(choices) == 1 else None


def _quoted(message: str) -> str:
    """The name that a message puts in quotes."""
    return message.split("'")[1]
