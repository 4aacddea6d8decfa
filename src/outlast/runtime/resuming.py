"""What a host goes on with that others have left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from outlast.kit.errors import OutlastError, SessionHeld
from outlast.kit.pages import MAX_LIMIT
from outlast.runtime.awake import AwakeSessions
from outlast.runtime.records import SessionFilter

logger = logging.getLogger(__name__)


class Resuming:
    """Wakes the sessions that nobody owns, a bounded number at a time.

    Args:
        sessions: of the host.
    """

    def __init__(self, sessions: AwakeSessions) -> None:
        self._sessions = sessions
        self._ports = sessions.ports
        self._waking = asyncio.Semaphore(sessions.settings.wakes_at_once)

    async def run(self) -> None:
        """Wake what was running, and of what waited that whose app can't be replayed: it has failed."""
        tried: set[str] = set()
        while fresh := [r.id for r in await self._ports.records.unfinished() if r.id not in tried]:
            tried.update(fresh)
            await asyncio.gather(*(self._wake(session_id) for session_id in fresh))
        await asyncio.gather(*(self._wake(session_id) for session_id in await self._interrupted()))

    async def _wake(self, session_id: str) -> None:
        try:
            async with self._waking:
                await self._sessions.make_room(wait=True)
                await self._sessions.wake(session_id, "restart")
        except SessionHeld:
            pass  # another host was quicker
        except OutlastError as error:
            logger.warning("Session %s could not be resumed: %s", session_id, error.message)

    async def _interrupted(self) -> Sequence[str]:
        found: list[str] = []
        for app in [entry.id for entry in self._ports.registry.apps() if not entry.info.durable]:
            which, cursor = SessionFilter(state="waiting", app=app), None
            while True:
                page = await self._ports.records.page(which, cursor=cursor, limit=MAX_LIMIT)
                found += [record.id for record in page.items if record.host is None]
                if (cursor := page.next_cursor) is None:
                    break
        return found
