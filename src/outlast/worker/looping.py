"""The event loop of async apps: it notices when only the session's host can make the app go on."""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar, TypeVarTuple, Unpack

from typing_extensions import override

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

OnIdle = Callable[[Callable[[], bool]], None]
"""Called when nothing can happen in the loop unless the host says something; its argument tells whether it just did."""

_POOL_THREAD = "asyncio_"  # of the loop's own executor; what such a thread works on is a job
_AGAIN_S = 1.0  # a thread of the app's own may end without a word


class _Selector(selectors.DefaultSelector):
    """Calls before the loop sleeps without an end: then no callback is ready and no timer is set.

    Attributes:
        on_sleep: tells for how long the loop may sleep, in seconds; None for ever.
    """

    on_sleep: Callable[[], float | None] | None = None

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:  # type: ignore[explicit-any]
        # The one descriptor is the loop's own, by which other threads wake it.
        if timeout is None and self.on_sleep is not None and len(self.get_map()) == 1:
            timeout = self.on_sleep()
        return super().select(timeout)


class AppLoop(asyncio.SelectorEventLoop):
    """An event loop that tells when it is idle for good.

    It is when no callback is ready, no timer is set, no socket, pipe or child process is watched, no job is in an
    executor, and no other thread of the app is alive: then all tasks wait for the host, be it through
    `asyncio.gather`, a task group or locks of their own.

    Args:
        on_idle: see `OnIdle`.
    """

    def __init__(self, on_idle: OnIdle) -> None:
        selector = _Selector()
        super().__init__(selector)
        self._jobs = 0
        self._on_idle = on_idle
        self._sleeps_on = selector
        selector.on_sleep = self._look

    @override
    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        job = super().run_in_executor(executor, func, *args)
        self._jobs += 1
        job.add_done_callback(self._job_is_done)  # called in the loop, so nobody sees it before the result is here
        return job

    def _job_is_done(self, _job: asyncio.Future[T]) -> None:
        self._jobs -= 1

    def _look(self) -> float | None:
        if self._jobs:
            return None
        if any(_may_act(thread) for thread in threading.enumerate()):
            return _AGAIN_S
        self._on_idle(self._was_woken)
        return None

    def _was_woken(self) -> bool:
        return bool(self._sleeps_on.select(0))


def _may_act(thread: threading.Thread) -> bool:
    return thread is not threading.current_thread() and not thread.name.startswith(_POOL_THREAD)
