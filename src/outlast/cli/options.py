"""Options that commands share, and how a command ends early."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from outlast.kit.errors import NotFound, OutlastError
from outlast.kit.settings import Settings, load_settings
from outlast.protocol.codec import encode_json

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of the database and files.  [env: OUTLAST_DATA_DIR]", show_default=False),
]
Server = Annotated[
    str | None,
    typer.Option("--server", help="URL of the server; by default the one on the data folder, else where you signed in.",
                 envvar="OUTLAST_SERVER", show_default=False),
]  # fmt: skip
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        help="A personal access token, instead of signing in.",
        envvar="OUTLAST_TOKEN",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
SessionId = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Id of a session, a part of it from either end, or `last` for that changed last."
    ),
]


class UsageError(OutlastError):
    """The command line does not fit."""

    code = "usage"


def settings_of(data_dir: Path | None, **given: object) -> Settings:
    """The settings, with what the command line says before what the environment says.

    Raises:
        InvalidSettings: naming the variable that is wrong.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    if data_dir is not None:
        chosen["data_dir"] = data_dir.expanduser().resolve()
    return load_settings(**chosen)


def split_target(target: str) -> tuple[str, str]:
    """Part ``FILE[:APP]`` into the file and the app, which is empty where none is named.

    Raises:
        NotFound: there is no such file, or it is a folder.
    """
    path, function = target, ""
    if not Path(target).exists() and ":" in target:
        path, _, function = target.rpartition(":")
    if Path(path).is_dir():
        raise NotFound(f"{path!r} is a folder; name one file of apps.")
    if not Path(path).is_file():
        raise NotFound(f"There is no file {path!r}.")
    return path, function


def console_here() -> Console:
    """Standard output: as wide as its terminal, or wide enough for tables where it is none."""
    wide = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(highlight=False, width=160 if wide else None)


def print_json(value: object) -> None:
    """Print a value as JSON, indented for a person who looks at it."""
    text = json.dumps(json.loads(encode_json(value)), ensure_ascii=False, indent=2)
    sys.stdout.write(text + "\n")
