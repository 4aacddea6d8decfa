"""Finds the server that a command talks to, and the sessions that it names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from outlast.cli.credentials import FileKeeper, credentials_path, read_credentials
from outlast.cli.options import UsageError, settings_of
from outlast.client import AsyncClient, Client, running_server
from outlast.client.calls import Which
from outlast.client.tokens import Keeper
from outlast.kit.errors import SessionNotFound, Unauthenticated, Unavailable
from outlast.kit.ids import is_id
from outlast.kit.pages import MAX_LIMIT
from outlast.protocol.api import SessionItem

LAST = "last"
WORKSPACE_VARIABLE = "OUTLAST_WORKSPACE"
_SEARCHED_PAGES = 50
_PLACES: tuple[Which, ...] = ("mine", "shared")


@dataclass(frozen=True)
class Found:
    """A server, and who one is there."""

    url: str
    token: str | Keeper
    workspace: str = ""

    def client(self) -> Client:
        """A client; use as ``with``."""
        return Client(self.url, token=self.token, workspace=self.workspace)

    def async_client(self) -> AsyncClient:
        """A client for an event loop; use as ``async with``."""
        return AsyncClient(self.url, token=self.token, workspace=self.workspace)


def find_server(server: str | None, token: str | None, data_dir: Path | None) -> Found:
    """The server that the options name, else the one that runs on the data folder, else that one is signed in to.

    Raises:
        Unavailable: none runs there, and nobody has signed in to another.
        Unauthenticated: a server is named that nobody has signed in to.
    """
    folder = settings_of(data_dir).data_dir
    path = credentials_path(folder)
    running, signed_in = running_server(folder), read_credentials(path)
    url = server.rstrip("/") if server is not None else None
    found: Found | None = None
    if running is not None and url in (None, running.url):
        found = Found(running.url, running.token, running.workspace_id)
    elif signed_in is not None and url in (None, signed_in.url):
        found = Found(signed_in.url, FileKeeper(path, signed_in.url), signed_in.workspace_id)
    elif url is not None:
        found = Found(url, "")
    if found is None:
        raise Unavailable(
            f"No server runs on {folder}. Start one with `outlast serve PATH`, or sign in to another: "
            "`outlast login --server URL`."
        )
    if token:
        found = Found(found.url, token)
    elif not found.token:
        raise Unauthenticated(f"You are not signed in to {found.url}: `outlast login --server {found.url}`.")
    return replace(found, workspace=os.environ.get(WORKSPACE_VARIABLE) or found.workspace)


def server_url(server: str | None, data_dir: Path) -> str:
    """The address of the server to sign in to.

    Raises:
        UsageError: none is named or known.
    """
    if server is not None:
        return server.rstrip("/") if "://" in server else f"https://{server.rstrip('/')}"
    running, signed_in = running_server(data_dir), read_credentials(credentials_path(data_dir))
    known = running or signed_in
    if known is None:
        raise UsageError("Say which server: outlast login --server URL.")
    return known.url


def client_of(server: str | None, token: str | None, data_dir: Path | None) -> Client:
    """A client of that server; use as ``with``."""
    return find_server(server, token, data_dir).client()


def full_id(client: Client, named: str, *, deleted: bool = False) -> str:
    """The id of the one session whose id is, begins with or ends with a text; ``last``: of that changed last.

    Args:
        client: looks for one's own sessions, then for those that others shared.
        named: the text.
        deleted: look for those that can be restored.

    Raises:
        SessionNotFound: none is, or several are.
    """
    if is_id(named):
        return named
    if named == LAST:
        items = client.sessions(limit=1, deleted=deleted).items
        if not items:
            raise SessionNotFound("There are no sessions yet.")
        return items[0].id
    for which in _PLACES:
        ids = (item.id for item in _all_sessions(client, which, deleted=deleted))
        found = [session_id for session_id in ids if session_id.startswith(named) or session_id.endswith(named)]
        if len(found) == 1:
            return found[0]
        if found:
            raise SessionNotFound(f"{named!r} may be any of {len(found)} sessions; give more of the id.")
    raise SessionNotFound(f"There is no session {named!r}; `outlast sessions` lists them.")


def _all_sessions(client: Client, which: Which, *, deleted: bool) -> Iterator[SessionItem]:
    cursor = None
    for _ in range(_SEARCHED_PAGES):
        page = client.sessions(which=which, deleted=deleted, limit=MAX_LIMIT, cursor=cursor)
        yield from page.items
        if (cursor := page.next_cursor) is None:
            return
