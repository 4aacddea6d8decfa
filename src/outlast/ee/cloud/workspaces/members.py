"""The verbs of members. Whoever changes a workspace's people holds its lock: two at once can't both be last to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from outlast.ee.cloud import auth
from outlast.ee.cloud.auth import Person
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces import events, invite_repository, repository
from outlast.ee.cloud.workspaces.access import access_member, access_workspace
from outlast.ee.cloud.workspaces.memberships import people_changed
from outlast.ee.cloud.workspaces.policy import check_owner_left, check_reach
from outlast.ee.cloud.workspaces.schemas import Member, MemberItem, MemberPage
from outlast.ee.cloud.workspaces.service import Match, after
from outlast.kit.pages import encode_cursor


async def add_member(unit: Unit, *, user_id: str, role: Role) -> Member:
    """Make somebody a member of the unit's workspace; the seat and the right to do so are the caller's to see to."""
    member = Member(workspace_id=unit.workspace_id, user_id=user_id, role=role, joined_at=unit.now)
    await repository.add_member(unit, member)
    await events.of_member(unit, events.MEMBER_ADDED, member, verb="member.add")
    people_changed(unit)
    return member


async def page(unit: Unit, *, cursor: str | None, limit: int) -> MemberPage:
    """A page of the workspace's members.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    found = await repository.members_page(unit, after=after(cursor), limit=limit + 1)
    following = encode_cursor(found[limit - 1].user_id) if len(found) > limit else None
    people = await auth.people(unit, [member.user_id for member in found[:limit]])
    return MemberPage(items=[_item(member, people) for member in found[:limit]], next_cursor=following)


async def get(unit: Unit, user_id: str) -> MemberItem:
    """A member of the workspace.

    Raises:
        MemberNotFound: there is none of this id.
    """
    return await _shown(unit, await access_member(unit, user_id))


async def set_role(unit: Unit, user_id: str, role: Role, *, match: Match) -> MemberItem:
    """Give a member another role.

    Raises:
        MemberNotFound: there is none of this id.
        RoleAboveOwn: their role, or the new one, is above the caller's.
        LastOwner: no owner would be left.
        PreconditionRequired, PreconditionFailed: the change is not of the present version.
    """
    _, own = await access_workspace(unit, Role.ADMIN)
    member = await access_member(unit, user_id)
    match((await _shown(unit, member)).etag)
    check_reach(own, member.role, role)
    return await _shown(unit, await _give(unit, member, role, verb="member.set_role"))


async def remove(unit: Unit, user_id: str, *, match: Match) -> None:
    """Remove a member: their access here ends at once, what they have elsewhere stays (ASVS 8.3.2).

    Raises:
        MemberNotFound: there is none of this id.
        RoleAboveOwn: their role is above the caller's.
        LastOwner: no owner would be left.
        PreconditionFailed: they have changed since the caller looked.
    """
    _, own = await access_workspace(unit, Role.ADMIN)
    member = await access_member(unit, user_id)
    match((await _shown(unit, member)).etag)
    check_reach(own, member.role)
    await _take_out(unit, member, verb="member.remove")


async def leave(unit: Unit) -> None:
    """Leave the workspace.

    Raises:
        LastOwner: no owner would be left.
    """
    await access_workspace(unit, Role.VIEWER)
    await _take_out(unit, await access_member(unit, unit.caller.user_id), verb="workspace.leave")


async def transfer(unit: Unit, user_id: str) -> MemberItem:
    """Make another member owner, and the caller an admin.

    Raises:
        MemberNotFound: there is none of this id.
    """
    await access_workspace(unit, Role.OWNER)
    heir = await access_member(unit, user_id)
    heir = await _give(unit, heir, Role.OWNER, verb="workspace.transfer")
    if heir.user_id != unit.caller.user_id:
        await _give(unit, await access_member(unit, unit.caller.user_id), Role.ADMIN, verb="workspace.transfer")
    return await _shown(unit, heir)


async def _give(unit: Unit, member: Member, role: Role, *, verb: str) -> Member:
    if role is member.role:
        return member
    await repository.set_role(unit, member.user_id, role)
    check_owner_left(await repository.count_owners(unit))
    changed = replace(member, role=role, version=member.version + 1)
    await events.of_member(unit, events.MEMBER_ROLE_CHANGED, changed, verb=verb, was=member.role.label)
    people_changed(unit)
    return changed


async def _take_out(unit: Unit, member: Member, *, verb: str) -> None:
    await repository.remove_member(unit, member.user_id)
    check_owner_left(await repository.count_owners(unit))
    await invite_repository.revoke_all_by(unit, member.user_id)
    await auth.forget_membership(unit, member.user_id, unit.workspace_id)
    await events.of_member(unit, events.MEMBER_REMOVED, member, verb=verb)
    people_changed(unit)


async def _shown(unit: Unit, member: Member) -> MemberItem:
    return _item(member, await auth.people(unit, [member.user_id]))


def _item(member: Member, people: Mapping[str, Person]) -> MemberItem:
    person = people.get(member.user_id)
    return MemberItem(
        user_id=member.user_id,
        name=person.name if person else "",
        email=person.email if person else "",
        role=member.role.label,
        joined_at=member.joined_at,
        version=member.version,
    )
