"""The verbs of invites.

An invite is for one address and opens one workspace once. Its secret goes out by mail and is stored as a digest; it
is looked up together with its workspace, so that no secret opens another one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from outlast.ee.cloud import auth
from outlast.ee.cloud.auth import Person
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces import events, invite_repository, members, repository, seats
from outlast.ee.cloud.workspaces.access import access_workspace
from outlast.ee.cloud.workspaces.errors import (
    AlreadyMember,
    InviteForAnother,
    InviteNotFound,
    InviteOpen,
    InviteOver,
    InvitesOff,
)
from outlast.ee.cloud.workspaces.invite_mail import mail_invite
from outlast.ee.cloud.workspaces.policy import check_reach
from outlast.ee.cloud.workspaces.schemas import (
    Invite,
    InviteId,
    InviteItem,
    InvitePage,
    InviteToken,
    InviteView,
    MyInvitePage,
    Workspace,
    WorkspaceItem,
    address_key,
)
from outlast.ee.cloud.workspaces.service import after, item
from outlast.kit.ids import is_id, new_id
from outlast.kit.pages import encode_cursor

OPEN_FOR = timedelta(days=7)


async def create(unit: Unit, *, email: str, role: Role, site: str) -> InviteItem:
    """Invite somebody into the unit's workspace, by mail.

    Args:
        site: the server's address, for the link.

    Raises:
        RoleAboveOwn: the role is above the caller's.
        InvitesOff: the workspace leaves invites to its owners.
        AlreadyMember: they are there.
        InviteOpen: they have an invite that is open.
        MailRefused: no mail can go to this address.
    """
    workspace = await _access_to_invite(unit, role)
    person = await auth.person_by_email(unit, email)
    if person is not None and await repository.find_member(unit, person.id) is not None:
        raise AlreadyMember(f"{email} is a member of this workspace.")
    pending = await invite_repository.pending_for(unit, address_key(email))
    if pending is not None and pending.state(unit.now) == "open":
        raise InviteOpen(f"{email} has an open invite; send it again or revoke it.")
    if pending is not None:
        await invite_repository.revoke(unit, pending.id)
    token = auth.new_token(auth.Kind.INVITE)
    invite = Invite(
        workspace_id=workspace.id,
        id=new_id(),
        email=email,
        role=role,
        digest=auth.digest(token),
        invited_by=unit.caller.user_id,
        created_at=unit.now,
        expires_at=unit.now + OPEN_FOR,
    )
    await invite_repository.add(unit, invite)
    await events.of_invite(unit, events.INVITE_CREATED, invite, verb="invite.create")
    await mail_invite(unit, invite, workspace, link=_link(site, workspace, token))
    return _item(unit, invite)


async def page(unit: Unit, *, only_open: bool, cursor: str | None, limit: int) -> InvitePage:
    """A page of the workspace's invites, the newest first.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    found = await invite_repository.page(unit, only_open=only_open, before=after(cursor), limit=limit + 1)
    following = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return InvitePage(items=[_item(unit, invite) for invite in found[:limit]], next_cursor=following)


async def get(unit: Unit, invite_id: str) -> InviteItem:
    """An invite of the workspace.

    Raises:
        InviteNotFound: there is none of this id.
    """
    return _item(unit, await _access_invite(unit, invite_id))


async def resend(unit: Unit, invite_id: str, *, site: str) -> InviteItem:
    """Send an invite again, in the caller's name, with a new secret and for the full time; the old secret is void.

    Raises:
        InviteNotFound: there is none of this id.
        InviteOver: it was accepted or revoked.
        RoleAboveOwn, InvitesOff: the caller could not invite with this role.
    """
    invite = await _access_invite(unit, invite_id)
    workspace = await _access_to_invite(unit, invite.role)
    invite = await _access_invite(unit, invite_id)  # as it is under the lock
    if invite.state(unit.now) not in ("open", "expired"):
        raise _over(invite, unit)
    token = auth.new_token(auth.Kind.INVITE)
    invite = replace(
        invite,
        digest=auth.digest(token),
        expires_at=unit.now + OPEN_FOR,
        sent=invite.sent + 1,
        invited_by=unit.caller.user_id,
    )
    await invite_repository.renew(unit, invite)
    await events.of_invite(unit, events.INVITE_SENT_AGAIN, invite, verb="invite.resend")
    await mail_invite(unit, invite, workspace, link=_link(site, workspace, token))
    return _item(unit, invite)


