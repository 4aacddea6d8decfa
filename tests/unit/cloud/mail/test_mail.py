"""Composing mail, and the outbox kept in memory."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from outlast.ee.cloud.mail import Mail, MailRefused, MemoryOutbox, compose
from outlast.ee.cloud.mail.outbox import KEPT
from outlast.kit.clock import ManualClock

SENDER = "Outlast <outlast@example.com>"
NOW = ManualClock().now()


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "ada@example.com,eve@example.com",
        "Ada <ada@example.com>",
        "ada@example.com (eve)",
        "ada@example.com\x00",
        "ada@example.com\u2028eve",
        "ada",
        "@example.com",
        "ada@",
        "",
        "a" * 300 + "@example.com",
        "<ada@example.com>",
        "eve@example.com:ada@example.com",
    ],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(MailRefused):
        compose(Mail(to=address, subject="Hello", text="x"), sender=SENDER, at=NOW)


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: eve@example.com", "Hello\nthere", "x" * 300, "a\x00b", "a\x85b"])
def test_a_subject_holds_no_line_break(subject: str) -> None:
    with pytest.raises(MailRefused):
        compose(Mail(to="ada@example.com", subject=subject, text="x"), sender=SENDER, at=NOW)


def test_a_mail_reads_back_as_it_was_written() -> None:
    mail = Mail(
        to="ada@example.com", subject="Grüße aus Köln", text="Zeile eins\n\nhttps://example.com/#x=1\n.\nfertig"
    )
    message = message_from_bytes(compose(mail, sender=SENDER, at=NOW).as_bytes(), policy=policy.default)
    assert message["to"] == "ada@example.com"
    assert message["from"] == SENDER
    assert message["subject"] == mail.subject
    assert message["date"].datetime == NOW
    assert message["auto-submitted"] == "auto-generated"
    assert message["message-id"].endswith("@example.com>")
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").strip() == mail.text


async def test_the_outbox_keeps_the_newest_mails() -> None:
    outbox = MemoryOutbox(clock=ManualClock())
    for number in range(KEPT + 5):
        await outbox.send(Mail(to="ada@example.com", subject=f"number {number}", text="x"))
    assert len(outbox.mails()) == KEPT
    assert outbox.mails()[0].mail.subject == f"number {KEPT + 4}"


async def test_the_outbox_refuses_what_smtp_would() -> None:
    with pytest.raises(MailRefused):
        await MemoryOutbox(clock=ManualClock()).send(Mail(to="nobody", subject="Hello", text="x"))


async def test_the_log_holds_no_text_of_a_mail(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await MemoryOutbox(clock=ManualClock()).send(Mail(to="ada@example.com", subject="Hello", text="the secret"))
    assert "ada@example.com" in caplog.text
    assert "the secret" not in caplog.text
