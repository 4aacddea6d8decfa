"""What is sent and answered about files."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from outlast.ee.cloud.routes import View, Wish


class FileView(View):
    """A file of the workspace."""

    id: str
    name: str
    size_bytes: int
    media_type: str = Field(description="What its content is; not always what its sender said.")
    sha256: str
    owner_id: str = Field(description="Who uploaded it, or whose session made it.")
    session_id: str | None = Field(description="The session whose own file it is.")
    readable: bool = Field(description="Whether you may read its content; admins may know of files that they can't.")
    temporary: bool
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None = Field(description="When it is deleted unless a session uses it.")


class FilePage(View):
    """Files, the newest first."""

    items: list[FileView]
    next_cursor: str | None = None


class FileUsage(View):
    """What the workspace stores."""

    used_bytes: int
    reserved_bytes: int = Field(description="Of resumable uploads that have begun.")
    quota_bytes: int
    max_file_bytes: int


class FileRename(Wish):
    """A change of a file."""

    name: str = Field(min_length=1, max_length=255)
