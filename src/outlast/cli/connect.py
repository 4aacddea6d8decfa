"""Finds the server that a command talks to, and the sessions that it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from outlast.cli.options import settings_of
from outlast.client import AsyncClient, Client, RunningServer, running_server
from outlast.kit.errors import SessionNotFound, Unavailable
from outlast.kit.ids import is_id
from outlast.kit.pages import MAX_LIMIT
from outlast.protocol.api import SessionItem

LAST = "last"
_SEARCHED_PAGES = 50


def find_server(server: str | None, token: str | None, data_dir: Path | None) -> RunningServer:
    """The server that the options name, else the one that runs on the data folder.

    Raises:
        Unavailable: none runs there.
    """
    settings = settings_of(data_dir)
    if server is not None:
        known = token or (settings.token.get_secret_value() if settings.token else "")
        return RunningServer(url=server.rstrip("/"), token=known, pid=0)
    running = running_server(settings.data_dir)
    if running is None:
        raise Unavailable(
            f"No server runs on {settings.data_dir}. Start one with `outlast serve PATH`, or name one: "
            "--server URL --token TOKEN."
        )
    return running


def client_of(server: str | None, token: str | None, data_dir: Path | None) -> Client:
    """A client of that server; use as ``with``."""
    return Client.to(find_server(server, token, data_dir))


def async_client_of(server: str | None, token: str | None, data_dir: Path | None) -> AsyncClient:
    """A client of that server for an event loop; use as ``async with``."""
    return AsyncClient.to(find_server(server, token, data_dir))


def full_id(client: Client, named: str) -> str:
    """The id of the one session whose id is, begins with or ends with a text; ``last``: of that changed last.

    Raises:
        SessionNotFound: none is, or several are.
    """
    if is_id(named):
        return named
    if named == LAST:
        items = client.sessions(limit=1).items
        if not items:
            raise SessionNotFound("There are no sessions yet.")
        return items[0].id
    found = [item.id for item in _all_sessions(client) if item.id.startswith(named) or item.id.endswith(named)]
    if len(found) == 1:
        return found[0]
    if found:
        raise SessionNotFound(f"{named!r} may be any of {len(found)} sessions; give more of the id.")
    raise SessionNotFound(f"There is no session {named!r}; `outlast sessions` lists them.")


def _all_sessions(client: Client) -> Iterator[SessionItem]:
    cursor = None
    for _ in range(_SEARCHED_PAGES):
        page = client.sessions(limit=MAX_LIMIT, cursor=cursor)
        yield from page.items
        if (cursor := page.next_cursor) is None:
            return
