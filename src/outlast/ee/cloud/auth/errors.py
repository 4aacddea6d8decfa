"""What accounts, log-ins and tokens refuse."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

from outlast.kit.errors import InvalidInput, TooMuch, Unavailable


class PasswordRefused(InvalidInput):
    """The password is too short, too long or too easily guessed."""

    code = "auth.password_refused"


class HashingBusy(Unavailable):
    """Too many log-ins are being checked at this moment; try again shortly."""

    code = "auth.busy"

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.headers: Mapping[str, str] = {"retry-after": str(math.ceil(retry_after.total_seconds()))}


class TooManyAttempts(TooMuch):
    """Too many failed log-ins of this account from this place; Retry-After says when to try again."""

    code = "auth.too_many_attempts"

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.headers: Mapping[str, str] = {"retry-after": str(math.ceil(retry_after.total_seconds()))}
