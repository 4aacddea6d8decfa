"""A real SMTP server (aiosmtpd) in a thread, which keeps what it takes and misbehaves when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Condition

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PATIENCE = timedelta(seconds=10)
USER, PASSWORD = "outlast", "a password: with @ signs"


@dataclass
class Postbox:
    """What a server took.

    Args:
        port: it listens on.
        replies: sent instead of taking a mail, one a try, until none is left; an empty one drops the connection.
    """

    port: int
    replies: list[str] = field(default_factory=list)
    tries: int = 0
    taken: list[Envelope] = field(default_factory=list)
    _news: Condition = field(default_factory=Condition)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (its name)
        self.tries += 1
        if self.replies:
            reply = self.replies.pop(0)
            if not reply:
                assert server.transport is not None
                server.transport.close()
            return reply or "421 going away"
        with self._news:
            self.taken.append(envelope)
            self._news.notify_all()
        return "250 taken"

    async def mail(self, to: str, subject: str) -> str:
        """Wait for a mail to somebody, and take its text; it is not found a second time."""
        return await asyncio.to_thread(self._wait_for, to, subject)

    def _wait_for(self, to: str, subject: str) -> str:
        with self._news:
            assert self._news.wait_for(lambda: self._find(to, subject) is not None, PATIENCE.total_seconds()), [
                (message["to"], message["subject"]) for message in self.messages
            ]
            at = self._find(to, subject)
            assert at is not None
            text = _text(self.messages[at])
            del self.taken[at]
            return text

    def _find(self, to: str, subject: str) -> int | None:
        found = [at for at, m in enumerate(self.messages) if m["to"] == to and subject in m["subject"]]
        return found[0] if found else None

    @property
    def messages(self) -> list[EmailMessage[str, str]]:
        """The mails taken, parsed."""
        parsed = []
        for envelope in self.taken:
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            parsed.append(message)
        return parsed

    def text(self, to: str) -> str:
        """The text of the last mail to an address."""
        return _text(next(message for message in reversed(self.messages) if message["to"] == to))


def _text(message: EmailMessage[str, str]) -> str:
    body = message.get_body()
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@contextlib.contextmanager
def smtp_server(*, tls: ssl.SSLContext | None = None, implicit: bool = False) -> Iterator[Postbox]:
    """A server on a free port of 127.0.0.1.

    Args:
        tls: offers STARTTLS with it, and asks for a log-in.
        implicit: TLS from the first byte instead.
    """
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        postbox = Postbox(port=probe.getsockname()[1])
    starttls = tls is not None and not implicit
    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=postbox.port,
        ssl_context=tls if implicit else None,
        tls_context=tls if starttls else None,
        require_starttls=starttls,
        auth_required=starttls,
        authenticator=_knows if starttls else None,
    )
    controller.start()
    try:
        yield postbox
    finally:
        controller.stop()


def _knows(*call: object) -> AuthResult:
    """Called with the server, its session, the envelope, the mechanism, and what was told."""
    told = call[-1]
    known = isinstance(told, LoginPassword) and (told.login, told.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


def certificate(folder: Path, *, name: str = "localhost") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate that signs itself.

    Returns:
        The server's context, and that of a client who trusts it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem, secret)
    return server, ssl.create_default_context(cafile=str(pem))
