"""Mail through a real SMTP server."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from outlast.ee.cloud.mail import Mail, MailNotSent, SmtpMailer, SmtpServer
from outlast.ee.cloud.mail import smtp_server as parse
from outlast.ee.cloud.mail.smtp import ATTEMPTS, InvalidMailServer
from outlast.kit.clock import SystemClock
from tests.smtp_server import PASSWORD, USER, certificate, smtp_server

MAIL = Mail(to="ada@example.com", subject="Grüße", text="Open https://example.com/#code=1\n.\n..two dots")
SHORT = timedelta(milliseconds=1)


def _mailer(server: SmtpServer, *, timeout: timedelta = timedelta(seconds=10)) -> SmtpMailer:
    sender = "Outlast <outlast@example.com>"
    return SmtpMailer(server, sender=sender, clock=SystemClock(), timeout=timeout, first_pause=SHORT)


def _plain(port: int) -> SmtpMailer:
    return _mailer(parse(f"smtp+plain://127.0.0.1:{port}"))


async def test_a_mail_arrives_whole() -> None:
    with smtp_server() as postbox:
        await _plain(postbox.port).send(MAIL)
    (envelope,) = postbox.taken
    assert envelope.mail_from == "outlast@example.com"
    assert envelope.rcpt_tos == ["ada@example.com"]
    assert postbox.messages[0]["subject"] == MAIL.subject
    assert postbox.text("ada@example.com").strip() == MAIL.text


@pytest.mark.parametrize("reply", ["451 try later", "421 too busy", ""])
async def test_what_may_pass_by_itself_is_tried_again(reply: str) -> None:
    with smtp_server() as postbox:
        postbox.replies = [reply, reply]
        await _plain(postbox.port).send(MAIL)
    assert postbox.tries == 3
    assert len(postbox.taken) == 1


async def test_a_refusal_for_good_is_not_tried_again() -> None:
    with smtp_server() as postbox:
        postbox.replies = ["554 no"]
        with pytest.raises(MailNotSent):
            await _plain(postbox.port).send(MAIL)
    assert postbox.tries == 1


async def test_it_gives_up_in_the_end() -> None:
    with smtp_server() as postbox:
        postbox.replies = ["451 try later"] * 10
        with pytest.raises(MailNotSent):
            await _plain(postbox.port).send(MAIL)
    assert postbox.tries == ATTEMPTS


async def test_a_server_that_is_not_there_is_said_so(free_port: int) -> None:
    with pytest.raises(MailNotSent):
        await _plain(free_port).send(MAIL)


async def test_a_server_that_says_nothing_does_not_hold_us() -> None:
    accepted: list[asyncio.StreamWriter] = []

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.append(writer)

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        silent_one = SmtpServer("127.0.0.1", server.sockets[0].getsockname()[1], "none")
        with pytest.raises(MailNotSent):
            await _mailer(silent_one, timeout=timedelta(milliseconds=50)).send(MAIL)
        for writer in accepted:
            writer.close()
    assert len(accepted) == ATTEMPTS


async def test_starttls_and_a_password_are_used(tmp_path: Path) -> None:
    ours, theirs = certificate(tmp_path)
    with smtp_server(tls=ours) as postbox:
        server = parse(f"smtp://{USER}:{quote(PASSWORD, safe='')}@localhost:{postbox.port}")
        await _mailer(replace(server, context=theirs)).send(MAIL)
        assert len(postbox.taken) == 1
        with pytest.raises(MailNotSent):
            await _mailer(replace(server, context=theirs, password="wrong")).send(MAIL)


async def test_tls_from_the_first_byte_is_used(tmp_path: Path) -> None:
    ours, theirs = certificate(tmp_path)
    with smtp_server(tls=ours, implicit=True) as postbox:
        await _mailer(replace(parse(f"smtps://localhost:{postbox.port}"), context=theirs)).send(MAIL)
    assert len(postbox.taken) == 1


async def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for() -> None:
    with smtp_server() as postbox, pytest.raises(MailNotSent):
        await _mailer(parse(f"smtp://{USER}:x@localhost:{postbox.port}")).send(MAIL)
    assert postbox.tries == 0


@pytest.mark.parametrize("name", ["other.example.com", "localhost"])
async def test_a_certificate_that_is_not_trusted_ends_it(tmp_path: Path, name: str) -> None:
    ours, theirs = certificate(tmp_path, name=name)
    with smtp_server(tls=ours) as postbox:
        server = parse(f"smtp://{USER}:x@localhost:{postbox.port}")
        trusting = replace(server, context=theirs) if name != "localhost" else server
        with pytest.raises(MailNotSent):
            await _mailer(trusting).send(MAIL)
    assert postbox.tries == 0


def test_the_url_says_how_to_connect() -> None:
    assert parse("smtps://mail.example.com") == SmtpServer("mail.example.com", 465, "tls")
    assert parse("smtp://u:p%40x@mail.example.com/") == SmtpServer("mail.example.com", 587, "starttls", "u", "p@x")
    assert parse("smtp+plain://127.0.0.1:2525") == SmtpServer("127.0.0.1", 2525, "none")


@pytest.mark.parametrize(
    "url", ["", "mail.example.com", "http://mail", "smtp://", "smtp://h:99999", "smtp+plain://u:p@h", "smtp://h/x"]
)
def test_a_url_that_can_not_be_used_is_refused(url: str) -> None:
    with pytest.raises(InvalidMailServer):
        parse(url)
