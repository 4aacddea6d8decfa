"""The mail of an invite."""

from __future__ import annotations

from outlast.ee.cloud import auth, mail
from outlast.ee.cloud.context import SERVER_SCOPE, Cloud
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces.schemas import Invite, Workspace

_TEXT = """{sender} invites you to the workspace "{workspace}" on Outlast, as {role}.

Accept the invite here:

{link}

The link works once, for {email} alone, until {until}. If you do not know {sender}, leave it.
"""


async def mail_invite(unit: Unit, invite: Invite, workspace: Workspace, *, token: str) -> None:
    """Have an invite's mail sent once the unit is committed.

    Args:
        token: the secret, in the link's fragment: no server along the way is told it, and no log.

    Raises:
        MailRefused: no mail can go to this address.
    """
    sender = await auth.person(unit, invite.invited_by)
    text = _TEXT.format(
        sender=sender.name,
        workspace=workspace.name,
        role=invite.role.label,
        link=invite_link(unit.cloud, workspace.id, token),
        email=invite.email,
        until=f"{invite.expires_at:%d %B %Y, %H:%M} UTC",
    )
    async with unit.within(SERVER_SCOPE) as outside:
        await mail.send(outside, to=invite.email, subject=f"Invite to {workspace.name}", text=text)


def invite_link(cloud: Cloud, workspace_id: str, token: str) -> str:
    """The address that an invite's mail holds."""
    settings = cloud.settings
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base}/invite#workspace={workspace_id}&token={token}"
