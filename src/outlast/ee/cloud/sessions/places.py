"""How many sessions one member may have at one time: the workspace's limit."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from outlast.ee.cloud import workspaces
from outlast.ee.cloud.sessions import repository
from outlast.ee.cloud.sessions.errors import TooManySessions
from outlast.ee.cloud.work import Work

BELIEVED_FOR_S = 1.0


@dataclass(slots=True)
class Places:
    """Counts before a session is started; those that are just being started count too, so none slips through."""

    _starting: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    _limits: dict[str, tuple[float, int | None]] = field(default_factory=dict)

    @asynccontextmanager
    async def one(self, work: Work, session_id: str) -> AsyncIterator[None]:
        """Hold a place for a session of the caller's while it is started.

        Raises:
            TooManySessions: there is none left.
        """
        limit = await self._limit(work)
        if limit is None:
            yield
            return
        key = work.workspace_id, work.caller.user_id
        starting = self._starting[key]
        starting.add(session_id)
        try:
            async with work.reading() as unit:
                others = await repository.count_open(unit, work.caller.user_id, besides=starting, limit=limit)
            if others + len(starting) > limit:
                raise TooManySessions(
                    f"In this workspace a member has at most {limit} sessions at one time; end or delete one of yours."
                )
            yield
        finally:
            starting.discard(session_id)
            if not starting:
                self._starting.pop(key, None)

    async def _limit(self, work: Work) -> int | None:
        now = time.monotonic()
        known = self._limits.get(work.workspace_id)
        if known is None or now >= known[0]:
            async with work.reading() as unit:
                settings = await workspaces.settings_of(unit)
            known = self._limits[work.workspace_id] = now + BELIEVED_FOR_S, settings.max_sessions_per_user
        return known[1]
