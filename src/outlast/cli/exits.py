"""How a command ends: its exit code, which scripts may rely on."""

from __future__ import annotations

from enum import IntEnum

from outlast.kit import errors


class Code(IntEnum):
    """Exit codes, the same for every command."""

    OK = 0
    FAILED = 1
    """The session or the check failed, or something else went wrong."""
    USAGE = 2
    """The command line, an argument of an app or an answer does not fit."""
    NOT_FOUND = 3
    CONFLICT = 4
    """The state has moved on: answered already, over already."""
    NO_SERVER = 5
    """No server runs, or it can't be reached now."""
    NO_ANSWER = 6
    """The session waits for an answer that nobody gave here."""
    CANCELLED = 130
    """Ctrl-C, or the session was cancelled."""


EPILOG = (
    "Exit codes: 0 done, 1 failed, 2 wrong usage or arguments, 3 not found, 4 conflict, 5 no server, "
    "6 waits for an answer, 130 cancelled."
)

_BY_ERROR: tuple[tuple[type[errors.OutlastError], Code], ...] = (
    (errors.InvalidInput, Code.USAGE),
    (errors.NotFound, Code.NOT_FOUND),
    (errors.Conflict, Code.CONFLICT),
    (errors.Unavailable, Code.NO_SERVER),
)


def code_of(error: errors.OutlastError) -> Code:
    """The exit code for an error that ends a command."""
    if error.code == "no_answer":
        return Code.NO_ANSWER
    if error.code in ("settings.invalid", "usage"):
        return Code.USAGE
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), Code.FAILED)
