"""Who may grant what."""

from __future__ import annotations

import pytest

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.workspaces.errors import LastOwner, RoleAboveOwn
from outlast.ee.cloud.workspaces.policy import RULES, check_owner_left, check_reach


@pytest.mark.parametrize("own", Role)
@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_up_to_itself(own: Role, role: Role) -> None:
    """[security 72]"""
    if role <= own:
        check_reach(own, Role.VIEWER, role)
    else:
        with pytest.raises(RoleAboveOwn):
            check_reach(own, role, Role.VIEWER)


def test_a_workspace_keeps_an_owner() -> None:
    """[security 72]"""
    check_owner_left(1)
    with pytest.raises(LastOwner):
        check_owner_left(0)


def test_what_ends_a_workspace_needs_a_fresh_proof_and_no_token_may_do_it() -> None:
    rules = {rule.verb: rule for rule in RULES}
    for verb in ("workspace.delete", "workspace.transfer"):
        assert rules[verb].fresh
        assert rules[verb].scope is None
    assert {verb for verb, rule in rules.items() if rule.creates} == {
        "workspace.create",
        "invite.create",
        "invite.accept",
    }
