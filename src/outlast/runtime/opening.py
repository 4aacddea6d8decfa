"""Opens a runtime: apps, host, streams, records and files put together from settings."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.executors.base import Executor, Source
from outlast.executors.select import Executors
from outlast.kit.clock import Clock, SystemClock
from outlast.kit.errors import OutlastError
from outlast.kit.ids import new_id
from outlast.kit.settings import PREFIX, Settings
from outlast.protocol.commands import Limits
from outlast.runtime.awake import HostSettings, Ports
from outlast.runtime.files import SessionFiles
from outlast.runtime.host import Host
from outlast.runtime.ownership import Ownership
from outlast.runtime.pressure import MemoryWatch
from outlast.runtime.records import Lease, MemoryRecords, SessionRecords
from outlast.runtime.records_sql import SqlRecords
from outlast.runtime.registry import Registry
from outlast.runtime.timers import WakeTimers
from outlast.runtime.tracking import SessionLimits
from outlast.streams.bus import Bus
from outlast.streams.bus_memory import MemoryBus
from outlast.streams.commit import GroupCommit
from outlast.streams.log import StreamLog
from outlast.streams.log_memory import MemoryLog
from outlast.streams.log_sql import SqlLog

logger = logging.getLogger(__name__)

_BASIC_ENV = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")


class Runtime:
    """Everything that sessions need, open. Made by `open_runtime` or `memory_runtime`; use as ``async with``.

    Attributes:
        registry: the apps.
        host: what can be done with sessions.
        log, bus: their streams.
        records: what lists show.
        files: pictures, downloads, uploads.
    """

    def __init__(
        self, *, log: StreamLog, records: SessionRecords, data: Path, executor: Executor, settings: HostSettings,
        source: Source, secrets: Mapping[str, str], engine: AsyncEngine | None = None, clock: Clock | None = None,
    ) -> None:  # fmt: skip
        clock = clock or SystemClock()
        self.log = log
        self.records = records
        self.bus: Bus = MemoryBus()
        self.files = SessionFiles(data / "files")
        self._executor = executor
        self.registry = Registry(executor, lambda **file: msgspec.structs.replace(source, **file))
        self._committer = GroupCommit(log, self.bus)
        self._ownership = Ownership(records, clock, self._take_over)
        self._engine = engine
        self._source = source
        assert source.scratch_root is not None
        self._scratch_root = source.scratch_root
        ports = Ports(
            registry=self.registry,
            executor=executor,
            log=log,
            committer=self._committer,
            records=records,
            files=self.files,
            clock=clock,
            scratch_root=self._scratch_root,
            secrets=secrets,
        )
        self.host = Host(self._ownership.lease.host, ports, settings)
        self._timers = WakeTimers(records, clock, lambda session_id: self.host.wake(session_id, "timer"))
        self.host.on_timer_set(self._timers.changed)
        self._memory = MemoryWatch(self.host)
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False
        self._resumes = True

    async def start(self, *, resume: bool = True) -> None:
        """Take the lease; with ``resume`` load the apps and go on with what other hosts left, in the background."""
        self._resumes = resume
        await self._ownership.start()
        self._memory.start()
        if resume:
            self._tasks.append(asyncio.create_task(self._begin(), name="load apps and resume"))

    @property
    def lease(self) -> Lease:
        """Who this host is."""
        return self._ownership.lease

    @property
    def executor(self) -> Executor:
        """What gives sessions their processes."""
        return self._executor

    def source_of(self, path: Path, *, module: str) -> Source:
        """The source of one file, with this runtime's environment and folders."""
        code = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        return msgspec.structs.replace(self._source, path=path, module=module, root=path.parent, code=code)

    def kill(self) -> None:
        """Kill every process at once, for an end that can't wait for the event loop; `close` must still follow."""
        self._executor.kill()

    async def close(self) -> None:
        """Let go of all sessions and end every process; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._memory.stop()
        await self._timers.stop()
        await self.host.close()
        await self._executor.close()
        await self._committer.close()
        with suppress(OutlastError):
            await self._ownership.stop()
        await self.bus.close()
        await asyncio.to_thread(shutil.rmtree, self._scratch_root, True)
        if self._engine is not None:
            if isinstance(self.log, SqlLog):
                await self.log.close()
            await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _begin(self) -> None:
        await self.registry.load()
        await self.host.resume()
        self._timers.start()

    async def _take_over(self) -> None:
        if not self._resumes:
            return
        await self.host.resume()
        self._timers.changed()


async def open_runtime(settings: Settings, paths: Sequence[str | Path] = (), *, resume: bool = True) -> Runtime:
    """Open a runtime over a database; an embedded one is brought up to date first.

    Args:
        settings: of the database and the host.
        paths: files, folders and modules of apps; loaded in the background.
        resume: go on with the sessions that other hosts left; false to run one's own beside a server.

    Raises:
        InvalidInput: one of the paths leads nowhere.
        Unavailable: the database can't be reached.
    """
    data = settings.data_dir.expanduser().resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(settings.url)
    if engine.dialect.name == "sqlite":
        await upgrade(engine)
    records = SqlRecords(engine)
    runtime = Runtime(
        log=SqlLog(engine, records),
        records=records,
        data=data,
        executor=Executors(spares=settings.spares),
        settings=host_settings(settings),
        source=_source_of(settings, data),
        secrets=settings.app_secrets(),
        engine=engine,
    )
    try:
        for path in paths:
            runtime.registry.add(path)
        await runtime.start(resume=resume)
    except BaseException:  # broad: what was opened is closed, whatever went wrong
        await runtime.close()
        raise
    return runtime


async def memory_runtime(settings: HostSettings, *, executor: Executor | None = None) -> Runtime:
    """Open a runtime that keeps everything in memory, for one process's life."""
    runtime = make_memory_runtime(settings, executor=executor)
    await runtime.start()
    return runtime


