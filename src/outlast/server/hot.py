"""The busy routes, served in front of FastAPI's stack.

Starting a session, answering and following are most of what a server does. Through the whole stack a request costs
twice its work in middlewares, and every frame to every viewer resumes each of their coroutines again. Here the same
endpoint functions are called with what they need, behind the same `Wall`; whatever is out of the ordinary
(another method, a query that does not parse) goes the long way.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from outlast.http.problems import problem_response
from outlast.http.streaming import EventStream
from outlast.kit.ids import is_id
from outlast.server.deps import Context
from outlast.server.events import MAX_SEQ, follow_session
from outlast.server.security import Wall, secured
from outlast.server.sessions import answer_input, start_session

_SESSION = re.compile(r"/api/v1/sessions/([0-9a-f-]{36})/(events|interactions)")

Endpoint = Callable[[Request], Awaitable[Response]]


class HotRoutes:
    """An ASGI app that serves the busy routes itself and hands on all else.

    Args:
        app: what serves all else; it has the same routes, and its own guard.
        context: of the routes.
        wall: what every request must pass.
    """

    def __init__(self, app: FastAPI, context: Context, wall: Wall) -> None:
        self._app = app
        self._context = context
        self._wall = wall

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Nothing is named here that a stream, which may last for hours, would keep.
        await (await self._app_for(scope, receive))(scope, receive, send)

    async def _app_for(self, scope: Scope, receive: Receive) -> ASGIApp:
        """The response to a busy route's request; the whole stack for all others."""
        endpoint = self._endpoint(scope) if scope["type"] == "http" else None
        if endpoint is None:
            return self._app
        try:
            self._wall.check(scope)
            response = await endpoint(Request(scope, receive))
        except Exception as error:  # broad: the one handler says what any error means to the caller
            response = problem_response(error, path=scope["path"])
        if isinstance(response, EventStream):
            scope["headers"].clear()  # a browser sends two kilobytes of them
        return secured(response)

    def _endpoint(self, scope: Scope) -> Endpoint | None:
        method, path = scope["method"], scope["path"]
        if method == "POST" and path == "/api/v1/sessions":
            return self._start
        match = _SESSION.fullmatch(path)
        if match is None or not is_id(match[1]):
            return None
        session_id = match[1]
        if method == "POST" and match[2] == "interactions":
            return lambda request: answer_input(request, self._context, session_id)
        if method == "GET" and match[2] == "events":
            return self._follow(session_id, scope["query_string"])
        return None

    async def _start(self, request: Request) -> Response:
        given = request.headers
        return await start_session(
            request,
            self._context,
            accept=given.get("accept", ""),
            idempotency_key=given.get("idempotency-key"),
        )

    def _follow(self, session_id: str, query: bytes) -> Endpoint | None:
        given = parse_qs(query.decode("latin-1"), keep_blank_values=True)
        after, snapshot = given.pop("after", ["0"])[-1], given.pop("snapshot", ["false"])[-1]
        if (
            given
            or not (after.isascii() and after.isdecimal())
            or len(after) > len(str(MAX_SEQ))
            or snapshot not in ("true", "false")
        ):
            return None
        if int(after) > MAX_SEQ:
            return None
        return lambda request: follow_session(
            self._context,
            session_id,
            after=int(after),
            snapshot=snapshot == "true",
            last_event_id=request.headers.get("last-event-id"),
        )
