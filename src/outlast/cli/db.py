"""``outlast db``: the database's schema."""

from __future__ import annotations

import asyncio

import typer

from outlast.cli.options import AsJson, DataDir, print_json, settings_of
from outlast.runtime import upgrade_database

commands = typer.Typer(name="db", help="Look after the database.", no_args_is_help=True)


@commands.command()
def upgrade(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Bring the database's schema up to date. An embedded database sees to it by itself."""
    revision = asyncio.run(upgrade_database(settings_of(data_dir)))
    if as_json:
        print_json({"revision": revision})
    else:
        typer.echo(f"The database is at revision {revision}.")
