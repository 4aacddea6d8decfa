"""What sessions refuse, besides what the engine does.

OutlastError
├── NotFound
│   └── ShareNotFound       404  no such share or link, or it is over
├── Refused
│   └── AccessTooLow        403  the session is shared with the caller, but not for this
└── TooMuch
    └── TooManySessions     429  the workspace's limit for one member
"""

from __future__ import annotations

from outlast.kit.errors import NotFound, Refused, TooMuch


class ShareNotFound(NotFound):
    """No share or link of this kind, or it is over."""

    code = "share.not_found"


class AccessTooLow(Refused):
    """The session is shared with the caller, but not for this."""

    code = "session.access_too_low"

    def __init__(self, message: str, *, needs: str) -> None:
        super().__init__(message, needs=needs)


class TooManySessions(TooMuch):
    """The member has as many open sessions as the workspace allows."""

    code = "session.too_many"
