"""Moves bytes: what comes in, whole or in parts, and what goes out. No unit is open while bytes move."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from starlette.requests import ClientDisconnect

from outlast.ee.cloud.files import media, repository, service
from outlast.ee.cloud.files.errors import UploadNotFound, UploadOffsetMismatch
from outlast.ee.cloud.files.quota import check_size
from outlast.ee.cloud.files.repository import StoredFile, Upload
from outlast.ee.cloud.files.resumable import KEPT_FOR, Announcement, Progress
from outlast.ee.cloud.files.schemas import FileView
from outlast.ee.cloud.files.storage import PIECE_BYTES, WINDOW_BYTES, Storage, regroup
from outlast.ee.cloud.files.store import FileStore
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.work import Work
from outlast.kit.errors import InvalidInput, OutlastError, Unavailable
from outlast.kit.ids import is_id, new_id

logger = logging.getLogger(__name__)

_OVERTAKEN = "Another request goes on with this upload; ask with HEAD where it stands."

MAX_PARTS = 5_000
"""Of one upload: nobody makes a million objects of single bytes."""


class Intake:
    """Measures what passes through it.

    Args:
        chunks: as they come.
        max_bytes: more is refused.
    """

    def __init__(self, chunks: AsyncIterable[bytes], *, max_bytes: int) -> None:
        self._chunks = chunks
        self._max_bytes = max_bytes
        self._digest = hashlib.sha256()
        self.size_bytes = 0
        self.head = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self.size_bytes += len(chunk)
            check_size(self.size_bytes, limit_bytes=self._max_bytes)
            if len(self.head) < media.HEAD_BYTES:
                self.head += chunk[: media.HEAD_BYTES - len(self.head)]
            self._digest.update(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        """Of all that passed."""
        return self._digest.hexdigest()


async def receive(
    work: Work, chunks: AsyncIterable[bytes], *, announced: Announcement, temporary: bool
) -> tuple[FileView, str]:
    """Store a file as it comes in.

    Args:
        work: of the request.
        chunks: its bytes.
        announced: its name and type as the sender says, and its length, 0 if that is not known yet.
        temporary: whether it is deleted after a day unless a session uses it.

    Returns:
        The file and its version.

    Raises:
        FileTooLarge, QuotaExceeded: as soon as it is known.
        Unavailable: the storage can't be reached or is full.
    """
    limit = work.cloud.settings.max_upload_bytes
    check_size(announced.length_bytes, limit_bytes=limit)
    async with work.reading() as unit:
        usage = await repository.usage(unit)
    usage.admit(max(1, announced.length_bytes))
    intake = Intake(chunks, max_bytes=limit)
    async with _stored(work, intake) as key, work.writing() as unit:
        file = _file(announced, intake, key=key, owner_id=unit.caller.user_id, temporary=temporary, now=unit.now)
        return await service.create(unit, file), file.etag


async def begin(work: Work, *, announced: Announcement, temporary: bool) -> Upload:
    """Begin a resumable upload; the workspace's quota holds its place.

    Raises:
        FileTooLarge, QuotaExceeded: it would not fit.
    """
    check_size(announced.length_bytes, limit_bytes=work.cloud.settings.max_upload_bytes)
    async with work.writing() as unit:
        await repository.lock(unit)
        (await repository.usage(unit)).admit(announced.length_bytes)
        upload = Upload(
            id=new_id(),
            name=media.clean_name(announced.name),
            media_type=announced.media_type[:255],
            length_bytes=announced.length_bytes,
            offset_bytes=0,
            owner_id=unit.caller.user_id,
            temporary=temporary,
            created_at=unit.now,
            expires_at=unit.now + KEPT_FOR,
        )
        await repository.add_upload(unit, upload)
    if upload.length_bytes == 0:  # it is whole already, and no part will come
        await _finish(work, upload, b"")
    return upload


async def stand(work: Work, upload_id: str) -> Progress:
    """Where an upload stands; one that has become a file stands at its end.

    Raises:
        UploadNotFound: none such, not the caller's, or it has expired.
    """
    async with work.reading() as unit:
        upload = await _find(unit, upload_id)
        if upload is not None and upload.expires_at > unit.now:
            return _progress(upload)
        found = await repository.get(unit, upload_id, service.sight_of(unit)) if is_id(upload_id) else None
    if found is None or found[0].owner_id != work.caller.user_id or found[0].session_id is not None:
        raise _unknown_upload(upload_id)
    return Progress(found[0].size_bytes, found[0].size_bytes, found[0].created_at)


async def append(
    work: Work, upload_id: str, chunks: AsyncIterable[bytes], *, offset: int, length_bytes: int | None
) -> Progress:
    """Take a part in; what has come of one that is cut is kept. The last part makes the upload a file of its id.

    Args:
        work: of the request.
        upload_id: of the upload.
        chunks: the part's bytes.
        offset: where it says that it begins.
        length_bytes: the part's, if that is known.

    Raises:
        UploadNotFound: none such, not the caller's, or it has expired.
        UploadOffsetMismatch: the part begins elsewhere, or another one was quicker.
        InvalidInput: it is longer than what was announced, or the upload has too many parts.
        Unavailable: the storage can't be reached or is full.
    """
    async with work.reading() as unit:
        upload = await _find(unit, upload_id)
        if upload is None:
            raise _unknown_upload(upload_id)
        _progress(upload).check(offset=offset, now=unit.now)
        if len(await repository.parts(unit, upload.id)) >= MAX_PARTS:
            raise InvalidInput(f"An upload has at most {MAX_PARTS} parts; begin a new one with larger parts.")
    _progress(upload).took(length_bytes or 0, now=unit.now)
    async for piece in regroup(_until_cut(chunks), PIECE_BYTES):
        upload = await _take(work, upload, piece)
        if upload.offset_bytes == upload.length_bytes:
            break
    return _progress(upload)


async def abandon(work: Work, upload_id: str) -> None:
    """End an upload; nothing of it is kept.

    Raises:
        UploadNotFound: none such, or not the caller's.
    """
    async with work.writing() as unit:
        upload = await _find(unit, upload_id)
        if upload is None:
            raise _unknown_upload(upload_id)
        parts = await repository.parts(unit, upload.id)
        await repository.remove_upload(unit, upload)
    await _discard(work, [key for key, _ in parts])


async def send(work: Work, file: StoredFile, *, start: int, end: int) -> AsyncIterator[bytes]:
    """Read a range of a file's content.

    Raises:
        ObjectMissing, FileNotStored: it is gone.
        Unavailable: the storage can't be reached.
    """
    if file.storage_key is not None:
        return await _storage(work).get(file.storage_key, start, end)
    assert file.session_id is not None, "a file lies in the storage or in a session's folder"
    path = work.cloud.runtime.files.path_of(file.session_id, file.sha256)
    return read_windows(path, start, end)


async def _take(work: Work, upload: Upload, piece: bytes) -> Upload:
    after = _progress(upload).took(len(piece), now=work.cloud.clock.now())
    if after.missing_bytes == 0:
        await _finish(work, upload, piece)
    else:
        async with _stored(work, Intake(_only(piece), max_bytes=len(piece))) as key, work.writing() as unit:
            kept = await repository.advance(
                unit, upload, size_bytes=len(piece), storage_key=key, expires_at=after.expires_at
            )
            if not kept:
                raise UploadOffsetMismatch(_OVERTAKEN)
    return replace(upload, offset_bytes=after.offset_bytes, expires_at=after.expires_at)


async def _finish(work: Work, upload: Upload, last: bytes) -> None:
    """Put an upload's pieces and its last bytes together. They are acknowledged with the file, or not at all."""
    async with work.reading() as unit:
        parts = await repository.parts(unit, upload.id)
    intake = Intake(_joined(_storage(work), parts, last), max_bytes=upload.length_bytes)
    announced = Announcement(upload.length_bytes, upload.name, upload.media_type)
    async with _stored(work, intake) as key, work.writing() as unit:
        if intake.size_bytes != upload.length_bytes or not await repository.remove_upload(unit, upload):
            raise UploadOffsetMismatch(_OVERTAKEN)
        file = _file(announced, intake, key=key, owner_id=upload.owner_id, temporary=upload.temporary, now=unit.now)
        await service.create(unit, replace(file, id=upload.id))
    await _discard(work, [key for key, _ in parts])


