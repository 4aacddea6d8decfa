"""The composition root: everything an HTTP server of Outlast is made of comes together here."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import FastAPI
from starlette.middleware import Middleware

from outlast.ee.cloud import auth, sessions
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.describing import by_rules
from outlast.ee.cloud.hot import HotRoutes
from outlast.ee.cloud.mount import mount_cloud
from outlast.http import openapi, problems
from outlast.server import static
from outlast.server.security import Guard, Wall


def create_app(cloud: Cloud, *, hosts: Iterable[str] = ()) -> FastAPI:
    """Make the ASGI app over an open cloud, which stays the caller's to start and to close.

    Args:
        cloud: see `outlast.ee.cloud.mount.open_cloud`.
        hosts: host names to answer to besides those of this machine and of the settings.

    Returns:
        The whole app; ``state.front`` is what a server should run: the same, with the busy routes in front.

    Raises:
        UnlistedVerb: a route does what no policy lists.
    """
    wall = Wall(cloud.settings, hosts=hosts)
    app = FastAPI(
        title="Outlast",
        version="1",
        description="Plain Python functions as durable, interactive sessions.",
        docs_url=None,  # they load scripts of other sites
        redoc_url=None,
        middleware=[Middleware(Guard, wall=wall)],
    )
    mount_cloud(app, cloud)
    problems.install(app)
    openapi.install(app, refine=by_rules(cloud.policy))
    static.install(app)
    app.state.front = HotRoutes(app, cloud, wall, finders=(sessions.busy, auth.busy))
    return app
