"""The verbs of files that need no bytes; `transfer` moves those."""

from __future__ import annotations

from outlast.ee.cloud import audit, events
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.files import repository
from outlast.ee.cloud.files.errors import FileNotYours, WorkspaceFileNotFound
from outlast.ee.cloud.files.events import FILE_CREATED, FILE_DELETED, FILE_UPDATED
from outlast.ee.cloud.files.media import clean_name
from outlast.ee.cloud.files.repository import Sight, StoredFile
from outlast.ee.cloud.files.schemas import FilePage, FileUsage, FileView
from outlast.ee.cloud.files.store import FileStore
from outlast.ee.cloud.unit import Unit
from outlast.http.problems import PreconditionFailed
from outlast.kit.errors import InvalidCursor
from outlast.kit.ids import is_id
from outlast.kit.pages import decode_cursor, encode_cursor
from outlast.protocol.codec import Json


def sight_of(unit: Unit) -> Sight:
    """Which files the caller may see: the own ones, those of sessions they see, and as an admin all metadata."""
    seen = unit.cloud.part(FileStore).seen_sessions
    return Sight(
        user_id=unit.caller.user_id,
        all=unit.role is not None and unit.role >= Role.ADMIN,
        sessions=seen(unit) if seen is not None else None,
    )


async def access_file(unit: Unit, file_id: str) -> tuple[StoredFile, bool]:
    """A file that the caller may know of.

    Returns:
        The file, and whether its content may be read too.

    Raises:
        WorkspaceFileNotFound: none such, or not the caller's to see.
    """
    found = await repository.get(unit, file_id, sight_of(unit)) if is_id(file_id) else None
    if found is None:
        raise unknown_file(file_id)
    return found


async def access_content(unit: Unit, file_id: str) -> StoredFile:
    """A file whose content the caller may read.

    Raises:
        WorkspaceFileNotFound: none such, or not the caller's to see.
        FileNotYours: an admin may know of it, and no more.
    """
    file, readable = await access_file(unit, file_id)
    if not readable:
        raise FileNotYours("Only its owner, and who sees a session that uses it, may read this file.")
    return file


async def access_own(unit: Unit, file_id: str) -> StoredFile:
    """A file that the caller may change: the own ones, and as an admin all.

    Raises:
        WorkspaceFileNotFound: none such, or not the caller's to see.
        FileNotYours: it is somebody else's.
    """
    file, _ = await access_file(unit, file_id)
    if file.owner_id != unit.caller.user_id and (unit.role is None or unit.role < Role.ADMIN):
        raise FileNotYours("Only its owner or an admin may change this file.")
    return file


async def get_file(unit: Unit, file_id: str) -> tuple[FileView, str]:
    """A file as the caller sees it, and its version."""
    file, readable = await access_file(unit, file_id)
    return view_of(file, readable=readable), file.etag


async def list_files(
    unit: Unit,
    *,
    cursor: str | None,
    limit: int,
    session_id: str | None,
    mine: bool,
    name: str | None,
) -> FilePage:
    """The files that the caller may see, the newest first."""
    before = str(decode_cursor(cursor, size=1)[0]) if cursor is not None else None
    if before is not None and not is_id(before):
        raise InvalidCursor("This page cursor is not valid; ask for the first page again.")
    found = await repository.page(
        unit,
        sight_of(unit),
        before=before,
        limit=limit + 1,
        session_id=session_id,
        owner_id=unit.caller.user_id if mine else None,
        name=name,
    )
    more = encode_cursor(found[limit - 1][0].id) if len(found) > limit else None
    return FilePage(items=[view_of(file, readable=readable) for file, readable in found[:limit]], next_cursor=more)


async def tell_usage(unit: Unit) -> FileUsage:
    """What the workspace stores, and may."""
    usage = await repository.usage(unit)
    return FileUsage(
        used_bytes=usage.used_bytes,
        reserved_bytes=usage.reserved_bytes,
        quota_bytes=usage.quota_bytes,
        max_file_bytes=unit.cloud.settings.max_upload_bytes,
    )


async def create(unit: Unit, file: StoredFile) -> FileView:
    """Put in a file whose bytes are stored.

    Raises:
        QuotaExceeded: another file was quicker to fill the workspace.
    """
    await repository.lock(unit)
    (await repository.usage(unit)).admit(file.size_bytes)
    await repository.add(unit, file)
    await events.emit(unit, FILE_CREATED, _told(file), audience="session")
    return view_of(file, readable=True)


async def rename(unit: Unit, file: StoredFile, *, name: str) -> tuple[FileView, str]:
    """Give a file another name; its type stays what its content is.

    Returns:
        The file, and its new version.

    Raises:
        PreconditionFailed: another change came first.
    """
    if not await repository.rename(unit, file, clean_name(name)):
        raise PreconditionFailed("It has changed since you read it; read it again, and repeat the change.")
    await events.emit(unit, FILE_UPDATED, _told(file), audience="session")
    return await get_file(unit, file.id)


async def remove(unit: Unit, file: StoredFile) -> None:
    """Delete a file: at once for everybody, and soon from the storage. Sessions keep the copies that they were
    given."""
    await repository.mark_deleted(unit, file.id)
    await audit.record(unit, "file.deleted", target="file", target_id=file.id, details={"name": file.name})
    await events.emit(unit, FILE_DELETED, _told(file), audience="session")
    unit.after_commit(unit.cloud.part(FileStore).untidy.set)


def unknown_file(file_id: str) -> WorkspaceFileNotFound:
    """The error for a file that is not there, or not for the caller to see."""
    return WorkspaceFileNotFound(f"There is no file {file_id[:64]!r} in this workspace.")


def view_of(file: StoredFile, *, readable: bool) -> FileView:
    """A file as it is answered."""
    return FileView(
        id=file.id,
        name=file.name,
        size_bytes=file.size_bytes,
        media_type=file.media_type,
        sha256=file.sha256,
        owner_id=file.owner_id,
        session_id=file.session_id,
        readable=readable,
        temporary=file.temporary,
        created_at=file.created_at,
        updated_at=file.updated_at,
        expires_at=file.expires_at,
    )


def _told(file: StoredFile) -> dict[str, Json]:
    return {"file": file.id, "name": file.name, "owner": file.owner_id, "session": file.session_id or ""}
