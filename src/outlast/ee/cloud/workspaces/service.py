"""The verbs of workspaces."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from outlast.ee.cloud import auth
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.work import unknown_workspace
from outlast.ee.cloud.workspaces import events, repository, seats
from outlast.ee.cloud.workspaces.access import access_workspace
from outlast.ee.cloud.workspaces.errors import NothingToRestore, WorkspaceGone
from outlast.ee.cloud.workspaces.memberships import people_changed
from outlast.ee.cloud.workspaces.schemas import (
    DeletedPage,
    DeletedWorkspace,
    Home,
    Member,
    Settings,
    Workspace,
    WorkspaceChange,
    WorkspaceItem,
    WorkspacePage,
)
from outlast.kit.errors import InvalidCursor
from outlast.kit.ids import is_id, new_id
from outlast.kit.pages import decode_cursor, encode_cursor

RESTORABLE_FOR = timedelta(days=30)
_SLUG_CHARS = 40

Match = Callable[[str], None]
"""Compares If-Match with the present ETag (`outlast.ee.cloud.work.Work.check_match`)."""


async def create_workspace(unit: Unit, *, name: str, owner_id: str, slug: str | None = None) -> Workspace:
    """Make a workspace with its owner; what it takes of the licence is the caller's to take.

    Args:
        unit: about no workspace, or another.
        slug: made from the name unless given.

    Raises:
        SlugTaken: another workspace has it.
    """
    workspace = Workspace(
        id=new_id(),
        name=name,
        slug=slug or await _free_slug(unit, name),
        settings=Settings(),
        created_at=unit.now,
    )
    owner = Member(workspace_id=workspace.id, user_id=owner_id, role=Role.OWNER, joined_at=unit.now)
    async with unit.within(workspace.id) as inside:
        await repository.add(inside, workspace)
        await repository.add_member(inside, owner)
        await events.of_workspace(inside, events.WORKSPACE_CREATED, workspace, verb="workspace.create")
        await events.of_member(inside, events.MEMBER_ADDED, owner, verb="member.add")
    people_changed(unit)
    return workspace


async def create(unit: Unit, *, name: str, slug: str | None) -> WorkspaceItem:
    """Make a workspace that the caller owns and that is theirs to work in from now on.

    Raises:
        SlugTaken: another workspace has the slug.
        FeatureMissing, SeatLimit: the licence does not allow one more.
    """
    workspace = await create_workspace(unit, name=name, owner_id=unit.caller.user_id, slug=slug)
    async with unit.within(workspace.id) as inside:
        await seats.take_workspace(inside)
        await seats.take_seat(inside, unit.caller.user_id)
    await auth.set_active_workspace(unit, unit.caller.user_id, workspace.id)
    return item(workspace, Role.OWNER)


async def page(unit: Unit, *, cursor: str | None, limit: int) -> WorkspacePage:
    """A page of the workspaces that the caller belongs to; a token's owner sees only the one it opens.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    caller = unit.caller
    found = await repository.page_of(
        unit, caller.user_id, after=after(cursor), limit=limit + 1, only=caller.workspace_id
    )
    following = encode_cursor(found[limit - 1][0].id) if len(found) > limit else None
    return WorkspacePage(items=[item(each, role) for each, role in found[:limit]], next_cursor=following)


async def get(unit: Unit) -> WorkspaceItem:
    """The unit's workspace as the caller sees it.

    Raises:
        WorkspaceNotFound: it is not there, or not for the caller.
    """
    workspace = await repository.find(unit)
    role = await repository.role_of(unit, unit.caller.user_id)
    if workspace is None or role is None:
        raise unknown_workspace(unit.workspace_id)
    return item(workspace, role)


async def settings_of(unit: Unit) -> Settings:
    """The settings of the unit's workspace.

    Raises:
        WorkspaceNotFound: it is not there.
    """
    workspace = await repository.find(unit)
    if workspace is None:
        raise unknown_workspace(unit.workspace_id)
    return workspace.settings


