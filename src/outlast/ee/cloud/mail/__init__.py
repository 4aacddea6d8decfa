"""Mail: one port, two ways out. SMTP where a server is set, and an outbox kept in memory while developing.

Other domains call `send` in the transaction that a mail tells of.
"""

from __future__ import annotations

from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.mail.base import Mail, Mailer, compose
from outlast.ee.cloud.mail.errors import MailNotSent, MailRefused
from outlast.ee.cloud.mail.outbox import KeptMail, MemoryOutbox
from outlast.ee.cloud.mail.policy import RULES
from outlast.ee.cloud.mail.queue import Post
from outlast.ee.cloud.mail.router import router
from outlast.ee.cloud.mail.service import is_development, mailer_of, send
from outlast.ee.cloud.mail.service import outbox as development_outbox
from outlast.ee.cloud.mail.smtp import SmtpMailer, SmtpServer, smtp_server

__all__ = [
    "RULES",
    "KeptMail",
    "Mail",
    "MailNotSent",
    "MailRefused",
    "Mailer",
    "MemoryOutbox",
    "SmtpMailer",
    "SmtpServer",
    "compose",
    "development_outbox",
    "install",
    "is_development",
    "router",
    "send",
    "smtp_server",
]


def install(cloud: Cloud) -> None:
    """Hang the queue on the cloud; its mails are sent beside the server."""
    post = Post(cloud, mailer_of(cloud))
    cloud.add(post)
    cloud.beside(post.run)
