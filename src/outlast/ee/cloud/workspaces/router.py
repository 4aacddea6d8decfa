"""Workspaces, their members and invites over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from fastapi import Path, Query

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.license import FeatureMissing, SeatLimit
from outlast.ee.cloud.mail import MailRefused
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.site import site_url
from outlast.ee.cloud.work import In, Work
from outlast.ee.cloud.workspaces import errors, inviting, members, service
from outlast.ee.cloud.workspaces.schemas import (
    DeletedPage,
    InviteId,
    InviteItem,
    InvitePage,
    InviteToken,
    InviteView,
    InviteWish,
    MemberItem,
    MemberPage,
    MyInvitePage,
    RoleWish,
    TransferWish,
    WorkspaceChange,
    WorkspaceItem,
    WorkspacePage,
    WorkspaceWish,
)
from outlast.http.problems import PreconditionFailed, PreconditionRequired
from outlast.kit.errors import InvalidCursor
from outlast.kit.pages import MAX_LIMIT

router = cloud_router("/workspaces", tag="workspaces")

Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
PathId = Annotated[str, Path(max_length=64)]

_CHANGES = (PreconditionRequired, PreconditionFailed)


@router.get("", **does("workspace.list", InvalidCursor))
async def list_workspaces(work: In, *, cursor: Cursor = None, limit: Limit = 50) -> WorkspacePage:
    """The workspaces that you belong to, the oldest first."""
    async with work.reading() as unit:
        return await service.page(unit, cursor=cursor, limit=limit)


@router.post("", **does("workspace.create", errors.SlugTaken, FeatureMissing, SeatLimit, status=201))
async def create_workspace(work: In, body: WorkspaceWish) -> WorkspaceItem:
    """Make a workspace; you are its owner."""
    async with work.writing() as unit:
        made = await service.create(unit, name=body.name, slug=body.slug)
    work.tag(made.etag)
    return made


@router.get("/deleted", **does("workspace.list_deleted", InvalidCursor))
async def list_deleted(work: In, *, cursor: Cursor = None, limit: Limit = 50) -> DeletedPage:
    """Your workspaces that were deleted and can be restored."""
    async with work.reading() as unit:
        return await service.deleted_page(unit, cursor=cursor, limit=limit)


@router.post(
    "/deleted/{deleted_id}/restore",
    **does("workspace.restore", errors.NothingToRestore, errors.WorkspaceGone, FeatureMissing, SeatLimit),
)
async def restore_workspace(work: In, deleted_id: PathId) -> WorkspaceItem:
    """Undo a deletion, within 30 days."""
    async with work.writing() as unit:
        restored = await service.restore(unit, deleted_id)
    work.tag(restored.etag)
    return restored


@router.get("/invites", **does("invite.list_mine", InvalidCursor))
async def list_my_invites(work: In, *, cursor: Cursor = None, limit: Limit = 50) -> MyInvitePage:
    """Open invites to your address, once it is verified."""
    async with work.reading() as unit:
        return await inviting.mine(unit, cursor=cursor, limit=limit)


@router.post("/invites/preview", **does("invite.preview", errors.InviteNotFound, errors.InviteOver))
async def preview_invite(work: In, body: InviteToken) -> InviteView:
    """What a mailed link opens; nobody needs to be signed in for that."""
    async with work.reading() as unit:
        return await inviting.preview(unit, body)


@router.post(
    "/invites/accept",
    **does(
        "invite.accept",
        errors.InviteNotFound,
        errors.InviteForAnother,
        errors.InviteOver,
        errors.AlreadyMember,
        SeatLimit,
    ),
)
async def accept_invite(work: In, body: InviteToken | InviteId) -> WorkspaceItem:
    """Become a member: by the mailed link, or by the invite's id if your address is verified."""
    async with work.writing() as unit:
        joined = await inviting.accept(unit, body)
    work.tag(joined.etag)
    return joined


@router.get("/{workspace_id}", **does("workspace.get"))
async def get_workspace(work: In) -> WorkspaceItem:
    """A workspace."""
    async with work.reading() as unit:
        found = await service.get(unit)
    work.tag(found.etag)
    return found


@router.patch("/{workspace_id}", **does("workspace.update", errors.SlugTaken, *_CHANGES))
async def change_workspace(work: In, body: WorkspaceChange) -> WorkspaceItem:
    """Change name, slug or settings; what is not named stays."""
    async with work.writing() as unit:
        changed = await service.change(unit, body, match=work.check_match)
    work.tag(changed.etag)
    return changed


