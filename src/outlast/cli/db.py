"""``outlast db``: the database's schema, backups, and the way back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from outlast.cli.options import AsJson, DataDir, print_json, settings_of

if TYPE_CHECKING:
    from outlast.server.backup import Summary

commands = typer.Typer(name="db", help="Look after the database.", no_args_is_help=True)


@commands.command()
def upgrade(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Bring the database's schema up to date. An embedded database sees to it by itself."""
    from outlast.runtime import upgrade_database  # late: the command line starts fast

    revision = asyncio.run(upgrade_database(settings_of(data_dir)))
    if as_json:
        print_json({"revision": revision})
    else:
        typer.echo(f"The database is at revision {revision}.")


@commands.command()
def backup(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The archive to make; by default named after the time, in this folder."),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Save the database, the stored files and the keys in one archive, while the server runs.

    The archive holds secrets: only you can read it, and it belongs where only you can.
    """
    from outlast.server.backup import back_up  # late: the command line starts fast

    made = back_up(settings_of(data_dir), file or Path(f"outlast-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz"))
    if as_json:
        print_json(made)
        return
    typer.echo(f"Saved {_content(made)} in {made.path} ({_size(made.size_bytes)}).")
    if made.bucket:
        typer.echo("Files in the bucket of OUTLAST_STORAGE_URL are not in it; the bucket needs a backup of its own.")
    typer.echo("It holds secrets; keep it where only you can read it.")


@commands.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An archive of `outlast db backup`.")],
    *,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Replace what is there: files are put aside, tables of a PostgreSQL database dropped."
        ),
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup back, into an empty data folder and database.

    Everything is checked before anything is touched. Sessions go on where they were when the backup was made.
    """
    from outlast.server.backup import restore as put_back  # late: the command line starts fast

    done = put_back(settings_of(data_dir), file, force=force)
    if as_json:
        print_json(done)
        return
    typer.echo(f"Restored {_content(done)} of {done.made_at:%Y-%m-%d %H:%M} UTC.")
    if done.replaced:
        typer.echo(f"What was there is in {done.replaced}; remove it when you do not miss it.")
    typer.echo("Run `outlast db upgrade`, then start the server.")


def _content(summary: Summary) -> str:
    files = "1 file" if summary.files == 1 else f"{summary.files} files"
    return f"a {summary.database} database at revision {summary.revision} and {files}"


def _size(size_bytes: float) -> str:
    return f"{size_bytes / 1024**2:.1f} MiB" if size_bytes >= 1024**2 else f"{size_bytes / 1024:.0f} KiB"
