"""Mail by SMTP (RFC 5321), on a connection of its own for each mail."""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from outlast.ee.cloud.mail.base import Mail, compose
from outlast.ee.cloud.mail.errors import MailNotSent
from outlast.kit.clock import Clock
from outlast.kit.settings import InvalidSettings

TIMEOUT = timedelta(seconds=15)
ATTEMPTS = 4
FIRST_PAUSE = timedelta(seconds=0.5)
LONGEST_PAUSE = timedelta(seconds=8)

_PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}

log = logging.getLogger(__name__)


class InvalidMailServer(InvalidSettings):
    """The URL of the mail server can't be used."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over, and how.

    Args:
        host: its name; its certificate must be for it.
        port: TCP port.
        security: ``tls`` from the first byte (RFC 8314 §3), ``starttls`` or, on a machine of one's own, ``none``.
        username: empty for a server that asks for none.
        password: of that user.
        context: TLS settings; the system's certificate authorities by default.
    """

    host: str
    port: int
    security: str
    username: str = ""
    password: str = ""
    context: ssl.SSLContext | None = None


def smtp_server(url: str) -> SmtpServer:
    """Read a mail server's URL.

    Args:
        url: ``smtps://user:password@host:465`` (TLS), ``smtp://user:password@host:587`` (STARTTLS, never left out:
            what may be left out is left out for an attacker) or ``smtp+plain://host:25`` (no TLS, no password).

    Raises:
        InvalidMailServer: it is none of these.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidMailServer("The URL of the mail server has no valid host and port.") from error
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise InvalidMailServer("The URL of the mail server is like smtp://user:password@mail.example.com:587.")
    if parts.scheme == "smtp+plain" and (parts.username or parts.password):
        raise InvalidMailServer("smtp+plain:// sends a password in clear; use smtp:// or smtps://.")
    return SmtpServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        security={"smtps": "tls", "smtp": "starttls", "smtp+plain": "none"}[parts.scheme],
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


class SmtpMailer:
    """A mailer over one SMTP server.

    Args:
        server: see `smtp_server`.
        sender: the From header, like ``Outlast <outlast@example.com>``.
        clock: for the Date header.
        timeout: for each step of the conversation with the server.
        first_pause: the longest before the second attempt; it doubles each time, and chance shortens each.
    """

    def __init__(
        self,
        server: SmtpServer,
        *,
        sender: str,
        clock: Clock,
        timeout: timedelta = TIMEOUT,
        first_pause: timedelta = FIRST_PAUSE,
    ) -> None:
        self._timeout = timeout
        self._server = server
        self._sender = sender
        self._clock = clock
        self._first_pause = first_pause

    async def send(self, mail: Mail) -> None:
        """Send one mail; what may pass by itself (a lost connection, a reply of 4xx) is tried again."""
        message = compose(mail, sender=self._sender, at=self._clock.now())
        attempts = AsyncRetrying(
            retry=retry_if_exception(_may_pass),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(self._first_pause.total_seconds(), LONGEST_PAUSE.total_seconds()),
            reraise=True,
        )
        try:
            await attempts(self._deliver, message)
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("The mail server did not take a mail: %s", type(error).__name__)
            raise MailNotSent("The mail could not be sent now; try again in a few minutes.") from error

    async def _deliver(self, message: EmailMessage[str, Address | str]) -> None:
        server = self._server
        # Under the same id again, so that a mail that came twice is shown once.
        await aiosmtplib.send(
            message,
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password or None,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=server.context if server.security != "none" else None,
            timeout=self._timeout.total_seconds(),
        )


def _may_pass(error: BaseException) -> bool:
    """Whether the same mail may go through a moment later (RFC 5321 §4.2.1: 4yz is transient)."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(_may_pass(refused) for refused in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return 400 <= error.code < 500
    if isinstance(error, ssl.SSLError):
        return False  # a certificate that is wrong stays so
    return isinstance(error, OSError)
