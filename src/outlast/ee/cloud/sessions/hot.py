"""The busy routes of sessions: start, answer, follow (see `outlast.ee.cloud.hot`)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from outlast.ee.cloud.hot import BusyRoute
from outlast.ee.cloud.sessions.following import MAX_SEQ, follow_session
from outlast.ee.cloud.sessions.router import answered
from outlast.ee.cloud.sessions.starting import start_session
from outlast.ee.cloud.work import Work
from outlast.http.bodies import read_body
from outlast.kit.ids import is_id

_PATH = re.compile(r"/api/v1/workspaces/([0-9a-f-]{36})/sessions(?:/([0-9a-f-]{36})/(events|interactions))?")
_BASE = "/api/v1/workspaces/{workspace_id}/sessions"


def busy(scope: Scope) -> BusyRoute | None:
    """Whether a request is one of these, and what answers it."""
    found = _PATH.fullmatch(scope["path"])
    if found is None:
        return None
    workspace_id, session_id, what = found[1], found[2], found[3]
    method = scope["method"]
    if session_id is None:
        is_start = method == "POST" and not any(name == b"idempotency-key" for name, _ in scope["headers"])
        return BusyRoute("session.start", _BASE, workspace_id, _start) if is_start else None
    if not is_id(session_id):
        return None
    route = f"{_BASE}/{{session_id}}/{what}"
    if method == "POST" and what == "interactions":
        return BusyRoute("session.answer", route, workspace_id, _answering(session_id))
    if method == "GET" and what == "events":
        follows = _following(session_id, scope["query_string"])
        return BusyRoute("session.follow", route, workspace_id, follows) if follows is not None else None
    return None


async def _start(work: Work, request: Request) -> Response:
    return await start_session(work, request, await read_body(request))


def _answering(session_id: str) -> Callable[[Work, Request], Awaitable[Response]]:
    async def answer(work: Work, request: Request) -> Response:
        return await answered(work, session_id, await read_body(request))

    return answer


def _following(session_id: str, query: bytes) -> Callable[[Work, Request], Awaitable[Response]] | None:
    given = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    after, snapshot = given.pop("after", ["0"])[-1], given.pop("snapshot", ["false"])[-1]
    is_number = after.isascii() and after.isdecimal() and len(after) <= len(str(MAX_SEQ))
    if given or not is_number or int(after) > MAX_SEQ or snapshot not in ("true", "false"):
        return None

    async def follow(work: Work, request: Request) -> Response:
        return await follow_session(
            work,
            session_id,
            after=int(after),
            snapshot=snapshot == "true",
            last_event_id=request.headers.get("last-event-id"),
        )

    return follow
