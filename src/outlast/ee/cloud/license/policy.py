"""Who may look at the licence, and change it."""

from __future__ import annotations

from collections.abc import Sequence

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.policy import Rule, Who

RULES: Sequence[Rule] = (
    Rule(verb="license.show", needs=Who.ANYONE),
    Rule(verb="license.get", needs=Role.ADMIN, scope="workspaces:read"),
    Rule(verb="license.install", needs=Role.OWNER, fresh=True, when_read_only=True),
)
