"""An app: a Python function marked ``@app``, with its parameters as a start form."""

from __future__ import annotations

import functools
import inspect
import sys
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Generic, ParamSpec, Protocol, TypeVar, cast, overload

from typing_extensions import override

from outlast.kit.errors import AppBroken, InvalidArguments
from outlast.protocol.codec import Json
from outlast.protocol.commands import AppInfo as AppInfo
from outlast.sdk.docstrings import parse, words
from outlast.sdk.hints import shape_of
from outlast.sdk.plain import plain
from outlast.sdk.records import MISSING, Member, load_members, members_schema
from outlast.sdk.shapes import Definitions, Problems
from outlast.sdk.timing import duration_of

P = ParamSpec("P")
R = TypeVar("R")

LIMITS = frozenset({"wall_s", "cpu_s", "memory_bytes", "open_files", "processes", "stream_bytes", "bytes_per_s"})
"""What ``@app(limits={...})`` may set; each name carries its unit."""


class App(Generic[P, R]):
    """A function as an app. It stays callable as the function it was.

    Attributes:
        function: the function.
        name: its name.
        title: for people.
        durable: whether its sessions survive the death of their process.
        icon: an emoji or the name of an icon.
        secrets: the names of the secrets it reads.
        limits: what one session may use, by `LIMITS`.
        resources: what its host must have (``{"GPU": 1}``).
        hibernate_after: how long a waiting session keeps its process; None leaves it to the host.
    """

    def __init__(
        self,
        function: Callable[P, R],
        *,
        title: str | None = None,
        icon: str | None = None,
        durable: bool = True,
        secrets: Sequence[str] = (),
        limits: Mapping[str, float] | None = None,
        resources: Mapping[str, float] | None = None,
        hibernate_after: timedelta | None = None,
        local_names: Mapping[str, object] | None = None,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.name = function.__name__
        self.title = title or words(self.name)
        self.icon = icon
        self.durable = durable
        self.secrets = list(secrets)
        self.limits = {name: float(value) for name, value in (limits or {}).items()}
        self.resources = {name: float(value) for name, value in (resources or {}).items()}
        self.hibernate_after = None if hibernate_after is None else duration_of(hibernate_after, "hibernate_after")
        self._locals = local_names or {}
        # Kept: to ask for the signature in each session process would cost each of them memory of its own.
        parameters = inspect.signature(function).parameters.values()
        self._positional = [parameter for parameter in parameters if parameter.kind is parameter.POSITIONAL_ONLY]
        self._check()

    def _check(self) -> None:
        unknown = sorted(set(self.limits) - LIMITS)
        if unknown:
            raise TypeError(f"@app has no limit {unknown[0]!r}; there are {', '.join(sorted(LIMITS))}.")
        if inspect.isgeneratorfunction(self.function) or inspect.isasyncgenfunction(self.function):
            raise TypeError(f"The app {self.name!r} is a generator; write what it shows with write(), don't yield it.")
        for parameter in inspect.signature(self.function).parameters.values():
            if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
                raise TypeError(f"The app {self.name!r} has *{parameter.name}; a start form needs named parameters.")

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function as it is."""
        return self.function(*args, **kwargs)

    @override
    def __repr__(self) -> str:
        return f"<app {self.name!r}>"

    @property
    def is_async(self) -> bool:
        """Whether the function is an ``async def``."""
        return inspect.iscoroutinefunction(inspect.unwrap(self.function))

    @cached_property
    def doc(self) -> str:
        """The docstring without its parameters, Markdown."""
        return parse(self.function.__doc__).text

    @cached_property
    def parameters(self) -> Sequence[Member]:
        """The parameters, with the shapes of their type hints.

        Raises:
            AppBroken: a hint can't be resolved, or stands for what JSON can't say.
        """
        docs = parse(self.function.__doc__).params
        hints = self._hints()
        members = []
        for parameter in inspect.signature(self.function).parameters.values():
            default = MISSING if parameter.default is parameter.empty else parameter.default
            hint = hints.get(parameter.name, _guessed(default))
            if default is None and hint is not Json:
                hint = typing.Optional[hint]  # noqa: UP045  the hint is a value here
            try:
                shape = shape_of(hint, self._locals)
            except (TypeError, NameError) as error:
                raise AppBroken(f"The parameter {parameter.name!r} of the app {self.name!r}: {error}") from error
            members.append(
                Member(
                    parameter.name,
                    shape,
                    required=default is MISSING,
                    default=default,
                    description=docs.get(parameter.name),
                )
            )
        return members

    def _hints(self) -> Mapping[str, object]:
        try:
            return typing.get_type_hints(
                inspect.unwrap(self.function), localns=dict(self._locals) or None, include_extras=True
            )
        except (NameError, TypeError, AttributeError) as error:
            raise AppBroken(f"A type hint of the app {self.name!r} can't be resolved: {error}.") from error

    @cached_property
    def schema(self) -> Mapping[str, Json]:
        """JSON Schema (2020-12) of the arguments: an object schema with titles, descriptions and defaults."""
        defs = Definitions()
        schema: dict[str, Json] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.title,
            **members_schema(self.parameters, defs),
        }
        if defs.schemas:
            schema["$defs"] = defs.schemas
        return schema

    def bind(self, args: Mapping[str, Json]) -> tuple[Sequence[object], Mapping[str, object]]:
        """Turn arguments as they came over the wire into what the function is called with.

        Args:
            args: JSON values by parameter name.

        Returns:
            Positional and keyword arguments.

        Raises:
            InvalidArguments: with ``errors``, by the path of each value that does not fit.
        """
        problems = Problems()
        loaded = load_members(self.parameters, args, "", problems=problems)
        if problems:
            first, message = next(iter(problems.items()))
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            raise InvalidArguments(f"{first} {message}{more}.", errors=problems)
        named = dict(loaded)
        positional = [named.pop(parameter.name, parameter.default) for parameter in self._positional]
        return positional, named

    def info(self) -> AppInfo:
        """What a server shows of the app.

        Raises:
            AppBroken: a type hint can't be resolved, or stands for what JSON can't say.
        """
        return AppInfo(
            name=self.name,
            title=self.title,
            doc=self.doc,
            schema=plain(self.schema),
            durable=self.durable,
            icon=self.icon,
            secrets=self.secrets,
            limits=self.limits,
            resources=self.resources,
            hibernate_after_s=None if self.hibernate_after is None else self.hibernate_after.total_seconds(),
            line=inspect.unwrap(self.function).__code__.co_firstlineno,
        )


def _guessed(default: object) -> object:
    """The hint of a parameter without one: its default's type, where that says enough."""
    return type(default) if isinstance(default, (str, bool, int, float)) else Json


class AppDecorator(Protocol):
    """What ``@app(...)`` gives: it takes the function."""

    def __call__(self, function: Callable[P, R], /) -> App[P, R]:
        """Make an app of the function."""
        ...


@overload
def app(function: Callable[P, R], /) -> App[P, R]: ...
@overload
def app(
    *,
    title: str | None = None,
    icon: str | None = None,
    durable: bool = True,
    secrets: Sequence[str] = (),
    limits: Mapping[str, float] | None = None,
    resources: Mapping[str, float] | None = None,
    hibernate_after: timedelta | None = None,
) -> AppDecorator: ...
def app(function: Callable[P, R] | None = None, /, **options: Json) -> App[P, R] | AppDecorator:
    """Mark a function as an app: its typed parameters become its start form, each run a session.

    Args:
        function: sync or async; its docstring is what people read before they start it.
        title: for people; the function's name in words unless given.
        icon: an emoji or the name of an icon.
        durable: False lets a session fail when its process dies, instead of running it again from its record.
        secrets: the names of the secrets that it reads by ``session.secrets[...]``.
        limits: what one session may use: ``wall_s``, ``cpu_s``, ``memory_bytes``, ``open_files``, ``processes``,
            ``stream_bytes``, ``bytes_per_s``.
        resources: what its host must have, such as ``{"GPU": 1}``.
        hibernate_after: how long a waiting session keeps its process.

    Returns:
        The app; callable as the function.

    Raises:
        TypeError: the function takes ``*args`` or ``**kwargs``, or is a generator.

    Example:
        ```python
        @app
        def greet(name: str = "world"):
            "Greet somebody."
            write(f"Hello **{name}**")
        ```
    """
    frame = sys._getframe(1)  # noqa: SLF001  only its names: hints of a function in a function mean them

    def decorate(given: Callable[P, R]) -> App[P, R]:
        if not inspect.isfunction(inspect.unwrap(given)):
            raise TypeError(f"@app marks a function, not {type(given).__name__}.")
        return App(given, **options, local_names=frame.f_locals if "<locals>" in given.__qualname__ else None)

    if function is not None:
        return decorate(function)
    return cast("AppDecorator", decorate)  # each use has its own P and R


def apps_of(module: types.ModuleType) -> Sequence[App[Json, Json]]:
    """The apps of a module, in the order of their definition; those it imported from elsewhere are not its own.

    Args:
        module: imported.
    """
    found = {id(value): value for value in vars(module).values() if isinstance(value, App)}
    return [each for each in found.values() if each.function.__module__ == module.__name__]
