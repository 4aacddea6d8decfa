"""``.../sessions/{session_id}/files``: uploads to a session, and the pictures and downloads that its app shows."""

from __future__ import annotations

import mimetypes
from typing import Annotated
from urllib.parse import quote

from fastapi import Header, Query, Request
from starlette.responses import FileResponse, Response

from outlast.ee.cloud import files
from outlast.ee.cloud import files as workspace_files
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.sessions.access import Level, access_session
from outlast.ee.cloud.sessions.errors import AccessTooLow
from outlast.ee.cloud.work import In
from outlast.http.bodies import answer
from outlast.http.problems import BodyTooLarge
from outlast.kit.errors import FileNotStored, SessionNotFound, SessionOver
from outlast.protocol.blocks import FileRef

router = cloud_router("/workspaces/{workspace_id}/sessions/{session_id}/files", tag="sessions")

BYTES = "application/octet-stream"
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"})
# What an app made is shown inside the page, but may never act as a page of this server.
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "cache-control": "private, max-age=31536000, immutable",
}


@router.post(
    "",
    **does(
        "session.upload",
        SessionNotFound,
        AccessTooLow,
        SessionOver,
        BodyTooLarge,
        workspace_files.QuotaExceeded,
        gives=FileRef,
        takes=BYTES,
        status=201,
    ),
)
async def upload_file(
    request: Request,
    work: In,
    session_id: str,
    *,
    name: Annotated[str, Query(min_length=1, max_length=255)],
    content_type: Annotated[str, Header()] = BYTES,
) -> Response:
    """Upload a file (the body is its bytes); answer an `upload` input with what this gives back."""
    access = await access_session(work, session_id, Level.ANSWER)
    if access.record.over:
        raise SessionOver("The session has ended; it takes no more files.")
    limit = int(work.cloud.settings.max_upload_bytes)
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise BodyTooLarge(f"This file has {length} bytes; at most {limit} are allowed.")
    await workspace_files.check_room(work, int(length) if length.isdecimal() else 0)
    media_type = content_type.partition(";")[0].strip() or BYTES
    file = await work.cloud.runtime.files.receive(
        session_id,
        request.stream(),
        name=name,
        media_type=_type_of(name) if media_type == BYTES else media_type,
        max_bytes=limit,
    )
    async with work.writing() as unit:
        await files.record_session_file(unit, session_id, file, owner_id=access.record.user_id)
    return answer(file, status=201, headers={"location": f"{request.url.path}/{file.sha256}"})


@router.get(
    "/{sha256}", **does("session.file", SessionNotFound, AccessTooLow, FileNotStored, gives=BYTES, modelled=False)
)
async def get_file(
    work: In, session_id: str, sha256: str, *, name: Annotated[str, Query(max_length=255)] = "file"
) -> Response:
    """A file of the session; takes Range. Its type follows from `name`."""
    await access_session(work, session_id, Level.VIEW)
    path = work.cloud.runtime.files.path_of(session_id, sha256)
    media_type = _type_of(name)
    shown = media_type in _SHOWN or media_type.startswith(("audio/", "video/"))
    disposition = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
    return FileResponse(path, media_type=media_type, headers={**_HEADERS, "content-disposition": disposition})


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or BYTES
