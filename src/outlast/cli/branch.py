"""``outlast branch``: go on from an earlier point of a session, in a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from outlast.cli.answers import from_text
from outlast.cli.options import AsJson, DataDir, Server, SessionId, Token, UsageError, print_json
from outlast.protocol.codec import Json
from outlast.protocol.events import InputRequested

if TYPE_CHECKING:
    from outlast.client import Client


def branch(
    session: SessionId,
    *,
    seq: Annotated[int, typer.Option(min=1, help="Last event that the branch shares.")],
    value: Annotated[
        str | None, typer.Option(help="Another answer to the question that is open there; left out, the branch waits.")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Make a new session that shares another's history up to an event, and run it on from there."""
    from outlast.cli.connect import client_of, full_id  # late: the command line starts fast

    with client_of(server, token, data_dir) as client:
        session_id = full_id(client, session)
        if value is None:
            item = client.branch(session_id, seq)
        else:
            item = client.branch(session_id, seq, value=_given(client, session_id, seq, text=value))
    if as_json:
        print_json(item)
    else:
        typer.echo(item.id)


def _given(client: Client, session_id: str, seq: int, *, text: str) -> Json:
    """Read the text as the question that is asked last up to ``seq`` wants it."""
    asked: InputRequested | None = None
    after: int | None = 0
    while after is not None and after < seq:
        page = client.history(session_id, after=after)
        asked = next((e for e in reversed(page.items) if isinstance(e, InputRequested) and e.seq <= seq), asked)
        after = page.next_after
    if asked is None:
        raise UsageError(f"The session asks nothing up to event {seq}; leave --value out.")
    return from_text(asked.kind, asked.spec, text)
