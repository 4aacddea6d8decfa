"""Landlock: a process takes rights to files from itself (https://docs.kernel.org/userspace-api/landlock.html).

Where the kernel has none, nothing happens; `abi` tells.
"""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from outlast.worker.linux import IS_LINUX, gain_no_privileges, libc

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
_REMOVE_AND_MAKE = sum(1 << bit for bit in range(4, 14))  # remove_dir ... make_sym, refer
_SCOPE_SIGNAL = 1 << 1

_WRITABLE_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/shm", "/proc/self")  # noqa: S108


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def abi() -> int:
    """The kernel's version of Landlock; 0 for none."""
    if not IS_LINUX or platform.machine() not in ("x86_64", "aarch64", "riscv64"):
        return 0
    return max(0, int(libc.syscall(_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)))


def seal(folders: Sequence[Path]) -> bool:
    """Take from this process, and all it will start, the right to read folders.

    Landlock only allows, it can't deny; so everything beside the way down to each folder is allowed. What is put
    later into a folder on that way can't be read either.

    Args:
        folders: not to be read.

    Returns:
        Whether it holds.
    """
    sealed = [folder.resolve() for folder in folders if folder.exists()]
    if not sealed or not abi():
        return False
    right = _READ_FILE | _READ_DIR
    return _restrict(right, ((path, right) for path in _beside(Path("/"), sealed)), scoped=0)


def _beside(folder: Path, sealed: Sequence[Path]) -> Iterator[Path]:
    try:
        entries = list(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        # A right through a link would be one to what it leads to, which has its own place in the tree.
        if entry in sealed or entry.is_symlink():
            continue
        if any(path.is_relative_to(entry) for path in sealed):
            yield from _beside(entry, sealed)
        else:
            yield entry


def confine(scratch: Path) -> bool:
    """Take from this process the right to write anywhere but in a folder, and to signal those outside.

    Args:
        scratch: where it may write.

    Returns:
        Whether it holds.
    """
    version = abi()
    if not version:
        return False
    right = _WRITE_FILE | (_REMOVE_AND_MAKE if version >= 2 else _REMOVE_AND_MAKE & ~(1 << 13))
    right |= _TRUNCATE if version >= 3 else 0
    allowed = [(scratch, right), *((Path(device), right) for device in _WRITABLE_DEVICES)]
    return _restrict(right, allowed, scoped=_SCOPE_SIGNAL if version >= 6 else 0)


def _restrict(handled: int, rules: Iterable[tuple[Path, int]], *, scoped: int) -> bool:
    ruleset = _Ruleset(handled, 0, scoped)
    size = 24 if scoped else 8  # an older kernel refuses fields that it does not know
    fd = int(libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), 0))
    if fd < 0:
        return False
    try:
        for path, right in rules:
            _allow(fd, path, right)
        return gain_no_privileges() and libc.syscall(_RESTRICT_SELF, fd, 0) == 0
    finally:
        os.close(fd)


def _allow(ruleset: int, path: Path, right: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            right &= _READ_FILE | _WRITE_FILE | _TRUNCATE
        rule = _Beneath(right, opened)
        libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)
