"""Routes of the cloud: each names its verb, and nothing of it runs before the verb is allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypedDict

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message
from typing_extensions import override

from outlast.ee.cloud import errors as own
from outlast.ee.cloud.browser import SAFE_METHODS
from outlast.ee.cloud.caller import Origin
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.idempotency import answered_once
from outlast.ee.cloud.policy import Policy
from outlast.ee.cloud.work import Work
from outlast.http import problems
from outlast.http.bodies import MAX_JSON_BYTES, read_body
from outlast.http.openapi import EVENTS, operation
from outlast.kit.errors import OutlastError, Unavailable
from outlast.protocol.codec import Json

VERB = "x-verb"
RAW = "x-raw-body"
STREAMS = "x-streams"
"""A route that may answer with a stream keeps its own answers for a repeated request."""


class Wish(BaseModel):
    """Base of what is sent; a field that is not known is refused (ASVS 15.3.3)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)


class View(BaseModel):
    """Base of what is answered."""

    model_config = ConfigDict(frozen=True)


class Does(TypedDict, total=False):
    """Keyword arguments of a route's decorator."""

    status_code: int
    response_class: type[Response]
    responses: dict[int | str, dict[str, Json]]
    openapi_extra: dict[str, Json]


def does(
    verb: str,
    *refuses: type[OutlastError],
    status: int = 200,
    gives: type[msgspec.Struct] | str | None = None,
    takes: type[msgspec.Struct] | str | None = None,
    also: str | None = None,
    modelled: bool = True,
) -> Does:
    """Describe a route.

    Args:
        verb: what it does, as its policy lists it.
        refuses: what it may answer besides what every route may.
        status: of a good answer; 204 has no body.
        gives: a media type, or the struct of JSON that the route encodes by itself; else the return annotation says.
        takes: a media type of raw bytes, which the route reads by itself, or a struct that it parses by itself.
        also: a further media type of the answer.
        modelled: whether the return annotation is a Pydantic model.
    """
    plain = gives is not None or also is not None or not modelled
    every = (own.WorkspaceNotFound, own.RoleTooLow, own.InsufficientScope, problems.RateLimited, Unavailable)
    described = operation(gives, *every, *refuses, takes=takes, status=status, also=also)
    extra: dict[str, Json] = {VERB: verb, **(described["openapi_extra"] or {})}
    if isinstance(takes, str):
        extra[RAW] = True
    if also == EVENTS:
        extra[STREAMS] = True
    kwargs = Does(status_code=status, responses=described["responses"], openapi_extra=extra)
    if plain:
        kwargs["response_class"] = Response
    else:
        kwargs["responses"].pop(status, None)
    return kwargs


def cloud_router(prefix: str, *, tag: str) -> APIRouter:
    """A domain's router."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=CloudRoute)


class CloudRoute(APIRoute):
    """A route that enters by its verb's rule."""

    @property
    def verb(self) -> str:
        """What it does."""
        return str((self.openapi_extra or {}).get(VERB, ""))

    @override
    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handler = super().get_route_handler()
        extra = self.openapi_extra or {}
        verb, raw, streams = self.verb, bool(extra.get(RAW)), bool(extra.get(STREAMS))

        async def handle(request: Request) -> Response:
            cloud = cloud_of(request.app)
            work = Work(
                cloud,
                request,
                cloud.policy.rule(verb),
                origin=origin_of(request),
                workspace_id=request.path_params.get("workspace_id"),
            )
            request.state.work = work
            await work.enter()
            if not raw and request.method not in SAFE_METHODS:
                request = _whole(request, await read_body(request, max_bytes=MAX_JSON_BYTES))
            if streams and EVENTS in request.headers.get("accept", ""):
                return await finish(request)
            return await answered_once(work, request, finish, raw=raw)

        async def finish(request: Request) -> Response:
            response = await handler(request)
            response.headers.update(request.state.work.headers)
            return response

        return handle


def _whole(request: Request, body: bytes) -> Request:
    """The request with its body in hand, whose size has been checked."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, receive)


def cloud_of(app: FastAPI) -> Cloud:
    """The cloud that is mounted on an app."""
    cloud = app.state.cloud
    assert isinstance(cloud, Cloud)
    return cloud


def origin_of(request: Request) -> Origin:
    """Where a request comes from, as the guard in front found out."""
    origin = request.scope.get("outlast.origin")
    if isinstance(origin, Origin):
        return origin
    client = request.client
    return Origin(ip=client.host if client else "", user_agent=request.headers.get("user-agent", "")[:400])


class Served(NamedTuple):
    """One method of one route, as it is mounted."""

    method: str
    path: str
    verb: str


def served(app: FastAPI) -> Iterator[Served]:
    """All routes of the cloud that an app serves."""
    for found in iter_route_contexts(app.routes):  # an included router keeps its routes to itself
        route = found.original_route
        if isinstance(route, CloudRoute):
            for method in sorted(found.methods or ()):
                yield Served(method, found.path or "", route.verb)


def check_verbs(app: FastAPI, policy: Policy) -> Mapping[str, Sequence[str]]:
    """Check that each route of the cloud names a verb that is listed.

    Returns:
        The routes of each verb, ``"POST /api/v1/..."``.

    Raises:
        UnlistedVerb: the server must not start.
    """
    found: dict[str, list[str]] = {}
    for method, path, verb in served(app):
        policy.rule(verb)
        found.setdefault(verb, []).append(f"{method} {path}")
    return found
