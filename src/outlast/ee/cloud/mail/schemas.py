"""Mail on the wire."""

from __future__ import annotations

from datetime import datetime

from outlast.ee.cloud.routes import View


class OutboxMail(View):
    """A mail that was not sent but kept."""

    at: datetime
    to: str
    subject: str
    text: str


class OutboxPage(View):
    """The last mails, the newest first."""

    items: list[OutboxMail]
