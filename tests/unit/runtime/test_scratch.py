"""The temporary folders of hosts: no host leaves one for good."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from outlast.runtime.scratch import make_host_folder


def _dead() -> int:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return process.pid


def test_a_host_s_folder_is_its_own_and_private(tmp_path: Path) -> None:
    one, other = make_host_folder(tmp_path), make_host_folder(tmp_path)
    assert one != other
    assert {one.parent, other.parent} == {tmp_path.resolve()}
    assert one.stat().st_mode & 0o777 == 0o700


def test_the_next_host_sweeps_up_what_a_killed_one_left_and_nothing_else(tmp_path: Path) -> None:
    left = tmp_path / f"outlast-host-{_dead()}-x"
    (left / "scratch" / "session").mkdir(parents=True)
    kept = [tmp_path / f"outlast-host-{os.getpid()}-x", tmp_path / "outlast-host-notes", tmp_path / "other"]
    for folder in kept:
        folder.mkdir()
    made = make_host_folder(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*kept, made])
