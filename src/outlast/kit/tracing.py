"""Spans of what the parts of a server do, for whoever collects them; without a collector they cost next to nothing."""

from __future__ import annotations

import functools
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import ParamSpec, Protocol, TypeAlias, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Method: TypeAlias = Callable[P, Coroutine[object, object, T]]

Fact: TypeAlias = str | int | float | bool


class Span(Protocol):
    """Something that takes time."""

    def set(self, name: str, value: Fact) -> None:
        """Tell a fact of it (``outlast.session_id``)."""
        ...


class Tracer(Protocol):
    """Where spans go."""

    def span(self, name: str, facts: Mapping[str, Fact]) -> AbstractContextManager[Span]:
        """Begin a span, as a child of the one that is open in this task; an error that leaves it is part of it."""
        ...


class _Nothing:
    def set(self, name: str, value: Fact) -> None:
        pass


_nothing: AbstractContextManager[Span] = nullcontext(_Nothing())
_tracer: Tracer | None = None


def span(name: str, **facts: Fact) -> AbstractContextManager[Span]:
    """Begin a span: ``with span("session.start", app=name):``.

    Args:
        name: what is done, without ids: few different ones.
        facts: of this one; each is shown as ``outlast.<name>``.
    """
    if _tracer is None:
        return _nothing
    return _tracer.span(name, {f"outlast.{fact}": value for fact, value in facts.items()})


def traced(name: str, *facts: str) -> Callable[[Method[P, T]], Method[P, T]]:
    """Make each call of a method a span.

    Args:
        name: of the span.
        facts: what its first arguments are, behind ``self``; told where they are texts.
    """

    def decorate(method: Method[P, T]) -> Method[P, T]:
        @functools.wraps(method)
        def call(*args: P.args, **kwargs: P.kwargs) -> Coroutine[object, object, T]:
            running = method(*args, **kwargs)
            if _tracer is None:
                return running
            return _in_span(name, dict(zip(facts, args[1:], strict=False)), running)

        return call

    return decorate


async def _in_span(name: str, facts: Mapping[str, object], running: Awaitable[T]) -> T:
    with span(name, **{fact: value for fact, value in facts.items() if isinstance(value, str)}):
        return await running


def send_spans_to(tracer: Tracer | None) -> None:
    """Have spans collected from now on, in the whole process; None for not at all."""
    global _tracer
    _tracer = tracer


def named_by_environment(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether OpenTelemetry's own variables name a collector, and do not switch it off."""
    named = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    return any(environ.get(name) for name in named) and environ.get("OTEL_SDK_DISABLED", "").lower() != "true"
