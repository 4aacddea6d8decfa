"""A process that tells facts and relays them, until it dies where it is told to.

``python -m tests.process.telling URL FOLDER COUNT LATER_S``: tells COUNT facts, works as if LATER_S seconds later,
and writes what its handler gets to ``FOLDER/handled``.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from outlast.ee.cloud import events
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.events.facts import Fact
from outlast.ee.cloud.events.relay import Relay
from outlast.kit.clock import ManualClock
from tests.contract.cloud.part import START, part_of_cloud, tell

WORKSPACE = "0198c0de-0000-7000-8000-000000000001"


async def main(url: str, folder: Path, *, count: int, later: timedelta) -> None:
    """Tell facts, and relay what there is."""
    async with part_of_cloud(url, folder, clock=ManualClock(START + later)) as cloud:

        async def write_down(_cloud: Cloud, fact: Fact) -> None:
            with (folder / "handled").open("a") as file:
                file.write(f"{fact.kind} {fact.id}\n")

        events.on(cloud, events.EVERY_KIND, write_down)
        await tell(cloud, WORKSPACE, *(f"thing.n{number}" for number in range(count)))
        while await cloud.part(Relay).work():
            pass


if __name__ == "__main__":
    _, url, folder, count, later_s = sys.argv
    asyncio.run(main(url, Path(folder), count=int(count), later=timedelta(seconds=int(later_s))))
