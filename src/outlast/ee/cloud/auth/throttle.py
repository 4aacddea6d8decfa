"""How fast passwords may be guessed.

Failures count per account and place, and per account over all places; a known device, one that has logged in to this
account before, has a count of its own, so nobody can shut its user out (ASVS 6.1.1). An attempt is counted before the
password is looked at: a hundred at once count a hundred (ASVS 15.4.2). Accounts that don't exist count alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outlast.http.addresses import limit_key

FREE_FAILURES = 5
"""From one place without a wait."""

MAX_FAILURES = 100
"""In a row on one account from places unknown to it; then a known device, a mailed link or a reset (63B-4 §3.2.2)."""

FORGOTTEN_AFTER = timedelta(days=1)
_FIRST_DELAY = timedelta(seconds=1)
_LONGEST_DELAY = timedelta(minutes=15)
_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Failures:
    """What is remembered of one count.

    Attributes:
        count: attempts since the last success.
        last_at: of the last attempt.
    """

    count: int = 0
    last_at: datetime | None = None

    def seen(self, now: datetime) -> Failures:
        """As it counts now: what is long ago is forgotten."""
        return Failures() if self.last_at is None or now - self.last_at >= FORGOTTEN_AFTER else self


@dataclass(frozen=True, slots=True)
class Keys:
    """Under which names an attempt counts; digests, since they are stored.

    Attributes:
        place: account and place, or account and known device.
        account: the account over all places unknown to it.
        is_known: whether it comes from a known device, whose failures count for it alone.
    """

    place: str
    account: str
    is_known: bool

    @property
    def counted(self) -> Sequence[str]:
        """Those that a failure counts under, in the one order in which rows are locked."""
        return [self.place] if self.is_known else sorted([self.place, self.account])


def keys_of(account: str, *, address: str, device: str | None) -> Keys:
    """Name the counts of an attempt.

    Args:
        account: the e-mail address as it was typed, folded; whether there is such an account makes no difference.
        address: of the client; an IPv6 one counts by its /64.
        device: digest of the device's token when it is known to the account.
    """
    place = _digest("place", account, limit_key(address)) if device is None else _digest("device", account, device)
    return Keys(place, _digest("account", account), is_known=device is not None)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def delay_after(count: int) -> timedelta:
    """The wait after so many failures in a row: none at first, then doubled from a second to a quarter of an hour."""
    beyond = count - FREE_FAILURES
    if beyond < 0:
        return timedelta(0)
    return min(_FIRST_DELAY * (1 << min(beyond, _DOUBLINGS)), _LONGEST_DELAY)


def wait(place: Failures, account: Failures, *, now: datetime) -> timedelta:
    """How long an attempt must still wait; zero when it may be made now.

    Args:
        place: the failures under `Keys.place`.
        account: those under `Keys.account`; none for a known device.
        now: the present moment.
    """
    place, account = place.seen(now), account.seen(now)
    waits = [timedelta(0)]
    if place.last_at is not None:
        waits.append(place.last_at + delay_after(place.count) - now)
    if account.last_at is not None and account.count >= MAX_FAILURES:
        waits.append(account.last_at + FORGOTTEN_AFTER - now)
    return max(waits)
