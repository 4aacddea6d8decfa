"""The busy routes, served in front of FastAPI's stack.

Starting a session, answering and following are most of what a server does, and before each a client may ask who it is.
Through the whole stack a request costs twice its work in middlewares, and every frame to every viewer resumes each of
their coroutines again. Here the same functions are called with what they need, behind the same wall and the same
rules; whatever is out of the ordinary (another method, a query that does not parse, an Idempotency-Key) goes the long
way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.routes import origin_of
from outlast.ee.cloud.work import Work
from outlast.http.correlation import ROUTE
from outlast.http.problems import problem_response
from outlast.http.streaming import EventStream


class Gate(Protocol):
    """What stands before every request."""

    def check(self, scope: Scope) -> None:
        """Let a request in, or raise."""
        ...

    def secured(self, response: Response, scope: Scope) -> Response:
        """The response with the headers that every one has."""
        ...


class BusyRoute(NamedTuple):
    """A request of a busy route.

    Attributes:
        verb: what it does, as its policy lists it.
        route: the template of its path.
        workspace_id: of its path, if it has one.
        answer: what the route does once the verb is allowed.
    """

    verb: str
    route: str
    workspace_id: str | None
    answer: Callable[[Work, Request], Awaitable[Response]]


Finder: TypeAlias = Callable[[Scope], BusyRoute | None]
"""Knows a domain's busy routes."""


_OVER = HTTPConnection({"type": "http", "headers": []})


class HotRoutes:
    """An ASGI app that serves the busy routes itself and hands on all else.

    Args:
        app: what serves all else; it has the same routes, and its own guard.
        cloud: of the routes.
        gate: what every request must pass.
        finders: the domains' busy routes.
    """

    def __init__(self, app: ASGIApp, cloud: Cloud, gate: Gate, *, finders: Sequence[Finder]) -> None:
        self._app = app
        self._cloud = cloud
        self._gate = gate
        self._finders = finders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Nothing is named here that a stream, which may last for hours, would keep.
        await (await self._app_for(scope, receive))(scope, receive, send)

    async def _app_for(self, scope: Scope, receive: Receive) -> ASGIApp:
        """The response to a busy route's request; the whole stack for all others."""
        busy = self._find(scope) if scope["type"] == "http" else None
        if busy is None:
            return self._app
        scope[ROUTE] = busy.route
        try:
            self._gate.check(scope)
            response = await self._answer(busy, Request(scope, receive))
        except Exception as error:  # broad: the one handler says what any error means to the caller
            response = problem_response(error, path=scope["path"])
        self._gate.secured(response, scope)
        if isinstance(response, EventStream):
            scope["headers"].clear()  # a browser sends two kilobytes of them
        return response

    def _find(self, scope: Scope) -> BusyRoute | None:
        for find in self._finders:
            if (busy := find(scope)) is not None:
                return busy
        return None

    async def _answer(self, busy: BusyRoute, request: Request) -> Response:
        work = Work(
            self._cloud,
            request,
            self._cloud.policy.rule(busy.verb),
            origin=origin_of(request),
            workspace_id=busy.workspace_id,
        )
        request.state.work = work
        await work.enter()
        response = await busy.answer(work, request)
        response.headers.update(work.headers)
        if isinstance(response, EventStream):
            work.connection = _OVER  # the request's own is no longer needed, and a stream may last for hours
        return response
