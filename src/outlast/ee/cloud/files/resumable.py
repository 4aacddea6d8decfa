"""Resumable uploads: the protocol tus 1.0.0 (core, creation, termination, expiration) without its transport.

An upload announces its length, then takes parts, each of which must begin where the last one ended. What arrived of a
part that was cut is kept in pieces. The last bytes are acknowledged only with the file that they complete: a client
whose last part was lost on the way sees an offset before the end, sends it again, and the upload ends then.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from outlast.ee.cloud.files.errors import (
    UploadNotFound,
    UploadOffsetMismatch,
    UploadProtocolUnsupported,
    UploadTypeUnsupported,
)
from outlast.kit.errors import InvalidInput

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
PART_TYPE = "application/offset+octet-stream"
BYTES = "application/octet-stream"

KEPT_FOR = timedelta(days=1)
"""How long an upload waits for its next part."""

RECOMMENDED_FROM_BYTES = 16 * 1024 * 1024
"""From this size on a client does well to upload in parts."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an upload stands.

    Attributes:
        length_bytes: announced.
        offset_bytes: received and kept.
        expires_at: when it is forgotten unless a further part comes.
    """

    length_bytes: int
    offset_bytes: int
    expires_at: datetime

    @property
    def missing_bytes(self) -> int:
        """What is still to come."""
        return self.length_bytes - self.offset_bytes

    def check(self, *, offset: int, now: datetime) -> None:
        """Let a part begin.

        Args:
            offset: where it says that it begins.
            now: the present moment.

        Raises:
            UploadNotFound: the upload has expired.
            UploadOffsetMismatch: it begins elsewhere; the error says where the upload stands.
        """
        if now >= self.expires_at:
            raise UploadNotFound("This upload has expired; begin a new one.")
        if offset != self.offset_bytes:
            raise UploadOffsetMismatch(
                f"The upload stands at byte {self.offset_bytes}; go on from there.", offset=self.offset_bytes
            )

    def took(self, count: int, *, now: datetime) -> Progress:
        """Where it stands after further bytes.

        Raises:
            InvalidInput: they are more than was announced.
        """
        if count > self.missing_bytes:
            raise InvalidInput(f"The part goes beyond the announced length of {self.length_bytes} bytes.")
        return replace(self, offset_bytes=self.offset_bytes + count, expires_at=now + KEPT_FOR)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a client says of a file before it sends it."""

    length_bytes: int
    name: str
    media_type: str


def announce(*, length_bytes: int, metadata: str) -> Announcement:
    """Read what a client says of a file, in the headers Upload-Length and Upload-Metadata.

    Raises:
        InvalidInput: the metadata can't be read.
    """
    said = parse_metadata(metadata)
    name = said.get("filename") or said.get("name") or "file"
    return Announcement(length_bytes, name, said.get("filetype") or said.get("type") or "")


def check_version(version: str) -> None:
    """Refuse another version of the protocol (header Tus-Resumable).

    Raises:
        UploadProtocolUnsupported: it is another one.
    """
    if version != VERSION:
        raise UploadProtocolUnsupported(f"Tus {VERSION} is spoken here.")


def check_part_type(content_type: str) -> None:
    """Refuse what is not sent as a part, or as bytes of no type.

    Raises:
        UploadTypeUnsupported: it says that it is something else.
    """
    if content_type.partition(";")[0].strip().lower() not in (PART_TYPE, BYTES):
        raise UploadTypeUnsupported(f"Send the part as {PART_TYPE}.")


def parse_metadata(header: str) -> Mapping[str, str]:
    """Read Upload-Metadata: pairs of a key and a value in base 64, separated by commas.

    Raises:
        InvalidInput: it can't be read.
    """
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise InvalidInput(f"Upload-Metadata: the value of {key[:64]!r} is not UTF-8 in base 64.") from error
    return found
