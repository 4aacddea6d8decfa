"""A server in a process of its own, over files of apps and a data folder; tests stop, kill and restart it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psutil

from outlast.client import AsyncClient, RunningServer, running_server

PATIENCE = timedelta(seconds=15)
_PROGRAM = """
import sys
from pathlib import Path
from outlast.kit.settings import load_settings
from outlast.server.serve import serve
folder, port, reload = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "reload"
settings = load_settings(data_dir=folder / "data", port=port)
serve(settings, [folder / "apps"], reload=reload, announce=lambda server: print("ready", flush=True))
"""


class LiveServer:
    """A server that may be started more than once, always on the same port and data.

    Args:
        folder: apps are in ``apps``, the server's data in ``data``.
    """

    def __init__(self, folder: Path, *, reload: bool = False) -> None:
        self.folder = folder
        self._reload = "reload" if reload else "keep"
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "apps").mkdir(exist_ok=True)
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def write_app(self, name: str, code: str) -> Path:
        """Write a file of apps."""
        path = self.folder / "apps" / f"{name}.py"
        path.write_text("from outlast import *\n\n" + textwrap.dedent(code))
        return path

    def start(self) -> None:
        """Start it, and wait until it takes requests."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAST_")}
        arguments = [sys.executable, "-c", _PROGRAM, str(self.folder), str(self.port), self._reload]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, env=environ)
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            self._process.stdout.close()
            code, self._process = self._process.wait(PATIENCE.total_seconds()), None
            raise AssertionError(f"the server did not start (exit code {code}); its words are above")

    @property
    def running(self) -> RunningServer:
        """Where it is, as the command line finds it."""
        running = running_server(self.folder / "data")
        assert running is not None
        return running

    def client(self) -> AsyncClient:
        """A client of it; good for later starts too."""
        return AsyncClient.to(self.running)

    def family(self) -> list[psutil.Process]:
        """All processes that it started, and theirs."""
        assert self._process is not None
        return psutil.Process(self._process.pid).children(recursive=True)

    def stop(self) -> int:
        """Stop it as Ctrl-C does; no process of it is left.

        Returns:
            Its exit code.
        """
        return self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it (SIGKILL); no process of it is left either."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        family = self.family()
        self._process.send_signal(how)
        code = self._process.wait(PATIENCE.total_seconds())
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        _, left = psutil.wait_procs(family, timeout=PATIENCE.total_seconds())
        assert left == [], f"processes outlived the server: {[process.cmdline() for process in left]}"
        return code

    def close(self) -> None:
        """Kill it if it still runs."""
        if self._process is not None:
            self.kill()


@contextlib.contextmanager
def live_server(folder: Path, *, reload: bool = False) -> Iterator[LiveServer]:
    """A server that is not started yet, and surely ended afterwards."""
    with contextlib.closing(LiveServer(folder, reload=reload)) as server:
        yield server
