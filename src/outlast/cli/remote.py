"""A session that runs on a server, for `outlast attach`."""

from __future__ import annotations

import mimetypes
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Self

from outlast.client import AsyncClient, Client, Snapshot, afollow
from outlast.kit.errors import OutlastError
from outlast.protocol import events as e
from outlast.protocol.codec import Json, to_json
from outlast.protocol.document import Document

_GIVE_UP = timedelta(minutes=5)
"""A server that restarts is waited for; one that stays away has gone."""


class RemoteSession:
    """The port `outlast.cli.terminal.Played` over the client.

    Args:
        client: of the server.
        session_id: of the session.
        whole: begin with each event from the first, not with the document as it stands.
    """

    def __init__(self, client: AsyncClient, session_id: str, *, whole: bool = False) -> None:
        self.id = session_id
        self._client = client
        self._whole = whole

    async def updates(self) -> AsyncIterator[Document | Sequence[e.SessionEvent]]:
        async for followed in afollow(self._client, self.id, snapshot=not self._whole, give_up=_GIVE_UP):
            yield followed.document if isinstance(followed, Snapshot) else [followed]

    async def answer(self, input_id: str, value: Json) -> None:
        await self._client.answer(self.id, input_id, value)

    async def upload(self, path: Path) -> Json:
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return to_json(await self._client.upload(self.id, path, media_type=media_type))

    async def cancel(self, reason: str) -> None:
        await self._client.cancel(self.id, reason=reason)


class Fetcher:
    """Gets files of a session here; use as ``with``, what it fetched is gone at the end."""

    def __init__(self, client: Client, session_id: str) -> None:
        self._client = client
        self._session_id = session_id
        self._folder = tempfile.TemporaryDirectory(prefix="outlast-fetched-")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def __call__(self, sha256: str) -> Path:
        """Get a file.

        Raises:
            OSError: it can't be had.
        """
        target = Path(self._folder.name) / "fetched"
        try:
            target.write_bytes(self._client.file(self._session_id, sha256))
        except OutlastError as error:
            raise OSError(0, error.message) from error
        return target
