"""``outlast delete``: sessions that nobody needs any more."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from outlast.cli.exits import Code
from outlast.cli.options import DataDir, Server, Token, UsageError


def delete(
    sessions: Annotated[list[str], typer.Argument(metavar="ID", help="Ids of sessions, or parts of them.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    server: Server = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Stop sessions if they run, and delete them; for a while `outlast restore` takes them back."""
    from outlast.cli.connect import client_of, full_id  # late: the command line starts fast

    with client_of(server, token, data_dir) as client:
        ids = [full_id(client, session) for session in sessions]
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError("Nobody is there to ask; say --yes to delete.")
            many = f"these {len(ids)} sessions" if len(ids) > 1 else f"session {ids[0]}"
            if not typer.confirm(f"Delete {many}?"):
                raise typer.Exit(Code.CANCELLED)
        for session_id in ids:
            client.delete(session_id)