async def change(unit: Unit, wish: WorkspaceChange, *, match: Match) -> WorkspaceItem:
    """Change the unit's workspace.

    Raises:
        PreconditionRequired, PreconditionFailed: the change is not of the present version.
        SlugTaken: another workspace has the slug.
    """
    workspace, role = await access_workspace(unit, Role.ADMIN)
    match(item(workspace, role).etag)
    changed = replace(
        workspace,
        name=workspace.name if wish.name is None else wish.name,
        slug=workspace.slug if wish.slug is None else wish.slug,
        settings=workspace.settings if wish.settings is None else wish.settings.over(workspace.settings),
    )
    if changed == workspace:
        return item(workspace, role)
    await repository.change(
        unit, {"name": changed.name, "slug": changed.slug, "settings": changed.settings.model_dump_json()}
    )
    changed = replace(changed, version=workspace.version + 1)
    details = wish.model_dump(exclude_unset=True)
    await events.of_workspace(unit, events.WORKSPACE_UPDATED, changed, verb="workspace.update", details=details)
    return item(changed, role)


async def delete(unit: Unit, *, match: Match) -> None:
    """Delete the unit's workspace: nobody gets in any more; its owners may restore it for `RESTORABLE_FOR`.

    Raises:
        PreconditionFailed: it has changed since the caller looked.
    """
    workspace, role = await access_workspace(unit, Role.OWNER)
    match(item(workspace, role).etag)
    await repository.change(unit, {"deleted_at": unit.now, "purge_at": unit.now + RESTORABLE_FOR})
    await events.of_workspace(unit, events.WORKSPACE_DELETED, workspace, verb="workspace.delete")
    people_changed(unit)


async def deleted_page(unit: Unit, *, cursor: str | None, limit: int) -> DeletedPage:
    """A page of the deleted workspaces that the caller may restore.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    found = await repository.deleted_page_of(unit, unit.caller.user_id, after=after(cursor), limit=limit + 1)
    following = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return DeletedPage(items=[_deleted(each) for each in found[:limit]], next_cursor=following)


async def restore(unit: Unit, workspace_id: str) -> WorkspaceItem:
    """Undo the deletion of a workspace that the caller owns.

    Raises:
        NothingToRestore: no such deleted workspace is the caller's.
        WorkspaceGone: it is too late.
        FeatureMissing, SeatLimit: the licence has no place for it.
    """
    if not is_id(workspace_id):
        raise _nothing(workspace_id)
    async with unit.within(workspace_id) as inside:
        workspace = await repository.lock(inside)
        member = await repository.find_member(inside, unit.caller.user_id)
        if workspace is None or workspace.purge_at is None or member is None or member.role is not Role.OWNER:
            raise _nothing(workspace_id)
        if workspace.purge_at <= unit.now:
            raise WorkspaceGone("The time to restore this workspace is over.")
        await repository.change(inside, {"deleted_at": None, "purge_at": None})
        await seats.take_workspace(inside)
        await seats.take_seats(inside)
        restored = replace(workspace, deleted_at=None, purge_at=None, version=workspace.version + 1)
        await events.of_workspace(inside, events.WORKSPACE_RESTORED, restored, verb="workspace.restore")
    people_changed(unit)
    return item(restored, Role.OWNER)


async def first_home(unit: Unit) -> Home | None:
    """The server's oldest workspace and an owner of it; None before the first start."""
    async with unit.within(ALL_WORKSPACES) as everywhere:
        return await repository.first_home(everywhere)


def item(workspace: Workspace, role: Role) -> WorkspaceItem:
    """A workspace as a member with that role sees it."""
    return WorkspaceItem(
        id=workspace.id,
        name=workspace.name,
        slug=workspace.slug,
        role=role.label,
        settings=workspace.settings,
        created_at=workspace.created_at,
        version=workspace.version,
    )


def after(cursor: str | None) -> str | None:
    """The id that a page begins behind.

    Raises:
        InvalidCursor: the cursor is none of a list by ids.
    """
    if cursor is None:
        return None
    place = str(decode_cursor(cursor, size=1)[0])
    if not is_id(place):
        raise InvalidCursor("This page cursor is not of this list; ask for the first page again.")
    return place


def _nothing(workspace_id: str) -> NothingToRestore:
    return NothingToRestore(f"No deleted workspace {workspace_id[:64]!r} is yours to restore.")


def _deleted(workspace: Workspace) -> DeletedWorkspace:
    assert workspace.deleted_at is not None
    assert workspace.purge_at is not None
    return DeletedWorkspace(
        id=workspace.id,
        name=workspace.name,
        slug=workspace.slug,
        deleted_at=workspace.deleted_at,
        purge_at=workspace.purge_at,
    )


async def _free_slug(unit: Unit, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_CHARS].strip("-") or "workspace"
    async with unit.within(ALL_WORKSPACES) as everywhere:
        if not await repository.slug_is_taken(everywhere, slug):
            return slug
    return f"{slug}-{secrets.token_hex(3)}"
