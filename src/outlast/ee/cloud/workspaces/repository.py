"""Every query on workspaces and members; each takes the workspace from the unit, but for those over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.tables import idempotency_keys
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces.errors import SlugTaken
from outlast.ee.cloud.workspaces.schemas import Home, Member, Settings, Workspace
from outlast.ee.cloud.workspaces.tables import invites, members, workspaces

_LIVE = workspaces.c.deleted_at.is_(None)
_TOGETHER = members.join(workspaces, members.c.workspace_id == workspaces.c.id)


def here(unit: Unit) -> ColumnElement[bool]:
    """Which row of `workspaces` is the unit's."""
    return workspaces.c.id == unit.workspace_id


async def add(unit: Unit, workspace: Workspace) -> None:
    """Add the unit's workspace.

    Raises:
        SlugTaken: another has its slug.
    """
    assert workspace.id == unit.workspace_id
    row = {
        "id": workspace.id,
        "name": workspace.name,
        "slug": workspace.slug,
        "settings": workspace.settings.model_dump_json(),
        "created_at": workspace.created_at,
        "version": workspace.version,
    }
    try:
        await unit.connection.execute(insert(workspaces).values(row))
    except IntegrityError as error:
        raise _taken(workspace.slug) from error


async def find(unit: Unit) -> Workspace | None:
    """The unit's workspace, deleted or not."""
    query = select(workspaces).where(here(unit))
    row = (await unit.connection.execute(query)).mappings().first()
    return None if row is None else _workspace(row)


async def lock(unit: Unit) -> Workspace | None:
    """The unit's workspace, its row locked: who changes its people does so one after the other.

    The lock lets references to the workspace be made (FOR NO KEY UPDATE). SQLite has one writer at a time anyway.
    """
    query = select(workspaces).where(here(unit)).with_for_update(key_share=True)
    row = (await unit.connection.execute(query)).mappings().first()
    return None if row is None else _workspace(row)


async def change(unit: Unit, values: Mapping[str, object]) -> None:
    """Change the unit's workspace.

    Raises:
        SlugTaken: another has the new slug.
    """
    query = update(workspaces).where(here(unit))
    try:
        await unit.connection.execute(query.values({**values, "version": workspaces.c.version + 1}))
    except IntegrityError as error:
        raise _taken(values.get("slug")) from error


async def remove(unit: Unit) -> None:
    """Remove the unit's workspace with all that hangs on it here."""
    for table in (idempotency_keys, invites, members):
        await unit.connection.execute(delete(table).where(table.c.workspace_id == unit.workspace_id))
    await unit.connection.execute(delete(workspaces).where(here(unit)))


async def add_member(unit: Unit, member: Member) -> None:
    """Add a member to the unit's workspace."""
    await unit.connection.execute(
        insert(members).values(
            workspace_id=unit.workspace_id,
            user_id=member.user_id,
            role=member.role.label,
            joined_at=member.joined_at,
            version=member.version,
        )
    )


async def find_member(unit: Unit, user_id: str) -> Member | None:
    """A member of the unit's workspace."""
    query = select(members).where(members.c.workspace_id == unit.workspace_id, members.c.user_id == user_id)
    row = (await unit.connection.execute(query)).mappings().first()
    return None if row is None else _member(row)


async def role_of(unit: Unit, user_id: str) -> Role | None:
    """Somebody's role in the unit's workspace; None for who is no member, and where it is deleted."""
    query = (
        select(members.c.role)
        .select_from(_TOGETHER)
        .where(members.c.workspace_id == unit.workspace_id, members.c.user_id == user_id, _LIVE)
    )
    label = (await unit.connection.execute(query)).scalar_one_or_none()
    return None if label is None else Role.named(label)


async def members_page(unit: Unit, *, after: str | None, limit: int) -> Sequence[Member]:
    """Members of the unit's workspace, by their ids."""
    query = select(members).where(members.c.workspace_id == unit.workspace_id)
    if after is not None:
        query = query.where(members.c.user_id > after)
    rows = await unit.connection.execute(query.order_by(members.c.user_id).limit(limit))
    return [_member(row) for row in rows.mappings()]


async def member_ids(unit: Unit) -> Sequence[str]:
    """The ids of all members of the unit's workspace."""
    query = select(members.c.user_id).where(members.c.workspace_id == unit.workspace_id).order_by(members.c.user_id)
    return (await unit.connection.execute(query)).scalars().all()


async def set_role(unit: Unit, user_id: str, role: Role) -> None:
    """Give a member of the unit's workspace another role."""
    await unit.connection.execute(
        update(members)
        .where(members.c.workspace_id == unit.workspace_id, members.c.user_id == user_id)
        .values(role=role.label, version=members.c.version + 1)
    )


async def remove_member(unit: Unit, user_id: str) -> None:
    """Remove a member from the unit's workspace."""
    await unit.connection.execute(
        delete(members).where(members.c.workspace_id == unit.workspace_id, members.c.user_id == user_id)
    )


async def count_owners(unit: Unit) -> int:
    """How many owners the unit's workspace has."""
    query = (
        select(func.count())
        .select_from(members)
        .where(members.c.workspace_id == unit.workspace_id, members.c.role == Role.OWNER.label)
    )
    return int((await unit.connection.execute(query)).scalar_one())


