"""Mail: one port, two ways out. SMTP where a server is set, and an outbox kept in memory while developing."""

from outlast.ee.cloud.mail.base import Mail, Mailer, compose
from outlast.ee.cloud.mail.errors import MailNotSent, MailRefused, MailUnavailable
from outlast.ee.cloud.mail.outbox import KeptMail, MemoryOutbox
from outlast.ee.cloud.mail.smtp import SmtpMailer, SmtpServer, smtp_server

__all__ = [
    "KeptMail",
    "Mail",
    "MailNotSent",
    "MailRefused",
    "MailUnavailable",
    "Mailer",
    "MemoryOutbox",
    "SmtpMailer",
    "SmtpServer",
    "compose",
    "smtp_server",
]
