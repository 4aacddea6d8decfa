"""What only Linux has: death with the parent, subreapers, the choice of the out-of-memory killer. Else: nothing.

A session process calls these before anything else. Plain calls, no paths and no wrappers: each page of memory that
the interpreter touches for the first time after a fork becomes that session's own.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

IS_LINUX = sys.platform == "linux"

TEMPLATE_OOM_SCORE, SESSION_OOM_SCORE = 300, 900

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_CHILD_SUBREAPER = 36

libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Have the kernel send a signal when the thread that made this process ends.

    Args:
        number: of the signal; 0 for none.
    """
    if IS_LINUX:
        libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of all descendants whose own parent ends."""
    if IS_LINUX:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def gain_no_privileges() -> bool:
    """Give up set-user-id programs, for this process and all it starts."""
    return IS_LINUX and libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0


def prefer_to_kill(score: int) -> None:
    """Tell the out-of-memory killer how gladly it may end this process.

    Args:
        score: 0 (as any other) to 1000 (first of all); see proc(5), ``oom_score_adj``.
    """
    if IS_LINUX:
        try:
            fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        except OSError:  # a container that does not allow it
            return
        try:
            os.write(fd, b"%d" % score)
        except OSError:
            pass
        os.close(fd)


def children() -> list[int] | None:
    """The process's children, ended ones too; None where the kernel does not tell."""
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_bytes().split()]
    except OSError:
        return None


def threads() -> int:
    """How many threads the operating system sees in this process, those of C libraries too."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - no Path objects in a process that is to be forked
    except OSError:
        import threading  # late: only where there is no /proc

        return threading.active_count()
