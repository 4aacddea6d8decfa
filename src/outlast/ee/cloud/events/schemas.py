"""Dead letters on the wire."""

from __future__ import annotations

from datetime import datetime

from outlast.ee.cloud.routes import View


class DeadLetter(View):
    """A fact that could not be handled; what it says stays within.

    Attributes:
        kind: of the fact.
        at: when it happened, UTC.
        attempts: how often it was tried.
        error: what went wrong the last time.
    """

    id: str
    kind: str
    at: datetime
    attempts: int
    error: str


class DeadLetterPage(View):
    """A page of dead letters, the oldest first."""

    items: list[DeadLetter]
    next_cursor: str | None
