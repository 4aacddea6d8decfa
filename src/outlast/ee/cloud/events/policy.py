"""Who may follow a workspace's facts, and see to those that could not be handled."""

from __future__ import annotations

from collections.abc import Sequence

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.policy import Rule

RULES: Sequence[Rule] = (
    Rule(verb="workspace.follow", needs=Role.VIEWER, scope="workspaces:read"),
    Rule(verb="dead_letter.list", needs=Role.ADMIN, scope="workspaces:read"),
    Rule(verb="dead_letter.retry", needs=Role.ADMIN, scope="workspaces:write"),
    Rule(verb="dead_letter.delete", needs=Role.ADMIN, scope="workspaces:write"),
)
