"""The busy routes, served in front of FastAPI's stack.

Starting a session, answering and following are most of what a server does. Through the whole stack a request costs
twice its work in middlewares, and every frame to every viewer resumes each of their coroutines again. Here the same
functions are called with what they need, behind the same wall and the same rules; whatever is out of the ordinary
(another method, a query that does not parse, an Idempotency-Key) goes the long way.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.routes import origin_of
from outlast.ee.cloud.sessions.following import MAX_SEQ, follow_session
from outlast.ee.cloud.sessions.router import answered
from outlast.ee.cloud.sessions.starting import start_session
from outlast.ee.cloud.work import Work
from outlast.http.bodies import read_body
from outlast.http.correlation import ROUTE
from outlast.http.problems import problem_response
from outlast.http.streaming import EventStream
from outlast.kit.ids import is_id

_PATH = re.compile(r"/api/v1/workspaces/([0-9a-f-]{36})/sessions(?:/([0-9a-f-]{36})/(events|interactions))?")
_BASE = "/api/v1/workspaces/{workspace_id}/sessions"


class Gate(Protocol):
    """What stands before every request."""

    def check(self, scope: Scope) -> None:
        """Let a request in, or raise."""
        ...

    def secured(self, response: Response, scope: Scope) -> Response:
        """The response with the headers that every one has."""
        ...


class _Endpoint(NamedTuple):
    verb: str
    route: str
    workspace_id: str
    answer: Callable[[Work, Request], Awaitable[Response]]


class HotRoutes:
    """An ASGI app that serves the busy routes itself and hands on all else.

    Args:
        app: what serves all else; it has the same routes, and its own guard.
        cloud: of the routes.
        gate: what every request must pass.
    """

    def __init__(self, app: ASGIApp, cloud: Cloud, gate: Gate) -> None:
        self._app = app
        self._cloud = cloud
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Nothing is named here that a stream, which may last for hours, would keep.
        await (await self._app_for(scope, receive))(scope, receive, send)

    async def _app_for(self, scope: Scope, receive: Receive) -> ASGIApp:
        """The response to a busy route's request; the whole stack for all others."""
        endpoint = _endpoint(scope) if scope["type"] == "http" else None
        if endpoint is None:
            return self._app
        scope[ROUTE] = endpoint.route
        try:
            self._gate.check(scope)
            response = await self._answer(endpoint, Request(scope, receive))
        except Exception as error:  # broad: the one handler says what any error means to the caller
            response = problem_response(error, path=scope["path"])
        self._gate.secured(response, scope)
        if isinstance(response, EventStream):
            scope["headers"].clear()  # a browser sends two kilobytes of them
        return response

    async def _answer(self, endpoint: _Endpoint, request: Request) -> Response:
        work = Work(
            self._cloud,
            request,
            self._cloud.policy.rule(endpoint.verb),
            origin=origin_of(request),
            workspace_id=endpoint.workspace_id,
        )
        request.state.work = work
        await work.enter()
        response = await endpoint.answer(work, request)
        response.headers.update(work.headers)
        return response


def _endpoint(scope: Scope) -> _Endpoint | None:
    found = _PATH.fullmatch(scope["path"])
    if found is None:
        return None
    workspace_id, session_id, what = found[1], found[2], found[3]
    method = scope["method"]
    if session_id is None:
        is_start = method == "POST" and not any(name == b"idempotency-key" for name, _ in scope["headers"])
        return _Endpoint("session.start", _BASE, workspace_id, _start) if is_start else None
    if not is_id(session_id):
        return None
    route = f"{_BASE}/{{session_id}}/{what}"
    if method == "POST" and what == "interactions":
        return _Endpoint("session.answer", route, workspace_id, _answering(session_id))
    if method == "GET" and what == "events":
        follows = _following(session_id, scope["query_string"])
        return _Endpoint("session.follow", route, workspace_id, follows) if follows is not None else None
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
