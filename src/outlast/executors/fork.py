"""Sessions are forked from a template that has the app's file imported: milliseconds, and a MiB each."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from datetime import timedelta

from outlast.executors.base import AppInfo, SessionProcess, Source
from outlast.executors.template import Template
from outlast.kit.errors import OutlastError, Unavailable

DEFAULT_LOAD_TIMEOUT = timedelta(seconds=60)


class ForkExecutor:
    """One template a file, a spare process or more a template.

    Args:
        spares: how many processes each template keeps ready.
        load_timeout: how long the import of a file may take.
    """

    preload = True

    def __init__(self, *, spares: int = 1, load_timeout: timedelta = DEFAULT_LOAD_TIMEOUT) -> None:
        self._spares = spares
        self._load_timeout = load_timeout
        self._loading: dict[Hashable, asyncio.Task[tuple[Template, Sequence[AppInfo]]]] = {}
        self._templates: set[Template] = set()
        self._closed = False

    async def load(self, source: Source) -> Sequence[AppInfo]:
        """Import a file and tell its apps.

        Raises:
            AppBroken, NotForkable, Unavailable: see `Executor.load`.
        """
        return (await self._ready(source))[1]

    async def spawn(self, source: Source) -> SessionProcess:
        """Give a process for one session.

        Raises:
            AppBroken, NotForkable, Unavailable: see `Executor.spawn`.
        """
        template, _ = await self._ready(source)
        return await template.spawn()

    async def unload(self, source: Source) -> None:
        """End the template with its last session."""
        task = self._loading.pop(_key(source), None)
        if task is None:
            return
        try:
            template, _ = await task
        except OutlastError:
            return
        template.drain()

    def kill(self) -> None:
        """Kill every process at once, without an event loop; returns when none runs any more."""
        self._closed = True
        for template in list(self._templates):
            template.kill()

    async def close(self) -> None:
        """Kill every process, and wait until none is left."""
        self._closed = True
        for template in list(self._templates):
            template.close()
        for template in list(self._templates):
            await template.gone()
        await asyncio.gather(*self._loading.values(), return_exceptions=True)
        self._loading.clear()

    async def _ready(self, source: Source) -> tuple[Template, Sequence[AppInfo]]:
        if self._closed:
            raise Unavailable("The host is closing.")
        task = self._loading.get(_key(source))
        if task is not None and task.done() and not _is_alive(task):
            task = None
        if task is None:
            task = self._loading[_key(source)] = asyncio.create_task(self._load(source))
        return await asyncio.shield(task)

    async def _load(self, source: Source) -> tuple[Template, Sequence[AppInfo]]:
        template = Template(source, preload=self.preload, spares=self._spares, load_timeout=self._load_timeout)
        self._templates.add(template)
        template.on_gone = self._templates.discard
        try:
            return template, await template.load()
        except BaseException:  # broad: whatever went wrong, no process stays behind
            template.close()
            await template.gone()
            raise


def _key(source: Source) -> Hashable:
    return source.path, source.module, source.code


def _is_alive(task: asyncio.Task[tuple[Template, Sequence[AppInfo]]]) -> bool:
    return not task.cancelled() and task.exception() is None and task.result()[0].alive
