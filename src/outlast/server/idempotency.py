"""Idempotency-Key: a request that is sent again makes nothing twice (IETF draft, idempotency-key-header).

Kept in memory and bounded: a key is good until the server restarts or `MAX_KEYS` later ones came.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from outlast.http.problems import IdempotencyKeyReused, RequestInFlight
from outlast.kit.errors import InvalidInput

MAX_KEYS = 10_000
MAX_KEY_CHARS = 255


@dataclass(slots=True)
class _Kept:
    digest: bytes
    made: str | None = None


class KeptAnswers:
    """Remembers what the first request with a key made."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def once(self, key: str | None, body: bytes, make: Callable[[], Awaitable[str]]) -> str:
        """Make something, or give what was made for the same key before.

        Args:
            key: of the request; None makes without remembering.
            body: of the request.
            make: makes it and returns its id. A failure is not kept: the request may be sent again.

        Raises:
            RequestInFlight: the first request is still at work.
            IdempotencyKeyReused: the key came with another body.
        """
        if key is None:
            return await make()
        if not 0 < len(key) <= MAX_KEY_CHARS:
            raise InvalidInput(f"An Idempotency-Key has 1 to {MAX_KEY_CHARS} characters.")
        digest = hashlib.sha256(body).digest()
        if (kept := self._kept.get(key)) is not None:
            if kept.digest != digest:
                raise IdempotencyKeyReused("This Idempotency-Key came with another body before; take a new key.")
            if kept.made is None:
                raise RequestInFlight("The first request with this Idempotency-Key is still at work; ask again.")
            return kept.made
        kept = self._kept[key] = _Kept(digest)
        try:
            kept.made = await make()
        except BaseException:  # broad: whatever ended it, the key is free again
            self._kept.pop(key, None)
            raise
        while len(self._kept) > MAX_KEYS:
            self._kept.popitem(last=False)
        return kept.made
