"""The temporary folder of one host: scratch folders of its sessions, gone with it, or swept up by the next host."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from outlast.kit.ids import new_id
from outlast.kit.pids import is_alive

_PREFIX = "outlast-host-"


def make_host_folder(root: Path | None = None) -> Path:
    """Make the folder, and remove those of hosts that were killed before they could.

    Args:
        root: where it is made; the system's temporary folder if left out.

    Returns:
        A new folder that only this user can read.
    """
    root = (root or Path(tempfile.gettempdir())).resolve()
    for left in root.glob(f"{_PREFIX}*"):
        pid = left.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdecimal() and not is_alive(int(pid)):
            shutil.rmtree(left, ignore_errors=True)  # another user's stays
    folder = root / f"{_PREFIX}{os.getpid()}-{new_id()}"
    folder.mkdir(mode=0o700)
    return folder