@router.delete("/{workspace_id}", **does("workspace.delete", PreconditionFailed, status=204))
async def delete_workspace(work: In) -> None:
    """Delete a workspace; its owners may restore it for 30 days, then nothing of it is left."""
    async with work.writing() as unit:
        await service.delete(unit, match=partial(work.check_match, required=False))


@router.post("/{workspace_id}/leave", **does("workspace.leave", errors.LastOwner, status=204))
async def leave_workspace(work: In) -> None:
    """Be a member no more."""
    async with work.writing() as unit:
        await members.leave(unit)


@router.post("/{workspace_id}/transfer", **does("workspace.transfer", errors.MemberNotFound))
async def transfer_workspace(work: In, body: TransferWish) -> MemberItem:
    """Make another member owner; you become an admin."""
    async with work.writing() as unit:
        heir = await members.transfer(unit, body.user_id)
    work.tag(heir.etag)
    return heir


@router.get("/{workspace_id}/members", **does("member.list", InvalidCursor))
async def list_members(work: In, *, cursor: Cursor = None, limit: Limit = 50) -> MemberPage:
    """Who belongs to the workspace."""
    async with work.reading() as unit:
        return await members.page(unit, cursor=cursor, limit=limit)


@router.get("/{workspace_id}/members/{user_id}", **does("member.get", errors.MemberNotFound))
async def get_member(work: In, user_id: PathId) -> MemberItem:
    """A member."""
    async with work.reading() as unit:
        found = await members.get(unit, user_id)
    work.tag(found.etag)
    return found


@router.patch(
    "/{workspace_id}/members/{user_id}",
    **does("member.set_role", errors.MemberNotFound, errors.RoleAboveOwn, errors.LastOwner, *_CHANGES),
)
async def set_role(work: In, user_id: PathId, body: RoleWish) -> MemberItem:
    """Give a member another role."""
    async with work.writing() as unit:
        changed = await members.set_role(unit, user_id, Role.named(body.role), match=work.check_match)
    work.tag(changed.etag)
    return changed


@router.delete(
    "/{workspace_id}/members/{user_id}",
    **does(
        "member.remove",
        errors.MemberNotFound,
        errors.RoleAboveOwn,
        errors.LastOwner,
        PreconditionFailed,
        status=204,
    ),
)
async def remove_member(work: In, user_id: PathId) -> None:
    """Remove a member; what they look at here ends at once."""
    async with work.writing() as unit:
        await members.remove(unit, user_id, match=partial(work.check_match, required=False))


@router.get("/{workspace_id}/invites", **does("invite.list", InvalidCursor))
async def list_invites(
    work: In, *, state: Literal["open", "all"] = "open", cursor: Cursor = None, limit: Limit = 50
) -> InvitePage:
    """Invites of the workspace, the newest first."""
    async with work.reading() as unit:
        return await inviting.page(unit, only_open=state == "open", cursor=cursor, limit=limit)


@router.post(
    "/{workspace_id}/invites",
    **does(
        "invite.create",
        errors.RoleAboveOwn,
        errors.InvitesOff,
        errors.AlreadyMember,
        errors.InviteOpen,
        MailRefused,
        status=201,
    ),
)
async def create_invite(work: In, body: InviteWish) -> InviteItem:
    """Invite somebody by mail."""
    async with work.writing() as unit:
        made = await inviting.create(unit, email=body.email, role=Role.named(body.role), site=_site(work))
    work.tag(made.etag)
    return made


@router.get("/{workspace_id}/invites/{invite_id}", **does("invite.get", errors.InviteNotFound))
async def get_invite(work: In, invite_id: PathId) -> InviteItem:
    """An invite."""
    async with work.reading() as unit:
        found = await inviting.get(unit, invite_id)
    work.tag(found.etag)
    return found


@router.post(
    "/{workspace_id}/invites/{invite_id}/resend",
    **does("invite.resend", errors.InviteNotFound, errors.InviteOver, errors.RoleAboveOwn, errors.InvitesOff),
)
async def resend_invite(work: In, invite_id: PathId) -> InviteItem:
    """Send an invite again: the former link is void, the time begins anew."""
    async with work.writing() as unit:
        sent = await inviting.resend(unit, invite_id, site=_site(work))
    work.tag(sent.etag)
    return sent


@router.delete(
    "/{workspace_id}/invites/{invite_id}",
    **does("invite.revoke", errors.InviteNotFound, errors.InviteOver, errors.RoleAboveOwn, status=204),
)
async def revoke_invite(work: In, invite_id: PathId) -> None:
    """Revoke an invite."""
    async with work.writing() as unit:
        await inviting.revoke(unit, invite_id)


def _site(work: Work) -> str:
    return site_url(work.cloud, work.connection)
