"""What the audit trail does about refusals."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.audit import service
from outlast.ee.cloud.caller import Caller, Origin
from outlast.ee.cloud.context import SERVER_SCOPE, Cloud
from outlast.ee.cloud.errors import SignInRequired, WorkspaceNotFound
from outlast.ee.cloud.policy import Rule
from outlast.kit.errors import OutlastError

REPEAT_AFTER = timedelta(minutes=1)
"""The same refusal of the same one is one entry a minute, which says how many it stands for: refusals cost who is
refused nothing, and must not fill a disk."""
MAX_REMEMBERED = 10_000


class DenialLog:
    """Records refusals (the `outlast.ee.cloud.context.Denials` port), in transactions of their own: what was refused
    is rolled back."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._recent: OrderedDict[tuple[str, ...], tuple[datetime, int]] = OrderedDict()

    async def denied(
        self, caller: Caller | None, rule: Rule, *, workspace_id: str | None, origin: Origin, error: OutlastError
    ) -> None:
        if isinstance(error, SignInRequired):
            return  # nobody has claimed anything
        # The trail of a workspace is for what its members do; a stranger's knocking is the server's to know.
        inside = caller is not None and not isinstance(error, WorkspaceNotFound)
        scope = workspace_id if inside and workspace_id is not None else SERVER_SCOPE
        repeated = self._count((caller.key if caller else origin.ip, rule.verb, error.code, workspace_id or ""))
        if repeated is None:
            return
        async with units.writing(self._cloud, caller=caller, workspace_id=scope, origin=origin) as unit:
            await service.record(
                unit,
                rule.verb,
                target="workspace" if workspace_id else "",
                target_id=workspace_id or "",
                result="denied",
                code=error.code,
                details={"repeated": repeated} if repeated else {},
            )

    def _count(self, what: tuple[str, ...]) -> int | None:
        """How many refusals of this kind went unrecorded since the last entry; None: this one goes, too."""
        now = self._cloud.clock.now()
        since, count = self._recent.get(what, (None, 0))
        if since is not None and now - since < REPEAT_AFTER:
            self._recent[what] = since, count + 1
            return None
        self._recent[what] = now, 0
        self._recent.move_to_end(what)
        if len(self._recent) > MAX_REMEMBERED:
            self._recent.popitem(last=False)
        return count
