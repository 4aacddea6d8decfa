"""Time that is kept: durable sleeps, and a clock that a replay reads again."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from outlast.sdk.context import Pending, current
from outlast.sdk.place import key_here, step_scope
from outlast.sdk.questions import AskedInStep
from outlast.sdk.streaming import refuse_on_loop


def duration_of(duration: timedelta | float, name: str) -> timedelta:
    """Read a duration given as timedelta or seconds.

    Raises:
        TypeError: it is neither.
        ValueError: it is negative or not finite.
    """
    if isinstance(duration, (int, float)) and not isinstance(duration, bool):
        if not math.isfinite(duration):
            raise ValueError(f"{name} takes a finite time.")
        duration = timedelta(seconds=duration)
    if not isinstance(duration, timedelta):
        raise TypeError(f"{name} takes a timedelta or seconds, not {type(duration).__name__}.")
    if duration < timedelta(0):
        raise ValueError(f"{name} can't take a negative time.")
    return duration


def sleep(duration: timedelta | float, *, key: str | None = None) -> None:
    """Wait, for a second or a month: the session needs no process meanwhile, and wakes when the time has come.

    Args:
        duration: a timedelta, or seconds.
        key: names the timer, for code that calls from several threads or tasks.

    Raises:
        SessionCancelled: the session was cancelled meanwhile.

    Example:
        ```python
        sleep(timedelta(days=3))
        ```
    """
    length = duration_of(duration, "sleep()")
    refuse_on_loop("sleep")
    refuse_in_step()
    current().sleep(length, key=key_here(key)).wait()


def refuse_in_step() -> None:
    """Refuse to sleep inside a step.

    Raises:
        AskedInStep: the caller runs in one.
    """
    if step_scope() is not None:
        raise AskedInStep(
            "sleep() is durable, and a step runs in one go and keeps only its result: sleep before or after it, "
            "or wait by time.sleep()."
        )


def now() -> datetime:
    """The time, in UTC; a replay gets the time of the first run.

    Example:
        ```python
        deadline = now() + timedelta(hours=1)
        ```
    """
    pending, moment = _now()
    if pending is not None:
        pending.wait()
    return moment


async def now_async() -> datetime:
    """As `now`, without blocking the event loop."""
    pending, moment = _now()
    if pending is not None:
        await pending
    return moment


def _now() -> tuple[Pending | None, datetime]:
    recorder = current()
    step_id, recorded = recorder.begin_step("now", key=key_here(None))
    if recorded is not None:
        return None, datetime.fromisoformat(str(recorded.result))
    moment = recorder.now()
    return recorder.finish_step(step_id, "now", result=moment.isoformat()), moment
