"""Processes of the contestants: started, weighed and ended with everything they forked."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import psutil

CLOCK_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Server:
    """A contestant's server, a process of its own.

    Args:
        command: What to run.
        cwd: Its working directory.
        environment: Its whole environment.
        log: The file that takes its output.
    """

    def __init__(self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], log: Path) -> None:
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            list(command), cwd=cwd, env=dict(environment), stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )
        self._orphans: list[int] = []
        self.log = log

    @property
    def pid(self) -> int:
        """The id of the process that was started."""
        return self._process.pid

    def alive(self) -> bool:
        """Say whether the process runs."""
        return self._process.poll() is None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self, *, grace_s: float = 10.0) -> None:
        """End it in order, and kill what is left of its tree.

        Args:
            grace_s: How long it may take, in seconds.
        """
        family = [*self._orphans, *tree(self.pid)]
        if self.alive():
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace_s)
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()

    def kill(self) -> Sequence[int]:
        """Kill only the server, as a crash would.

        Returns:
            The processes that it had; what is left of them is killed by `stop`.
        """
        self._orphans = [pid for pid in tree(self.pid) if pid != self.pid]
        self._process.kill()
        self._process.wait()
        return tuple(self._orphans)


def tree(pid: int) -> list[int]:
    """List a process and its descendants.

    Args:
        pid: The root.

    Returns:
        Process ids, the root first; empty when it is gone.
    """
    try:
        root = psutil.Process(pid)
        return [pid, *(child.pid for child in root.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def still_running(pids: Sequence[int]) -> int:
    """Count the processes that still run; a zombie has ended.

    Args:
        pids: The processes.

    Returns:
        How many.
    """
    count = 0
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            count += psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return count


def pss_bytes(pids: Sequence[int]) -> int:
    """Weigh processes by their proportional share of memory.

    Args:
        pids: The processes; those that are gone weigh nothing.

    Returns:
        The sum, in bytes.
    """
    total_kib = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total_kib += int(line.split()[1])
    return total_kib * 1024


def rss_bytes(pid: int) -> int:
    """Read the resident memory of one process.

    Args:
        pid: The process.

    Returns:
        Its resident set, in bytes.
    """
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pids: Sequence[int]) -> float:
    """Read the processor time that processes have used, children that ended included.

    Args:
        pids: The processes.

    Returns:
        User and system time, in seconds.
    """
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / CLOCK_TICKS_PER_S


def environment(**extra: str) -> dict[str, str]:
    """Make a contestant's environment: the same for each, without what could favour one.

    Args:
        **extra: Variables to add.

    Returns:
        The variables.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **extra}


def python() -> str:
    """The interpreter that runs Outlast and the bare limits."""
    return sys.executable
