"""``outlast cancel``: stop a session."""

from __future__ import annotations

from typing import Annotated

import typer

from outlast.cli.options import DataDir, Server, SessionId, Token


def cancel(
    session: SessionId,
    *,
    reason: Annotated[str, typer.Option(help="Why; everybody who looks at the session sees it.")] = "",
    server: Server = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Stop a session. The app's `finally` blocks run; after a grace its process is killed."""
    from outlast.cli.connect import client_of, full_id  # late: the command line starts fast

    with client_of(server, token, data_dir) as client:
        client.cancel(full_id(client, session), reason=reason)
