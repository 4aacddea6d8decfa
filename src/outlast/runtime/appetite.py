"""What a session may use: the server's limits, or its app's own where those are tighter."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from outlast.protocol.commands import AppInfo, Limits
from outlast.runtime.tracking import SessionLimits, tighter


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What one session may use.

    Attributes:
        limits: what the host watches.
        process_limits: what the kernel and the session process watch.
        hibernate_after: how long it waits before its process ends; None for ever.
    """

    limits: SessionLimits
    process_limits: Limits
    hibernate_after: timedelta | None


def bounds_of(bounds: Bounds, info: AppInfo, *, patience: timedelta | None = None) -> Bounds:
    """The bounds of an app's sessions.

    Args:
        bounds: of every session.
        info: the app's own wishes go before all else.
        patience: of the session's workspace, which goes before the host's.
    """
    limits, process, own = bounds.limits, bounds.process_limits, info.limits
    counts = {name: round(value) for name, value in own.items()}
    return Bounds(
        limits=SessionLimits(
            wall_time=tighter(limits.wall_time, timedelta(seconds=own["wall_s"]) if "wall_s" in own else None),
            stream_bytes=tighter(limits.stream_bytes, counts.get("stream_bytes")),
            bytes_per_s=tighter(limits.bytes_per_s, counts.get("bytes_per_s")),
        ),
        process_limits=Limits(
            cpu_s=tighter(process.cpu_s, counts.get("cpu_s")),
            memory_bytes=tighter(process.memory_bytes, counts.get("memory_bytes")),
            open_files=tighter(process.open_files, counts.get("open_files")),
            processes=tighter(process.processes, counts.get("processes")),
        ),
        hibernate_after=_patience(bounds, info, patience),
    )


def _patience(bounds: Bounds, info: AppInfo, patience: timedelta | None) -> timedelta | None:
    if not info.durable:
        return None  # it could not be replayed: it must keep its process
    if info.hibernate_after_s is not None:
        return timedelta(seconds=info.hibernate_after_s)
    return patience or bounds.hibernate_after
