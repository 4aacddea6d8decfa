"""``outlast run``: one session, here in the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from outlast.cli.arguments import describe, in_options, read_arguments
from outlast.cli.asking import NoAnswer, asker_for
from outlast.cli.exits import Code
from outlast.cli.options import DataDir, console_here, settings_of, split_target
from outlast.cli.screen import Screen
from outlast.cli.terminal import Interrupts, Player
from outlast.kit.errors import AppBroken, AppNotFound, InvalidArguments, OutlastError
from outlast.kit.ids import new_id
from outlast.kit.settings import Settings
from outlast.protocol.codec import Json
from outlast.protocol.events import User

if TYPE_CHECKING:
    from outlast.cli.local import LocalSession
    from outlast.runtime import Runtime
    from outlast.runtime.registry import AppEntry, Registry

_FOR_EVER = timedelta(days=3650)


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for."""

    target: str
    words: Sequence[str]
    settings: Settings
    keep: bool
    as_json: bool
    title: str
    files: Path | None


@dataclass(frozen=True)
class Owner:
    """Whose a session is; a server gives those of no workspace to its first."""

    user: User
    workspace_id: str


def run(
    context: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            metavar="FILE[:APP] [--ARGUMENT VALUE]...", help="A file of apps, and which of them if it has several."
        ),
    ] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Write each event as a line of JSON.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep/--no-keep", help="Keep the session in the data folder, or in memory only.")
    ] = True,
    title: Annotated[str, typer.Option(help="Title of the session.")] = "",
    files: Annotated[
        Path | None, typer.Option(help="Folder for the app's pictures and files; a temporary one if left out.")
    ] = None,
    data_dir: DataDir = None,
    show_help: Annotated[bool, typer.Option("--help", help="Show this, or the app's parameters after FILE.")] = False,
) -> None:
    """Run an app in the terminal.

    What follows FILE are the app's arguments: `--city Lisbon --days 3`; `outlast run FILE --help` shows them. After
    `--` everything is the app's, even what is named like an option of this command.

    Ctrl-C cancels the session, a second one kills it. Ctrl-D at a question leaves it for later.
    """
    if not target:
        typer.echo(context.get_help())
        raise typer.Exit(Code.OK if show_help else Code.USAGE)
    settings = settings_of(data_dir, hibernate_after=_FOR_EVER)
    if show_help:
        asyncio.run(_explain(target, settings))
        return
    wanted = Wanted(target, context.args, settings, keep=keep, as_json=as_json, title=title, files=files)
    raise typer.Exit(asyncio.run(_run(wanted)))


async def _explain(target: str, settings: Settings) -> None:
    """Show an app's parameters."""
    from outlast.runtime.opening import host_settings, memory_runtime  # late: the command line starts fast

    async with await memory_runtime(host_settings(settings)) as runtime:
        entry = await _find(runtime.registry, target)
    console = console_here()
    console.print(Text.assemble((entry.info.title, "bold"), f"  {entry.id}"))
    if entry.info.doc:
        console.print(Text(entry.info.doc))
    console.print()
    parameters = describe(entry.info)
    if not parameters:
        console.print("It takes no arguments.")
        return
    grid = Table.grid(padding=(0, 2))
    for option, form, words in parameters:
        grid.add_row(f"  {option}", Text(form, style="cyan"), Text(words, style="dim"))
    console.print(grid)


async def _find(registry: Registry, target: str) -> AppEntry:
    """The app that ``FILE[:APP]`` names."""
    path, function = split_target(target)
    logging.getLogger("outlast.runtime.registry").setLevel(logging.ERROR)  # what it would warn of is raised below
    registry.add(path)
    await registry.load()
    for broken in registry.broken():
        raise AppBroken(f"{path} can't be loaded. {broken.message}")
    entries = [entry for entry in registry.apps() if function in ("", entry.info.name)]
    if len(entries) == 1:
        return entries[0]
    names = ", ".join(entry.info.name for entry in registry.apps())
    if not names:
        raise AppNotFound(f"{path} has no app: put @app (from outlast import app) above a function.")
    if not entries:
        raise AppNotFound(f"{path} has no app {function!r}; it has {names}.")
    raise AppNotFound(f"{path} has several apps ({names}); say which: {path}:{entries[0].info.name}.")


