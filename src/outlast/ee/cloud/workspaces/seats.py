"""What a workspace and its people take of the licence; counted under the licence's own lock."""

from __future__ import annotations

from outlast.ee.cloud import license as licences
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.ee.cloud.license import Usage
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces import repository


async def usage(unit: Unit) -> Usage:
    """What the whole server uses of the licence."""
    async with unit.within(ALL_WORKSPACES) as everywhere:
        seats = await repository.count_seated(everywhere)
        return Usage(seats=seats, workspaces=await repository.count_live(everywhere))


async def take_seat(unit: Unit, user_id: str) -> None:
    """Take a seat for who has just become a member of the unit's workspace.

    Who belongs to another workspace has one already, also where the licence has fewer seats by now than people.

    Raises:
        SeatLimit: none is left.
    """

    async def used() -> int:
        async with unit.within(ALL_WORKSPACES) as everywhere:
            if len(await repository.roles_of(everywhere, user_id)) > 1:
                return 0
            return await repository.count_seated(everywhere)

    await licences.take_seat(unit, used=used)


async def take_workspace(unit: Unit) -> None:
    """Take the place of the unit's workspace, which has just been made or restored.

    Raises:
        FeatureMissing: the licence has no place for another.
    """

    async def used() -> int:
        return (await usage(unit)).workspaces

    await licences.take_workspace(unit, used=used)


async def take_seats(unit: Unit) -> None:
    """Take seats for all people of the unit's workspace, which has just been restored.

    Raises:
        SeatLimit: not all of them find one.
    """

    async def used() -> int:
        return (await usage(unit)).seats

    await licences.take_seat(unit, used=used)
