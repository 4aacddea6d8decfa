"""What is read at nearly every request, held in this process and read again at most a second late."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MAX_AGE = timedelta(seconds=1)
MAX_HELD = 20_000


class Fresh(Generic[K, V]):
    """A bounded cache whose entries are never older than `MAX_AGE`, and gone at once when this process changes them.

    Args:
        load: reads an entry; what is not there is worth remembering too.
    """

    def __init__(self, load: Callable[[K], Awaitable[V]], *, max_age: timedelta = MAX_AGE) -> None:
        self._load = load
        self._max_age_s = max_age.total_seconds()
        self._held: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._loading: dict[K, asyncio.Task[V]] = {}

    async def get(self, key: K) -> V:
        """The entry. Its age counts from when the read began: what changed meanwhile may not be in it."""
        held = self._held.get(key)
        if held is not None and time.monotonic() - held[0] < self._max_age_s:
            return held[1]
        loading = self._loading.get(key)
        if loading is None:
            loading = asyncio.ensure_future(self._read(key))
            self._loading[key] = loading
        return await asyncio.shield(loading)

    async def _read(self, key: K) -> V:
        began, me = time.monotonic(), asyncio.current_task()
        try:
            value = await self._load(key)
            if self._loading.get(key) is me:  # else it was forgotten meanwhile, and may be stale
                self._held[key] = began, value
                self._held.move_to_end(key)
                if len(self._held) > MAX_HELD:
                    self._held.popitem(last=False)
            return value
        finally:
            if self._loading.get(key) is me:
                del self._loading[key]

    def put(self, key: K, value: V) -> None:
        """Change an entry that is held; its age stays."""
        held = self._held.get(key)
        if held is not None:
            self._held[key] = held[0], value

    def forget(self, key: K) -> None:
        """Have the entry read again at its next use."""
        self._held.pop(key, None)
        self._loading.pop(key, None)

    def forget_all(self, which: Callable[[V], bool]) -> None:
        """Forget every entry of which something is true, and those that are being read."""
        for key in [key for key, (_, value) in self._held.items() if which(value)]:
            del self._held[key]
        self._loading.clear()
