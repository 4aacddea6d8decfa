"""Virtual environments of the peers, made once under ``benchmarks/.venvs``."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness import NotPossible

FOLDER = Path(__file__).resolve().parent.parent / ".venvs"
INSTALL_TIMEOUT_S = 900


def ensure(package: str, version: str, *, also: Sequence[str] = ()) -> Path:
    """Make sure that a peer is installed.

    Args:
        package: Its name on PyPI.
        version: The exact version.
        also: What it needs besides, in the newest versions.

    Returns:
        The interpreter of its virtual environment.

    Raises:
        NotPossible: It can't be installed here.
    """
    folder = FOLDER / f"{package}-{version}"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if done.exists():
        return python
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", f"{package}=={version}", *also],
            check=True,
            capture_output=True,
            timeout=INSTALL_TIMEOUT_S,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        message = f"{package} {version} could not be installed"
        raise NotPossible(message) from error
    done.touch()
    return python
