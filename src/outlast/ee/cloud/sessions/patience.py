"""How long the sessions of a workspace wait for an answer before their process ends: told to the engine's host."""

from __future__ import annotations

from outlast.ee.cloud import unit as units
from outlast.ee.cloud import workspaces
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud


async def tell_host(cloud: Cloud) -> None:
    """Tell the host what the workspaces' settings say; it counts for each session from its next start or waking on."""
    async with units.looking(cloud, workspace_id=ALL_WORKSPACES) as everywhere:
        found = await workspaces.settings_of_all(everywhere)
    known = {one: settings.hibernate_after for one, settings in found.items()}
    patience = cloud.runtime.host.ports.patience
    patience.clear()
    patience.update({workspace_id: wait for workspace_id, wait in known.items() if wait is not None})
