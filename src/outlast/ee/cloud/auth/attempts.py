"""Attempts at guessing, counted in the database: before the guess is looked at, so that many at once count as many."""

from __future__ import annotations

from datetime import timedelta

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import repository_sign_in, throttle
from outlast.ee.cloud.auth.errors import TooManyAttempts
from outlast.ee.cloud.auth.throttle import Failures, Keys
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.unit import Unit
from outlast.kit.measures import Counter

LOGINS = Counter("outlast_logins_total", "Log-ins.", ("method", "result"))


async def count(unit: Unit, keys: Keys) -> timedelta:
    """Count an attempt as a failure, which it is until it succeeds.

    Returns:
        Zero, or how long to wait; what must wait is not counted, and its guess not looked at.
    """
    found = await repository_sign_in.failures(unit, keys.counted)
    account = Failures() if keys.is_known else found[keys.account]
    waiting = throttle.wait(found[keys.place], account, now=unit.now)
    if not waiting:
        for key in keys.counted:
            await repository_sign_in.count_failure(unit, key, found[key].seen(unit.now).count + 1)
    return waiting


async def succeeded(unit: Unit, keys: Keys) -> None:
    """Forget the failures before a success."""
    await repository_sign_in.clear_failures(unit, sorted({keys.place, keys.account}))


async def take_back(cloud: Cloud, keys: Keys) -> None:
    """Undo `count`: the guess could not be looked at."""
    async with units.writing(cloud) as unit:
        found = await repository_sign_in.failures(unit, keys.counted)
        for key in keys.counted:
            await repository_sign_in.count_failure(unit, key, max(found[key].count - 1, 0))


def refuse(waiting: timedelta, *, method: str) -> None:
    """Stop an attempt that came too soon.

    Raises:
        TooManyAttempts: with Retry-After.
    """
    if waiting:
        LOGINS.add(method, "throttled")
        raise TooManyAttempts(
            "Too many attempts failed; wait, use a device that has logged in before, or set a new password by mail.",
            retry_after=waiting,
        )
