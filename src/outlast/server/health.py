"""``/healthz`` and ``/readyz``, for whatever restarts the server and sends it requests.

Neither tells a secret, so neither asks for a token, nor for the name by which the server is called. A probe that comes
often costs nothing: what was looked up is good for a second.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from outlast.db.migrations import newest, revision
from outlast.http.problems import problem_response
from outlast.kit.errors import OutlastError, Unavailable
from outlast.protocol.codec import encode_json

GOOD_FOR = timedelta(seconds=1)
PATIENCE = timedelta(seconds=3)

Check = Callable[[], Awaitable[str]]
"""Looks at one thing; gives what is wrong with it, or nothing."""


class NotReady(Unavailable):
    """The server can't take requests now; `checks` tells why."""

    code = "not_ready"


async def healthz(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that the process lives."""
    await _answer({"status": "ok"})(scope, receive, send)


class ReadyPage:
    """Answers whether requests are welcome: 200, or a problem with 503.

    Args:
        checks: by name, all of which must find nothing wrong.
        stopping: once set, the server is not ready, whatever else.
    """

    def __init__(self, checks: Mapping[str, Check], stopping: asyncio.Event) -> None:
        self._checks = checks
        self._stopping = stopping
        self._found: Mapping[str, str] = {}
        self._good_until = 0.0
        self._looking = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = {"stopping": "The server is stopping."} if self._stopping.is_set() else await self._look()
        checks = {name: found.get(name) or "ok" for name in (*self._checks, *found)}
        if any(found.values()):
            wrong = " ".join(words for words in found.values() if words)
            problem = NotReady(f"The server is not ready. {wrong}", checks=checks)
            await problem_response(problem, path=scope["path"], logged=False)(scope, receive, send)
            return
        await _answer({"status": "ok", "checks": checks})(scope, receive, send)

    async def _look(self) -> Mapping[str, str]:
        async with self._looking:
            if time.monotonic() >= self._good_until:
                words = await asyncio.gather(*(_tried(check) for check in self._checks.values()))
                self._found = dict(zip(self._checks, words, strict=True))
                self._good_until = time.monotonic() + GOOD_FOR.total_seconds()
            return self._found


def database_checks(engine: AsyncEngine) -> Mapping[str, Check]:
    """Whether the database answers, and has the schema of this version."""
    at = newest()

    async def database() -> str:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            await revision(engine)
        return ""

    async def schema() -> str:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            found = await revision(engine)
        return "" if found == at else "The schema is not this version's: run `outlast db upgrade`."

    return {"database": database, "schema": schema}


async def _tried(check: Check) -> str:
    try:
        return await check()
    except (OutlastError, TimeoutError, OSError):
        # What a database says of itself is for the log, not for whoever asks.
        return "The database does not answer."


def _answer(body: Mapping[str, object]) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(encode_json(body), media_type="application/json", headers=headers)
