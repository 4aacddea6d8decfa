"""How many requests one caller may make: token buckets in this process.

Own code, as the libraries for it start a thread or a task at each hit to forget old ones, and this stands before
every request.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

MAX_BUCKETS = 50_000
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests in a window; a caller that paused may send them all at once.

    Attributes:
        name: of the policy, in the headers.
        requests: how many.
        window_s: in how many seconds.
    """

    name: str
    requests: int
    window_s: int

    @property
    def header(self) -> str:
        """``RateLimit-Policy`` (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.name}";q={self.requests};w={self.window_s}'


@dataclass(frozen=True, slots=True)
class Taken:
    """What a request got.

    Attributes:
        allowed: whether it may go on.
        remaining: requests left now.
        retry_after_s: until the next one is allowed; whole seconds.
    """

    allowed: bool
    remaining: int
    retry_after_s: int


@dataclass(slots=True)
class Limiter:
    """Counts; the least recently used are forgotten beyond a bound, which only ever gives a caller more."""

    _buckets: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def take(self, key: str, quota: Quota, *, now_s: float | None = None) -> Taken:
        """Take one request out of a caller's bucket.

        Args:
            key: of the caller, workspace included where there is one.
            quota: how many are allowed.
            now_s: monotonic seconds.
        """
        now_s = time.monotonic() if now_s is None else now_s
        rate = quota.requests / quota.window_s
        name = quota.name, key
        left, at = self._buckets.pop(name, (float(quota.requests), now_s))
        left = min(float(quota.requests), left + (now_s - at) * rate)
        allowed = left >= 1 - ROUNDING
        if allowed:
            left -= 1
        self._buckets[name] = left, now_s  # popped and put back: the dict's order is that of use
        if len(self._buckets) > MAX_BUCKETS:
            del self._buckets[next(iter(self._buckets))]
        return Taken(allowed, int(left), 0 if allowed else max(1, math.ceil((1 - left) / rate - ROUNDING)))
