"""Who may read the audit trail."""

from __future__ import annotations

from collections.abc import Sequence

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.policy import Rule

RULES: Sequence[Rule] = (
    Rule(verb="audit.list", needs=Role.ADMIN, scope="audit:read", asvs="16.4.2"),
    Rule(verb="audit.export", needs=Role.ADMIN, scope="audit:read", feature="audit_export", asvs="16.4.2"),
)
