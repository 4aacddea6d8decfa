"""The one table of verbs: who may do what. Each domain lists its own in its ``policy.py``; unlisted is refused.

The table becomes docs/reference/permissions, and the test that walks role x route x tenant reads it too.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from outlast.ee.cloud.caller import Role
from outlast.kit.errors import OutlastError


class UnlistedVerb(OutlastError):
    """A route does something that no policy lists; it must never be served."""

    code = "policy.unlisted_verb"


class Who(enum.Enum):
    """Who may do what happens outside of a workspace."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    OPERATOR = "operator"
    """Who runs the server; over all workspaces, but never into what is theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may do a verb.

    Attributes:
        verb: ``<thing>.<verb>``, as ``invite.create``.
        needs: the least role in the path's workspace, or who outside of one.
        scope: what a personal access token must hold (``workspaces:write``); None if no token may do this.
        fresh: needs a proof of who they are within `Settings.fresh_for` (ASVS 7.5.1).
        creates: takes an Idempotency-Key.
        feature: what the licence must include for it.
        when_read_only: may be done while the licence allows reading alone, though it changes something.
        asvs: the requirement that it answers.
    """

    verb: str
    needs: Role | Who
    scope: str | None = None
    fresh: bool = False
    creates: bool = False
    feature: str | None = None
    when_read_only: bool = False
    asvs: str = "8.2.1"


@dataclass(slots=True)
class Policy:
    """All rules."""

    _rules: dict[str, Rule] = field(default_factory=dict)

    def add(self, rules: Iterable[Rule]) -> None:
        """List verbs.

        Raises:
            ValueError: a verb is listed twice.
        """
        for rule in rules:
            if rule.verb in self._rules:
                raise ValueError(f"the verb {rule.verb} is listed twice")
            self._rules[rule.verb] = rule

    def rule(self, verb: str) -> Rule:
        """The rule of a verb.

        Raises:
            UnlistedVerb: there is none.
        """
        try:
            return self._rules[verb]
        except KeyError:
            raise UnlistedVerb(f"No policy lists the verb {verb!r}; add it to its domain's policy.py.") from None

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())
