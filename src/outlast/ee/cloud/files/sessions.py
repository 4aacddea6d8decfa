"""What the domain of sessions asks of files."""

from __future__ import annotations

from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.files import media, repository, service, transfer
from outlast.ee.cloud.files.repository import StoredFile
from outlast.ee.cloud.files.resumable import KEPT_FOR
from outlast.ee.cloud.files.storage import ObjectMissing
from outlast.ee.cloud.files.store import FileStore, SeenSessions
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.work import Work
from outlast.kit.errors import FileNotStored
from outlast.kit.ids import new_id
from outlast.protocol.blocks import FileRef


def see_sessions(cloud: Cloud, seen: SeenSessions) -> None:
    """Say which sessions a caller sees; who sees a session may read the files that it was given, and its own."""
    cloud.part(FileStore).seen_sessions = seen


async def materialise(work: Work, file_id: str, *, session_id: str) -> FileRef:
    """Give a session a file of its workspace: its content is then among the session's own files.

    Call it outside of any open unit: the content is copied, which may take a while.

    Args:
        work: of the request; its caller must be able to read the file.
        file_id: of the file.
        session_id: of a session of the same workspace, which the caller has been let answer or start.

    Returns:
        What an answer or argument of kind ``file`` holds.

    Raises:
        WorkspaceFileNotFound, FileNotYours: none such, or not the caller's to read.
        ObjectMissing, Unavailable: its content can't be had, now or ever.
    """
    async with work.writing() as unit:
        file = await service.access_content(unit, file_id)
        await repository.link(unit, file.id, session_id)
    ref = FileRef(sha256=file.sha256, name=file.name, type=file.media_type, size_bytes=file.size_bytes)
    if not _has(work.cloud, session_id, ref):
        await _copy(work, file, ref, session_id=session_id)
    return ref


async def check_room(work: Work, size_bytes: int) -> None:
    """Refuse what a session would be sent directly, if the workspace may not store it.

    Args:
        work: of the request; no unit of it is open.
        size_bytes: as announced; 0 when it is not known yet.

    Raises:
        QuotaExceeded: the workspace is full.
    """
    async with work.reading() as unit:
        (await repository.usage(unit)).admit(max(1, size_bytes))


async def record_session_file(unit: Unit, session_id: str, ref: FileRef, *, owner_id: str) -> None:
    """Show a session's own file, an upload to it or something it made, among the files of the workspace.

    Args:
        unit: of the session's workspace.
        session_id: of the session; its bytes are in the engine's store.
        ref: as the engine gave it.
        owner_id: the session's owner.
    """
    file = StoredFile(
        id=new_id(),
        name=media.clean_name(ref.name),
        size_bytes=ref.size_bytes,
        media_type=media.canonical(ref.type),
        sha256=ref.sha256,
        storage_key=None,
        session_id=session_id,
        owner_id=owner_id,
        temporary=False,
        version=1,
        created_at=unit.now,
        updated_at=unit.now,
        expires_at=None,
    )
    await repository.add_of_session(unit, file)


async def forget_session(unit: Unit, session_id: str) -> None:
    """Undo what ties files to a session that is purged; temporary ones that it alone used are deleted a day later."""
    await repository.unlink_session(unit, session_id, expires_at=unit.now + KEPT_FOR)


async def purge(unit: Unit) -> None:
    """Remove the rows of the workspace's files; `handlers` delete the bytes once that is committed."""
    await repository.remove_all(unit)


def _has(cloud: Cloud, session_id: str, ref: FileRef) -> bool:
    try:
        cloud.runtime.files.path_of(session_id, ref.sha256)
    except FileNotStored:
        return False
    return True


async def _copy(work: Work, file: StoredFile, ref: FileRef, *, session_id: str) -> None:
    files = work.cloud.runtime.files
    if file.session_id is not None and await files.adopt(file.session_id, session_id, ref):
        return
    windows = await transfer.send(work, file, start=0, end=file.size_bytes)
    kept = await files.receive(
        session_id, windows, name=file.name, media_type=file.media_type, max_bytes=file.size_bytes
    )
    if kept.sha256 != file.sha256:
        raise ObjectMissing("The content of this file has changed in the storage; upload it again.")
