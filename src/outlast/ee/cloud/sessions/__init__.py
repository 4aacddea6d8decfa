"""Sessions of a workspace: start, follow, answer, share; and the apps that they are of.

`busy` is for the server alone: it knows the routes that are served in front of FastAPI.
"""

from __future__ import annotations

from outlast.ee.cloud import events as outbox
from outlast.ee.cloud import files as workspace_files  # `files` is a module of this package
from outlast.ee.cloud import workspaces
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.routes import cloud_router
from outlast.ee.cloud.sessions import apps, expiry, handlers, repository, share_router, streams
from outlast.ee.cloud.sessions import files as session_files
from outlast.ee.cloud.sessions import router as sessions
from outlast.ee.cloud.sessions.access import Sight
from outlast.ee.cloud.sessions.hot import busy
from outlast.ee.cloud.sessions.places import Places
from outlast.ee.cloud.sessions.policy import RULES

__all__ = ["RULES", "busy", "install", "router"]

router = cloud_router("", tag="sessions")
for _part in (
    apps.router,
    sessions.router,
    streams.router,
    session_files.router,
    share_router.router,
    share_router.opening,
):
    router.routes.extend(_part.routes)


def install(cloud: Cloud) -> None:
    """Hang the domain on the cloud: who sees what, the limits, the job that ends sessions, what others ask of it."""
    sight = Sight(cloud)
    cloud.add(sight)
    cloud.add(Places())
    cloud.beside(lambda: expiry.watch(cloud))
    handlers.register(cloud)
    workspaces.on_purge(cloud, handlers.purge)
    workspace_files.see_sessions(cloud, lambda unit: repository.seen_by(unit, unit.caller.user_id))
    outbox.share_by(cloud, sight.shared_ids)
