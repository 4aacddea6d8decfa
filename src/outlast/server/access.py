"""What stands before everything else: a request's id, its record in the log, its measures, its span.

It also serves the operator's own pages, before any wall: a probe comes by address and without a token.
Pure ASGI, and nothing lies between the app and the connection once an answer has begun: a frame to a viewer costs
one call more, and an open stream one small object.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outlast.ee.cloud.work import Work
from outlast.http.correlation import HEADER, ROUTE, request_id, taken_or_made
from outlast.kit.measures import LATENCY_S, Counter, Gauge, Histogram
from outlast.kit.tracing import Span
from outlast.server.logs import Access, AccessLog, now

if TYPE_CHECKING:
    from outlast.server.tracing import Traces

REQUESTS = Counter("outlast_http_requests_total", "Requests answered.", ("method", "route", "status"))
DURATION = Histogram(
    "outlast_http_request_duration_seconds",
    "Time to the end of an answer; of an event stream, to its beginning.",
    LATENCY_S,
    labels=("method", "route"),
)
STREAMS = Gauge("outlast_event_streams_open", "Event streams that are open now.")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STREAM = b"text/event-stream"
_JSON = frozenset({b"application/json", b"application/problem+json"})
"""Is UTF-8 whatever it says (RFC 8259 §8.1); some readers guess unless they are told (ASVS 4.1.1)."""

Page = Callable[[Scope, Receive, Send], Awaitable[None]]


class FrontDoor:
    """The outermost ASGI app.

    Args:
        app: what answers.
        pages: the operator's own, by path.
        log: where requests are told of; None for nowhere.
        traces: where spans go; None for nowhere.
    """

    def __init__(
        self, app: ASGIApp, *, pages: Mapping[str, Page], log: AccessLog | None = None, traces: Traces | None = None
    ) -> None:
        self._app = app
        self._pages = pages
        self._log = log
        self._traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        page = self._pages.get(scope["path"])
        if page is not None:
            await page(scope, receive, send)
            return
        watch = _Watch(scope, send)
        request_id.set(watch.id)
        try:
            if self._traces is not None:
                with self._traces.request(method_of(scope), watch.traceparent) as span:
                    await self._app(scope, receive, watch)
                    watch.describe(span)
            else:
                await self._app(scope, receive, watch)
        finally:
            self._tell(watch)

    def _tell(self, watch: _Watch) -> None:
        scope, ended = watch.scope, time.perf_counter()
        method, route, status = method_of(scope), route_of(scope), watch.status
        REQUESTS.add(method, route, str(status))
        if watch.is_stream:
            STREAMS.add(by=-1)
            DURATION.observe(watch.began - watch.since, method, route)
        else:
            DURATION.observe(ended - watch.since, method, route)
        if self._log is None:
            return
        user, workspace = watch.whose or _whose(scope)
        self._log.write(
            Access(
                timestamp=now(),
                method=method,
                route=route,
                status=status,
                duration_ms=round((ended - watch.since) * 1000, 2),
                request_id=watch.id,
                stream=watch.is_stream,
                user=user or msgspec.UNSET,
                workspace=workspace or msgspec.UNSET,
            )
        )


class _Watch:
    """Stands for `send`: sees the answer begin, and hands everything on."""

    __slots__ = ("_send", "began", "id", "is_stream", "scope", "since", "status", "traceparent", "whose")

    def __init__(self, scope: Scope, send: Send) -> None:
        given = traceparent = None
        for name, value in scope["headers"]:
            if name == HEADER:
                given = value
            elif name == b"traceparent":
                traceparent = value
        self.scope = scope
        self.id = taken_or_made(given)
        self.traceparent: bytes | None = traceparent
        self.status = 500  # if no answer begins, that is what the connection is closed for
        self.is_stream = False
        self.whose: tuple[str, str] | None = None
        self.since = self.began = time.perf_counter()
        self._send = send

    def __call__(self, message: Message) -> Awaitable[None]:
        # No coroutine of its own, which every frame of a stream would pass through.
        if message["type"] == "http.response.start":
            self._begin(message)
        return self._send(message)

    def _begin(self, message: Message) -> None:
        self.began = time.perf_counter()
        self.status = message["status"]
        headers = [(HEADER, self.id.encode())]
        for header in message["headers"]:
            name, value = header
            if name == b"content-type":
                if value in _JSON:
                    header = (name, value + b"; charset=utf-8")
                elif value.startswith(_STREAM):
                    self._begin_stream()
            headers.append(header)
        message["headers"] = headers

    def _begin_stream(self) -> None:
        self.is_stream = True
        STREAMS.add()
        # What only the way to the answer needed is not held for the hours that a stream may last.
        self.whose = _whose(self.scope)
        self.traceparent = None
        for name in ("state", "outlast.origin"):
            self.scope.pop(name, None)

    def describe(self, span: Span) -> None:
        """Tell the request's span what came of it."""
        span.set("http.route", route_of(self.scope))
        span.set("http.response.status_code", self.status)
        span.set("outlast.request_id", self.id)


def _whose(scope: Scope) -> tuple[str, str]:
    """The user's id and the workspace's, as far as they are known to be true."""
    work = scope.get("state", {}).get("work")
    if not isinstance(work, Work) or work.caller_or_none is None:
        return "", ""
    return work.caller_or_none.user_id, work.workspace_id if work.role is not None else ""


def method_of(scope: Scope) -> str:
    """A request's method, if it is one of HTTP's own."""
    return scope["method"] if scope["method"] in _METHODS else "other"


def route_of(scope: Scope) -> str:
    """The template of a request's path; never the path itself, of which there are too many to count."""
    told = scope.get(ROUTE)
    if told is None:
        # A route of an included router knows its own part of the path alone; the whole is where FastAPI keeps it.
        found = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
        told = getattr(found, "path_format", None)
    if told is None:
        told = "static" if scope["path"].startswith("/static/") else "unmatched"
    return str(told)
