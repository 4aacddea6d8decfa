"""How a server stands with its licence: what it may do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from outlast.ee.cloud.license.documents import License
from outlast.ee.cloud.license.errors import FeatureMissing, LicenseExpired
from outlast.ee.cloud.license.plans import COMMUNITY, COMMUNITY_WORKSPACES, MEANINGS, Feature, Plan

GRACE = timedelta(days=14)
"""Time after the end of a licence in which everything still works."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""A clock that goes back by less was only set right."""

State = Literal["active", "grace", "read_only"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a workspace of this server may do.

    Attributes:
        state: ``active``; ``grace``, when the licence is over and everything still works; ``read_only`` after it.
        plan: the plan in force.
        seats: people who may be members at the same time.
        features: what the licence in force includes.
        workspaces: how many there may be; None for any number.
        grace_ends_at: when the server becomes, or became, read-only; None while nothing is wrong.
    """

    state: State
    plan: Plan
    seats: int
    features: frozenset[str]
    workspaces: int | None
    grace_ends_at: datetime | None = None

    def require_feature(self, feature: Feature) -> None:
        """Pass only with a feature.

        Raises:
            FeatureMissing: the licence in force does not include it.
        """
        if feature not in self.features:
            raise FeatureMissing(
                f"The {self.plan} plan does not include {MEANINGS[feature]}; install a licence that does.",
                feature=feature,
            )

    def require_writable(self) -> None:
        """Pass only while the server may be written.

        Raises:
            LicenseExpired: the grace is over.
        """
        if self.state == "read_only":
            raise LicenseExpired("The licence of this server is over, so it can be read only; install a newer one.")


def seen(now: datetime, latest: datetime | None) -> datetime:
    """The time that licences are judged at: the latest ever seen, so that setting a clock back gains nothing."""
    return now if latest is None else max(now, latest)


def set_back(now: datetime, latest: datetime | None) -> bool:
    """Whether the clock shows a time well before one it has shown already."""
    return latest is not None and now < latest - CLOCK_TOLERANCE


def judge(licence: License | None, *, now: datetime, over_since: datetime | None = None) -> Standing:
    """Say what a licence is worth at a moment.

    Args:
        licence: verified, and of this place; None for none.
        now: the moment, as `seen` gives it.
        over_since: since when the server has held more people or workspaces than its plan allows.

    Returns:
        Community before a licence begins and without one. After its end the plan stays for `GRACE`, then the server
        is read-only and nothing beyond community is included. The same grace counts from ``over_since``.
    """
    if licence is None or now < licence.not_before:
        return _limited(_community(), over_since, now=now)
    if now < licence.expires_at:
        return _limited(_licensed(licence), over_since, now=now)
    ends = licence.expires_at + GRACE if over_since is None else min(licence.expires_at, over_since) + GRACE
    if now < ends:
        return _with(_licensed(licence), "grace", ends)
    return _with(_community(), "read_only", ends)


def _licensed(licence: License) -> Standing:
    features = frozenset(licence.features)
    return Standing(
        state="active",
        plan=licence.plan,
        seats=licence.seats if "seats" in features else min(licence.seats, COMMUNITY.seats),
        features=features,
        workspaces=None if "workspaces" in features else COMMUNITY_WORKSPACES,
    )


def _community() -> Standing:
    return Standing("active", "community", COMMUNITY.seats, frozenset(COMMUNITY.features), COMMUNITY_WORKSPACES)


def _limited(standing: Standing, over_since: datetime | None, *, now: datetime) -> Standing:
    if over_since is None:
        return standing
    ends = over_since + GRACE
    return _with(standing, "grace" if now < ends else "read_only", ends)


def _with(standing: Standing, state: State, ends: datetime) -> Standing:
    return Standing(state, standing.plan, standing.seats, standing.features, standing.workspaces, ends)
