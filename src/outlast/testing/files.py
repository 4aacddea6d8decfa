"""The files of a session under test, by their content."""

from __future__ import annotations

import hashlib
import mimetypes
import shutil
from pathlib import Path

from outlast.kit.errors import FileNotStored
from outlast.protocol.blocks import FileRef


class Files:
    """A folder that holds files under their SHA-256; made when the first comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, file: Path | tuple[str, bytes]) -> FileRef:
        """Keep a file: a path, or a name and bytes."""
        name, data = (file.name, file.read_bytes()) if isinstance(file, Path) else file
        digest = hashlib.sha256(data).hexdigest()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / digest).write_bytes(data)
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return FileRef(sha256=digest, name=name, type=media_type, size_bytes=len(data))

    def read(self, sha256: str) -> bytes:
        """Give the bytes of a file.

        Raises:
            FileNotStored: it is not there.
        """
        path = self.folder / sha256
        if not path.exists():
            raise FileNotStored(f"The session holds no file {sha256[:12]}.")
        return path.read_bytes()

    def provide(self, folder: Path) -> None:
        """Copy what another folder lacks."""
        if not self.folder.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.iterdir():
            if not (folder / path.name).exists():
                shutil.copy(path, folder / path.name)
