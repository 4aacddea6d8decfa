"""``outlast attach``: follow a session of a server in the terminal, and answer it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from outlast.cli.asking import asker_for
from outlast.cli.exits import Code
from outlast.cli.options import DataDir, Server, SessionId, Token, console_here
from outlast.cli.screen import Screen
from outlast.cli.terminal import Interrupts, Player


def attach(
    session: SessionId,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Only look; answer nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write each event as a line of JSON.")] = False,
    files: Annotated[
        Path | None, typer.Option(help="Folder for the app's pictures and files; a temporary one if left out.")
    ] = None,
    server: Server = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Follow a session and answer its questions.

    Ctrl-C or Ctrl-D leaves; the session goes on without you (`outlast cancel` ends it).
    """
    from outlast.cli.connect import find_server, full_id  # late: the command line starts fast
    from outlast.cli.local import saver  # late: as above
    from outlast.cli.remote import Fetcher, RemoteSession  # late: as above

    found = find_server(server, token, data_dir)
    with found.client() as client:
        session_id = full_id(client, session)
        client.get(session_id)
        said = Console(stderr=True, highlight=False)
        folder = files or Path(tempfile.gettempdir()) / f"outlast-{session_id[-8:]}"

        async def play(fetch: Fetcher) -> Code:
            interrupts = Interrupts()
            screen = Screen(console_here(), save=saver(folder, fetch))
            async with found.async_client() as followed:
                remote = RemoteSession(followed, session_id, whole=as_json)
                asker = None if watch else asker_for(said, as_json=as_json)
                player = Player(remote, None if as_json else screen, asker, console=said, may_cancel=False)
                with interrupts.listening():
                    return await player.play(interrupts)

        with Fetcher(client, session_id) as fetch:
            code = asyncio.run(play(fetch))
    if code is Code.NO_ANSWER:
        said.print(Text(f"Left it; it goes on. Come back: `outlast attach {session_id[-8:]}`.", style="dim"))
        raise typer.Exit(Code.OK)
    raise typer.Exit(code)
