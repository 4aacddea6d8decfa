"""What is done, beside requests, about what others tell and about what has grown old."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import repository_sign_in
from outlast.ee.cloud.context import Cloud

CLEANED_EVERY = timedelta(hours=1)


async def clean_up(cloud: Cloud) -> None:
    """Forget what tells nothing any more, for as long as this runs."""
    while True:
        await asyncio.sleep(CLEANED_EVERY.total_seconds())
        async with units.writing(cloud) as unit:
            await repository_sign_in.forget_old(unit)
