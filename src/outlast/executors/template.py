"""A template, seen from its host: asked for session processes, keeps spares, hears how each ends."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from outlast.executors.base import AppInfo, NotForkable, ProcessExit, Source
from outlast.executors.connection import RemoteProcess
from outlast.executors.link import TemplateLink
from outlast.kit.errors import AppBroken, OutlastError, ProtocolViolation, Unavailable
from outlast.kit.ids import new_id
from outlast.protocol.commands import Message
from outlast.worker.control import Broken, Drain, Exited, Fork, Forked, ForkFailed, Load, Loaded, reports

T = TypeVar("T")

_SPARE_AFTER_S = 0.02
_KILLED = ProcessExit(signal=9)


class Template:
    """One template process and the session processes that it forked.

    Args:
        source: the file it holds.
        preload: import the file before forking; else each forked process imports it for itself, ahead of time.
        spares: how many processes to keep ready.
        load_timeout: how long an import may take.

    Attributes:
        on_gone: called when it has ended, and with it every process it forked.
    """

    def __init__(self, source: Source, *, preload: bool, spares: int, load_timeout: timedelta) -> None:
        self.source = source
        self._spares = spares
        self._preload = preload
        self._timeout_s = load_timeout.total_seconds()
        self._loop = asyncio.get_running_loop()
        self._sessions: dict[int, RemoteProcess] = {}
        self._spare: deque[RemoteProcess] = deque()
        self._asked: deque[asyncio.Future[RemoteProcess]] = deque()
        self._loaded: asyncio.Future[Loaded] = self._loop.create_future()
        self._gone: asyncio.Future[None] = self._loop.create_future()
        self._on_its_way = 0
        self._scratches: deque[Path | None] = deque()  # forks are reported in the order they were asked for
        self._draining = False
        self.on_gone: Callable[[Template], None] | None = None
        self._apps: Sequence[AppInfo] = ()
        self._link = TemplateLink(source, on_report=self._on_report, on_end=self._on_end)
        self._link.send(
            Load(
                path=str(source.path),
                module=source.module,
                root=str(source.root),
                sealed=[str(folder) for folder in source.sealed],
                preload=preload,
            )
        )

    @property
    def alive(self) -> bool:
        """Whether it can fork."""
        return self._link.open and not self._draining

    async def load(self) -> Sequence[AppInfo]:
        """Wait for the import.

        Raises:
            AppBroken: the file can't be imported.
            NotForkable: it started threads.
        """
        if not self._preload:
            first = await self.spawn()
            self._spare.appendleft(first)
            return self._apps
        loaded = await self._in_time(asyncio.shield(self._loaded))
        if loaded.threads > 1:
            raise NotForkable(f"{self.source.path.name} starts {loaded.threads - 1} threads while it is imported.")
        self._ask_spare()
        return loaded.apps

    async def spawn(self) -> RemoteProcess:
        """Give a process that waits for its start: the spare if it is ready.

        Raises:
            AppBroken, Unavailable: there is none to be had.
        """
        while self._spare:
            process = self._spare.popleft()
            if not process.ended:
                return self._followed(await self._ready(process))
        if not self._link.open:
            raise Unavailable(f"The template of {self.source.path.name} is gone; try again.")
        waiter: asyncio.Future[RemoteProcess] = self._loop.create_future()
        self._asked.append(waiter)
        if len(self._asked) > self._on_its_way:
            self._ask()
        return self._followed(await self._ready(await waiter))

    def drain(self) -> None:
        """Fork no more and end with the last session."""
        self._draining = True
        self._discard_spares()
        self._link.send(Drain())

    def close(self) -> None:
        """Hang up; it kills all that it forked and ends."""
        self._discard_spares()
        # One that still imports does not listen; and it has forked nothing yet.
        self._link.hang_up(kill=self._preload and not self._loaded.done())

    def kill(self) -> None:
        """End it and all that it forked, without the event loop; returns when they are gone."""
        self._link.kill()

    async def gone(self) -> None:
        """Wait until the process has ended, and with it every one it forked."""
        await asyncio.shield(self._gone)

    def _ask(self) -> None:
        self._on_its_way += 1
        root = self.source.scratch_root
        scratch = root / new_id() if root is not None else None
        self._scratches.append(scratch)
        self._link.send(Fork(scratch=str(scratch or "")))

    def _ask_spare_soon(self) -> None:
        self._loop.call_later(_SPARE_AFTER_S, self._ask_spare)

    def _ask_spare(self) -> None:
        while self.alive and len(self._spare) + self._on_its_way - len(self._asked) < self._spares:
            self._ask()

    def _followed(self, process: RemoteProcess) -> RemoteProcess:
        """Have the next spare forked when this process has made its start: earlier it would be in its way."""
        process.on_first_send = self._ask_spare_soon
        return process

    async def _ready(self, process: RemoteProcess) -> RemoteProcess:
        """Wait for a process that imports for itself; it says so first of all."""
        if self._preload or process.ready:
            return process
        try:
            body = await self._in_time(process.connection.next_body())
        except AppBroken:
            process.discard()
            raise
        if body is None:
            raise self._died(await process.wait())
        report = reports.decode(body)
        if isinstance(report, Broken):
            raise _broken(report)
        if not isinstance(report, Loaded):
            process.discard()
            raise ProtocolViolation("A new process did not say what it has loaded.")
        self._apps = report.apps
        process.ready = True
        return process

    async def _in_time(self, result: Awaitable[T]) -> T:
        try:
            return await asyncio.wait_for(result, self._timeout_s)
        except TimeoutError:
            self.close()
            raise AppBroken(
                f"{self.source.path.name} was not imported within {self._timeout_s:g} s. Move what takes long, or "
                "waits, from the file's top level into the app's function."
            ) from None

    def _on_report(self, report: Message) -> None:
        if isinstance(report, Forked):
            self._on_forked(report)
        elif isinstance(report, Exited):
            if (process := self._sessions.pop(report.pid, None)) is not None:
                process.has_exited(ProcessExit(code=report.code, signal=report.signal))
        elif isinstance(report, Loaded):
            _settle(self._loaded, report)
        elif isinstance(report, Broken):
            _fail(self._loaded, _broken(report))
        elif isinstance(report, ForkFailed):
            self._on_its_way -= 1
            self._scratches.popleft()
            self._refuse(report.error)

    def _refuse(self, why: str) -> None:
        if self._asked:
            _fail(self._asked.popleft(), Unavailable(f"No process can be made for {self.source.path.name}: {why}."))

    def _on_forked(self, report: Forked) -> None:
        self._on_its_way -= 1
        scratch = self._scratches.popleft()
        fds = self._link.take_descriptors(report.descriptors)
        if len(fds) < 2:
            # Its socket was closed on the way, so the new process ends by itself.
            for fd in fds:
                os.close(fd)
            self._refuse("this process has too many open files")
            return
        process = RemoteProcess(
            report.pid,
            socket.socket(fileno=fds[0]),
            output=fds[1],
            pidfd=fds[2] if len(fds) > 2 else None,
            scratch=scratch,
            loop=self._loop,
        )
        self._sessions[report.pid] = process
        while self._asked:
            waiter = self._asked.popleft()
            if not waiter.done():
                waiter.set_result(process)
                return
        if self._draining:
            process.discard()
        else:
            self._spare.append(process)

    def _discard_spares(self) -> None:
        while self._spare:
            self._spare.popleft().discard()

    def _on_end(self, how: ProcessExit) -> None:
        died = self._died(how)
        _fail(self._loaded, died)
        while self._asked:
            _fail(self._asked.popleft(), died)
        self._discard_spares()
        for process in self._sessions.values():
            process.kill()  # the kernel does so too where it can
            process.has_exited(_KILLED)
        self._sessions.clear()
        _settle(self._gone, None)
        if self.on_gone is not None:
            self.on_gone(self)

    def _died(self, how: ProcessExit) -> OutlastError:
        name = self.source.path.name
        words = f"signal {how.signal}" if how.signal is not None else f"exit code {how.code}"
        if self._loaded.done() and self._loaded.exception() is None:
            return Unavailable(f"The template of {name} has ended ({words}); try again.")
        return AppBroken(f"{name} ended its process while it was imported ({words}).", traceback=self._link.tail)


def _settle(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[T], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # nobody need ask for it


def _broken(report: Broken) -> AppBroken:
    return AppBroken(report.error, traceback=report.traceback)
