"""What sessions do about the facts of others."""

from __future__ import annotations

from outlast.ee.cloud import events
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.events import Fact
from outlast.ee.cloud.sessions import repository
from outlast.ee.cloud.sessions.access import Sight
from outlast.ee.cloud.sessions.expiry import end_all
from outlast.ee.cloud.sessions.patience import tell_host
from outlast.ee.cloud.unit import Unit


def register(cloud: Cloud) -> None:
    """Handle what concerns sessions."""
    events.on(cloud, "member.removed", withdraw_shares)
    events.on(cloud, "workspace.deleted", end_sessions)
    for kind in ("workspace.created", "workspace.updated", "workspace.restored"):
        events.on(cloud, kind, take_in_settings)


async def withdraw_shares(cloud: Cloud, fact: Fact) -> None:
    """Who is no member has nothing any more that was shared with them; should they come back, they ask again."""
    async with units.writing(cloud, workspace_id=fact.workspace_id) as unit:
        await repository.revoke_all_of(unit, str(fact.data["user"]))
        unit.after_commit(cloud.part(Sight).forget)


async def end_sessions(cloud: Cloud, fact: Fact) -> None:
    """In a deleted workspace nothing goes on; when it is restored, what was said can be read, and branched."""
    await end_all(cloud, str(fact.data["workspace"]))


async def take_in_settings(cloud: Cloud, fact: Fact) -> None:
    """How long sessions wait may have changed."""
    await tell_host(cloud)


async def purge(unit: Unit) -> None:
    """Leave no row, stream or file of a workspace's sessions."""
    ids = await repository.ids_in(unit)
    await repository.purge(unit)
    await unit.cloud.runtime.files.drop(*ids)
