"""What holds for a session, and what it has used of it: of what is at hand, never by reading its stream."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import msgspec
import psutil

from outlast.protocol.api import Measure, SessionUsage
from outlast.protocol.commands import Limits
from outlast.runtime.appetite import Bounds, bounds_of
from outlast.runtime.host import Host
from outlast.runtime.live import LiveSession
from outlast.runtime.records import SessionRecord
from outlast.runtime.tracking import stream_of
from outlast.worker.limits import descendants


class _Used(msgspec.Struct, kw_only=True):
    cpu_s: float | None = None
    memory_bytes: int | None = None
    open_files: int | None = None
    processes: int | None = None


async def usage_of(host: Host, record: SessionRecord) -> SessionUsage:
    """What holds for a session and what it has used.

    Args:
        host: may have it awake; what a process on another host uses is not known.
        record: of the session.

    Returns:
        All but what is said of sessions that nobody moves, which is not the host's to know. What an app itself asks
        for is in it where its file is loaded.

    Raises:
        Unavailable: the database can't be reached.
    """
    live = host.awake.get(record.id)
    bounds = live.around.bounds if live is not None and live.pid is not None else _expected(host, record)
    allowed, process = bounds.limits, bounds.process_limits
    used = _Used()
    if live is not None and live.pid is not None:
        used = await asyncio.to_thread(_measured, live.pid, process)
    return SessionUsage(
        awake=live is not None,
        wall_s=Measure(
            limit=_seconds(allowed.wall_time), used=_seconds(live.stopwatch.ran(live.now()) if live else None)
        ),
        cpu_s=Measure(limit=process.cpu_s, used=used.cpu_s),
        memory_bytes=Measure(limit=process.memory_bytes, used=used.memory_bytes),
        open_files=Measure(limit=process.open_files, used=used.open_files),
        processes=Measure(limit=process.processes, used=used.processes),
        stream_bytes=Measure(limit=allowed.stream_bytes, used=record.bytes),
        bytes_per_s=Measure(limit=allowed.bytes_per_s, used=live.meter.bytes_per_s if live else None),
        waiting_s=Measure(limit=_seconds(bounds.hibernate_after), used=_waited_s(live, bounds)),
        idle_s=Measure(),
        events=live.seq if live is not None else await host.ports.log.head(stream_of(record.id)),
        files_bytes=await host.ports.files.size_bytes(record.id),
    )


def _expected(host: Host, record: SessionRecord) -> Bounds:
    """What would hold for a session that were woken now."""
    entry = host.ports.registry.loaded(record.app)
    if entry is None:
        return host.settings.bounds
    return bounds_of(host.settings.bounds, entry.info, patience=host.ports.patience.get(record.workspace_id))


def _waited_s(live: LiveSession | None, bounds: Bounds) -> float | None:
    left = live.alarms.left("idle") if live is not None else None
    return None if left is None or bounds.hibernate_after is None else _seconds(bounds.hibernate_after - left)


def _measured(pid: int, limits: Limits) -> _Used:
    """What the system tells of a process; nothing of one that has just ended."""
    used = _Used()
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        used.cpu_s = times.user + times.system
        if sys.platform == "linux":
            used.processes = descendants(pid)
            # The kernel's limits stand above what the process had when it began: below them lies what is its own.
            used.memory_bytes = _own(
                process.memory_info().data, process.rlimit(psutil.RLIMIT_DATA)[0], limits.memory_bytes
            )
            used.open_files = _own(process.num_fds(), process.rlimit(psutil.RLIMIT_NOFILE)[0], limits.open_files)
    except (psutil.Error, OSError):
        pass
    return used


def _own(found: int, ceiling: int, limit: int | None) -> int | None:
    """What a process has taken since it began; not known before its limits hold, and without any."""
    if limit is None or not limit <= ceiling < sys.maxsize:
        return None
    return max(0, found - (ceiling - limit))


def _seconds(time: timedelta | None) -> float | None:
    return None if time is None else round(time.total_seconds(), 3)
