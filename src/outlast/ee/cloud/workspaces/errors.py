"""What workspaces refuse.

OutlastError
├── NotFound
│   ├── NothingToRestore    404  no such deleted workspace, or not the caller's
│   ├── MemberNotFound      404
│   └── InviteNotFound      404  none such, or not for the caller
├── Conflict
│   ├── SlugTaken           409
│   ├── LastOwner           409
│   ├── AlreadyMember       409
│   └── InviteOpen          409  the address has an invite already
├── InviteOver              410
├── WorkspaceGone           410  the time to restore it is over
└── Refused
    ├── RoleAboveOwn        403
    ├── InvitesOff          403
    └── InviteForAnother    403
"""

from __future__ import annotations

from typing import Literal

from outlast.kit.errors import Conflict, NotFound, OutlastError, Refused

State = Literal["open", "accepted", "revoked", "expired", "void"]
"""Of an invite. ``void``: who sent it may no longer grant its role."""


class NothingToRestore(NotFound):
    """No deleted workspace of this id is the caller's."""

    code = "workspace.not_deleted"


class MemberNotFound(NotFound):
    """Nobody of this id is a member of the workspace."""

    code = "member.not_found"


class InviteNotFound(NotFound):
    """No such invite, or none for the caller."""

    code = "invite.not_found"


class SlugTaken(Conflict):
    """Another workspace has this slug."""

    code = "workspace.slug_taken"


class LastOwner(Conflict):
    """A workspace always has an owner; make another member owner first."""

    code = "workspace.last_owner"


class AlreadyMember(Conflict):
    """Who is invited is a member already."""

    code = "member.exists"


class InviteOpen(Conflict):
    """This address has an open invite; send that one again or revoke it."""

    code = "invite.open"


class InviteOver(OutlastError):
    """The invite was accepted, revoked or has expired; ask for another."""

    code = "invite.over"
    status = 410

    def __init__(self, message: str, *, state: State) -> None:
        super().__init__(message, state=state)
        self.state = state


class WorkspaceGone(OutlastError):
    """The workspace was deleted, and the time to restore it is over."""

    code = "workspace.gone"
    status = 410


class RoleAboveOwn(Refused):
    """Nobody grants, changes or takes away a role above their own."""

    code = "role.above_own"


class InvitesOff(Refused):
    """The workspace's settings leave invites to its owners."""

    code = "invite.off"


class InviteForAnother(Refused):
    """The invite is for another address, or the caller's address is not verified."""

    code = "invite.for_another"