@asynccontextmanager
async def _stored(work: Work, intake: Intake) -> AsyncIterator[str]:
    """Store an object for what is done in the block; it is taken away again if that is refused."""
    key = f"{work.workspace_id}/{new_id()}"
    await _storage(work).put(key, intake)
    try:
        yield key
    except OutlastError as error:
        # A database that fails, or a request that is cancelled, may have committed: the sweeper will know.
        if not isinstance(error, Unavailable):
            await _discard(work, [key])
        raise


async def _discard(work: Work, keys: Sequence[str]) -> None:
    for key in keys:
        try:
            await _storage(work).delete(key)
        except Unavailable:
            logger.warning("An object of no more use could not be deleted; the sweeper will find it")


def _file(
    announced: Announcement, intake: Intake, *, key: str, owner_id: str, temporary: bool, now: datetime
) -> StoredFile:
    name = media.clean_name(announced.name)
    return StoredFile(
        id=new_id(),
        name=name,
        size_bytes=intake.size_bytes,
        media_type=media.sniff(intake.head, name=name, declared=announced.media_type),
        sha256=intake.sha256,
        storage_key=key,
        session_id=None,
        owner_id=owner_id,
        temporary=temporary,
        version=1,
        created_at=now,
        updated_at=now,
        expires_at=now + KEPT_FOR if temporary else None,
    )


async def _find(unit: Unit, upload_id: str) -> Upload | None:
    return await repository.get_upload(unit, upload_id, unit.caller.user_id) if is_id(upload_id) else None


def _unknown_upload(upload_id: str) -> UploadNotFound:
    return UploadNotFound(f"There is no upload {upload_id[:64]!r}; begin a new one.")


def _progress(upload: Upload) -> Progress:
    return Progress(upload.length_bytes, upload.offset_bytes, upload.expires_at)


def _storage(work: Work) -> Storage:
    return work.cloud.part(FileStore).storage


async def _only(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


async def _joined(storage: Storage, parts: Sequence[tuple[str, int]], last: bytes) -> AsyncIterator[bytes]:
    for key, size_bytes in parts:
        async for window in await storage.get(key, 0, size_bytes):
            yield window
    yield last


async def _until_cut(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    try:
        async for chunk in chunks:
            yield chunk
    except ClientDisconnect:
        return  # what has come is kept: the client asks where it stands and goes on from there


async def read_windows(path: Path, start: int, end: int) -> AsyncIterator[bytes]:
    """Read a range of a file on disk, in windows, off the event loop."""
    while start < end:
        window = await asyncio.to_thread(_read, path, start, min(end - start, WINDOW_BYTES))
        if not window:
            return
        yield window
        start += len(window)


def _read(path: Path, start: int, count: int) -> bytes:
    with path.open("rb") as source:
        source.seek(start)
        return source.read(count)
