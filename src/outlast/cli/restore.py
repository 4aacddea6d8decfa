"""``outlast restore``: take deleted sessions back."""

from __future__ import annotations

from typing import Annotated

import typer

from outlast.cli.options import DataDir, Server, Token


def restore(
    sessions: Annotated[
        list[str],
        typer.Argument(metavar="ID", help="Ids of deleted sessions (`outlast sessions --deleted`)."),
    ],
    *,
    server: Server = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Take deleted sessions back. They have ended; `outlast branch` goes on from where one was."""
    from outlast.cli.connect import client_of, full_id  # late: the command line starts fast

    with client_of(server, token, data_dir) as client:
        for session in sessions:
            client.restore(full_id(client, session, deleted=True))
