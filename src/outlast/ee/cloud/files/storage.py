"""Where the bytes of files lie: a folder, or a bucket of S3, Google Cloud or Azure. One port over `obstore`.

Promises, kept by every backend (the suite is `tests/contract/test_storage.py`):
a put is whole or not at all, also when its source fails or the process is killed; an acknowledged put is durable;
a key is written once and then only read, copied or deleted; to delete what is not there is no error.
Keys are ``<workspace id>/<object id>``, so that what belongs to a workspace is one prefix.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, from_url

from outlast.kit.errors import NotFound, Unavailable
from outlast.kit.settings import InvalidSettings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PIECE_BYTES = 8 * 1024 * 1024
"""Bytes of one part of a large put; S3 takes 10,000 of at least 5 MiB."""

WINDOW_BYTES = 2 * 1024 * 1024
"""Bytes read at one time. A slow client holds no connection to the storage while it takes them."""

_PARALLEL_PIECES = 3
_SCHEMES = frozenset({"s3", "s3a", "gs", "az", "azure", "abfs", "abfss", "memory", "file"})
_HALF_PUT = re.compile(r".*#\d+")


class ObjectMissing(NotFound):
    """The storage lost an object that should be there."""

    code = "files.object_missing"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a listing tells it."""

    key: str
    size_bytes: int
    modified_at: datetime


class Storage:
    """Objects by key.

    Args:
        store: of `obstore`.
        folder: where a local store keeps them; it is flushed and swept beyond what the store does by itself.
    """

    def __init__(self, store: ObjectStore, *, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        """Store an object as it comes in, at most some pieces of it in memory.

        Raises:
            Unavailable: the storage can't be reached or is full.
            Exception: whatever the chunks raise; then nothing is stored.
        """
        pieces = regroup(chunks, PIECE_BYTES)
        with _storage_errors():
            first = await anext(pieces, b"")
            second = await anext(pieces, None)
            if second is None:  # whole in one request; a multipart upload of nothing is none
                await obstore.put_async(self._store, key, first, use_multipart=False)
            else:
                await obstore.put_async(
                    self._store,
                    key,
                    _chain(first, second, pieces),
                    use_multipart=True,
                    chunk_size=PIECE_BYTES,
                    max_concurrency=_PARALLEL_PIECES,
                )
            await self._settle(key)

    async def get(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Read a range of an object.

        Args:
            key: of the object.
            start: first byte.
            end: behind the last byte; at most the object's size.

        Returns:
            The bytes, in windows; the first one has been read, so that a loss is told before an answer begins.

        Raises:
            ObjectMissing: there is no such object.
            Unavailable: the storage can't be reached.
        """
        first = await self._window(key, start, end) if start < end else b""
        return self._windows(key, first, start=start, end=end)

    async def copy(self, source: str, target: str) -> None:
        """Copy an object without reading it.

        Raises:
            ObjectMissing: there is no such object.
        """
        with _storage_errors():
            try:
                await obstore.copy_async(self._store, source, target)
            except FileNotFoundError as error:
                raise _missing() from error
            await self._settle(target)

    async def delete(self, key: str) -> None:
        """Delete an object, if it is there."""
        with _storage_errors(), contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)

    async def list(self, prefix: str) -> AsyncIterator[StoredObject]:
        """List what lies below a prefix, in no order.

        Args:
            prefix: whole segments of keys (``<workspace id>``); empty for all.
        """
        with _storage_errors():
            async for batch in obstore.list(self._store, prefix or None, chunk_size=500):
                for found in batch:
                    yield StoredObject(found["path"], found["size"], found["last_modified"])

    async def purge(self, prefix: str) -> int:
        """Delete all below a prefix.

        Args:
            prefix: whole segments of keys; never empty.

        Returns:
            How many objects there were.
        """
        if not prefix.strip("/"):
            raise ValueError("an empty prefix would delete the files of all workspaces")
        keys = [found.key async for found in self.list(prefix)]
        for key in keys:
            await self.delete(key)
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder / prefix, True)
        return len(keys)

    async def sweep(self, before: datetime) -> None:
        """Delete what puts that were killed before a moment left in a folder. Buckets have lifecycle rules for it."""
        if self._folder is not None:
            await asyncio.to_thread(_sweep, self._folder, before)

    async def _windows(self, key: str, first: bytes, *, start: int, end: int) -> AsyncIterator[bytes]:
        window = first
        while window:
            yield window
            start += len(window)
            window = await self._window(key, start, end) if start < end else b""

    async def _window(self, key: str, start: int, end: int) -> bytes:
        with _storage_errors():
            try:
                stop = min(end, start + WINDOW_BYTES)
                return bytes(await obstore.get_range_async(self._store, key, start=start, end=stop))
            except FileNotFoundError as error:
                raise _missing() from error

    async def _settle(self, key: str) -> None:
        if self._folder is not None:
            await asyncio.to_thread(_flush, self._folder / key)


def open_storage(url: str, folder: Path) -> Storage:
    """Open the storage that the settings name.

    Args:
        url: ``s3://bucket/prefix``, ``gs://bucket/prefix``, ``az://account/container/prefix``, ``file:///folder``
            or ``memory:///``; empty for the folder. Credentials and endpoints come from the environment variables of
            the provider (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, ``GOOGLE_SERVICE_ACCOUNT``, ...).
        folder: where files lie without a URL; it is made, readable by this user alone.

    Raises:
        InvalidSettings: nothing can be stored there.
    """
    parts = urlsplit(url)
    if url and parts.scheme not in _SCHEMES:
        raise InvalidSettings(f"OUTLAST_STORAGE_URL: {parts.scheme or url!r} is none of {', '.join(sorted(_SCHEMES))}.")
    try:
        if parts.scheme == "memory":
            return Storage(MemoryStore())
        if parts.scheme in ("", "file"):
            place = Path(url2pathname(parts.path)) if url else folder
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            return Storage(LocalStore(place), folder=place)
        return Storage(from_url(url))
    except (BaseError, OSError, ValueError) as error:
        raise InvalidSettings(f"OUTLAST_STORAGE_URL: {_short(error)}.") from error


async def regroup(chunks: AsyncIterable[bytes], size: int) -> AsyncIterator[bytes]:
    """Turn chunks of any length into pieces of one size, the last one shorter."""
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


async def _chain(first: bytes, second: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    yield second
    async for piece in rest:
        yield piece


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        # Its text may name hosts and accounts; the log has it.
        raise Unavailable("The file storage can't be used now; try again in a moment.") from error


def _missing() -> ObjectMissing:
    return ObjectMissing("The content of this file is gone from the storage; upload it again.")


def _short(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")


def _flush(path: Path) -> None:
    # The store renames a finished file into place and leaves the rest to the system; a power cut may not.
    for place, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        descriptor = os.open(place, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sweep(folder: Path, before: datetime) -> None:
    for path in folder.rglob("*#*"):
        with contextlib.suppress(FileNotFoundError):
            if _HALF_PUT.fullmatch(path.name) and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink()