def make_memory_runtime(settings: HostSettings, *, executor: Executor | None = None) -> Runtime:
    """The same, not started yet; needs no running event loop."""
    folder = Path(tempfile.mkdtemp(prefix="outlast-"))
    (folder / "scratch").mkdir(mode=0o700)
    records = MemoryRecords()
    return Runtime(
        log=MemoryLog(records),
        records=records,
        data=folder,
        executor=executor or Executors(),
        settings=settings,
        source=blank_source(env=app_env(None), sealed=(), scratch_root=folder / "scratch"),
        secrets={},
    )


def host_settings(settings: Settings) -> HostSettings:
    """The part of the settings that a host keeps to."""
    cpu = settings.limit_cpu
    return HostSettings(
        hibernate_after=settings.hibernate_after,
        cancel_grace=settings.cancel_grace,
        max_awake=settings.max_sessions,
        wakes_at_once=settings.wake_concurrency,
        limits=SessionLimits(
            wall_time=settings.limit_wall_time,
            stream_bytes=settings.limit_stream_bytes,
            bytes_per_s=settings.limit_bytes_per_s,
        ),
        process_limits=Limits(
            cpu_s=None if cpu is None else max(1, round(cpu.total_seconds())),
            memory_bytes=None if settings.limit_memory_bytes is None else int(settings.limit_memory_bytes),
            open_files=settings.limit_open_files,
            processes=settings.limit_processes,
        ),
    )


def app_env(allowed: tuple[str, ...] | None) -> Mapping[str, str]:
    """The environment of app processes.

    Args:
        allowed: names that apps get besides the basic ones; None for all.

    Returns:
        Never anything named ``OUTLAST_*``.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(PREFIX) and (allowed is None or name in allowed or name in _BASIC_ENV)
    }


def blank_source(*, env: Mapping[str, str], sealed: tuple[Path, ...], scratch_root: Path) -> Source:
    """A source without a file, from which a registry makes those with one."""
    return Source(path=Path(), module="", root=Path(), code="", env=env, sealed=sealed, scratch_root=scratch_root)


def _source_of(settings: Settings, data: Path) -> Source:
    scratch_root = Path(tempfile.gettempdir()).resolve() / f"outlast-{new_id()}"
    scratch_root.mkdir(mode=0o700)
    return blank_source(
        env=app_env(settings.app_env), sealed=(data,) if settings.sandbox else (), scratch_root=scratch_root
    )
