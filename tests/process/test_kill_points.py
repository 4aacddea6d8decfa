"""Named kill points."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from outlast.kit.killpoints import VARIABLE, arm

VISITS = """
from outlast.kit.killpoints import reach
for visit in range(1, 5):
    print(visit, flush=True)
    reach("here")
"""


def _run(places: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", VISITS], env=os.environ | {VARIABLE: places}, capture_output=True, text=True
    )
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(
    ("places", "visits"),
    [("here", 1), ("here:3", 3), ("elsewhere,here:2", 2), ("elsewhere", None), ("here:9", None), ("", None)],
)
def test_a_process_dies_at_the_visit_it_is_told_to(places: str, visits: int | None) -> None:
    code, seen = _run(places)
    assert code == (0 if visits is None else -signal.SIGKILL)
    assert seen == [str(visit) for visit in range(1, (visits or 4) + 1)]


@pytest.mark.parametrize("places", ["here:0", "here:x", "here:-1"])
def test_a_count_that_is_none_is_refused(places: str) -> None:
    with pytest.raises(ValueError):
        arm(places)
