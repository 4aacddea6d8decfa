"""Opens the cloud on a data folder for a command, beside a server that may run there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from outlast.cli.options import settings_of
from outlast.ee.cloud import auth, workspaces
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.ee.cloud.mount import open_cloud
from outlast.ee.cloud.unit import Unit
from outlast.kit.errors import NotFound
from outlast.runtime import open_runtime


class NoSuchMember(NotFound):
    """Nobody of this address belongs to the workspace."""

    code = "member.not_here"


@asynccontextmanager
async def at_the_desk(data_dir: Path | None) -> AsyncIterator[Unit]:
    """A unit over all workspaces of the data folder's database, committed at the end of the block.

    Raises:
        Unavailable, SchemaOutdated: the database can't be used.
    """
    settings = settings_of(data_dir)
    async with (
        await open_runtime(settings, resume=False) as runtime,
        units.writing(open_cloud(runtime, settings), workspace_id=ALL_WORKSPACES) as unit,
    ):
        yield unit


async def member(unit: Unit, email: str | None, workspace_id: str | None) -> tuple[str, str]:
    """Whom a command is about, and in which workspace; by default the first owner, and their first workspace.

    Returns:
        The user's id and the workspace's.

    Raises:
        NoSuchMember: there is no such account, or it does not belong there.
    """
    home = await workspaces.first_home(unit)
    if home is None:
        raise NoSuchMember("There is no account yet; `outlast serve` makes the first one.")
    if email is None:
        user_id = home.owner_id
    else:
        person = await auth.person_by_email(unit, email)
        if person is None:
            raise NoSuchMember(f"There is no account of {email}; `outlast users list` shows them.")
        user_id = person.id
    there = await workspaces.memberships_of(unit, user_id)
    wanted = workspace_id or (home.workspace_id if home.workspace_id in there else next(iter(there), ""))
    if wanted not in there:
        raise NoSuchMember("They do not belong to that workspace; invite them first.")
    return user_id, wanted
