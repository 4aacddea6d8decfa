"""Problem documents back to the errors that they were made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx
import msgspec

from outlast.kit.errors import (
    AudienceOnly,
    Conflict,
    InvalidInput,
    LimitExceeded,
    NotFound,
    OutlastError,
    Refused,
    StreamTrimmed,
    TooMuch,
    Unauthenticated,
    Unavailable,
)
from outlast.protocol.codec import Json

_BY_STATUS: Mapping[int, type[OutlastError]] = {
    401: Unauthenticated,
    403: Refused,
    404: NotFound,
    409: Conflict,
    422: InvalidInput,
    429: TooMuch,
    503: Unavailable,
}
"""What an error is at least whose ``code`` is of the server's own."""

_OWN = frozenset({"type", "title", "status", "detail", "instance", "code", "errors"})


def error_of(status: int, body: bytes) -> OutlastError:
    """Give the error that an answer stands for.

    Args:
        status: of the answer, 400 or more.
        body: its problem document; anything else becomes an `OutlastError` with the status.
    """
    try:
        problem = msgspec.json.decode(body, type=dict[str, Json])
    except msgspec.DecodeError:
        problem = {}
    message = str(problem.get("detail") or f"The server answered {status}.")
    code = str(problem.get("code") or "unknown")
    error = _make(_by_code().get(code) or _BY_STATUS.get(status, OutlastError), message, problem)
    error.code, error.status = code, status
    return error


def raise_for(response: httpx.Response) -> None:
    """Raise the error of an answer that is one.

    Raises:
        OutlastError: of the class that the answer's ``code`` names.
    """
    if response.status_code >= 400:
        raise error_of(response.status_code, response.content)


def unreachable(error: httpx.TransportError) -> Unavailable:
    """The error for a server that can't be reached."""
    return Unavailable(f"The server can't be reached ({str(error) or type(error).__name__}); is it running?")


def _make(kind: type[OutlastError], message: str, problem: Mapping[str, Json]) -> OutlastError:
    if issubclass(kind, InvalidInput):
        return kind(message, errors=problem.get("errors") or {})
    if issubclass(kind, StreamTrimmed):
        return kind(message, first=int(problem.get("first", 1)))
    if issubclass(kind, LimitExceeded):
        return kind(message, limit=str(problem.get("limit", "")))
    if issubclass(kind, AudienceOnly):
        return kind(message, audience=str(problem.get("audience", "")))
    details = {name: value for name, value in problem.items() if name not in _OWN}
    try:
        return kind(message, **details)
    except TypeError:  # a class of the server's own, whose facts an answer does not hold
        error = OutlastError.__new__(kind)
        OutlastError.__init__(error, message, **details)
        return error


def _by_code() -> Mapping[str, type[OutlastError]]:
    # Nearest to the root first, so that a subclass without a code of its own does not take its parent's.
    found: dict[str, type[OutlastError]] = {}
    for kind in _tree(OutlastError):
        found.setdefault(kind.code, kind)
    return found


def _tree(root: type[OutlastError]) -> Iterator[type[OutlastError]]:
    level = [root]
    while level:
        yield from level
        level = [child for parent in level for child in parent.__subclasses__()]
