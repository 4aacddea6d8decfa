"""Puts the cloud together and mounts it on an app."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
from types import ModuleType

from fastapi import APIRouter, FastAPI

from outlast.ee.cloud import audit, auth, events, files, mail, sessions, workspaces
from outlast.ee.cloud import license as licences
from outlast.ee.cloud.box import SecretBox, load_key
from outlast.ee.cloud.context import Cloud, Gates
from outlast.ee.cloud.routes import check_verbs
from outlast.kit.clock import Clock, SystemClock
from outlast.kit.settings import Settings
from outlast.runtime import Runtime

API = "/api/v1"

DOMAINS: Sequence[ModuleType] = (audit, events, mail, licences, auth, workspaces, files, sessions)
"""Each has ``router``, ``RULES`` and ``install(cloud)``; the order is that of their dependence."""


def open_cloud(
    runtime: Runtime,
    settings: Settings,
    *,
    clock: Clock | None = None,
    stopping: asyncio.Event | None = None,
) -> Cloud:
    """Put the cloud together over an open runtime, which stays the caller's to close.

    Args:
        runtime: over a database; see `outlast.runtime.open_runtime`.
        settings: of the server.
        clock: tells the time; tests move it.
        stopping: set when the server begins to stop.

    Raises:
        InvalidSettings: the secret key is too short, or a licence came without its public key.
    """
    assert runtime.engine is not None, "the cloud needs a runtime over a database"
    given = settings.secret_key
    key = given.get_secret_value().encode() if given is not None else load_key(settings.data_dir / "keys")
    cloud = Cloud(
        engine=runtime.engine,
        runtime=runtime,
        settings=settings,
        clock=clock or SystemClock(),
        box=SecretBox(key),
        stopping=stopping or asyncio.Event(),
    )
    for domain in DOMAINS:
        cloud.policy.add(domain.RULES)
        domain.install(cloud)
    cloud.gates = Gates(
        authenticator=auth.authenticator(cloud),
        memberships=workspaces.memberships(cloud),
        licence=licences.gate(cloud),
        denials=audit.denials(cloud),
    )
    return cloud


def mount_cloud(app: FastAPI, cloud: Cloud) -> None:
    """Mount every domain below ``/api/v1``.

    Args:
        app: gets the routes, and the cloud as ``state.cloud``.
        cloud: from `open_cloud`; `Cloud.start` its jobs when the server starts, and `Cloud.close` it at the end.

    Raises:
        UnlistedVerb: a route does what no policy lists.
    """
    app.state.cloud = cloud
    app.router.routes.extend(_api().routes)
    check_verbs(app, cloud.policy)


@functools.cache
def _api() -> APIRouter:
    """The routes of all domains, of which FastAPI finds out what each takes once, however many apps have them."""
    api = APIRouter()
    # Routes are tried in their order, and the question of who one is is asked most.
    for domain in sorted(DOMAINS, key=lambda domain: domain is not auth):
        api.include_router(domain.router, prefix=API)
    return api
