"""The verbs of sharing: with a member of the workspace, or by a link that its members may open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outlast.ee.cloud import audit, auth, events
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.ee.cloud.sessions import events as facts
from outlast.ee.cloud.sessions import repository
from outlast.ee.cloud.sessions.access import Access, Level, Sight, access_session
from outlast.ee.cloud.sessions.errors import AccessTooLow, ShareNotFound
from outlast.ee.cloud.sessions.repository import Share
from outlast.ee.cloud.sessions.schemas import end_of
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.work import Work
from outlast.kit.errors import InvalidInput
from outlast.kit.ids import is_id, new_id
from outlast.kit.pages import Page, decode_cursor, encode_cursor
from outlast.protocol.api import ShareSession
from outlast.runtime.records import SessionRecord


async def share(work: Work, session_id: str, wanted: ShareSession) -> tuple[Share, str | None]:
    """Share a session.

    Returns:
        The share, and the secret of a link.

    Raises:
        InvalidInput: the person is no member, or owns the session.
    """
    record = (await access_session(work, session_id, Level.OWNER)).record
    expires_at = end_of(wanted.expires_at, work.cloud.clock.now())
    if wanted.user_id is not None:
        await _check_person(work, record, wanted.user_id)
    token = auth.new_token(auth.Kind.SHARE) if wanted.user_id is None else None
    async with work.writing() as unit:
        made = Share(
            workspace_id=unit.workspace_id,
            id=new_id(),
            session_id=session_id,
            user_id=wanted.user_id,
            digest=auth.digest(token) if token is not None else None,
            link_id="",
            level=wanted.level,
            created_by=unit.caller.user_id,
            created_at=unit.now,
            expires_at=expires_at,
        )
        if made.user_id is None:
            await repository.add_link(unit, made)
        else:
            made = await repository.share_with(unit, made)
            await _tell_shared(unit, record, made)
        await audit.record(
            unit,
            "share.create",
            target="session",
            target_id=session_id,
            details={"share": made.id, "level": made.level, "with": made.user_id or "link"},
        )
        unit.after_commit(work.cloud.part(Sight).forget)
    return made, token


async def keep_in_sight(work: Work, access: Access) -> None:
    """Let somebody who may answer only because they are asked see what becomes of their answer."""
    record, cloud, user_id = access.record, work.cloud, work.caller.user_id
    if access.level != Level.ANSWER or record.id in await cloud.part(Sight).shared(work.workspace_id, user_id):
        return
    async with work.writing() as unit:
        made = Share(
            workspace_id=unit.workspace_id,
            id=new_id(),
            session_id=record.id,
            user_id=user_id,
            digest=None,
            link_id="",
            level=Level.VIEW.label,
            created_by=record.user_id,
            created_at=unit.now,
            expires_at=None,
        )
        await _tell_shared(unit, record, await repository.share_with(unit, made))
        unit.after_commit(cloud.part(Sight).forget)


async def _check_person(work: Work, record: SessionRecord, user_id: str) -> None:
    is_member = is_id(user_id) and await work.cloud.gates.memberships.role(user_id, work.workspace_id) is not None
    if not is_member:
        raise InvalidInput("Share with members of the workspace; invite the person first.", errors={"user_id": "none"})
    if user_id == record.user_id:
        raise InvalidInput("The session is theirs already.", errors={"user_id": "owner"})


async def open_link(work: Work, token: str) -> Access:
    """Open what a link shares: the caller has a share of their own from now on, as good and as long as the link.

    Raises:
        ShareNotFound: no such link, or it is over, or leads into a workspace where the caller is no member.
    """
    link = await _link(work, token)
    caller, cloud = work.caller, work.cloud
    role = None
    if link is not None and caller.workspace_id in (None, link.workspace_id):
        role = await cloud.gates.memberships.role(caller.user_id, link.workspace_id)
    record = await cloud.part(Sight).record(link.session_id) if link is not None and role is not None else None
    if link is None or record is None or record.deleted_at is not None:
        raise ShareNotFound("This link is not good, or not any more; ask for another.")
    if record.user_id == caller.user_id:
        return Access(record, Level.OWNER)
    async with units.writing(
        cloud, caller=caller, workspace_id=link.workspace_id, role=role, origin=work.origin
    ) as unit:
        own = await repository.share_with(unit, _by_link(unit, link))
        await _tell_shared(unit, record, own)
        await audit.record(
            unit, "share.open", target="session", target_id=record.id, details={"share": link.id, "level": own.level}
        )
        unit.after_commit(cloud.part(Sight).forget)
    level = await cloud.part(Sight).level(record, caller)
    return Access(record, level if level is not None else Level.named(own.level))


async def _link(work: Work, token: str) -> Share | None:
    if not auth.is_token(auth.Kind.SHARE, token):
        return None
    async with units.looking(work.cloud, workspace_id=ALL_WORKSPACES) as unit:
        return await repository.link_of(unit, auth.digest(token))


def _by_link(unit: Unit, link: Share) -> Share:
    return Share(
        workspace_id=link.workspace_id,
        id=new_id(),
        session_id=link.session_id,
        user_id=unit.caller.user_id,
        digest=None,
        link_id=link.id,
        level=link.level,
        created_by=link.created_by,
        created_at=unit.now,
        expires_at=link.expires_at,
    )


async def _tell_shared(unit: Unit, record: SessionRecord, share: Share) -> None:
    data = facts.told(record, user=share.user_id, level=share.level)
    await events.emit(unit, facts.SHARED, data, audience="session")


async def shares(
    work: Work, session_id: str, *, cursor: str | None, limit: int
) -> tuple[Page[Share], Mapping[str, str]]:
    """A page of a session's shares, and the names of the people in it.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    await access_session(work, session_id, Level.EDIT)
    after = str(decode_cursor(cursor, size=1)[0]) if cursor is not None else ""
    async with work.reading() as unit:
        found: Sequence[Share] = await repository.page_of_shares(unit, session_id, after=after, limit=limit + 1)
        people = await auth.people(unit, {one.user_id for one in found if one.user_id is not None})
    more = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(found[:limit], more), {user_id: person.name for user_id, person in people.items()}


async def revoke(work: Work, session_id: str, share_id: str) -> None:
    """Withdraw a share, and all that people have by a link; a person may give up their own.

    Raises:
        ShareNotFound: the session has no such share.
        AccessTooLow: it is another's, and the session is not the caller's.
    """
    access = await access_session(work, session_id, Level.VIEW)
    async with work.writing() as unit:
        found = await repository.get_share(unit, session_id, share_id)
        own = found is not None and found.user_id == unit.caller.user_id
        if access.level < Level.OWNER and not own:
            raise AccessTooLow("Only the owner of a session withdraws what others have.", needs=Level.OWNER.label)
        if found is None:
            raise ShareNotFound(f"The session has no share {share_id[:64]!r}.")
        for user_id in await repository.revoke(unit, found):
            data = facts.told(access.record, user=user_id)
            await events.emit(unit, facts.UNSHARED, data, audience="session")
        await audit.record(unit, "share.revoke", target="session", target_id=session_id, details={"share": share_id})
        unit.after_commit(work.cloud.part(Sight).forget)
