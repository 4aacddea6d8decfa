"""The port of mail: plain text to one person.

A mailer promises that a mail whose `send` returned was taken by the next server, at least once: when the connection
ends after the text and before the reply, the mail is sent again. It keeps no order between mails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol

from outlast.ee.cloud.mail.errors import MailRefused
from outlast.kit.ids import new_id

MAX_ADDRESS_BYTES = 254
"""RFC 5321 §4.5.3.1.3, less the angle brackets."""
MAX_SUBJECT_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person.

    Args:
        to: one address, without a name.
        subject: one line.
        text: the body, plain text.
        id: names it in its Message-ID, so that a mail which was sent twice is shown once.
    """

    to: str
    subject: str
    text: str
    id: str = field(default_factory=new_id)


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, mail: Mail) -> None:
        """Send one mail.

        Raises:
            MailRefused: it can't be a mail.
            MailNotSent, MailUnavailable: it was not sent; the same call may go through later.
        """
        ...


def compose(mail: Mail, *, sender: str, at: datetime) -> EmailMessage[str, Address | str]:
    """Write a mail as RFC 5322 has it.

    Args:
        mail: what to say.
        sender: an address, with or without a name before it.
        at: the moment of its Date header.

    Returns:
        The message, marked as sent by a machine (RFC 3834 §5) so that no one's absence note answers it.

    Raises:
        MailRefused: the address is none, or a header would hold a line break (header injection).
    """
    address = _address(mail.to)
    if len(mail.subject) > MAX_SUBJECT_CHARACTERS or not mail.subject.isprintable():
        raise MailRefused(f"A subject is one line of at most {MAX_SUBJECT_CHARACTERS} characters.")
    message: EmailMessage[str, Address | str] = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = address
        message["Subject"] = mail.subject
    except (ValueError, MessageError) as error:
        raise MailRefused("No header of a mail may hold a line break.") from error
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2].rstrip('> ') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _address(text: str) -> Address:
    """The one address that a text is.

    An address of several would send a secret to whoever is named beside the person it is for.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_ADDRESS_BYTES or not text.isprintable() or " " in text:
        raise MailRefused("This is no e-mail address.")
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise MailRefused("This is no e-mail address.") from error
    if not address.username or not address.domain or address.addr_spec != text:
        raise MailRefused("This is no e-mail address.")
    return address
