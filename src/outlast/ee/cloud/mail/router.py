"""The mails of a developer's server over HTTP."""

from __future__ import annotations

from outlast.ee.cloud.mail import service
from outlast.ee.cloud.mail.errors import NoOutbox
from outlast.ee.cloud.mail.schemas import OutboxMail, OutboxPage
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.work import In

router = cloud_router("/dev/outbox", tag="development")


@router.get("", **does("outbox.read", NoOutbox))
async def read_outbox(work: In) -> OutboxPage:
    """The mails that would have been sent. Only on a laptop: no mail server set, and only this machine gets in."""
    kept = service.outbox(work.cloud)
    return OutboxPage(
        items=[OutboxMail(at=one.at, to=one.mail.to, subject=one.mail.subject, text=one.mail.text) for one in kept]
    )
