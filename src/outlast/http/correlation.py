"""The id that ties together what is told of one request: answer, log and audit."""

from __future__ import annotations

import itertools
import re
import secrets
from contextvars import ContextVar

HEADER = b"x-request-id"
ROUTE = "outlast.route"
"""Where a scope tells the template of its path, if no router of FastAPI has found it."""

_SANE = re.compile(rb"(?!ol[a-z]_)[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

_HERE = secrets.token_hex(8)
_numbers = itertools.count(1)

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that this task answers; empty outside of one."""


def taken_or_made(given: bytes | None) -> str:
    """The id that a proxy gave the request, or a new one: of this process and counted, which costs next to nothing.

    Args:
        given: the header's value. What is too short or too long to be an id, could break a line of the log, or looks
            like a token is not taken over.
    """
    if given is not None and _SANE.fullmatch(given):
        return given.decode("ascii")
    return f"{_HERE}-{next(_numbers):x}"
