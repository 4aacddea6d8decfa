"""``credentials.json`` in the data folder: the server that the command line is signed in to."""

from __future__ import annotations

from pathlib import Path

import msgspec

from outlast.client.tokens import Tokens
from outlast.kit.errors import ProtocolViolation, Unauthenticated
from outlast.kit.private import write_private
from outlast.protocol.codec import decode_json, encode_json

FILE = "credentials.json"


class Credentials(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the file holds, readable by its owner alone.

    Attributes:
        url: of the server.
        workspace_id: that commands work in; empty for the user's active one.
    """

    url: str
    tokens: Tokens
    workspace_id: str = ""


class FileKeeper:
    """Keeps the tokens in the file, where every command finds those that another has refreshed.

    Args:
        path: of the file.
        url: of the server that they are for.
    """

    def __init__(self, path: Path, url: str) -> None:
        self._path = path
        self._url = url

    def load(self) -> Tokens:
        return self._read().tokens

    def save(self, tokens: Tokens) -> None:
        write_credentials(self._path, msgspec.structs.replace(self._read(), tokens=tokens))

    def _read(self) -> Credentials:
        found = read_credentials(self._path)
        if found is None or found.url != self._url:
            raise Unauthenticated(f"You are signed out of {self._url}: outlast login --server {self._url}.")
        return found


def credentials_path(data_dir: Path) -> Path:
    """Where the credentials are."""
    return data_dir / FILE


def read_credentials(path: Path) -> Credentials | None:
    """The credentials, if somebody is signed in."""
    try:
        return decode_json(path.read_bytes(), Credentials)
    except (FileNotFoundError, ProtocolViolation):
        return None


def write_credentials(path: Path, credentials: Credentials) -> None:
    """Replace the credentials at once."""
    write_private(path, encode_json(credentials))
