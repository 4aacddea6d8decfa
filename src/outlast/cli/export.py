"""``outlast export``: a session to keep."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from outlast.cli.options import DataDir, Server, SessionId, Token


class Format(StrEnum):
    """What a session can be written as."""

    MARKDOWN = "md"
    JSON = "json"


def export(
    session: SessionId,
    *,
    form: Annotated[
        Format, typer.Option("--format", help="md to read; json with every event, for `outlast replay`.")
    ] = Format.MARKDOWN,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file instead of standard output.")] = None,
    server: Server = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Write a session as Markdown or JSON."""
    from outlast.cli.connect import client_of, full_id  # late: the command line starts fast

    with client_of(server, token, data_dir) as client:
        body = client.export(full_id(client, session), format=form.value)
    if output is None:
        sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
        sys.stdout.buffer.flush()
    else:
        output.write_bytes(body)
