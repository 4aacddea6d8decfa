"""Mails that wait until they are sent, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.ee.cloud import mail
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.mail.queue import GIVEN_UP_AFTER, Post
from outlast.kit.clock import ManualClock
from tests.contract.cloud.part import START, part_of_cloud, rows_of
from tests.smtp_server import Postbox, smtp_server


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    with smtp_server() as postbox:
        yield postbox


@pytest.fixture
async def cloud(database_url: str, tmp_path: Path, clock: ManualClock, postbox: Postbox) -> AsyncIterator[Cloud]:
    smtp = f"smtp+plain://127.0.0.1:{postbox.port}"
    async with part_of_cloud(database_url, tmp_path, clock=clock, smtp_url=smtp) as cloud:
        mail.install(cloud)
        yield cloud


async def send(cloud: Cloud, subject: str = "Hello", *, fails: bool = False) -> None:
    async with units.writing(cloud) as unit:
        await mail.send(unit, to="ada@example.com", subject=subject, text="the secret")
        if fails:
            raise ZeroDivisionError


async def test_a_mail_is_sent_once_its_transaction_is_committed(cloud: Cloud, postbox: Postbox) -> None:
    await send(cloud)
    with pytest.raises(ZeroDivisionError):
        await send(cloud, "Never", fails=True)
    assert await cloud.part(Post).send_due() == 1
    assert await cloud.part(Post).send_due() == 0
    assert [message["subject"] for message in postbox.messages] == ["Hello"]
    assert await rows_of(cloud, "mail_queue") == []


async def test_it_waits_sealed(cloud: Cloud) -> None:
    """[security 5]"""
    await send(cloud)
    (row,) = await rows_of(cloud, "mail_queue")
    assert b"the secret" not in row["sealed"]
    assert b"ada@example.com" not in row["sealed"]


async def test_it_is_sent_after_the_server_that_wanted_it_is_gone(cloud: Cloud, postbox: Postbox) -> None:
    await send(cloud)
    await Post(cloud, cloud.part(Post).mailer).send_due()  # of another server on the database
    assert len(postbox.taken) == 1


async def test_what_the_mail_server_refuses_now_is_tried_later_and_holds_nothing_up(
    cloud: Cloud, postbox: Postbox, clock: ManualClock
) -> None:
    postbox.replies = ["554 not now"]
    await send(cloud, "first")
    await cloud.part(Post).send_due()
    await send(cloud, "second")
    await cloud.part(Post).send_due()
    assert [message["subject"] for message in postbox.messages] == ["second"]
    clock.advance(timedelta(minutes=2))
    await cloud.part(Post).send_due()
    assert [message["subject"] for message in postbox.messages] == ["second", "first"]


async def test_it_is_given_up_after_a_day(cloud: Cloud, postbox: Postbox, clock: ManualClock) -> None:
    postbox.replies = ["554 no"] * 100
    await send(cloud)
    for _ in range(20):
        clock.advance(timedelta(hours=4))
        await cloud.part(Post).send_due()
    assert await rows_of(cloud, "mail_queue") == []
    tries = postbox.tries
    assert 0 < tries <= GIVEN_UP_AFTER / timedelta(hours=4) + 2


async def test_two_servers_send_a_mail_once(cloud: Cloud, postbox: Postbox) -> None:
    for number in range(10):
        await send(cloud, f"number {number}")
    posts = [cloud.part(Post), Post(cloud, cloud.part(Post).mailer)]
    while any(await asyncio.gather(*(post.send_due() for post in posts))):
        pass
    assert sorted(message["subject"] for message in postbox.messages) == sorted(f"number {n}" for n in range(10))


async def test_the_queue_wakes_up_for_a_new_mail(cloud: Cloud, postbox: Postbox) -> None:
    running = asyncio.create_task(cloud.part(Post).run())
    await send(cloud)
    assert await postbox.mail("ada@example.com", "Hello") == "the secret\n"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
