"""Who belongs where, as every request asks: out of a cache of this process that is half a second old at most.

Changes that this process commits count at once; those of others within that time. Streams look again every half
second (`outlast.ee.cloud.viewers`), so that a removed member's end within a second on every server.
"""

from __future__ import annotations

import time
from collections import OrderedDict

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces import repository

FRESH_FOR_S = 0.5
MAX_KNOWN = 20_000


class KnownRoles:
    """The cache, and the `outlast.ee.cloud.context.Memberships` port.

    Args:
        cloud: whose database is asked.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._known: OrderedDict[tuple[str, str], tuple[Role | None, float]] = OrderedDict()
        self._changes = 0

    async def role(self, user_id: str, workspace_id: str) -> Role | None:
        key, now_s = (workspace_id, user_id), time.monotonic()
        known = self._known.get(key)
        if known is not None and now_s - known[1] < FRESH_FOR_S:
            return known[0]
        before = self._changes
        async with units.looking(self._cloud, workspace_id=workspace_id) as unit:
            role = await repository.role_of(unit, user_id)
        if before == self._changes:  # else this may be older than the change
            self._known[key] = role, now_s
            self._known.move_to_end(key)
            if len(self._known) > MAX_KNOWN:
                self._known.popitem(last=False)
        return role

    async def role_in(self, unit: Unit) -> Role | None:
        return await repository.role_of(unit, unit.caller.user_id)

    def forget(self) -> None:
        """Read all anew: somebody's role has changed."""
        self._changes += 1
        self._known.clear()


def people_changed(unit: Unit) -> None:
    """Once the unit is committed: forget who belonged where, and send away who may look no more."""
    cloud = unit.cloud
    unit.after_commit(cloud.part(KnownRoles).forget)
    unit.after_commit(cloud.viewers.recheck)
