"""Workspaces, who belongs to them with which role, and invites.

Other domains call `settings_of`, `memberships_of` and `member_ids`, and hang on by `on_purge` what of theirs must go
with a workspace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outlast.ee.cloud import auth
from outlast.ee.cloud import events as outbox
from outlast.ee.cloud import license as licences
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud, Memberships
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces import repository
from outlast.ee.cloud.workspaces.handlers import USER_DISABLED, revoke_invites
from outlast.ee.cloud.workspaces.inviting import address_of
from outlast.ee.cloud.workspaces.members import add_member
from outlast.ee.cloud.workspaces.memberships import KnownRoles
from outlast.ee.cloud.workspaces.policy import RULES
from outlast.ee.cloud.workspaces.purging import PurgeHook, PurgeHooks, purge_due, purge_regularly
from outlast.ee.cloud.workspaces.router import router
from outlast.ee.cloud.workspaces.schemas import Home, Member, Settings, Workspace
from outlast.ee.cloud.workspaces.seats import usage
from outlast.ee.cloud.workspaces.service import create_workspace, first_home, settings_of

__all__ = [
    "RULES",
    "Home",
    "Member",
    "PurgeHook",
    "Settings",
    "Workspace",
    "add_member",
    "create_workspace",
    "first_home",
    "install",
    "member_ids",
    "memberships",
    "memberships_of",
    "on_purge",
    "purge_due",
    "router",
    "settings_of",
    "settings_of_all",
]


def install(cloud: Cloud) -> None:
    """Hang the domain on the cloud: who belongs where, what counts for the licence, and the job that purges."""
    cloud.add(KnownRoles(cloud))
    cloud.add(PurgeHooks())
    licences.count_by(cloud, usage)
    auth.invited_by(cloud, address_of)
    outbox.on(cloud, USER_DISABLED, revoke_invites)
    cloud.beside(lambda: purge_regularly(cloud))


def memberships(cloud: Cloud) -> Memberships:
    """What tells who belongs where."""
    return cloud.part(KnownRoles)


def on_purge(cloud: Cloud, hook: PurgeHook) -> None:
    """Have a domain's part of a workspace removed for good, in a unit of its own that is about that workspace.

    Args:
        hook: may be called again for the same workspace; those of domains above are called first.
    """
    cloud.part(PurgeHooks).hooks.append(hook)


async def memberships_of(unit: Unit, user_id: str) -> Mapping[str, Role]:
    """Every workspace that somebody belongs to, and their role there."""
    async with unit.within(ALL_WORKSPACES) as everywhere:
        return await repository.roles_of(everywhere, user_id)


async def settings_of_all(everywhere: Unit) -> Mapping[str, Settings]:
    """The settings of every workspace that is not deleted, by its id."""
    return await repository.all_settings(everywhere)


async def member_ids(unit: Unit) -> Sequence[str]:
    """The ids of all members of the unit's workspace."""
    return await repository.member_ids(unit)
