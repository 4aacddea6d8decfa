"""Where the next block, input or step stands: the container around it, and the step it is called in.

Both are context variables: a task or a thread that was given a copy of its caller's context stands where its
caller stood. Inside a step ids are not counted with those of the session (a replay skips the step, and would
count fewer) but with the step's own, as keys: ``b:s3.1``.
"""

from __future__ import annotations

import contextlib
import contextvars
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from outlast.protocol.codec import Json
from outlast.sdk.context import current


@dataclass(frozen=True, slots=True)
class StepScope:
    """The step that the caller runs in."""

    step: str
    _count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def next_key(self) -> str:
        """A key that no other call in this step has, the same in every run of it."""
        return f"{self.step}.{next(self._count)}"


_container: contextvars.ContextVar[str | None] = contextvars.ContextVar("outlast_container", default=None)
_step: contextvars.ContextVar[StepScope | None] = contextvars.ContextVar("outlast_step", default=None)


def container() -> str | None:
    """The id of the container block that the caller is in."""
    return _container.get()


def push(block: str) -> contextvars.Token[str | None]:
    """Go into a container."""
    return _container.set(block)


def pop(token: contextvars.Token[str | None]) -> None:
    """Go out of it again; a token from another context (a generator that was moved) is let go."""
    with contextlib.suppress(ValueError):
        _container.reset(token)


def step_scope() -> StepScope | None:
    """The step that the caller runs in."""
    return _step.get()


@contextlib.contextmanager
def inside_step(step: str) -> Iterator[None]:
    """Count what is called within by the step."""
    token = _step.set(StepScope(step))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            _step.reset(token)


def key_here(key: str | None) -> str | None:
    """The key to give to a recorder: the caller's own, the step's next, or None to count on."""
    if key is not None:
        given: object = key
        if not isinstance(given, str) or not given:
            raise TypeError(f"key must be a text that is not empty, not {key!r}.")
        return key
    scope = _step.get()
    return scope.next_key() if scope else None


def open_block(kind: str, props: Mapping[str, Json], *, key: str | None, closed: bool = False) -> str:
    """Open a block where the caller stands.

    Returns:
        The block's id.
    """
    return current().open(kind, props, parent=_container.get(), key=key_here(key), closed=closed)
