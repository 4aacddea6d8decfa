"""Sessions of a workspace: start, follow, answer, share; and the apps that they are of."""

from __future__ import annotations

from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.routes import cloud_router
from outlast.ee.cloud.sessions.policy import RULES

__all__ = ["RULES", "install", "router"]

router = cloud_router("", tag="sessions")


def install(cloud: Cloud) -> None:
    """Hang the domain on the cloud."""
