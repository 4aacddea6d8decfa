"""Sends the mails that wait, beside the server: at least once each, however often it is restarted.

A queue of its own and not the outbox of facts: those are handled in order, and a mail server that is down for an hour
must not hold up what follows from a deleted account.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import RowMapping

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.box import SealBroken
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.mail import repository
from outlast.ee.cloud.mail.base import Mail, Mailer
from outlast.ee.cloud.mail.errors import MailNotSent, MailRefused

PURPOSE = "mail"
AT_ONCE = 4
LEASE = timedelta(minutes=5)
"""Longer than any one mail takes; after this somebody else may send it."""
LOOK_AGAIN = timedelta(seconds=5)
"""For mails whose time has come, and for those of a server that is no more."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
GIVEN_UP_AFTER = timedelta(days=1)

log = logging.getLogger(__name__)


class Post:
    """The queue, and where its mails go.

    Args:
        cloud: the open cloud.
        mailer: sends; None where no mail server is set and the server is no developer's.
    """

    def __init__(self, cloud: Cloud, mailer: Mailer | None) -> None:
        self.mailer = mailer
        self._cloud = cloud
        self._look = asyncio.Event()

    def wake(self) -> None:
        """Look now: a mail was put in."""
        self._look.set()

    async def run(self) -> None:
        """Send what is due, for as long as this runs."""
        while True:
            self._look.clear()
            while await self.send_due():
                pass
            try:
                async with asyncio.timeout(LOOK_AGAIN.total_seconds()):
                    await self._look.wait()
            except TimeoutError:
                pass

    async def send_due(self) -> int:
        """Try some mails that are due now, side by side.

        Returns:
            How many; 0 when none is due.
        """
        async with units.looking(self._cloud) as unit:
            if not await repository.is_any_due(unit):
                return 0
        async with units.writing(self._cloud) as unit:
            found = await repository.claim(unit, until=unit.now + LEASE, limit=AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for row in found:
                group.create_task(self._try(row))
        return len(found)

    async def _try(self, row: RowMapping) -> None:
        try:
            clear = self._cloud.box.open(row["sealed"], purpose=PURPOSE)
            mail = msgspec.json.decode(clear, type=Mail)
            if self.mailer is None:
                log.error("No mail server is set (OUTLAST_SMTP_URL); a mail is lost: %s", mail.subject)
            else:
                await self.mailer.send(mail)
        except MailNotSent:
            await self._postpone(row)
            return
        except (MailRefused, SealBroken) as error:
            log.warning("A mail can't be sent as it is, and is given up: %s", error.message)
        async with units.writing(self._cloud) as unit:
            await repository.remove(unit, row["id"])

    async def _postpone(self, row: RowMapping) -> None:
        created: datetime = row["created_at"]
        pause = min(FIRST_PAUSE * 2 ** min(row["attempts"], 10), LONGEST_PAUSE)
        async with units.writing(self._cloud) as unit:
            if unit.now - _aware(created, unit.now) > GIVEN_UP_AFTER:
                log.error("The mail server took a mail for a whole day not; it is given up")
                await repository.remove(unit, row["id"])
            else:
                await repository.postpone(unit, row["id"], due=unit.now + pause)


def _aware(moment: datetime, like: datetime) -> datetime:
    """SQLite gives moments back without their zone."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=like.tzinfo)
