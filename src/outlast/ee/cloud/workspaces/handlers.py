"""What workspaces do about the facts of others."""

from __future__ import annotations

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud
from outlast.ee.cloud.events import Fact
from outlast.ee.cloud.workspaces import invite_repository, repository

USER_DISABLED = "user.disabled"


async def revoke_invites(cloud: Cloud, fact: Fact) -> None:
    """End the invites that a disabled account has sent (ASVS 7.4.2); they let nobody in meanwhile either."""
    user_id = str(fact.data["user"])
    async with units.looking(cloud, workspace_id=ALL_WORKSPACES) as everywhere:
        roles = await repository.roles_of(everywhere, user_id)
    for workspace_id in roles:
        async with units.writing(cloud, workspace_id=workspace_id) as unit:
            await invite_repository.revoke_all_by(unit, user_id)
