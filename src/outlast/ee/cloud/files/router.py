"""``/files`` of a workspace: uploads, downloads, and what is known of them; ``/storage``: how much there is.

``/uploads`` speaks tus 1.0.0, for files that are better sent in parts: any tus client will do.
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import Annotated

from fastapi import Header, Query, Request
from starlette.responses import Response, StreamingResponse

from outlast.ee.cloud.files import media, resumable, service, transfer
from outlast.ee.cloud.files.errors import (
    FileNotYours,
    FileTooLarge,
    QuotaExceeded,
    RangeNotSatisfiable,
    UploadNotFound,
    UploadOffsetMismatch,
    UploadProtocolUnsupported,
    UploadTypeUnsupported,
    WorkspaceFileNotFound,
)
from outlast.ee.cloud.files.media import BYTES
from outlast.ee.cloud.files.ranges import choose_range, is_unchanged
from outlast.ee.cloud.files.resumable import VERSION, Announcement, Progress
from outlast.ee.cloud.files.schemas import FilePage, FileRename, FileUsage, FileView
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.work import In
from outlast.http.bodies import NO_CONTENT, nothing
from outlast.http.problems import PreconditionFailed, PreconditionRequired
from outlast.kit.errors import InvalidCursor, Unavailable
from outlast.kit.pages import MAX_LIMIT

ANY = "*/*"

router = cloud_router("/workspaces/{workspace_id}", tag="files")

# Headers are of HTTP and of tus, and described there; a schema of them would forbid all the others.
TusVersion = Annotated[str, Header(alias="tus-resumable", include_in_schema=False)]
Length = Annotated[int, Header(alias="upload-length", ge=0, le=2**53, include_in_schema=False)]
Offset = Annotated[int, Header(alias="upload-offset", ge=0, le=2**53, include_in_schema=False)]
Metadata = Annotated[str, Header(alias="upload-metadata", max_length=4096, include_in_schema=False)]
ContentType = Annotated[str, Header(alias="content-type", include_in_schema=False)]
ContentLength = Annotated[int | None, Header(alias="content-length", ge=0, include_in_schema=False)]

_READING = does("file.read", WorkspaceFileNotFound, FileNotYours, RangeNotSatisfiable, Unavailable, gives=ANY)
_READING["responses"][206] = {**_READING["responses"][200], "description": "The range that was asked for"}
_READING["responses"][304] = {"description": "You have this version"}


@router.get("/files", **does("file.list", InvalidCursor))
async def list_files(
    work: In,
    *,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    session: Annotated[str | None, Query(max_length=64)] = None,
    mine: bool = False,
    q: Annotated[str | None, Query(max_length=255)] = None,
) -> FilePage:
    """The files that you may see, the newest first: your own ones, and those of sessions that you see.

    `session` leaves those that this session uses or made, `mine` your own, `q` those whose name holds a text.
    """
    async with work.reading() as unit:
        return await service.list_files(unit, cursor=cursor, limit=limit, session_id=session, mine=mine, name=q)


@router.post("/files", **does("file.upload", FileTooLarge, QuotaExceeded, Unavailable, takes=BYTES, status=201))
async def upload_file(
    work: In,
    request: Request,
    *,
    name: Annotated[str, Query(min_length=1, max_length=255)],
    temporary: bool = False,
    content_type: ContentType = BYTES,
    content_length: ContentLength = None,
) -> FileView:
    """Upload a file; the body is its bytes. A `temporary` one is deleted after a day unless a session uses it.

    The type is told by the content; what Content-Type and the name say is only believed as far as it fits.
    """
    announced = Announcement(content_length or 0, name, content_type)
    file, etag = await transfer.receive(work, request.stream(), announced=announced, temporary=temporary)
    work.tag(etag)
    work.headers["location"] = f"{request.url.path}/{file.id}"
    return file


@router.get("/storage", **does("file.usage"))
async def get_usage(work: In) -> FileUsage:
    """What the workspace stores, and may."""
    async with work.reading() as unit:
        return await service.tell_usage(unit)


@router.options("/uploads", **does("upload.describe", status=NO_CONTENT, modelled=False))
async def describe_uploads(work: In) -> Response:
    """What is spoken here: tus, its extensions, and the largest file."""
    limit = work.cloud.settings.max_upload_bytes
    headers = {"tus-version": VERSION, "tus-extension": resumable.EXTENSIONS, "tus-max-size": str(int(limit))}
    return _tus(NO_CONTENT, **headers)


@router.post(
    "/uploads",
    **does("upload.create", FileTooLarge, QuotaExceeded, UploadProtocolUnsupported, status=201, modelled=False),
)
async def begin_upload(
    work: In,
    request: Request,
    *,
    upload_length: Length,
    upload_metadata: Metadata = "",
    tus_resumable: TusVersion = VERSION,
    temporary: bool = False,
) -> Response:
    """Begin a resumable upload (tus): the file's length is announced, its name and type are `filename` and `filetype`
    of Upload-Metadata. The last part of the answer's Location becomes the id of the file."""
    resumable.check_version(tus_resumable)
    announced = resumable.announce(length_bytes=upload_length, metadata=upload_metadata)
    upload = await transfer.begin(work, announced=announced, temporary=temporary)
    location = f"{request.url.path}/{upload.id}"
    return _tus(201, location=location, **{"upload-expires": format_datetime(upload.expires_at, usegmt=True)})


