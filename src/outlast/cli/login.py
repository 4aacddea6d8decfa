"""``outlast login``, ``logout`` and ``whoami``: who the command line is, on which server."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from outlast.cli.options import AsJson, DataDir, Server, Token, UsageError, print_json, settings_of
from outlast.kit.errors import NotFound, OutlastError

if TYPE_CHECKING:
    from outlast.client import Client
    from outlast.client.account import WorkspaceItem
    from outlast.client.tokens import Held

_HERE = ("localhost", "127.0.0.1", "::1")


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What `outlast whoami --json` prints."""

    server: str
    email: str
    name: str
    workspace: str
    workspace_id: str
    role: str


def login(
    *,
    server: Server = None,
    email: Annotated[str | None, typer.Option(help="Address of the account; asked for if left out.")] = None,
    token: Annotated[str | None, typer.Option(help="A personal access token, instead of address and password.")] = None,
    workspace: Annotated[
        str | None, typer.Option(help="Id, slug or name of the workspace to work in; by default the active one.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Sign in to a server; commands then talk to it without options.

    The password is asked for, or read from the first line of standard input where that is no terminal.
    """
    from outlast.cli.connect import server_url  # late: the command line starts fast
    from outlast.cli.credentials import Credentials, credentials_path, write_credentials  # late: as above
    from outlast.client.tokens import Held, Tokens  # late: as above

    settings = settings_of(data_dir)
    url = server_url(server, settings.data_dir)
    _warn_of_plain_http(url)
    kept = Held(Tokens(access=token or ""))
    with _signed_in(url, kept, email=email, by_token=bool(token)) as client:
        chosen = _workspace(client, workspace)
        who = client.me().email
    path = credentials_path(settings.data_dir)
    write_credentials(
        path, Credentials(url=url, tokens=kept.load(), workspace_id=chosen.id if workspace is not None else "")
    )
    typer.echo(f"Signed in to {url} as {who}, workspace {chosen.name}.")


def logout(*, data_dir: DataDir = None) -> None:
    """Sign out of the server that you signed in to."""
    from outlast.cli.credentials import FileKeeper, credentials_path, read_credentials  # late: starts fast
    from outlast.client import Client  # late: as above

    path = credentials_path(settings_of(data_dir).data_dir)
    found = read_credentials(path)
    if found is None:
        typer.echo("You are not signed in to any server.")
        return
    try:
        if found.tokens.refresh:
            with Client(found.url, token=FileKeeper(path, found.url)) as client:
                client.sign_out()
    except OutlastError as error:
        typer.echo(f"The server was not told ({error.message})", err=True)
    finally:
        path.unlink(missing_ok=True)
    typer.echo(f"Signed out of {found.url}.")


def whoami(*, server: Server = None, token: Token = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show who you are, and on which server."""
    from outlast.cli.connect import find_server  # late: the command line starts fast

    found = find_server(server, token, data_dir)
    with found.client() as client:
        me, place = client.me(), _workspace(client, None)
    if as_json:
        print_json(
            Identity(
                server=found.url,
                email=me.email,
                name=me.name,
                workspace=place.name,
                workspace_id=place.id,
                role=place.role,
            )
        )
    else:
        typer.echo(f"{me.name} <{me.email}>, {place.role} of {place.name}, on {found.url}")


def _signed_in(url: str, kept: Held, *, email: str | None, by_token: bool) -> Client:
    from outlast.client import Client  # late: the command line starts fast

    if by_token:
        return Client(url, token=kept)
    return Client.sign_in(url, _email(email), _password(), ask_code=_ask_code, keeper=kept)


def _email(given: str | None) -> str:
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to ask; give --email, and the password on standard input.")
    return str(typer.prompt("E-mail"))


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True))
    return sys.stdin.readline().rstrip("\r\n")


def _ask_code(kinds: Sequence[str]) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    other = ", or a recovery code" if "recovery" in kinds else ""
    return str(typer.prompt(f"Code of your authenticator app{other}")).strip()


def _workspace(client: Client, named: str | None) -> WorkspaceItem:
    """The workspace of that id, slug or name; the client's own unless one is named.

    Raises:
        NotFound: the user is a member of none such.
    """
    wanted = client.workspace if named is None else named
    cursor, known = None, list[str]()
    while True:
        page = client.workspaces(cursor=cursor)
        for item in page.items:
            if wanted in (item.id, item.slug, item.name):
                return item
        known += [item.name for item in page.items]
        if (cursor := page.next_cursor) is None:
            break
    raise NotFound(f"You are a member of no workspace {wanted!r}; yours are: {', '.join(known) or 'none'}.")


def _warn_of_plain_http(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in _HERE:
        said = f"{url} is not encrypted: whoever is on the way reads your password. Use https:// if you can."
        Console(stderr=True, highlight=False).print(Text(said, style="yellow"))
