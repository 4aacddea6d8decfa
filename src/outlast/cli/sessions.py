"""``outlast sessions``: what runs, waits and ran on a server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, get_args

import typer
from rich.table import Table
from rich.text import Text

from outlast.cli.blocks import plain
from outlast.cli.options import AsJson, DataDir, Server, Token, UsageError, console_here, print_json
from outlast.kit.pages import MAX_LIMIT
from outlast.protocol.api import SessionItem
from outlast.protocol.document import State

_STATES: tuple[State, ...] = get_args(State)
# The end of an id is random, its beginning the time: the end tells sessions apart, and every command takes it.
_ID_CHARS = 8
_COLOURS = {"running": "cyan", "waiting": "yellow", "hibernated": "yellow", "completed": "green", "failed": "red"}


def sessions(
    *,
    state: Annotated[str | None, typer.Option(help=f"Only those in this state: {', '.join(_STATES)}.")] = None,
    app: Annotated[str | None, typer.Option(help="Only those of this app (its id).")] = None,
    text: Annotated[str | None, typer.Option(help="Only those with this in their title or app.")] = None,
    shared: Annotated[bool, typer.Option("--shared", help="Those that others shared with you, instead.")] = False,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody's, for admins of the workspace.")] = False,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that can be restored, instead.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MAX_LIMIT, help="How many to list.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="Next page: what the page before said.")] = None,
    as_json: AsJson = False,
    server: Server = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """List your sessions, those changed last first."""
    from outlast.cli.connect import client_of  # late: the command line starts fast

    if state is not None and state not in _STATES:
        raise UsageError(f"There is no state {state!r}; the states are {', '.join(_STATES)}.")
    wanted = next((each for each in _STATES if each == state), None)
    with client_of(server, token, data_dir) as client:
        page = client.sessions(
            which="all" if everybody else "shared" if shared else "mine",
            state=wanted,
            app=app,
            text=text,
            deleted=deleted,
            limit=limit,
            cursor=cursor,
        )
    if as_json:
        print_json(page)
        return
    console = console_here()
    if not page.items:
        console.print("No sessions.")
        return
    grid = Table(show_edge=False, pad_edge=False, header_style="bold")
    for column in ("id", "app", "title", "state", "changed", "waits for"):
        grid.add_column(column, no_wrap=column not in ("title", "waits for"))
    for item in page.items:
        grid.add_row(*_row(item))
    console.print(grid)
    if page.next_cursor:
        console.print(f"More: outlast sessions --cursor {page.next_cursor}", style="dim", soft_wrap=True)


def _row(item: SessionItem) -> tuple[str | Text, ...]:
    state = Text(item.state, style=_COLOURS.get(item.state, ""))
    due = f"until {item.due_at:%Y-%m-%d %H:%M} UTC" if item.due_at and item.waiting_input is None else ""
    waits = item.waiting_label or item.waiting_input or due
    return (
        item.id[-_ID_CHARS:],
        Text(item.app),
        Text(plain(item.title)),
        state,
        ago(item.updated_at),
        Text(plain(waits)),
    )


def ago(moment: datetime) -> str:
    """How long ago something was, in one word: ``3 min``."""
    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
