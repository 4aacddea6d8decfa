"""``outlast answer``: answer one question of a session."""

from __future__ import annotations

import asyncio
import mimetypes
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from outlast.cli.answers import from_text
from outlast.cli.asking import Interrupted, Left
from outlast.cli.exits import Code
from outlast.cli.options import AsJson, DataDir, Server, SessionId, Token, UsageError, console_here, print_json
from outlast.kit.errors import InputNotFound, SessionOver
from outlast.protocol.api import Interaction, SessionDetail
from outlast.protocol.codec import Json, to_json
from outlast.protocol.document import Input
from outlast.protocol.inputs import check

if TYPE_CHECKING:
    from outlast.client import Client


def answer(
    session: SessionId,
    value: Annotated[
        str | None,
        typer.Argument(help="Text, yes or no, an option or its number, a path, or JSON; left out, it is asked for."),
    ] = None,
    *,
    input_name: Annotated[
        str | None, typer.Option("--input", help="Id or label of the question, if several are open.")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Answer a question that a session waits with."""
    from outlast.cli.connect import client_of, full_id  # late: the command line starts fast

    with client_of(server, token, data_dir) as client:
        session_id = full_id(client, session)
        key, asked = _question(client.get(session_id), input_name)

        async def upload(path: Path) -> Json:
            return await asyncio.to_thread(_upload, client, session_id, path)

        if value is None and sys.stdin.isatty():
            from outlast.cli.prompts import PromptAsker  # late: only a person needs prompts

            try:
                given = asyncio.run(PromptAsker(console_here()).ask(asked, upload=upload))
            except (Interrupted, Left):
                raise typer.Exit(Code.CANCELLED) from None
        else:
            text = sys.stdin.readline().rstrip("\r\n") if value is None else value
            given = _given(client, session_id, asked, text=text)
        client.answer(session_id, key, given)
    if as_json:
        print_json(Interaction(input=key, value=given))


def _question(detail: SessionDetail, named: str | None) -> tuple[str, Input]:
    questions = {key: asked for key, asked in detail.document.inputs.items() if asked.state == "open"}
    if not questions:
        if detail.document.over:
            raise SessionOver(f"The session has ended ({detail.state}); it takes no more answers.")
        raise InputNotFound(f"The session asks nothing now; it is {detail.state}.")
    found = {key: asked for key, asked in questions.items() if named in (None, key, asked.label)}
    if len(found) == 1:
        return next(iter(found.items()))
    listed = ", ".join(f"{key} ({asked.label})" for key, asked in questions.items())
    if named is not None:
        raise InputNotFound(f"The session does not ask {named!r} now; it asks {listed}.")
    raise UsageError(f"The session asks {listed}; say which with --input.")


def _given(client: Client, session_id: str, asked: Input, *, text: str) -> Json:
    if asked.kind == "upload" and Path(text).expanduser().is_file():
        return [_upload(client, session_id, Path(text).expanduser())]
    return check(asked.kind, asked.spec, from_text(asked.kind, asked.spec, text))


def _upload(client: Client, session_id: str, path: Path) -> Json:
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return to_json(client.upload(session_id, path, media_type=media_type))
