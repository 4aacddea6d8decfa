"""Files that come into a session (uploads, file parameters) and go out of it (pictures, downloads)."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import BinaryIO, TextIO

import msgspec
from typing_extensions import override

from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json
from outlast.sdk.context import current

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"<svg", "image/svg+xml"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"PK\x03\x04", "application/zip"),
)


class File:
    """A file of the session: an upload, or an argument of the app.

    Attributes:
        name: as the person's file was named, without folders.
        type: its media type (``text/csv``).
        size_bytes: its size.

    Example:
        ```python
        report = upload("Report", accept=[".csv"])
        rows = report.read_text().splitlines()
        ```
    """

    __slots__ = ("ref",)

    def __init__(self, ref: FileRef) -> None:
        self.ref = ref

    @property
    def name(self) -> str:
        """As the person's file was named, without folders."""
        return self.ref.name

    @property
    def type(self) -> str:
        """The media type (``text/csv``)."""
        return self.ref.type

    @property
    def size_bytes(self) -> int:
        """The size."""
        return self.ref.size_bytes

    @property
    def path(self) -> Path:
        """Where the bytes lie, for libraries that open files by themselves; read only."""
        return current().file_path(self.ref)

    def read_bytes(self) -> bytes:
        """The whole content."""
        return self.path.read_bytes()

    def read_text(self, encoding: str = "utf-8-sig") -> str:
        """The whole content as text; the default encoding drops a byte order mark."""
        return self.path.read_text(encoding)

    def open(self) -> BinaryIO:
        """Open the file to read bytes."""
        return self.path.open("rb")

    def open_text(self, encoding: str = "utf-8-sig") -> TextIO:
        """Open the file to read text; line ends are left to the reader, as `csv` wants."""
        return self.path.open("r", encoding=encoding, newline="")

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, File) and self.ref == other.ref

    @override
    def __hash__(self) -> int:
        return hash(self.ref)

    @override
    def __repr__(self) -> str:
        return f"<File {self.name!r}, {self.size_bytes} bytes>"


def file_of(value: object) -> File:
    """Make a `File` of what an answer or an argument holds.

    Raises:
        ValueError: it is not the reference of an uploaded file.
    """
    if isinstance(value, File):
        return value
    try:
        return File(msgspec.convert(value, FileRef))
    except msgspec.ValidationError:
        raise ValueError("Please upload a file first and give what the upload gave back.") from None


def store(source: bytes | bytearray | memoryview | str | Path | File, *, name: str | None, type: str | None) -> Json:
    """Put a file into the session.

    Args:
        source: bytes, a path, or a file of the session (which is not stored again).
        name: for people; that of the path unless given.
        type: media type; told from the content or the name unless given.

    Returns:
        The reference as a JSON value, for a block's ``file``.

    Raises:
        FileNotFoundError: there is no file at the path.
    """
    if isinstance(source, File):
        changed = FileRef(source.ref.sha256, name or source.name, type or source.type, source.size_bytes)
        return msgspec.to_builtins(changed)
    if isinstance(source, (str, Path)):
        path = Path(source)
        if not path.is_file():
            raise FileNotFoundError(f"There is no file {str(path)!r}. To send text as a file, give bytes and a name.")
        name = name or path.name
        ref = current().store_file(path, name=name, media_type=type or _type_of(path, name))
    else:
        data = bytes(source)
        name = name or "file" + (mimetypes.guess_extension(type or sniff(data)) or "")
        ref = current().store_file(data, name=name, media_type=type or _named(name) or sniff(data))
    return msgspec.to_builtins(ref)


def sniff(head: bytes) -> str:
    """Tell the media type from a file's first bytes."""
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "application/octet-stream")
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return "image/svg+xml" if head.startswith(b"<?xml") and b"<svg" in head[:1000] else "application/octet-stream"


def _named(name: str) -> str | None:
    return mimetypes.guess_type(name)[0]


def _type_of(path: Path, name: str) -> str:
    if known := _named(name) or _named(path.name):
        return known
    with path.open("rb") as opened:
        return sniff(opened.read(1024))
