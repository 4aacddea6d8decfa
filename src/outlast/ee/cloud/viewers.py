"""Who looks at which stream now: for presence, and to send away who may no longer look.

A stream may stay open for a quarter of an hour; the right to see it may end meanwhile (a device is signed out, a
member removed, a share withdrawn). Every open stream is looked at again at least once a second (ASVS 7.4.1).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from outlast.ee.cloud.caller import Caller

RECHECK = timedelta(milliseconds=500)


@dataclass(eq=False, slots=True, kw_only=True)
class Viewer:
    """One open event stream.

    Attributes:
        caller: whose it is; None for who came by a link.
        workspace_id: None for a user's own stream.
        stream: its name, ``session:<id>``.
        end: ends it cleanly.
        allowed: whether this stream may still be seen, beyond the caller's credential and membership.
    """

    caller: Caller | None
    workspace_id: str | None
    stream: str
    end: Callable[[], None]
    allowed: Callable[[], Awaitable[bool]] | None = None


@dataclass(slots=True)
class Viewers:
    """All open event streams of this process."""

    _by_stream: defaultdict[str, set[Viewer]] = field(default_factory=lambda: defaultdict(set))
    _look: asyncio.Event = field(default_factory=asyncio.Event)

    def attend(self, viewer: Viewer) -> None:
        """Begin to look."""
        self._by_stream[viewer.stream].add(viewer)

    def leave(self, viewer: Viewer) -> None:
        """Look no more; leaving twice is no error."""
        there = self._by_stream.get(viewer.stream)
        if there is not None:
            there.discard(viewer)
            if not there:
                del self._by_stream[viewer.stream]

    @property
    def streams(self) -> Sequence[str]:
        """The streams that somebody looks at."""
        return tuple(self._by_stream)

    def of(self, stream: str) -> Iterator[Viewer]:
        """Who looks at a stream now."""
        return iter(tuple(self._by_stream.get(stream, ())))

    def recheck(self) -> None:
        """Look now at who may still look: a right has just been taken away."""
        self._look.set()

    async def watch(self, may_look: Callable[[Caller, str | None], Awaitable[bool]]) -> None:
        """End the streams of who may no longer look, for as long as this runs."""
        while True:
            await self._send_away(may_look)
            try:
                async with asyncio.timeout(RECHECK.total_seconds()):
                    await self._look.wait()
            except TimeoutError:
                pass
            self._look.clear()

    async def _send_away(self, may_look: Callable[[Caller, str | None], Awaitable[bool]]) -> None:
        answers: dict[tuple[str, str | None], bool] = {}
        for viewer in [viewer for viewers in self._by_stream.values() for viewer in viewers]:
            good = True
            if viewer.caller is not None:
                key = viewer.caller.key, viewer.workspace_id
                if key not in answers:
                    answers[key] = await may_look(viewer.caller, viewer.workspace_id)
                good = answers[key]
            if good and viewer.allowed is not None:
                good = await viewer.allowed()
            if not good:
                self.leave(viewer)
                viewer.end()
