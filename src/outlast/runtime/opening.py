"""Opens a runtime: apps, host, streams, records and files put together from settings."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Self

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from outlast.db.engine import create_engine
from outlast.db.migrations import newest, revision, upgrade
from outlast.executors.base import Executor, Source
from outlast.executors.select import Executors
from outlast.kit.clock import Clock, SystemClock
from outlast.kit.errors import OutlastError
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
from outlast.runtime.scratch import make_host_folder
from outlast.runtime.timers import WakeTimers
from outlast.runtime.tracking import SessionLimits
from outlast.streams.bus import Bus
from outlast.streams.bus_memory import MemoryBus
from outlast.streams.commit import GroupCommit
from outlast.streams.log import Companion, StreamLog
from outlast.streams.log_memory import MemoryLog
from outlast.streams.log_sql import SqlLog

logger = logging.getLogger(__name__)

_BASIC_ENV = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")


class SchemaOutdated(OutlastError):
    """The database's schema is of another version; run `outlast db upgrade`."""

    code = "database.schema_outdated"


class Runtime:
    """Everything that sessions need, open. Made by `open_runtime` or `memory_runtime`; use as ``async with``.

    Attributes:
        registry: the apps.
        host: what can be done with sessions.
        log, bus: their streams.
        records: what lists show.
        files: pictures, downloads, uploads.
        engine: of the database, None in memory; disposed with the runtime.
    """

    def __init__(
        self, *, log: StreamLog, records: SessionRecords, executor: Executor, settings: HostSettings,
        env: Mapping[str, str], secrets: Mapping[str, str] = MappingProxyType({}), data: Path | None = None,
        sealed: Sequence[Path] = (), engine: AsyncEngine | None = None, clock: Clock | None = None,
    ) -> None:  # fmt: skip
        clock = clock or SystemClock()
        self._folder = make_host_folder()
        scratch_root = self._folder / "scratch"
        scratch_root.mkdir(mode=0o700)
        source = Source(path=Path(), module="", root=Path(), code="", env=env, sealed=sealed, scratch_root=scratch_root)
        self.log = log
        self.records = records
        self.bus: Bus = MemoryBus()
        self.files = SessionFiles((data or self._folder) / "files")
        self._executor = executor
        self.registry = Registry(executor, lambda **file: msgspec.structs.replace(source, **file))
        self._committer = GroupCommit(log, self.bus)
        self._ownership = Ownership(records, clock, self._take_over)
        self.engine = engine
        self._source = source
        ports = Ports(
            registry=self.registry,
            executor=executor,
            log=log,
            committer=self._committer,
            records=records,
            files=self.files,
            clock=clock,
            scratch_root=scratch_root,
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
    def holds_lease(self) -> bool:
        """Whether this host may own sessions now."""
        return self._ownership.held

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
        await asyncio.to_thread(shutil.rmtree, self._folder, True)
        if self.engine is not None:
            if isinstance(self.log, SqlLog):
                await self.log.close()
            await self.engine.dispose()

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


async def open_runtime(
    settings: Settings,
    paths: Sequence[str | Path] = (),
    *,
    resume: bool = True,
    companion: Callable[[SqlRecords], Companion] | None = None,
) -> Runtime:
    """Open a runtime over a database; an embedded one is brought up to date first.

    Args:
        settings: of the database and the host.
        paths: files, folders and modules of apps; loaded in the background.
        resume: go on with the sessions that other hosts left; false to run one's own beside a server.
        companion: makes what writes the records' changes, in the transaction of the events that made them, together
            with what else it writes; the records themselves unless given.

    Raises:
        InvalidInput: one of the paths leads nowhere.
        SchemaOutdated: the database is not an embedded one, and needs `upgrade_database` first.
        Unavailable: the database can't be reached.
    """
    data = settings.data_dir.expanduser().resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(settings.url)
    try:
        await _see_to_schema(engine)
    except BaseException:  # broad: the engine's connections end, whatever went wrong
        await engine.dispose()
        raise
    records = SqlRecords(engine)
    runtime = Runtime(
        log=SqlLog(engine, records if companion is None else companion(records)),
        records=records,
        executor=Executors(spares=settings.spares),
        settings=host_settings(settings),
        env=app_env(settings.app_env),
        secrets=settings.app_secrets(),
        data=data,
        sealed=(data,) if settings.sandbox else (),
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


async def upgrade_database(settings: Settings) -> str | None:
    """Bring the schema of the settings' database up to date.

    Returns:
        Its revision now.

    Raises:
        Unavailable: the database can't be reached.
    """
    settings.data_dir.expanduser().mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(settings.url)
    try:
        await upgrade(engine)
        return await revision(engine)
    finally:
        await engine.dispose()


async def _see_to_schema(engine: AsyncEngine) -> None:
    if engine.dialect.name == "sqlite":
        await upgrade(engine)
    elif await revision(engine) != newest():
        raise SchemaOutdated("The database's schema is not this version's; run `outlast db upgrade` first.")


async def memory_runtime(
    settings: HostSettings, *, executor: Executor | None = None, secrets: Mapping[str, str] = MappingProxyType({})
) -> Runtime:
    """Open a runtime that keeps everything in memory, for one process's life."""
    runtime = make_memory_runtime(settings, executor=executor, secrets=secrets)
    await runtime.start()
    return runtime


def make_memory_runtime(
    settings: HostSettings, *, executor: Executor | None = None, secrets: Mapping[str, str] = MappingProxyType({})
) -> Runtime:
    """The same, not started yet; needs no running event loop."""
    records = MemoryRecords()
    return Runtime(
        log=MemoryLog(records),
        records=records,
        executor=executor or Executors(),
        settings=settings,
        env=app_env(None),
        secrets=secrets,
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
            stream_bytes=_plain(settings.limit_stream_bytes),
            bytes_per_s=_plain(settings.limit_bytes_per_s),
        ),
        process_limits=Limits(
            cpu_s=None if cpu is None else max(1, round(cpu.total_seconds())),
            memory_bytes=_plain(settings.limit_memory_bytes),
            open_files=settings.limit_open_files,
            processes=settings.limit_processes,
        ),
    )


def _plain(size: int | None) -> int | None:
    """A size as messages can carry it: settings have a kind of their own."""
    return None if size is None else int(size)


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
