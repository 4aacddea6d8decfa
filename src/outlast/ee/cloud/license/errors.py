"""What can be wrong with a licence, and what it does not allow.

OutlastError
├── InvalidInput
│   ├── LicenseRefused      422  a text that is no licence of this server
│   └── KeyRefused          422  a text that is no key
├── Conflict
│   └── LicenseFixed        409  only the operator can change it
└── Refused
    ├── SeatLimit           402  all seats are taken
    ├── FeatureMissing      403  the licence does not include it
    └── LicenseExpired      403  the server is read-only
"""

from __future__ import annotations

from typing import Literal

from outlast.kit.errors import Conflict, InvalidInput, Refused

Reason = Literal[
    "malformed", "unknown_alg", "wrong_signature", "other_workspace", "not_yet_valid", "expired", "superseded"
]


class LicenseRefused(InvalidInput):
    """The text is not a licence that counts here; ``reason`` says why."""

    code = "license.invalid"

    def __init__(self, message: str, *, reason: Reason) -> None:
        super().__init__(message, errors={"license": reason})
        self.reason: Reason = reason


class KeyRefused(InvalidInput):
    """The text is not a key that licences are signed or verified with."""

    code = "license.invalid_key"


class LicenseFixed(Conflict):
    """The licence of this server is its operator's to change."""

    code = "license.fixed"


class SeatLimit(Refused):
    """Every seat of the licence is taken; remove somebody or install a licence with more seats."""

    code = "license.seat_limit"
    status = 402

    def __init__(self, message: str, *, seats: int) -> None:
        super().__init__(message, seats=seats)
        self.seats = seats


class FeatureMissing(Refused):
    """The licence of this server does not include this feature; ``feature`` names it."""

    code = "license.feature_missing"

    def __init__(self, message: str, *, feature: str) -> None:
        super().__init__(message, feature=feature)
        self.feature = feature


class LicenseExpired(Refused):
    """The licence is over and so is its grace: the server can be read, not written."""

    code = "license.expired"
