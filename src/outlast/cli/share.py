"""``outlast share``: a link by which members of the workspace open a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from outlast.cli.options import AsJson, DataDir, Server, SessionId, Token, print_json


class Level(StrEnum):
    """What a session is shared for."""

    VIEW = "view"
    ANSWER = "answer"
    EDIT = "edit"


def share(
    session: SessionId,
    *,
    level: Annotated[Level, typer.Option(help="What for; who may edit also sees what the app printed.")] = Level.VIEW,
    days: Annotated[int | None, typer.Option(min=1, help="How long the link is good; for ever if left out.")] = None,
    as_json: AsJson = False,
    server: Server = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Make a link that shares a session with the members of its workspace."""
    from outlast.cli.connect import find_server, full_id  # late: the command line starts fast

    found = find_server(server, token, data_dir)
    expires_at = datetime.now(UTC) + timedelta(days=days) if days is not None else None
    with found.client() as client:
        made = client.share(full_id(client, session), level.value, expires_at=expires_at)
    if as_json:
        print_json(made)
    else:
        typer.echo(f"{found.url}{made.link}")
