"""``/sessions/{id}/files``: uploads, and the pictures and downloads that an app shows."""

from __future__ import annotations

import mimetypes
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import FileResponse, Response

from outlast.http.bodies import answer
from outlast.http.openapi import operation
from outlast.http.problems import BodyTooLarge
from outlast.kit.errors import FileNotStored, SessionNotFound, SessionOver
from outlast.protocol.blocks import FileRef
from outlast.server.deps import Context, In, SessionId

router = APIRouter(prefix="/sessions/{session_id}/files", tags=["files"])

BYTES = "application/octet-stream"
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"})
# What an app made is shown inside the page, but may never act as a page of this server.
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "cache-control": "private, max-age=31536000, immutable",
}


@router.post("", **operation(FileRef, SessionNotFound, SessionOver, BodyTooLarge, takes=BYTES, status=201))
async def upload_file(
    request: Request,
    context: In,
    session_id: SessionId,
    *,
    name: Annotated[str, Query(min_length=1, max_length=255)],
    content_type: Annotated[str, Header()] = BYTES,
) -> Response:
    """Upload a file (the body is its bytes); answer an `upload` input with what this gives back."""
    record = await context.record(session_id)
    if record.over:
        raise SessionOver("The session has ended; it takes no more files.")
    file = await receive(request, context, session_id, name=name, content_type=content_type)
    return answer(file, status=201, headers={"location": f"{request.url.path}/{file.sha256}"})


async def receive(request: Request, context: Context, owner: str, *, name: str, content_type: str) -> FileRef:
    """Store the body of a request as a file.

    Args:
        owner: the session whose it will be, or who else keeps it.

    Raises:
        BodyTooLarge: as soon as it is known to be over the limit.
    """
    limit = context.limits.max_upload_bytes
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise BodyTooLarge(f"This file has {length} bytes; at most {limit} are allowed.")
    media_type = content_type.partition(";")[0].strip() or BYTES
    if media_type == BYTES:
        media_type = _type_of(name)
    return await context.runtime.files.receive(
        owner, request.stream(), name=name, media_type=media_type, max_bytes=limit
    )


@router.get("/{sha256}", **operation(BYTES, SessionNotFound, FileNotStored))
async def get_file(
    context: In, session_id: SessionId, sha256: str, *, name: Annotated[str, Query(max_length=255)] = "file"
) -> Response:
    """A file of the session; takes Range. Its type follows from `name`."""
    path = context.runtime.files.path_of(session_id, sha256)
    media_type = _type_of(name)
    shown = media_type in _SHOWN or media_type.startswith(("audio/", "video/"))
    disposition = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
    return FileResponse(path, media_type=media_type, headers={**_HEADERS, "content-disposition": disposition})


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or BYTES
