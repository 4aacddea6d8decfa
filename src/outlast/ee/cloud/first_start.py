"""The first start makes an owner, a workspace and a one-time link; later starts find them (as Jupyter does).

There is no default password, and no unguarded moment: whoever can read the server's data folder is the owner.
"""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import timedelta

from outlast.ee.cloud import auth, workspaces
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.unit import Unit
from outlast.kit.private import write_private
from outlast.protocol.events import User

LINK_LASTS = timedelta(days=1)
HOME = "Home"
TOKEN_FILE = "local-token"  # noqa: S105  its name, not what is in it


@dataclass(frozen=True, slots=True)
class Opening:
    """How the operator of this machine gets in.

    Attributes:
        workspace_id: the server's first workspace.
        token: for the command line on this machine.
        code: of a sign-in link that works once; None where people sign in by other means.
    """

    workspace_id: str
    token: str
    code: str | None


async def begin(cloud: Cloud) -> Opening:
    """Make sure that there is an owner with a workspace, and open the door for them.

    Returns:
        The credentials. The token is the one of the start before while that is good: what follows a session goes on
        over a restart. A server with a public address gives a link at its first start only.

    Raises:
        Unavailable: the database can't be used now.
    """
    async with units.writing(cloud) as unit:
        home = await workspaces.first_home(unit)
        first = home is None
        if home is None:
            email = cloud.settings.owner_email
            owner = await auth.person_by_email(unit, email)  # whose workspaces were all deleted
            if owner is None:
                owner = await auth.create_person(unit, email=email, name=_user_name(), verified=True, operator=True)
            made = await workspaces.create_workspace(unit, name=HOME, owner_id=owner.id)
            await auth.set_active_workspace(unit, owner.id, made.id)
            home = workspaces.Home(workspace_id=made.id, owner_id=owner.id)
        async with unit.within(home.workspace_id) as inside:
            token = await _local_token(inside, home)
        code = None
        if first or not cloud.settings.public_url:
            code = await auth.issue_link(unit, home.owner_id, expires_in=LINK_LASTS)
        name = (await auth.person(unit, home.owner_id)).name
    # What `outlast run` kept in this data folder before there was a server.
    await cloud.runtime.records.adopt(home.workspace_id, user=User(id=home.owner_id, name=name))
    return Opening(workspace_id=home.workspace_id, token=token, code=code)


async def _local_token(unit: Unit, home: workspaces.Home) -> str:
    path = unit.cloud.settings.data_dir / "keys" / TOKEN_FILE
    known = path.read_text("ascii").strip() if path.exists() else ""
    if known and await auth.is_good_token(unit, known, user_id=home.owner_id, workspace_id=home.workspace_id):
        return known
    token = await auth.issue_local_token(unit, home.owner_id, home.workspace_id)
    unit.after_commit(lambda: write_private(path, token.encode()))
    return token


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return "Owner"
