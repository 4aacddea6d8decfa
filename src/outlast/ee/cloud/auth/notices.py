"""Mails that tell people what was done with their account, so that they notice what they did not do (ASVS 6.3.7)."""

from __future__ import annotations

from outlast.ee.cloud import mail
from outlast.ee.cloud.auth.devices import device_label
from outlast.ee.cloud.unit import Unit

_TEXT = """Hello,

{what}

When: {when:%Y-%m-%d %H:%M} UTC
Where: {device}, {ip}

{undo}
"""
_UNDO = "If this was not you, set a new password at once: it signs out all your devices."


async def tell(unit: Unit, to: str, *, subject: str, what: str, undo: str = _UNDO) -> None:
    """Mail somebody what was done, when and from where.

    Args:
        unit: of what was done; nothing is mailed if it is undone.
        to: the address.
        subject: one line.
        what: one sentence.
        undo: what to do about it if it was somebody else.
    """
    text = _TEXT.format(
        what=what, when=unit.now, device=device_label(unit.origin.user_agent), ip=unit.origin.ip, undo=undo
    )
    await mail.send(unit, to=to, subject=subject, text=text)
