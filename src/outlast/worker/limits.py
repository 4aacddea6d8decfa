"""Limits of one session process: the kernel's where it has one, and errors that say which limit was met."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sys
from pathlib import Path
from types import FrameType

from outlast.kit.errors import LimitExceeded
from outlast.protocol.commands import Limits

_LAST_WORDS_CPU_S = 2
_LAST_WORDS_BYTES = 64 * 1024 * 1024
_LAST_WORDS_FILES = 16
_FORKS = frozenset({"os.fork", "os.forkpty", "os.posix_spawn", "subprocess.Popen", "pty.spawn"})


def apply(limits: Limits) -> None:
    """Hold this process to limits. What the interpreter and its libraries already take is not counted."""
    if limits.cpu_s is not None:
        signal.signal(signal.SIGXCPU, _cpu_is_used_up)
        _set(resource.RLIMIT_CPU, limits.cpu_s, _LAST_WORDS_CPU_S)
    if limits.memory_bytes is not None:
        _set(resource.RLIMIT_DATA, _data_bytes() + limits.memory_bytes, _LAST_WORDS_BYTES)
    if limits.open_files is not None:
        _set(resource.RLIMIT_NOFILE, _open_files() + limits.open_files, _LAST_WORDS_FILES)
    if limits.processes is not None:
        _limit_processes(limits.processes)


def make_room() -> None:
    """Lift the soft limits a little, so that the end can be told."""
    for kind in (resource.RLIMIT_DATA, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (hard, hard))


def exceeded(error: BaseException, limits: Limits) -> LimitExceeded | None:
    """The limit that an error comes from, if it comes from one."""
    if isinstance(error, LimitExceeded):
        return error
    if isinstance(error, MemoryError) and limits.memory_bytes is not None:
        return _exceeded("memory", f"The session used more than its {limits.memory_bytes} bytes of memory.")
    if isinstance(error, OSError) and error.errno == errno.EMFILE and limits.open_files is not None:
        return _exceeded("open_files", f"The session opened more than its {limits.open_files} files.")
    if isinstance(error, OSError) and error.errno == errno.ENOMEM and limits.memory_bytes is not None:
        return _exceeded("memory", f"The session used more than its {limits.memory_bytes} bytes of memory.")
    if isinstance(error, BlockingIOError) and error.errno == errno.EAGAIN and limits.processes is not None:
        return _exceeded("processes", f"The session started more than its {limits.processes} processes.")
    return None


def _exceeded(limit: str, message: str) -> LimitExceeded:
    return LimitExceeded(message, limit=limit)


def _set(kind: int, soft: int, reserve: int) -> None:
    hard = resource.getrlimit(kind)[1]
    allowed = soft + reserve if hard == resource.RLIM_INFINITY else min(hard, soft + reserve)
    resource.setrlimit(kind, (min(soft, allowed), allowed))


def _cpu_is_used_up(signum: int, frame: FrameType | None) -> None:
    # Comes again each second; an app that goes on all the same is killed by the hard limit.
    raise _exceeded("cpu", "The session used up its CPU time.")


def _data_bytes() -> int:
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[5]) * resource.getpagesize()
    except OSError:
        return 0


def _open_files() -> int:
    try:
        return len(os.listdir("/dev/fd"))  # noqa: PTH208 - only their number is wanted
    except OSError:
        return 16


def _limit_processes(most: int) -> None:
    # The kernel counts every thread of the user on the whole machine: as many as there are now, of anyone, plus ours.
    # It spares root; so Python's own ways to start a process are counted besides.
    leader = os.getpid()
    try:
        _set(resource.RLIMIT_NPROC, int(Path("/proc/loadavg").read_bytes().split()[3].split(b"/")[1]) + most, 0)
    except OSError:
        pass

    def refuse(event: str, _args: tuple[object, ...]) -> None:
        if event in _FORKS and descendants(leader) >= most:
            raise _exceeded("processes", f"The session started more than its {most} processes.")

    sys.addaudithook(refuse)


def descendants(root: int) -> int:
    """How many processes a process has started that still run, with those that they have started."""
    count, left = 0, [root]
    while left:
        try:
            for task in Path(f"/proc/{left.pop()}/task").iterdir():
                found = [int(pid) for pid in (task / "children").read_bytes().split()]
                count += len(found)
                left += found
        except OSError:
            continue
    return count
