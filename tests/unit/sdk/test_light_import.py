"""What importing the package costs a session process."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys, outlast
pages = int(open("/proc/self/statm").read().split()[1])
print(pages * 4096, *(m for m in ("asyncio", "pydantic", "numpy", "logging", "socket", "ssl") if m in sys.modules))
"""


def test_a_bare_interpreter_with_the_package_stays_under_thirty_mebibytes() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    size_bytes, *loaded = run.stdout.split()
    assert loaded == []
    assert int(size_bytes) < 30 * 1024 * 1024
