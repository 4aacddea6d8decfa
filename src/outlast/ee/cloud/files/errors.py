"""What can go wrong with stored files.

OutlastError
├── NotFound
│   ├── WorkspaceFileNotFound  404  no such file in the workspace, or not yours to see
│   └── UploadNotFound         404  no such resumable upload, or it is over
├── Refused
│   └── FileNotYours           403  you may know of it, and not do this
├── Conflict
│   └── UploadOffsetMismatch   409  the part does not begin where the upload stands
├── InvalidInput
│   └── RangeNotSatisfiable    416  the range lies behind the end of the file
├── FileTooLarge               413  over the limit of one file
├── QuotaExceeded              413  over what the workspace may store
├── UploadTypeUnsupported      415  a part is not of tus's media type
└── UploadProtocolUnsupported  412  another version of tus
"""

from __future__ import annotations

from types import MappingProxyType

from outlast.kit.errors import Conflict, InvalidInput, NotFound, OutlastError, Refused


class WorkspaceFileNotFound(NotFound):
    """No file of this id in the workspace."""

    code = "files.not_found"


class FileNotYours(Refused):
    """The file is somebody else's; ask its owner."""

    code = "files.not_yours"


class UploadNotFound(NotFound):
    """No resumable upload of this id, or it is over; begin a new one."""

    code = "files.upload_not_found"


class UploadOffsetMismatch(Conflict):
    """The part does not begin where the upload stands; ask with HEAD and go on from there."""

    code = "files.upload_offset"

    def __init__(self, message: str, *, offset: int | None = None) -> None:
        super().__init__(message, **({} if offset is None else {"offset": offset}))
        where = {} if offset is None else {"upload-offset": str(offset)}
        self.headers = {**where, "tus-resumable": "1.0.0"}


class RangeNotSatisfiable(InvalidInput):
    """The range lies behind the end of the file (RFC 9110 §15.5.17)."""

    code = "files.range"
    status = 416

    def __init__(self, message: str, *, size_bytes: int) -> None:
        super().__init__(message)
        self.headers = {"content-range": f"bytes */{size_bytes}"}


class FileTooLarge(OutlastError):
    """The file is over the limit of one file."""

    code = "files.too_large"
    status = 413


class QuotaExceeded(OutlastError):
    """The workspace would store more than it may; delete files, or ask an administrator for more."""

    code = "files.quota_exceeded"
    status = 413

    def __init__(self, message: str, *, quota_bytes: int, used_bytes: int) -> None:
        super().__init__(message, quota_bytes=quota_bytes, used_bytes=used_bytes)


class UploadTypeUnsupported(OutlastError):
    """The part of an upload must be sent as application/offset+octet-stream (tus 1.0)."""

    code = "files.upload_type"
    status = 415


class UploadProtocolUnsupported(OutlastError):
    """This version of the tus protocol is not spoken here (tus 1.0)."""

    code = "files.upload_protocol"
    status = 412
    headers = MappingProxyType({"tus-version": "1.0.0"})
