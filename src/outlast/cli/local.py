"""A session that runs in this process, for `outlast run`."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from outlast.protocol import events as e
from outlast.protocol.codec import Json, encode_json, to_json
from outlast.protocol.document import Block, Document
from outlast.protocol.events import User
from outlast.runtime import Runtime
from outlast.runtime.tracking import stream_of
from outlast.streams.follow import follow

LOCAL_USER = User(id="local", name="You", role="owner")
"""Whoever runs an app at the terminal; may answer whatever it asks, whomever it asks."""
_CHUNK_BYTES = 1024 * 1024


class LocalSession:
    """The port `outlast.cli.terminal.Played` over a runtime.

    Args:
        runtime: open.
        session_id: of a session that its host has started.
        max_upload_bytes: of one file.
        user: whose it is.
    """

    def __init__(self, runtime: Runtime, session_id: str, *, max_upload_bytes: int, user: User = LOCAL_USER) -> None:
        self.id = session_id
        self._user = user
        self._runtime = runtime
        self._max_upload_bytes = max_upload_bytes

    async def updates(self) -> AsyncIterator[Document | Sequence[e.SessionEvent]]:
        following = follow(self._runtime.log, self._runtime.bus, stream_of(self.id))
        try:
            async for run in following:
                shown = (e.shown_to(e.decode_event(stored.data), owner=True) for stored in run)
                yield [event for event in shown if event is not None]
        finally:
            await following.aclose()

    async def answer(self, input_id: str, value: Json) -> None:
        await self._runtime.host.submit(self.id, input_id, value, by=self._user)

    async def upload(self, path: Path) -> Json:
        return await store(self._runtime, self.id, path, max_bytes=self._max_upload_bytes)

    async def cancel(self, reason: str) -> None:
        await self._runtime.host.cancel(self.id, by=self._user, reason=reason)

    async def end(self, reason: str) -> None:
        """Cancel it and wait until the app has cleaned up."""
        live = self._runtime.host.awake.get(self.id)
        await self.cancel(reason)
        if live is not None:
            await live.ended

    async def leave(self) -> None:
        """Let it sleep if it waits; else it goes on where it is when a server takes it over."""
        await self._runtime.host.hibernate(self.id)


async def store(runtime: Runtime, session_id: str, path: Path, *, max_bytes: int) -> Json:
    """Store a file of a session; its `FileRef` as JSON."""

    async def chunks() -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk

    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return to_json(
        await runtime.files.receive(session_id, chunks(), name=path.name, media_type=media_type, max_bytes=max_bytes)
    )


def saver(folder: Path, fetch: Callable[[str], Path]) -> Callable[[str, Block], str]:
    """Make what puts pictures, files and charts where a person finds them.

    Args:
        folder: made when it is needed.
        fetch: tells where the file of a hash lies.
    """

    def save(key: str, block: Block) -> str:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if block.kind == "chart":
                target = folder / f"{_safe(key)}.{_safe(str(block.props.get('library', 'chart')))}.json"
                target.write_bytes(encode_json(block.props.get("spec", {})))
                return str(target)
            file = block.props.get("file", {})
            target = _free(folder / _safe(str(file.get("name", "file"))), str(file.get("sha256", "")))
            if not target.exists():
                target.write_bytes(fetch(str(file.get("sha256", ""))).read_bytes())
            return str(target)
        except OSError as error:
            return f"could not be saved: {error.strerror}"

    return save


def _safe(name: str) -> str:
    """A name that stays in its folder, whatever the app called the file."""
    kept = "".join(c if c.isalnum() or c in "._- " else "_" for c in Path(name.replace("\\", "/")).name)
    return kept.lstrip(".") or "file"


def _free(path: Path, sha256: str) -> Path:
    """The path, or one with the hash in it where another file has the name already."""
    return path if not path.exists() else path.with_name(f"{path.stem}-{sha256[:8]}{path.suffix}")
