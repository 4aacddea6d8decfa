"""Who may read the mails of a developer's server."""

from __future__ import annotations

from collections.abc import Sequence

from outlast.ee.cloud.policy import Rule, Who

RULES: Sequence[Rule] = (Rule(verb="outbox.read", needs=Who.OPERATOR, asvs="13.4.2"),)
