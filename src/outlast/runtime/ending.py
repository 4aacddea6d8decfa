"""Ends awake sessions from outside, without asking their apps."""

from __future__ import annotations

from outlast.kit.errors import SessionHeld, StreamConflict
from outlast.protocol import events as e
from outlast.runtime.live import LiveSession


async def end(live: LiveSession, event: e.SessionEvent) -> None:
    """Write the end of a session, and see its process off.

    Args:
        live: whose turn the caller holds; it is awake no more when this returns.
        event: a terminal one.

    Raises:
        SessionHeld: another host has taken over; it is stopped here.
        Unavailable: nothing was stored; it is stopped, and its end may be written again.
    """
    try:
        await live.put([event])
    except StreamConflict:
        live.stop()
        raise SessionHeld(f"Session {live.record.id} is awake on another host; end it there.") from None
    except BaseException:  # broad: whatever it was, nothing may follow what could not be written
        live.stop()
        raise
    live.kill()
    await live.gone.wait()