async def revoke(unit: Unit, invite_id: str) -> None:
    """Revoke an invite; one that is revoked stays so.

    Raises:
        InviteNotFound: there is none of this id.
        InviteOver: it was accepted.
        RoleAboveOwn: its role is above the caller's.
    """
    _, own = await access_workspace(unit, Role.ADMIN)
    invite = await _access_invite(unit, invite_id)
    check_reach(own, invite.role)
    if invite.accepted_at is not None:
        raise _over(invite, unit)
    if invite.revoked_at is None:
        await invite_repository.revoke(unit, invite_id)
        await events.of_invite(unit, events.INVITE_REVOKED, invite, verb="invite.revoke")


async def mine(unit: Unit, *, cursor: str | None, limit: int) -> MyInvitePage:
    """A page of the open invites to the caller's address; none until it is verified.

    Raises:
        InvalidCursor: the cursor is not of this list.
    """
    begin = after(cursor)
    person = await auth.person(unit, unit.caller.user_id)
    if not person.verified:
        return MyInvitePage(items=[], next_cursor=None)
    async with unit.within(ALL_WORKSPACES) as everywhere:
        found = await invite_repository.open_to(everywhere, address_key(person.email), after=begin, limit=limit + 1)
    senders = await auth.people(unit, [invite.invited_by for invite, _ in found])
    items = [_view(invite, name, senders.get(invite.invited_by)) for invite, name in found[:limit]]
    return MyInvitePage(items=items, next_cursor=encode_cursor(items[-1].id) if len(found) > limit else None)


async def preview(unit: Unit, secret: InviteToken) -> InviteView:
    """What a mailed link opens, for who holds it.

    Raises:
        InviteNotFound: it opens nothing.
        InviteOver: it does no more.
    """
    workspace_id, token = _read(secret)
    async with unit.within(workspace_id) as inside:
        workspace = await repository.find(inside)
        invite = await _access_by_secret(inside, token)
        if workspace is None or workspace.deleted_at is not None:
            raise _unknown()
        senders = await auth.people(inside, [invite.invited_by])
        await _check_open(inside, invite, senders.get(invite.invited_by))
        return _view(invite, workspace.name, senders.get(invite.invited_by))


async def address_of(unit: Unit, token: str) -> str | None:
    """Whom an open invite was mailed to; nothing if it opens nothing."""
    try:
        return (await preview(unit, InviteToken.model_construct(token=token))).email
    except (InviteNotFound, InviteOver):
        return None


async def accept(unit: Unit, answer: InviteToken | InviteId) -> WorkspaceItem:
    """Become a member by an invite to the caller's address, which is verified, or proved by the mailed secret.

    Of many at once one succeeds, and no more do than there are seats (ASVS 2.3.4).

    Raises:
        InviteNotFound: no such invite, or none for the caller.
        InviteForAnother: the secret is right, and for another address than the account's.
        InviteOver: it was accepted or revoked, has expired, or who sent it may no longer grant its role.
        AlreadyMember: the caller is there.
        SeatLimit: the licence has no seat left.
    """
    caller_id = unit.caller.user_id
    workspace_id = answer.workspace_id if isinstance(answer, InviteId) else _read(answer)[0]
    async with unit.within(workspace_id) as inside:
        workspace = await repository.lock(inside)
        if workspace is None or workspace.deleted_at is not None:
            raise _unknown()
        invite = await _access_as(inside, answer, await auth.person(inside, caller_id))
        if await repository.find_member(inside, caller_id) is not None:
            raise AlreadyMember("You are a member of this workspace.")
        await _check_open(inside, invite, await _sender(inside, invite))
        if not await invite_repository.accept(inside, invite.id, user_id=caller_id):
            raise _over(invite, inside)
        await events.of_invite(inside, events.INVITE_ACCEPTED, invite, verb="invite.accept")
        await members.add_member(inside, user_id=caller_id, role=invite.role)
        await seats.take_seat(inside, caller_id)
    await auth.set_active_workspace(unit, caller_id, workspace.id)
    return item(workspace, invite.role)