async def _run(wanted: Wanted) -> Code:
    from outlast.runtime.opening import (  # late: the command line starts fast
        host_settings,
        memory_runtime,
        open_runtime,
    )

    interrupts = Interrupts()
    if wanted.keep:
        opening = open_runtime(wanted.settings, resume=False)
    else:
        opening = memory_runtime(host_settings(wanted.settings), secrets=wanted.settings.app_secrets())
    async with await opening as runtime:
        with interrupts.listening():
            return await _play(runtime, wanted, interrupts)


async def _play(runtime: Runtime, wanted: Wanted, interrupts: Interrupts) -> Code:
    from outlast.cli.local import LocalSession, saver  # late: the command line starts fast

    owner = await asyncio.to_thread(_owner, wanted)
    said = Console(stderr=True, highlight=False)
    with said.status("Starting") if sys.stdout.isatty() and not wanted.as_json else contextlib.nullcontext():
        session_id = await _start(runtime, wanted, owner)
    session = LocalSession(runtime, session_id, max_upload_bytes=wanted.settings.max_upload_bytes, user=owner.user)
    folder = wanted.files or Path(tempfile.gettempdir()) / f"outlast-{session_id[-8:]}"
    screen = Screen(console_here(), save=saver(folder, lambda sha256: runtime.files.path_of(session_id, sha256)))
    player = Player(session, None if wanted.as_json else screen, asker_for(said, as_json=wanted.as_json), console=said)
    try:
        code = await player.play(interrupts)
    except NoAnswer as error:
        await _leave(session, keep=wanted.keep)
        raise NoAnswer(f"{error.message} {_goes_on(session_id, wanted)}") from None
    if code is Code.NO_ANSWER:
        await _leave(session, keep=wanted.keep)
        said.print(Text(_goes_on(session_id, wanted), style="dim"))
    return code


def _owner(wanted: Wanted) -> Owner:
    """Whose the session is: the owner's of the server that runs on the data folder, whom it is then shown to."""
    from outlast.cli.local import LOCAL_USER  # late: the command line starts fast
    from outlast.client import Client, running_server  # late: as above

    running = running_server(wanted.settings.data_dir) if wanted.keep else None
    if running is not None:
        with contextlib.suppress(OutlastError), Client.to(running) as client:
            me = client.me()
            return Owner(msgspec.structs.replace(LOCAL_USER, id=me.id, name=me.name), running.workspace_id)
    return Owner(LOCAL_USER, "")


async def _start(runtime: Runtime, wanted: Wanted, owner: Owner) -> str:
    from outlast.cli.local import store  # late: the command line starts fast

    entry = await _find(runtime.registry, wanted.target)
    session_id = new_id()
    files: dict[Path, dict[str, Json]] = {}
    args = read_arguments(entry.info.schema, wanted.words, file=lambda path: files.setdefault(path, {}))
    for path, reference in files.items():
        reference.update(await store(runtime, session_id, path, max_bytes=wanted.settings.max_upload_bytes))
    try:
        await runtime.host.start(
            entry,
            args,
            user=owner.user,
            title=wanted.title or None,
            session_id=session_id,
            workspace_id=owner.workspace_id,
        )
    except InvalidArguments as error:
        raise in_options(error, wanted.target) from None
    return session_id


async def _leave(session: LocalSession, *, keep: bool) -> None:
    """Let a session that nobody answers here sleep; one that is not kept has no later, and is cancelled."""
    if keep:
        await session.leave()
    else:
        await session.end("Nobody answers.")


def _goes_on(session_id: str, wanted: Wanted) -> str:
    if not wanted.keep:
        return "The session was not kept."
    path, _ = split_target(wanted.target)
    return f"The session waits: `outlast serve {path}`, then `outlast attach {session_id[-8:]}`."
