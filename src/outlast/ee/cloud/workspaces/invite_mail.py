"""The mail of an invite."""

from __future__ import annotations

from outlast.ee.cloud import auth, mail
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces.schemas import Invite, Workspace

_TEXT = """{sender} invites you to the workspace "{workspace}" on Outlast, as {role}.

Accept the invite here:

{link}

The link works once, for {email} alone, until {until}. If you do not know {sender}, leave it.
"""


async def mail_invite(unit: Unit, invite: Invite, workspace: Workspace, *, link: str) -> None:
    """Have an invite's mail sent once the unit is committed.

    Args:
        link: with the secret.

    Raises:
        MailRefused: no mail can go to this address.
    """
    sender = await auth.person(unit, invite.invited_by)
    text = _TEXT.format(
        sender=sender.name,
        workspace=workspace.name,
        role=invite.role.label,
        link=link,
        email=invite.email,
        until=f"{invite.expires_at:%d %B %Y, %H:%M} UTC",
    )
    await mail.send(unit, to=invite.email, subject=f"Invite to {workspace.name}", text=text)
