"""Who may do what with workspaces, members and invites."""

from __future__ import annotations

from collections.abc import Sequence

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.policy import Rule, Who
from outlast.ee.cloud.workspaces.errors import LastOwner, RoleAboveOwn

READ, WRITE = "workspaces:read", "workspaces:write"
PEOPLE_READ, PEOPLE_WRITE = "members:read", "members:write"

RULES: Sequence[Rule] = (
    Rule(verb="workspace.list", needs=Who.SIGNED_IN, scope=READ, asvs="8.2.2"),
    Rule(verb="workspace.create", needs=Who.SIGNED_IN, creates=True),
    Rule(verb="workspace.list_deleted", needs=Who.SIGNED_IN, asvs="8.2.2"),
    Rule(verb="workspace.restore", needs=Who.SIGNED_IN, asvs="8.2.2"),
    Rule(verb="workspace.get", needs=Role.VIEWER, scope=READ, asvs="8.4.1"),
    Rule(verb="workspace.update", needs=Role.ADMIN, scope=WRITE, asvs="8.2.3"),
    Rule(verb="workspace.delete", needs=Role.OWNER, fresh=True, asvs="14.2.7"),
    Rule(verb="workspace.transfer", needs=Role.OWNER, fresh=True, asvs="2.3.3"),
    Rule(verb="workspace.leave", needs=Role.VIEWER, asvs="2.3.3"),
    Rule(verb="member.list", needs=Role.VIEWER, scope=PEOPLE_READ),
    Rule(verb="member.get", needs=Role.VIEWER, scope=PEOPLE_READ),
    Rule(verb="member.set_role", needs=Role.ADMIN, scope=PEOPLE_WRITE, asvs="8.2.3"),
    Rule(verb="member.remove", needs=Role.ADMIN, scope=PEOPLE_WRITE, asvs="8.3.2"),
    Rule(verb="invite.list", needs=Role.ADMIN, scope=PEOPLE_READ),
    Rule(verb="invite.get", needs=Role.ADMIN, scope=PEOPLE_READ),
    Rule(verb="invite.create", needs=Role.ADMIN, scope=PEOPLE_WRITE, creates=True, asvs="6.4.1"),
    Rule(verb="invite.resend", needs=Role.ADMIN, scope=PEOPLE_WRITE, asvs="6.4.1"),
    Rule(verb="invite.revoke", needs=Role.ADMIN, scope=PEOPLE_WRITE, asvs="6.4.1"),
    Rule(verb="invite.list_mine", needs=Who.SIGNED_IN, asvs="6.6.2"),
    Rule(verb="invite.preview", needs=Who.ANYONE, when_read_only=True, asvs="6.4.1"),
    Rule(verb="invite.accept", needs=Who.SIGNED_IN, creates=True, asvs="6.6.2"),
)


def check_reach(own: Role, *roles: Role) -> None:
    """Check that a role reaches as far as others: nobody gives, changes or takes away what is above their own.

    Raises:
        RoleAboveOwn: one of them is higher (ASVS 8.2.3).
    """
    highest = max(roles)
    if highest > own:
        raise RoleAboveOwn(f"Your role is {own.label}; only who is {highest.label} may do this.")


def check_owner_left(owners: int) -> None:
    """Check that a change left the workspace an owner.

    Args:
        owners: those after the change, counted while the workspace's row is locked.

    Raises:
        LastOwner: there would be none (ASVS 2.3.3).
    """
    if owners < 1:
        raise LastOwner("The workspace would have no owner; make another member owner first.")