@router.head("/uploads/{upload_id}", **does("upload.get", UploadNotFound, UploadProtocolUnsupported, modelled=False))
async def get_upload(work: In, upload_id: str, *, tus_resumable: TusVersion = VERSION) -> Response:
    """Where an upload of yours stands (tus)."""
    resumable.check_version(tus_resumable)
    progress = await transfer.stand(work, upload_id)
    return _tus(200, **{"upload-length": str(progress.length_bytes), "cache-control": "no-store"}, **_where(progress))


@router.patch(
    "/uploads/{upload_id}",
    **does(
        "upload.append",
        UploadNotFound,
        UploadOffsetMismatch,
        UploadTypeUnsupported,
        UploadProtocolUnsupported,
        QuotaExceeded,
        Unavailable,
        takes=BYTES,
        status=NO_CONTENT,
        modelled=False,
    ),
)
async def append_part(
    work: In,
    request: Request,
    upload_id: str,
    *,
    upload_offset: Offset,
    content_type: ContentType = "",
    content_length: ContentLength = None,
    tus_resumable: TusVersion = VERSION,
) -> Response:
    """Go on with an upload of yours where it stands (tus, so its type may also be `application/offset+octet-stream`).
    The last part makes it a file, of the upload's id."""
    resumable.check_version(tus_resumable)
    resumable.check_part_type(content_type)
    progress = await transfer.append(
        work, upload_id, request.stream(), offset=upload_offset, length_bytes=content_length
    )
    return _tus(NO_CONTENT, **_where(progress))


@router.delete(
    "/uploads/{upload_id}",
    **does("upload.delete", UploadNotFound, UploadProtocolUnsupported, status=NO_CONTENT, modelled=False),
)
async def abandon_upload(work: In, upload_id: str, *, tus_resumable: TusVersion = VERSION) -> Response:
    """End an upload of yours (tus); nothing of it is kept."""
    resumable.check_version(tus_resumable)
    await transfer.abandon(work, upload_id)
    return _tus(NO_CONTENT)


@router.get("/files/{file_id}", **does("file.get", WorkspaceFileNotFound))
async def get_file(work: In, file_id: str) -> FileView:
    """A file that you may see."""
    async with work.reading() as unit:
        file, etag = await service.get_file(unit, file_id)
    work.tag(etag)
    return file


@router.get("/files/{file_id}/content", **_READING)
async def read_file(work: In, request: Request, file_id: str) -> Response:
    """The content of a file; takes Range, If-Range and If-None-Match. Nothing in it runs: it is shown inline only if it
    is a picture, sound, video or plain text."""
    return await _content(work, request, file_id, body=True)


@router.head("/files/{file_id}/content", **does("file.read", WorkspaceFileNotFound, FileNotYours, gives=ANY))
async def check_file(work: In, request: Request, file_id: str) -> Response:
    """What a download of the content would say of it."""
    return await _content(work, request, file_id, body=False)


@router.patch(
    "/files/{file_id}",
    **does("file.rename", WorkspaceFileNotFound, FileNotYours, PreconditionFailed, PreconditionRequired),
)
async def rename_file(work: In, file_id: str, body: FileRename) -> FileView:
    """Give a file of yours another name; admins may rename all."""
    async with work.writing() as unit:
        file = await service.access_own(unit, file_id)
        work.check_match(file.etag)
        view, etag = await service.rename(unit, file, name=body.name)
    work.tag(etag)
    return view


@router.delete(
    "/files/{file_id}",
    **does("file.delete", WorkspaceFileNotFound, FileNotYours, PreconditionFailed, status=NO_CONTENT, modelled=False),
)
async def delete_file(work: In, file_id: str) -> Response:
    """Delete a file of yours; admins may delete all. Sessions keep the copies that they were given."""
    async with work.writing() as unit:
        file = await service.access_own(unit, file_id)
        work.check_match(file.etag, required=False)
        await service.remove(unit, file)
    return nothing()


async def _content(work: In, request: Request, file_id: str, *, body: bool) -> Response:
    async with work.reading() as unit:
        file = await service.access_content(unit, file_id)
    headers = {**media.content_headers(file.name, file.media_type), "etag": file.content_etag, "accept-ranges": "bytes"}
    if is_unchanged(request.headers, file.content_etag):
        return Response(status_code=304, headers={name: headers[name] for name in ("etag", "cache-control")})
    if not body:  # a range of nothing is none (RFC 9110 §14.2)
        return Response(headers={**headers, "content-length": str(file.size_bytes)})
    part = choose_range(request.headers, size_bytes=file.size_bytes, etag=file.content_etag)
    if part.partial:
        headers["content-range"] = f"bytes {part.start}-{part.end - 1}/{file.size_bytes}"
    headers["content-length"] = str(part.end - part.start)
    windows = await transfer.send(work, file, start=part.start, end=part.end)
    return StreamingResponse(windows, status_code=206 if part.partial else 200, headers=headers)


def _where(progress: Progress) -> dict[str, str]:
    expires = (
        {} if progress.missing_bytes == 0 else {"upload-expires": format_datetime(progress.expires_at, usegmt=True)}
    )
    return {"upload-offset": str(progress.offset_bytes), **expires}


def _tus(status: int, **headers: str) -> Response:
    return Response(status_code=status, headers={"tus-resumable": VERSION, **headers})
