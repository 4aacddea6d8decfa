"""The facts that this domain writes: to the audit trail and to the outbox, in the transaction that makes them facts."""

from __future__ import annotations

from collections.abc import Mapping

from outlast.ee.cloud import audit, events
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces.schemas import Invite, Member, Workspace
from outlast.protocol.codec import Json

WORKSPACE_CREATED = "workspace.created"
WORKSPACE_UPDATED = "workspace.updated"
WORKSPACE_DELETED = "workspace.deleted"
WORKSPACE_RESTORED = "workspace.restored"
WORKSPACE_PURGED = "workspace.purged"
MEMBER_ADDED = "member.added"
MEMBER_ROLE_CHANGED = "member.role_changed"
MEMBER_REMOVED = "member.removed"
INVITE_CREATED = "invite.created"
INVITE_SENT_AGAIN = "invite.sent_again"
INVITE_ACCEPTED = "invite.accepted"
INVITE_REVOKED = "invite.revoked"


async def of_workspace(
    unit: Unit, kind: str, workspace: Workspace, *, verb: str, details: Mapping[str, Json] | None = None
) -> None:
    """Tell what became of a workspace."""
    data: dict[str, Json] = {"workspace": workspace.id, "name": workspace.name, "slug": workspace.slug}
    await audit.record(unit, verb, target="workspace", target_id=workspace.id, details=details or {})
    await events.emit(unit, kind, data)


async def of_member(unit: Unit, kind: str, member: Member, *, verb: str, was: str | None = None) -> None:
    """Tell what became of a member.

    Args:
        was: their role before.
    """
    data: dict[str, Json] = {"user": member.user_id, "role": member.role.label}
    if was is not None:
        data["was"] = was
    await audit.record(unit, verb, target="member", target_id=member.user_id, details=data)
    await events.emit(unit, kind, data)


async def of_invite(unit: Unit, kind: str, invite: Invite, *, verb: str) -> None:
    """Tell what became of an invite; admins alone read whom it is for."""
    data: dict[str, Json] = {"invite": invite.id, "email": invite.email, "role": invite.role.label}
    await audit.record(unit, verb, target="invite", target_id=invite.id, details=data)
    await events.emit(unit, kind, data, audience="admins")


async def purged(everywhere: Unit, workspace_id: str) -> None:
    """Tell that a workspace is no more; the server's own trail keeps that it was, and nothing of what it was."""
    await audit.record(everywhere, "workspace.purge", target="workspace", target_id=workspace_id)
    await events.emit(everywhere, WORKSPACE_PURGED, {"workspace": workspace_id})
