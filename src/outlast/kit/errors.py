"""The one error tree.

OutlastError
├── InvalidInput            422  what was sent does not fit
│   ├── InvalidArguments    422  an app's arguments
│   ├── InvalidAnswer       422  an answer to an input
│   └── InvalidCursor       422  a page cursor
├── NotFound                404  no such thing, or not yours to see
│   ├── AppNotFound
│   ├── SessionNotFound
│   ├── InputNotFound
│   └── FileNotStored
├── Conflict                409  the state has moved on
│   ├── AlreadyAnswered
│   ├── SessionOver
│   ├── SessionNotStarted
│   ├── SessionHeld              another host owns the session
│   ├── StreamConflict           another writer owns the stream (the fence)
│   └── BranchImpossible
├── Refused                 403  not allowed
│   ├── AudienceOnly        403  the input was asked of somebody else
│   └── Unauthenticated     401
├── TooMuch                 429  a limit of the server
├── AppBroken               422  the app's file can't be loaded
├── AppFault                500  the app itself failed (a terminal event, never a crash of the server)
│   ├── LimitExceeded            a session went over one of its limits
│   └── ReplayDiverged           a replayed run asked something else than was recorded
├── ProtocolViolation       400  a frame or message that does not parse
├── StreamTrimmed           410  a reader asked for events behind the retained log
└── Unavailable             503  can't be done now, try again
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


class OutlastError(Exception):
    """Root of every error that Outlast raises on purpose.

    Attributes:
        code: stable, machine-readable name (``session.not_found``); part of the API.
        status: the HTTP status that the one handler answers with.
        message: what happened and what to do, for a person.
        details: further typed facts for the problem document, JSON values only.
        headers: of the HTTP response that tells it.
    """

    code = "internal"
    status = 500
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, object] = details


class InvalidInput(OutlastError):
    """What was sent does not fit; ``errors`` maps a field's path to what is wrong with it."""

    code = "invalid"
    status = 422

    def __init__(self, message: str, *, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message, **({"errors": dict(errors)} if errors else {}))
        self.errors: Mapping[str, str] = errors or {}


class InvalidArguments(InvalidInput):
    """The arguments do not fit the app's parameters."""

    code = "app.invalid_arguments"


class InvalidAnswer(InvalidInput):
    """The answer does not fit the input's spec."""

    code = "input.invalid_answer"


class InvalidCursor(InvalidInput):
    """The page cursor was not made by this list; ask for the first page again."""

    code = "page.invalid_cursor"


class NotFound(OutlastError):
    """No such thing, or not for the caller to see; the two are never told apart."""

    code = "not_found"
    status = 404


class AppNotFound(NotFound):
    """No app of this name is registered."""

    code = "app.not_found"


class SessionNotFound(NotFound):
    """No session of this id."""

    code = "session.not_found"


class InputNotFound(NotFound):
    """The session asked no input of this id."""

    code = "input.not_found"


class FileNotStored(NotFound):
    """No file of this id belongs to the session."""

    code = "file.not_found"


class Conflict(OutlastError):
    """The state has moved on since the caller looked."""

    code = "conflict"
    status = 409


class AlreadyAnswered(Conflict):
    """Somebody else's answer to this input came first, or it was withdrawn."""

    code = "input.already_answered"


class SessionOver(Conflict):
    """The session has ended; it takes no more answers."""

    code = "session.over"


class SessionNotStarted(Conflict):
    """The session has not been started yet."""

    code = "session.not_started"


class SessionHeld(Conflict):
    """Another host owns the session; it takes over only when that host's lease is over."""

    code = "session.held"


class StreamConflict(Conflict):
    """Another writer holds this stream: an insert met an existing ``(stream, seq)``. The fence of architecture §6."""

    code = "stream.conflict"


class BranchImpossible(Conflict):
    """A session can't be branched at this point."""

    code = "session.branch_impossible"


class Refused(OutlastError):
    """The caller may not do this."""

    code = "refused"
    status = 403


class AudienceOnly(Refused):
    """This input was asked of somebody else; ``audience`` says whom."""

    code = "input.not_yours"

    def __init__(self, message: str, *, audience: str) -> None:
        super().__init__(message, audience=audience)
        self.audience = audience


class Unauthenticated(Refused):
    """The caller did not say who they are, or the token is wrong (RFC 6750 §3)."""

    code = "unauthenticated"
    status = 401


class TooMuch(OutlastError):
    """A limit of the server is reached; try again later."""

    code = "too_much"
    status = 429


class AppBroken(OutlastError):
    """The app's file can't be loaded; the message holds its error."""

    code = "app.broken"
    status = 422


class AppFault(OutlastError):
    """The app itself failed. Becomes ``session.failed``; never ends the server."""

    code = "app_error"


class LimitExceeded(AppFault):
    """A session went over one of its limits; ``limit`` names it."""

    code = "limit"

    def __init__(self, message: str, *, limit: str) -> None:
        super().__init__(message, limit=limit)
        self.limit = limit
        self.code = f"limit_{limit}"


class ReplayDiverged(AppFault):
    """A replayed run asked something else than was recorded: the code has changed under the session."""

    code = "replay_diverged"


class ProtocolViolation(OutlastError):
    """A frame or message that does not parse."""

    code = "protocol_violation"
    status = 400


class StreamTrimmed(OutlastError):
    """A reader asked for events behind the retained log; take a snapshot and go on from its ``seq``."""

    code = "stream.trimmed"
    status = 410

    def __init__(self, message: str, *, first: int) -> None:
        super().__init__(message, first=first)
        self.first = first


class Unavailable(OutlastError):
    """Can't be done now; the same call may go through later."""

    code = "unavailable"
    status = 503
