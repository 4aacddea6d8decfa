"""Files of a workspace: uploaded whole or in parts, kept in a folder or a bucket, served so that nothing in them runs.

Front door for other domains: `materialise` gives a session a file of its workspace, `see_sessions` says which sessions
a caller sees (files that such a session uses may be read), `forget_session` is called when a session is purged.
"""

from __future__ import annotations

from outlast.ee.cloud.files.policy import RULES
from outlast.ee.cloud.files.router import router
from outlast.ee.cloud.files.sessions import SeenSessions, forget_session, materialise, see_sessions
from outlast.ee.cloud.files.store import FileStore, install

__all__ = [
    "RULES",
    "FileStore",
    "SeenSessions",
    "forget_session",
    "install",
    "materialise",
    "router",
    "see_sessions",
]