async def page_of(
    unit: Unit, user_id: str, *, after: str | None, limit: int, only: str | None = None
) -> Sequence[tuple[Workspace, Role]]:  # unscoped: a person's own
    """Workspaces that somebody belongs to, the oldest first, and their role there.

    Args:
        only: the one workspace that a token opens.
    """
    query = select(workspaces, members.c.role).select_from(_TOGETHER).where(members.c.user_id == user_id, _LIVE)
    if only is not None:
        query = query.where(members.c.workspace_id == only)
    if after is not None:
        query = query.where(workspaces.c.id > after)
    rows = await unit.connection.execute(query.order_by(workspaces.c.id).limit(limit))
    return [(_workspace(row), Role.named(row["role"])) for row in rows.mappings()]


async def deleted_page_of(
    unit: Unit, user_id: str, *, after: str | None, limit: int
) -> Sequence[Workspace]:  # unscoped: a person's own
    """Deleted workspaces that somebody owns and may still restore, the oldest first."""
    query = (
        select(workspaces)
        .select_from(_TOGETHER)
        .where(members.c.user_id == user_id, members.c.role == Role.OWNER.label, workspaces.c.purge_at > unit.now)
    )
    if after is not None:
        query = query.where(workspaces.c.id > after)
    rows = await unit.connection.execute(query.order_by(workspaces.c.id).limit(limit))
    return [_workspace(row) for row in rows.mappings()]


async def slug_is_taken(everywhere: Unit, slug: str) -> bool:  # unscoped: the server's own work
    """Whether any workspace of the server has a slug."""
    query = select(workspaces.c.id).where(workspaces.c.slug == slug)
    return (await everywhere.connection.execute(query)).first() is not None


async def count_live(everywhere: Unit) -> int:  # unscoped: the server's own work
    """How many workspaces the server has, deleted ones not counted."""
    query = select(func.count()).select_from(workspaces).where(_LIVE)
    return int((await everywhere.connection.execute(query)).scalar_one())


async def count_seated(everywhere: Unit) -> int:  # unscoped: the server's own work
    """How many people belong to any workspace that is not deleted."""
    query = select(func.count(members.c.user_id.distinct())).select_from(_TOGETHER).where(_LIVE)
    return int((await everywhere.connection.execute(query)).scalar_one())


async def roles_of(everywhere: Unit, user_id: str) -> Mapping[str, Role]:  # unscoped: the server's own work
    """Somebody's role in each workspace that they belong to."""
    query = (
        select(members.c.workspace_id, members.c.role).select_from(_TOGETHER).where(members.c.user_id == user_id, _LIVE)
    )
    rows = await everywhere.connection.execute(query.order_by(members.c.workspace_id))
    return {row.workspace_id: Role.named(row.role) for row in rows}


async def all_settings(everywhere: Unit) -> Mapping[str, Settings]:  # unscoped: the server's own work
    """The settings of all workspaces that are not deleted."""
    query = select(workspaces.c.id, workspaces.c.settings).where(_LIVE)
    rows = await everywhere.connection.execute(query)
    return {row.id: Settings.model_validate_json(row.settings) for row in rows}


async def due(everywhere: Unit, *, limit: int) -> Sequence[str]:  # unscoped: the server's own work
    """The ids of workspaces that are to be purged by now."""
    query = select(workspaces.c.id).where(workspaces.c.purge_at <= everywhere.now).order_by(workspaces.c.purge_at)
    return (await everywhere.connection.execute(query.limit(limit))).scalars().all()


async def first_home(everywhere: Unit) -> Home | None:  # unscoped: the server's own work
    """The server's oldest workspace that is not deleted, and the owner who is there longest."""
    query = (
        select(members.c.workspace_id, members.c.user_id)
        .select_from(_TOGETHER)
        .where(members.c.role == Role.OWNER.label, _LIVE)
        .order_by(members.c.workspace_id, members.c.joined_at, members.c.user_id)
    )
    row = (await everywhere.connection.execute(query.limit(1))).first()
    return None if row is None else Home(workspace_id=row.workspace_id, owner_id=row.user_id)


def moment(at: datetime) -> datetime:
    """A moment as the database gave it; SQLite keeps no zone, and all of ours are UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def moment_or_none(at: datetime | None) -> datetime | None:
    """As `moment`, of a column that may be empty."""
    return None if at is None else moment(at)


def _taken(slug: object) -> SlugTaken:
    return SlugTaken(f"Another workspace has the slug {slug!r}; choose another.")


def _workspace(row: RowMapping) -> Workspace:
    return Workspace(
        id=row["id"],
        name=row["name"],
        slug=row["slug"],
        settings=Settings.model_validate_json(row["settings"]),
        created_at=moment(row["created_at"]),
        deleted_at=moment_or_none(row["deleted_at"]),
        purge_at=moment_or_none(row["purge_at"]),
        version=row["version"],
    )


def _member(row: RowMapping) -> Member:
    return Member(
        workspace_id=row["workspace_id"],
        user_id=row["user_id"],
        role=Role.named(row["role"]),
        joined_at=moment(row["joined_at"]),
        version=row["version"],
    )
