"""Mail while developing: it leaves the machine never, and can be read through the API."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from outlast.ee.cloud.mail.base import Mail, compose
from outlast.kit.clock import Clock

KEPT = 100
"""Mails that are kept; the oldest makes room."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail that somebody would have got.

    Args:
        at: when.
        mail: what.
    """

    at: datetime
    mail: Mail


class MemoryOutbox:
    """A mailer that keeps the last mails in memory.

    Args:
        clock: stamps them.
        sender: what would be in From.
    """

    def __init__(self, *, clock: Clock, sender: str = "outlast@localhost") -> None:
        self._clock = clock
        self._sender = sender
        self._kept: deque[KeptMail] = deque(maxlen=KEPT)

    async def send(self, mail: Mail) -> None:
        """Keep it; a mail that SMTP would refuse is refused here too."""
        now = self._clock.now()
        compose(mail, sender=self._sender, at=now)
        self._kept.append(KeptMail(now, mail))
        # Not the text: the secret in it opens the account to who reads the log.
        log.info("A mail for %s waits in the outbox: %s", mail.to, mail.subject)

    def mails(self) -> Sequence[KeptMail]:
        """What was sent, the newest first."""
        return [*reversed(self._kept)]
