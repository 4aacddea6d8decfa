"""What an app may use: the server's limits, or the app's own where those are tighter."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from outlast.protocol.commands import AppInfo, Limits
from outlast.runtime.live import Surroundings
from outlast.runtime.tracking import SessionLimits, tighter


def process_limits(limits: Limits, info: AppInfo) -> Limits:
    """What the kernel and the session process watch."""
    own = {name: round(value) for name, value in info.limits.items()}
    return Limits(
        cpu_s=tighter(limits.cpu_s, own.get("cpu_s")),
        memory_bytes=tighter(limits.memory_bytes, own.get("memory_bytes")),
        open_files=tighter(limits.open_files, own.get("open_files")),
        processes=tighter(limits.processes, own.get("processes")),
    )


def surroundings_of(around: Surroundings, info: AppInfo, *, patience: timedelta | None = None) -> Surroundings:
    """What the host watches of a session, and when it puts it to sleep.

    Args:
        around: what it does with every session.
        info: the app's own wishes go before all else.
        patience: of the session's workspace, which goes before the host's.
    """
    limits, own = around.limits, info.limits
    sizes = {name: round(own[name]) for name in ("stream_bytes", "bytes_per_s") if name in own}
    hibernate_after = info.hibernate_after_s
    return msgspec.structs.replace(
        around,
        limits=SessionLimits(
            wall_time=tighter(limits.wall_time, timedelta(seconds=own["wall_s"]) if "wall_s" in own else None),
            stream_bytes=tighter(limits.stream_bytes, sizes.get("stream_bytes")),
            bytes_per_s=tighter(limits.bytes_per_s, sizes.get("bytes_per_s")),
        ),
        # A session that could not be replayed must keep its process.
        hibernate_after=None
        if not info.durable
        else patience or around.hibernate_after
        if hibernate_after is None
        else timedelta(seconds=hibernate_after),
    )
