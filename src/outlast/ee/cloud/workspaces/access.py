"""Enters a workspace to change it or its people: locked, and with the caller's role as it is under the lock."""

from __future__ import annotations

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.errors import RoleTooLow
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.work import unknown_workspace
from outlast.ee.cloud.workspaces import repository
from outlast.ee.cloud.workspaces.errors import MemberNotFound
from outlast.ee.cloud.workspaces.schemas import Member, Workspace
from outlast.kit.ids import is_id


async def access_workspace(unit: Unit, needs: Role) -> tuple[Workspace, Role]:
    """Lock the unit's workspace, so that of two changes at once the second sees the first.

    Returns:
        It, and the caller's role, read after the lock was got: a request that waited may have lost it meanwhile.

    Raises:
        WorkspaceNotFound: it is not there, or not for the caller.
        RoleTooLow: the role is lower than needed.
    """
    workspace = await repository.lock(unit)
    role = await repository.role_of(unit, unit.caller.user_id)
    if workspace is None or workspace.deleted_at is not None or role is None:
        raise unknown_workspace(unit.workspace_id)
    if role < needs:
        raise RoleTooLow(f"This needs the role {needs.label} in the workspace; ask one of its admins.")
    unit.role = role
    return workspace, role


async def access_member(unit: Unit, user_id: str) -> Member:
    """A member of the unit's workspace.

    Raises:
        MemberNotFound: there is none of this id.
    """
    member = await repository.find_member(unit, user_id) if is_id(user_id) else None
    if member is None:
        raise MemberNotFound(f"There is no member {user_id[:64]!r} in this workspace.")
    return member
