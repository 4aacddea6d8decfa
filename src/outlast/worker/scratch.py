"""The session's scratch folder: files lie there under their SHA-256."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from outlast.kit.errors import FileNotStored, Unavailable
from outlast.protocol.blocks import FileRef


class Scratch:
    """Files of one session, by content.

    Args:
        folder: of the session; empty when it has none.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder) if folder else None
        self.new: dict[str, FileRef] = {}

    def store(self, data: bytes | Path, *, name: str, media_type: str) -> FileRef:
        """Put bytes, or a copy of a file, into the folder; it is told to the host with the next emission."""
        folder = self._opened()
        if isinstance(data, Path):
            with data.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            size_bytes = data.stat().st_size
        else:
            digest, size_bytes = hashlib.sha256(data).hexdigest(), len(data)
        target = folder / digest
        if not target.exists():
            part = target.with_suffix(".part")
            if isinstance(data, Path):
                shutil.copyfile(data, part)
            else:
                part.write_bytes(data)
            part.rename(target)
        ref = FileRef(sha256=digest, name=name, type=media_type, size_bytes=size_bytes)
        self.new[digest] = ref
        return ref

    def path(self, file: FileRef) -> Path:
        """Where a file lies.

        Raises:
            FileNotStored: it is not there.
        """
        path = self._opened() / file.sha256
        if not path.exists():
            raise FileNotStored(f"The file {file.name!r} does not belong to this session.")
        return path

    def _opened(self) -> Path:
        if self._folder is None:
            raise Unavailable("This session has no folder for files.")
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder
