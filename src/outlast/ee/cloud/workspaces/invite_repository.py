"""Every query on invites; each takes the workspace from the unit, but for those to one address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select, update

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces.repository import moment, moment_or_none
from outlast.ee.cloud.workspaces.schemas import Invite
from outlast.ee.cloud.workspaces.tables import invites, members, workspaces

_PENDING = invites.c.accepted_at.is_(None) & invites.c.revoked_at.is_(None)


async def add(unit: Unit, invite: Invite) -> None:
    """Add an invite to the unit's workspace."""
    await unit.connection.execute(
        insert(invites).values(
            workspace_id=unit.workspace_id,
            id=invite.id,
            email=invite.email,
            email_key=invite.email_key,
            role=invite.role.label,
            digest=invite.digest,
            invited_by=invite.invited_by,
            created_at=invite.created_at,
            expires_at=invite.expires_at,
            sent=invite.sent,
        )
    )


async def find(unit: Unit, invite_id: str) -> Invite | None:
    """An invite of the unit's workspace."""
    query = select(invites).where(invites.c.workspace_id == unit.workspace_id, invites.c.id == invite_id)
    row = (await unit.connection.execute(query)).mappings().first()
    return None if row is None else _invite(row)


async def find_by_digest(unit: Unit, digest: str) -> Invite | None:
    """The invite of the unit's workspace that a secret opens."""
    query = select(invites).where(invites.c.workspace_id == unit.workspace_id, invites.c.digest == digest)
    row = (await unit.connection.execute(query)).mappings().first()
    return None if row is None else _invite(row)


async def pending_for(unit: Unit, email_key: str) -> Invite | None:
    """The invite of the unit's workspace for an address that is neither accepted nor revoked."""
    query = select(invites).where(
        invites.c.workspace_id == unit.workspace_id, invites.c.email_key == email_key, _PENDING
    )
    row = (await unit.connection.execute(query)).mappings().first()
    return None if row is None else _invite(row)


async def page(unit: Unit, *, only_open: bool, before: str | None, limit: int) -> Sequence[Invite]:
    """Invites of the unit's workspace, the newest first."""
    query = select(invites).where(invites.c.workspace_id == unit.workspace_id)
    if only_open:
        query = query.where(_PENDING, invites.c.expires_at > unit.now)
    if before is not None:
        query = query.where(invites.c.id < before)
    rows = await unit.connection.execute(query.order_by(invites.c.id.desc()).limit(limit))
    return [_invite(row) for row in rows.mappings()]


async def renew(unit: Unit, invite: Invite) -> None:
    """Give an invite of the unit's workspace another secret and another end; the old secret opens nothing."""
    await unit.connection.execute(
        update(invites)
        .where(invites.c.workspace_id == unit.workspace_id, invites.c.id == invite.id)
        .values(digest=invite.digest, expires_at=invite.expires_at, sent=invite.sent, invited_by=invite.invited_by)
    )


async def accept(unit: Unit, invite_id: str, *, user_id: str) -> bool:
    """Use an invite of the unit's workspace up; whether it was still there to be used."""
    found = await unit.connection.execute(
        update(invites)
        .where(
            invites.c.workspace_id == unit.workspace_id,
            invites.c.id == invite_id,
            _PENDING,
            invites.c.expires_at > unit.now,
        )
        .values(accepted_at=unit.now, accepted_by=user_id)
    )
    return found.rowcount > 0


async def revoke(unit: Unit, invite_id: str) -> None:
    """Revoke an invite of the unit's workspace that is pending."""
    await unit.connection.execute(
        update(invites)
        .where(invites.c.workspace_id == unit.workspace_id, invites.c.id == invite_id, _PENDING)
        .values(revoked_at=unit.now)
    )


async def revoke_all_by(unit: Unit, user_id: str) -> None:
    """Revoke what a member of the unit's workspace has sent and nobody has accepted."""
    await unit.connection.execute(
        update(invites)
        .where(invites.c.workspace_id == unit.workspace_id, invites.c.invited_by == user_id, _PENDING)
        .values(revoked_at=unit.now)
    )


async def forget_old(everywhere: Unit, *, before: datetime) -> None:  # unscoped: the server's own work
    """Remove invites that ended before a moment: an address is kept no longer than it is of use."""
    ended = invites.c.expires_at < before
    await everywhere.connection.execute(delete(invites).where(ended))


async def open_to(
    everywhere: Unit, email_key: str, *, after: str | None, limit: int
) -> Sequence[tuple[Invite, str]]:  # unscoped: a person's own
    """Open invites to an address with the names of their workspaces, the oldest first.

    Those are left out whose sender is no member any more.
    """
    query = (
        select(invites, workspaces.c.name)
        .join(workspaces, workspaces.c.id == invites.c.workspace_id)
        .join(members, (members.c.workspace_id == invites.c.workspace_id) & (members.c.user_id == invites.c.invited_by))
        .where(invites.c.email_key == email_key, _PENDING, invites.c.expires_at > everywhere.now)
        .where(workspaces.c.deleted_at.is_(None))
    )
    if after is not None:
        query = query.where(invites.c.id > after)
    rows = await everywhere.connection.execute(query.order_by(invites.c.id).limit(limit))
    return [(_invite(row), str(row["name"])) for row in rows.mappings()]


def _invite(row: RowMapping) -> Invite:
    return Invite(
        workspace_id=row["workspace_id"],
        id=row["id"],
        email=row["email"],
        role=Role.named(row["role"]),
        digest=row["digest"],
        invited_by=row["invited_by"],
        created_at=moment(row["created_at"]),
        expires_at=moment(row["expires_at"]),
        accepted_at=moment_or_none(row["accepted_at"]),
        accepted_by=row["accepted_by"],
        revoked_at=moment_or_none(row["revoked_at"]),
        sent=row["sent"],
    )