def _read(secret: InviteToken) -> tuple[str, str]:
    """The workspace that a mailed secret names, and the secret; both must fit the same invite."""
    token, _, workspace_id = secret.token.partition(".")
    if not is_id(workspace_id):
        raise _unknown()
    return workspace_id, token


async def _access_to_invite(unit: Unit, role: Role) -> Workspace:
    workspace, own = await access_workspace(unit, Role.ADMIN)
    check_reach(own, role)
    if own < Role.OWNER and not workspace.settings.allow_invites:
        raise InvitesOff("In this workspace only owners invite; ask one of them.")
    return workspace


async def _access_invite(unit: Unit, invite_id: str) -> Invite:
    invite = await invite_repository.find(unit, invite_id) if is_id(invite_id) else None
    if invite is None:
        raise _unknown()
    return invite


async def _access_by_secret(unit: Unit, token: str) -> Invite:
    good = auth.is_token(auth.Kind.INVITE, token)
    invite = await invite_repository.find_by_digest(unit, auth.digest(token)) if good else None
    if invite is None:
        raise _unknown()
    return invite


async def _access_as(unit: Unit, answer: InviteToken | InviteId, person: Person) -> Invite:
    """The invite that a person may accept; the address must be theirs in either way."""
    theirs = address_key(person.email)
    if isinstance(answer, InviteToken):
        invite = await _access_by_secret(unit, _read(answer)[1])
        if invite.email_key != theirs:
            raise InviteForAnother(
                f"This invite is for {invite.email}; sign in with that address, or ask for an invite to yours."
            )
        return invite
    invite = await _access_invite(unit, answer.invite_id)
    if invite.email_key != theirs:
        raise _unknown()
    if not person.verified:
        raise InviteForAnother("Verify your e-mail address first, or open the link in the mail.")
    return invite


async def _sender(unit: Unit, invite: Invite) -> Person | None:
    return (await auth.people(unit, [invite.invited_by])).get(invite.invited_by)


async def _check_open(unit: Unit, invite: Invite, sender: Person | None) -> None:
    """Whoever sent it must still be one who may: a demoted or disabled admin's invites let nobody in (ASVS 7.4.2)."""
    if invite.state(unit.now) != "open":
        raise _over(invite, unit)
    reach = await repository.role_of(unit, invite.invited_by)
    if reach is None or reach < max(invite.role, Role.ADMIN) or sender is None or sender.disabled:
        raise InviteOver("Who sent this invite may no longer invite; ask for another.", state="void")


def _link(site: str, workspace: Workspace, token: str) -> str:
    """Its secret is in the fragment, which no server on the way is told, and no log."""
    return f"{site}/#invite={token}.{workspace.id}"


def _unknown() -> InviteNotFound:
    return InviteNotFound("There is no such invite; ask for another.")


def _over(invite: Invite, unit: Unit) -> InviteOver:
    state = invite.state(unit.now)
    # Two at once: this one lost, though it read an open invite.
    ended = "accepted" if state == "open" else state
    words = {"accepted": "was accepted", "revoked": "was revoked", "expired": "has expired"}[ended]
    return InviteOver(f"This invite {words}; ask for another.", state=ended)


def _item(unit: Unit, invite: Invite) -> InviteItem:
    return InviteItem(
        id=invite.id,
        email=invite.email,
        role=invite.role.label,
        state=invite.state(unit.now),
        invited_by=invite.invited_by,
        created_at=invite.created_at,
        expires_at=invite.expires_at,
        sent=invite.sent,
    )


def _view(invite: Invite, workspace_name: str, sender: Person | None) -> InviteView:
    return InviteView(
        id=invite.id,
        workspace_id=invite.workspace_id,
        workspace_name=workspace_name,
        email=invite.email,
        role=invite.role.label,
        invited_by=sender.name if sender else "",
        expires_at=invite.expires_at,
    )
