"""The licence: what this server may do. Signed texts, plans, seats and features.

Other domains call `take_seat` where they add a member, `take_workspace` where they add a workspace, `require_feature`,
and once, by `count_by`, say how to count what is used.
"""

from __future__ import annotations

from outlast.ee.cloud.context import Cloud, LicenceGate
from outlast.ee.cloud.license.errors import FeatureMissing, LicenseExpired, SeatLimit
from outlast.ee.cloud.license.licensing import CountUsage, Licensing, Usage, from_settings
from outlast.ee.cloud.license.plans import Feature
from outlast.ee.cloud.license.policy import RULES
from outlast.ee.cloud.license.router import router
from outlast.ee.cloud.license.service import take_seat, take_workspace
from outlast.ee.cloud.license.standing import Standing

__all__ = [
    "RULES",
    "FeatureMissing",
    "LicenseExpired",
    "SeatLimit",
    "Usage",
    "count_by",
    "gate",
    "install",
    "require_feature",
    "router",
    "standing",
    "take_seat",
    "take_workspace",
]


def install(cloud: Cloud) -> None:
    """Hang the domain on the cloud.

    Raises:
        InvalidSettings: the licence of the settings can't be verified.
    """
    licensing = Licensing(cloud, from_settings(cloud.settings))
    cloud.add(licensing)
    cloud.beside(licensing.watch)


def gate(cloud: Cloud) -> LicenceGate:
    """What lets verbs pass."""
    return cloud.part(Licensing)


def count_by(cloud: Cloud, count: CountUsage) -> None:
    """Say how to count what is used of the licence (domain workspaces)."""
    cloud.part(Licensing).count = count


def standing(cloud: Cloud, *, workspace_id: str | None = None) -> Standing:
    """What a workspace may do now, or the server; at most some seconds late."""
    return cloud.part(Licensing).standing(workspace_id)


def require_feature(cloud: Cloud, feature: Feature, *, workspace_id: str | None = None) -> None:
    """Pass only with a feature.

    Raises:
        FeatureMissing: the licence does not include it.
    """
    cloud.part(Licensing).standing(workspace_id).require_feature(feature)
