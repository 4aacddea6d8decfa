"""The composition root: everything an HTTP server of Outlast is made of comes together here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware

from outlast.http import openapi, problems
from outlast.protocol.events import User
from outlast.runtime import Runtime
from outlast.server import apps, events, files, sessions, static, uploads
from outlast.server.deps import Context, HttpLimits
from outlast.server.hot import HotRoutes
from outlast.server.security import Guard, Keys, Wall

API = "/api/v1"
LOCAL_USER = User(id="local", name="You", role="admin")


def create_app(
    runtime: Runtime,
    *,
    token: str,
    port: int = 0,
    hosts: Iterable[str] = (),
    user: User = LOCAL_USER,
    stopping: asyncio.Event | None = None,
    limits: HttpLimits | None = None,
) -> FastAPI:
    """Make the ASGI app over an open runtime, which stays the caller's to close.

    Args:
        runtime: see `outlast.runtime.open_runtime`.
        token: what everything below ``/api/`` needs.
        port: that the server listens on; part of the cookie's name.
        hosts: host names to answer to besides those of this machine.
        user: the one local user.
        stopping: set it when the server begins to stop; event streams then end cleanly.
        limits: of requests.

    Returns:
        The whole app; ``state.front`` is what a server should run: the same, with the busy routes in front.
    """
    keys = Keys(token, port=port)
    wall = Wall(keys=keys, hosts=hosts)
    app = FastAPI(
        title="Outlast",
        version="1",
        description="Plain Python functions as durable, interactive sessions.",
        docs_url=None,  # they load scripts of other sites
        redoc_url=None,
        middleware=[Middleware(Guard, wall=wall)],
    )
    context = app.state.context = Context(
        runtime=runtime, user=user, stopping=stopping or asyncio.Event(), limits=limits or HttpLimits()
    )
    app.state.front = HotRoutes(app, context, wall)
    api = APIRouter(prefix=API)
    for resource in (apps, sessions, events, files, uploads):
        api.include_router(resource.router)
    app.include_router(api)
    problems.install(app)
    openapi.install(app)
    static.install(app, keys)
    return app
