"""The plans, and what each includes unless a licence says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

Plan = Literal["community", "team", "business", "enterprise"]
Feature = Literal["workspaces", "seats", "sso", "audit_export", "webhooks", "cluster"]

PLANS: tuple[Plan, ...] = get_args(Plan)
FEATURES: tuple[Feature, ...] = get_args(Feature)

MEANINGS: Mapping[Feature, str] = MappingProxyType(
    {
        "workspaces": "more than one workspace",
        "seats": "more seats than community has",
        "sso": "single sign-on (OpenID Connect)",
        "audit_export": "export of the audit trail",
        "webhooks": "webhooks",
        "cluster": "several hosts on one database",
    }
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan includes.

    Attributes:
        seats: people who may be members at the same time.
        features: what is included beyond the core.
    """

    seats: int
    features: tuple[Feature, ...]


TERMS: Mapping[Plan, Terms] = MappingProxyType(
    {
        "community": Terms(5, ()),
        "team": Terms(25, ("workspaces", "seats", "webhooks")),
        "business": Terms(100, ("workspaces", "seats", "sso", "audit_export", "webhooks")),
        "enterprise": Terms(1000, FEATURES),
    }
)

COMMUNITY = TERMS["community"]
"""What a server without a licence has: one workspace, five seats, every core feature."""

COMMUNITY_WORKSPACES = 1
