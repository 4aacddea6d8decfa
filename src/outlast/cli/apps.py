"""``outlast apps``: what can be started."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from outlast.cli.arguments import describe
from outlast.cli.blocks import plain
from outlast.cli.exits import Code
from outlast.cli.options import AsJson, DataDir, Server, Token, console_here, print_json, settings_of
from outlast.kit.settings import Settings
from outlast.protocol.api import AppItem, AppList
from outlast.protocol.commands import AppInfo


def apps(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Files, folders, modules; without one, a server's."),
    ] = None,
    *,
    as_json: AsJson = False,
    server: Server = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """List the apps of a server, or of files without one.

    Ends with 1 if a file can't be loaded.
    """
    if paths:
        items = asyncio.run(_apps_of(paths, settings_of(data_dir)))
    else:
        from outlast.cli.connect import client_of  # late: the command line starts fast

        with client_of(server, token, data_dir) as client:
            items = client.apps().items
    if as_json:
        print_json(AppList(items=list(items)))
    else:
        _show(items)
    if any(item.error for item in items):
        raise typer.Exit(Code.FAILED)


async def _apps_of(paths: Sequence[str], settings: Settings) -> Sequence[AppItem]:
    from outlast.runtime.opening import host_settings, memory_runtime  # late: the command line starts fast

    async with await memory_runtime(host_settings(settings)) as runtime:
        for path in paths:
            runtime.registry.add(path)
        await runtime.registry.load()
        items = [
            AppItem(
                id=entry.id,
                name=entry.info.name,
                title=entry.info.title,
                doc=entry.info.doc,
                icon=entry.info.icon,
                durable=entry.info.durable,
                schema=entry.info.schema,
            )
            for entry in runtime.registry.apps()
        ]
        return items + [
            AppItem(id=broken.module, name=broken.module, title=broken.module, error=broken.message)
            for broken in runtime.registry.broken()
        ]


def _show(items: Sequence[AppItem]) -> None:
    console = console_here()
    good = [item for item in items if not item.error]
    if good:
        grid = Table(show_edge=False, pad_edge=False, header_style="bold")
        for column in ("id", "what it does", "arguments"):
            grid.add_column(column, no_wrap=column == "id")
        for item in good:
            told = describe(AppInfo(name=item.name, title=item.title, schema=item.schema))
            first = plain(item.doc.strip().partition("\n")[0] or item.title)
            grid.add_row(Text(item.id), Text(first), Text(" ".join(option for option, _, _ in told), style="dim"))
        console.print(grid)
    elif not items:
        console.print("No apps: put @app (from outlast import app) above a function.")
    for item in items:
        if item.error:
            console.print(Text(f"✗ {item.id} can't be loaded", style="red"))
            console.print(Text(f"  {plain(item.error)}", style="dim"))
