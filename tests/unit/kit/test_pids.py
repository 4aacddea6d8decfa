"""Which processes count as alive."""

from __future__ import annotations

import os
import subprocess
import sys

from outlast.kit.pids import is_alive


def test_a_process_that_runs_is_alive() -> None:
    assert is_alive(os.getpid())


def test_one_that_ended_is_not_even_before_its_parent_waits_for_it() -> None:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    # Unlike `wait`, this leaves it as it is.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(process.pid)
    process.wait()
    assert not is_alive(process.pid)


def test_what_can_be_no_process_is_not_alive() -> None:
    assert not is_alive(-1)
    assert not is_alive(2**40)
