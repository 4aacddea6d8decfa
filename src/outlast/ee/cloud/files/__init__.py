"""Files of a workspace: uploaded whole or in parts, kept in a folder or a bucket, served so that nothing in them runs.

Front door for other domains: `materialise` gives a session a file of its workspace, `see_sessions` says which sessions
a caller sees (files that such a session uses may be read), `check_room` is asked before a session is sent a file
directly, and `forget_session` is called when a session is purged.
"""

from __future__ import annotations

from outlast.ee.cloud import events as outbox
from outlast.ee.cloud import workspaces
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.files.errors import QuotaExceeded, WorkspaceFileNotFound
from outlast.ee.cloud.files.events import WORKSPACE_PURGED
from outlast.ee.cloud.files.handlers import on_workspace_purged, purge_storage
from outlast.ee.cloud.files.outputs import SessionOutputs
from outlast.ee.cloud.files.policy import RULES
from outlast.ee.cloud.files.router import router
from outlast.ee.cloud.files.sessions import (
    check_room,
    forget_session,
    materialise,
    purge,
    record_session_file,
    see_sessions,
)
from outlast.ee.cloud.files.storage import open_storage
from outlast.ee.cloud.files.store import FOLDER, FileStore, SeenSessions
from outlast.ee.cloud.files.sweeper import keep_tidy

__all__ = [
    "RULES",
    "FileStore",
    "QuotaExceeded",
    "SeenSessions",
    "WorkspaceFileNotFound",
    "check_room",
    "forget_session",
    "install",
    "materialise",
    "purge",
    "purge_storage",
    "record_session_file",
    "router",
    "see_sessions",
]


def install(cloud: Cloud) -> None:
    """Open the storage that the settings name, and keep it tidy.

    Raises:
        InvalidSettings: nothing can be stored there.
    """
    cloud.add(FileStore(open_storage(cloud.settings.storage_url, cloud.settings.data_dir / FOLDER)))
    cloud.beside(lambda: keep_tidy(cloud))
    cloud.runtime.files.on_stored(SessionOutputs(cloud).stored)
    workspaces.on_purge(cloud, purge)
    outbox.on(cloud, WORKSPACE_PURGED, on_workspace_purged)
