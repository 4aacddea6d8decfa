"""What the domain of sessions asks of files."""

from __future__ import annotations

from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.files.errors import WorkspaceFileNotFound
from outlast.ee.cloud.files.store import FileStore, SeenSessions
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.work import Work
from outlast.protocol.blocks import FileRef


def see_sessions(cloud: Cloud, seen: SeenSessions) -> None:
    """Say which sessions a caller sees; who sees a session may read the files that it was given."""
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
        WorkspaceFileNotFound: none such, or not the caller's to read.
        ObjectMissing, Unavailable: its content can't be had, now or ever.
    """
    raise WorkspaceFileNotFound(f"There is no file {file_id[:64]!r} in this workspace.")


async def forget_session(unit: Unit, session_id: str) -> None:
    """Undo what ties files to a session that is purged; those kept for it alone are deleted a day later."""
