"""``server.json`` in the data folder: how the command line finds the server that runs on it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from outlast.kit.errors import ProtocolViolation
from outlast.kit.pids import is_alive
from outlast.protocol.codec import decode_json

SERVER_FILE = "server.json"


class RunningServer(msgspec.Struct, frozen=True):
    """What the file holds, readable by its owner alone, while a server runs.

    Attributes:
        token: of the first owner, for the command line on this machine; it stays the same over restarts.
        workspace_id: the server's first workspace; empty to ask the server for the user's own.
        link: what to open in a browser, once; the bare address where people sign in by other means.
    """

    url: str
    token: str
    pid: int
    workspace_id: str = ""
    link: str = ""


def running_server(data_dir: Path) -> RunningServer | None:
    """The server that runs on a data folder, if there is one."""
    try:
        running = decode_json((data_dir / SERVER_FILE).read_bytes(), RunningServer)
    except (FileNotFoundError, ProtocolViolation):
        return None
    return running if is_alive(running.pid) else None
