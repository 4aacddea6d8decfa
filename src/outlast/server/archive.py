"""The archive of a backup: a compressed tar whose last file lists all others with their checksums."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Literal

import msgspec
from typing_extensions import override

from outlast.kit.errors import InvalidInput, ProtocolViolation
from outlast.protocol.codec import decode_json, encode_json

FORMAT = 1
MANIFEST = "manifest.json"
FOLDERS = ("database", "data")

_PIECE_BYTES = 1024 * 1024
_PRIVATE = 0o600


class Entry(msgspec.Struct, frozen=True):
    """One file of a backup."""

    name: str
    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself; the last file of the archive.

    Attributes:
        format: of the archive.
        outlast: the version that made it.
        revision: of the database's schema.
        bucket: whether files were in a bucket, which is not part of the backup.
    """

    format: int
    outlast: str
    made_at: datetime
    database: Literal["sqlite", "postgresql"]
    revision: str | None
    bucket: bool
    entries: Sequence[Entry]


class BackupBroken(InvalidInput):
    """The file is no backup, or not whole."""

    code = "backup.broken"


class _Digest(io.RawIOBase):
    """Reads another file, and takes the checksum of what went through."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    @override
    def read(self, size: int = -1, /) -> bytes:
        piece = self._source.read(size)
        self._hash.update(piece)
        self.size_bytes += len(piece)
        return piece

    def entry(self, name: str) -> Entry:
        """What was read, as the manifest lists it."""
        return Entry(name, self.size_bytes, self._hash.hexdigest())


def write_archive(archive: Path, manifest: Manifest, files: Iterable[tuple[str, Path]]) -> Manifest:
    """Write an archive that this user alone can read.

    Args:
        archive: made.
        manifest: without entries.
        files: their names in the archive and where they are; one that has gone meanwhile is left out.

    Returns:
        The manifest as it was written.
    """
    entries = []
    archive.touch(mode=_PRIVATE, exist_ok=False)
    with tarfile.open(archive, mode="w:gz", compresslevel=6) as tar:
        for name, path in files:
            with contextlib.suppress(FileNotFoundError), path.open("rb") as file:  # deleted since it was listed
                read = _Digest(file)
                tar.addfile(_member(name, os.fstat(file.fileno()).st_size), read)
                entries.append(read.entry(name))
        manifest = msgspec.structs.replace(manifest, entries=tuple(entries))
        body = encode_json(manifest)
        tar.addfile(_member(MANIFEST, len(body)), io.BytesIO(body))
    with archive.open("rb") as made:
        os.fsync(made.fileno())
    return manifest


def _member(name: str, size_bytes: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size_bytes, _PRIVATE
    return member


def unpack_archive(archive: Path, stage: Path) -> Manifest:
    """Unpack an archive and check all of it against its manifest.

    Args:
        archive: from `write_archive`.
        stage: an empty folder.

    Raises:
        BackupBroken: the folder holds what must not be used.
    """
    entries: dict[str, Entry] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                body = tar.extractfile(member)
                if body is None or not _is_safe(member.name):
                    raise BackupBroken(f"{archive} holds {member.name!r}, which no backup does.")
                if member.name == MANIFEST:
                    manifest = decode_json(body.read(), Manifest)
                else:
                    entries[member.name] = _extract(body, stage / member.name, member.name)
    except FileNotFoundError as error:
        raise BackupBroken(f"There is no file {archive}.") from error
    except (tarfile.TarError, EOFError, zlib.error, OSError, ProtocolViolation) as error:
        raise BackupBroken(f"{archive} is no backup, or not whole: {error}.") from error
    if manifest is None or manifest.format > FORMAT:
        raise BackupBroken(f"{archive} is no backup that this version can read.")
    for entry in manifest.entries:
        if entries.pop(entry.name, None) != entry:
            raise BackupBroken(f"{archive} is damaged: {entry.name} is not what was written.")
    if entries:
        raise BackupBroken(f"{archive} is damaged: {next(iter(entries))} is not in its list.")
    return manifest


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return name == MANIFEST or (path.parts[0] in FOLDERS and ".." not in path.parts and len(path.parts) > 1)


def _extract(body: IO[bytes], target: Path, name: str) -> Entry:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    read = _Digest(body)
    target.touch(mode=_PRIVATE, exist_ok=False)
    with target.open("wb") as file:
        while piece := read.read(_PIECE_BYTES):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return read.entry(name)
