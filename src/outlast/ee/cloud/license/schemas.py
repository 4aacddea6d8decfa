"""The licence on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from outlast.ee.cloud.license.documents import MAX_CHARS
from outlast.ee.cloud.license.plans import Plan
from outlast.ee.cloud.license.standing import State
from outlast.ee.cloud.routes import View, Wish


class LicenseSummary(View):
    """What everybody may know of the server's licence.

    Attributes:
        plan: in force now.
        state: `grace`: it is over, and everything still works; `read_only`: the grace is over, too.
        expires_at: its end; null without a licence.
    """

    plan: Plan
    state: State
    expires_at: datetime | None


class LicenseDetails(LicenseSummary):
    """What admins may know of it.

    Attributes:
        grace_ends_at: when the server becomes, or became, read-only.
        seats_used, workspaces_used: of the whole server.
        workspaces: how many there may be; null for any number.
        source: `settings`, where only the operator can change it.
        clock_set_back: the server's clock shows an earlier time than it once did; licences are judged by the latest.
    """

    id: str | None
    org: str | None
    not_before: datetime | None
    grace_ends_at: datetime | None
    seats: int
    seats_used: int | None
    workspaces: int | None
    workspaces_used: int | None
    features: list[str]
    workspace_id: str | None
    source: str
    clock_set_back: bool


class InstallLicense(Wish):
    """A licence to install."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_CHARS)]
