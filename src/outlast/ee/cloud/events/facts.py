"""Facts: what happened, in the past tense, and who does something about it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from outlast.ee.cloud.context import Cloud
from outlast.protocol.codec import Json

Audience: TypeAlias = Literal["members", "admins", "session", "nobody"]
"""Who may read a fact in the workspace's stream. ``session``: who may see the session that ``data`` names, with its
owner (``session``, ``owner``). ``nobody``: it is for handlers alone."""

EVERY_KIND = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened.

    Attributes:
        id: the same at every attempt to handle it; what a handler keeps to be idempotent.
        workspace_id: where; `outlast.ee.cloud.context.SERVER_SCOPE` for what is about accounts.
        kind: ``member.removed``.
        at: when it was committed, nearly.
    """

    id: str
    workspace_id: str
    kind: str
    data: Mapping[str, Json]
    at: datetime


Handler: TypeAlias = Callable[[Cloud, Fact], Awaitable[None]]


@dataclass(slots=True)
class Handlers:
    """Who handles what, each by a name, under which is remembered that it has handled a fact."""

    _by_kind: defaultdict[str, list[tuple[str, Handler]]] = field(default_factory=lambda: defaultdict(list))
    _names: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, handler: Handler) -> None:
        """Register one, by the kind of its facts or `EVERY_KIND`.

        The order of registration must be the same in every process: of two of one name the second is named for it.
        """
        name = f"{kind}:{getattr(handler, '__qualname__', type(handler).__qualname__)}"
        self._names[name] += 1
        if self._names[name] > 1:
            name = f"{name}#{self._names[name]}"
        self._by_kind[kind].append((name, handler))

    def of(self, kind: str) -> Sequence[tuple[str, Handler]]:
        """All that handle a kind, in the order in which they were registered, with their names."""
        return [*self._by_kind.get(kind, ()), *self._by_kind.get(EVERY_KIND, ())]
