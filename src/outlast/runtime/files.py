"""Files of sessions: pictures, downloads and uploads, kept by their content's hash, a folder a session."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from outlast.kit.errors import FileNotStored, InvalidInput, ProtocolViolation
from outlast.kit.ids import new_id
from outlast.protocol.blocks import FileRef

_SHA256 = re.compile(r"[0-9a-f]{64}")

Stored: TypeAlias = Callable[[str, FileRef], Awaitable[None]]
"""Is told of a file that was stored, with the id of its session; it must not raise."""


class SessionFiles:
    """Keeps files below one folder.

    Args:
        root: made when the first file comes; nobody else writes in it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._told: Stored | None = None

    def on_stored(self, call: Stored) -> None:
        """Have something called each time that a file was stored for a session, maybe not for the first time."""
        self._told = call

    def path_of(self, session_id: str, sha256: str) -> Path:
        """Where a file lies.

        Raises:
            FileNotStored: the session has no such file.
        """
        path = self._place(session_id, sha256)
        if path is None or not path.is_file():
            raise FileNotStored("The session has no such file.")
        return path

    async def take(self, session_id: str, scratch: Path, files: Iterable[FileRef]) -> None:
        """Move files that a session process left in its scratch folder in here.

        Raises:
            ProtocolViolation: a file is not there, or is not what its reference says.
        """
        for file in files:
            await asyncio.to_thread(self._take, session_id, scratch, file)
            if self._told is not None:
                await self._told(session_id, file)

    async def receive(
        self, session_id: str, chunks: AsyncIterator[bytes], *, name: str, media_type: str, max_bytes: int
    ) -> FileRef:
        """Store an upload as it comes in.

        Args:
            session_id: whose file it will be.
            chunks: the bytes.
            name: for people; only its last part is kept.
            media_type: as the sender says.
            max_bytes: more is refused.

        Raises:
            InvalidInput: the upload is too large.
        """
        folder = self._folder(session_id)
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{new_id()}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("wb") as target:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > max_bytes:
                        raise InvalidInput(f"This file is over the limit of {max_bytes} bytes.")
                    digest.update(chunk)
                    await asyncio.to_thread(target.write, chunk)
                target.flush()
                await asyncio.to_thread(os.fsync, target.fileno())
            part.replace(folder / digest.hexdigest())
        finally:
            part.unlink(missing_ok=True)
        shown = Path(name.replace("\\", "/")).name[:255] or "file"
        file = FileRef(sha256=digest.hexdigest(), name=shown, type=media_type, size_bytes=size)
        if self._told is not None:
            await self._told(session_id, file)
        return file

    async def give(self, session_id: str, scratch: Path) -> None:
        """Copy a session's files into its scratch folder. Copies, so that an app can't change what is kept."""
        folder = self._folder(session_id)
        if folder.is_dir():
            await asyncio.to_thread(_copy_all, folder, scratch)

    async def adopt(self, source: str, target: str, file: FileRef) -> bool:
        """Give a session a file that was stored elsewhere before it.

        Returns:
            Whether it was there.
        """
        place, stored = self._place(target, file.sha256), self._place(source, file.sha256)
        if place is None or stored is None:
            return False
        return await asyncio.to_thread(_link, stored, place)

    async def expire(self, owner: str, older_than: timedelta) -> None:
        """Delete the files of an owner that were stored long ago."""
        await asyncio.to_thread(_expire, self._folder(owner), time.time() - older_than.total_seconds())

    async def copy(self, source: str, target: str) -> None:
        """Give one session all files of another (a branch)."""
        if self._folder(source).is_dir():
            self._folder(target).mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(_copy_all, self._folder(source), self._folder(target))

    async def size_bytes(self, session_id: str) -> int:
        """What the files of a session take."""
        return await asyncio.to_thread(_size_bytes, self._folder(session_id))

    async def drop(self, *session_ids: str) -> None:
        """Delete all files of sessions."""
        await asyncio.to_thread(_remove, [self._folder(session_id) for session_id in session_ids])

    def _folder(self, session_id: str) -> Path:
        return self._root / session_id[-2:] / session_id

    def _place(self, session_id: str, sha256: str) -> Path | None:
        return self._folder(session_id) / sha256 if _SHA256.fullmatch(sha256) else None

    def _take(self, session_id: str, scratch: Path, file: FileRef) -> None:
        place = self._place(session_id, file.sha256)
        source = scratch / file.sha256
        if place is None or source.is_symlink() or not source.is_file():
            raise ProtocolViolation(f"The file {file.name!r} is not in the session's scratch folder.")
        if place.exists():
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_suffix(".part")
        shutil.copyfile(source, part, follow_symlinks=False)
        with part.open("rb") as data:
            found = hashlib.file_digest(data, "sha256").hexdigest()
            os.fsync(data.fileno())
        if found != file.sha256:
            part.unlink()
            raise ProtocolViolation(f"The file {file.name!r} is not what its hash says.")
        part.replace(place)


def _size_bytes(folder: Path) -> int:
    try:
        with os.scandir(folder) as found:
            return sum(one.stat().st_size for one in found if _SHA256.fullmatch(one.name))
    except FileNotFoundError:
        return 0


def _remove(folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _link(source: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)  # one copy of the bytes: nobody changes what is kept
    except FileExistsError:
        return True
    except FileNotFoundError:
        return False
    return True


def _expire(folder: Path, before_s: float) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < before_s:
                path.unlink()


def _copy_all(source: Path, target: Path) -> None:
    for path in source.iterdir():
        if _SHA256.fullmatch(path.name) and not (target / path.name).exists():
            shutil.copyfile(path, target / path.name)
