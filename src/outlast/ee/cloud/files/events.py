"""The facts that files write: told to the file's owner alone, as names tell of contents."""

from __future__ import annotations

FILE_CREATED = "file.created"
FILE_UPDATED = "file.updated"
FILE_DELETED = "file.deleted"

WORKSPACE_PURGED = "workspace.purged"
"""Of the workspaces' domain."""
