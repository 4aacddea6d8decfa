"""Which executor serves a file: forks where that is safe, else ready-started processes; threads for plain functions."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from outlast.executors.base import AppInfo, NotForkable, SessionProcess, Source
from outlast.executors.fork import DEFAULT_LOAD_TIMEOUT, ForkExecutor
from outlast.executors.inline import InlineExecutor
from outlast.executors.warm import WarmExecutor
from outlast.kit.clock import Clock

logger = logging.getLogger(__name__)


class Executors:
    """Finds out by itself how each file can be run; implements `Executor`.

    Args:
        spares: how many processes each file keeps ready.
        load_timeout: how long the import of a file may take.
        clock: of sessions that run in threads.

    Attributes:
        inline: takes functions that no import can reach.
    """

    def __init__(
        self, *, spares: int = 1, load_timeout: timedelta = DEFAULT_LOAD_TIMEOUT, clock: Clock | None = None
    ) -> None:
        self.inline = InlineExecutor(clock=clock)
        self._fork = ForkExecutor(spares=spares, load_timeout=load_timeout)
        self._warm = WarmExecutor(spares=spares, load_timeout=load_timeout)
        self._not_forkable: set[tuple[str, str]] = set()

    async def load(self, source: Source) -> Sequence[AppInfo]:
        """Import a file and tell its apps.

        Raises:
            AppBroken, Unavailable: see `Executor.load`.
        """
        executor = self._of(source)
        if executor is not self._fork:
            return await executor.load(source)
        try:
            return await self._fork.load(source)
        except NotForkable as error:
            if _key(source) not in self._not_forkable:
                self._not_forkable.add(_key(source))
                logger.info("%s Its sessions start in processes that import it each; that takes more memory.", error)
            return await self._warm.load(source)

    async def spawn(self, source: Source) -> SessionProcess:
        """Give a process for one session.

        Raises:
            AppBroken, Unavailable: see `Executor.spawn`.
        """
        if self._of(source) is self._fork:
            await self.load(source)
        return await self._of(source).spawn(source)

    async def unload(self, source: Source) -> None:
        """Let go of what is kept for the file; its running sessions go on."""
        await self._of(source).unload(source)

    def kill(self) -> None:
        """Kill every process at once, without an event loop; returns when none runs any more."""
        self._fork.kill()
        self._warm.kill()

    async def close(self) -> None:
        """Kill every process, and wait until none is left."""
        await self.inline.close()
        await self._fork.close()
        await self._warm.close()

    def _of(self, source: Source) -> ForkExecutor | InlineExecutor:
        if self.inline.holds(source):
            return self.inline
        return self._warm if _key(source) in self._not_forkable else self._fork


def _key(source: Source) -> tuple[str, str]:
    return str(source.path), source.code
