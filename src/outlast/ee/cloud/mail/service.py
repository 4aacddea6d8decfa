"""The verbs of mail."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import msgspec

from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.mail import repository
from outlast.ee.cloud.mail.base import Mail, Mailer, compose
from outlast.ee.cloud.mail.errors import NoOutbox
from outlast.ee.cloud.mail.outbox import KeptMail, MemoryOutbox
from outlast.ee.cloud.mail.queue import PURPOSE, Post
from outlast.ee.cloud.mail.smtp import SmtpMailer, smtp_server
from outlast.ee.cloud.unit import Unit
from outlast.kit.settings import Settings


async def send(unit: Unit, *, to: str, subject: str, text: str) -> None:
    """Have a mail sent once the unit is committed, at least once; sealed until then, since it may hold a secret.

    Args:
        unit: nothing is sent if it is undone.
        to: one address.
        subject: one line.
        text: plain.

    Raises:
        MailRefused: it can't be a mail.
    """
    mail = Mail(to=to, subject=subject, text=text)
    compose(mail, sender=unit.cloud.settings.mail_from, at=unit.now)
    sealed = unit.cloud.box.seal(msgspec.json.encode(mail), purpose=PURPOSE)
    await repository.add(unit, mail.id, sealed)
    unit.after_commit(unit.cloud.part(Post).wake)


def outbox(cloud: Cloud) -> Sequence[KeptMail]:
    """The mails that a developer's server kept, the newest first.

    Raises:
        NoOutbox: this is no developer's server.
    """
    mailer = cloud.part(Post).mailer
    if not isinstance(mailer, MemoryOutbox):
        raise NoOutbox("Mails are kept for reading only by a server on a laptop, without a mail server.")
    return mailer.mails()


def mailer_of(cloud: Cloud) -> Mailer | None:
    """The way out that the settings tell; None when there is none.

    Raises:
        InvalidMailServer: the URL can't be used.
    """
    settings = cloud.settings
    if settings.smtp_url is not None:
        server = smtp_server(settings.smtp_url.get_secret_value())
        return SmtpMailer(server, sender=settings.mail_from, clock=cloud.clock)
    if is_development(settings):
        return MemoryOutbox(clock=cloud.clock, sender=settings.mail_from)
    return None


def is_development(settings: Settings) -> bool:
    """Whether this is a developer's own server: only this machine reaches it, and no proxy stands before it."""
    if settings.public_url or settings.trusted_proxies or settings.smtp_url is not None:
        return False
    try:
        return ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        return settings.host == "localhost"
