"""The port of executors, and what they promise.

- `load` imports an app's file in a process of its own, never in the server's.
- `spawn` gives a process that has the file imported and waits for its `Start`; it never imports for long.
- A process ends with its host: no session process outlives the server, however the server dies.
- `SessionProcess.receive` gives emissions in the order they were sent, then None once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from outlast.kit.errors import OutlastError
from outlast.protocol.commands import AppInfo as AppInfo
from outlast.protocol.commands import Emission, Message


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One file of apps.

    Attributes:
        path: the file.
        module: the name it is imported under (``trip``, ``reports.sales``).
        root: the folder put first on ``sys.path``.
        code: hash of the file's bytes, hexadecimal.
        env: the whole environment of its processes; nothing named ``OUTLAST_*``.
        sealed: folders that no session process may read (the server's data), where the kernel can see to it.
        scratch_root: the folder below which each session has its scratch folder.
    """

    path: Path
    module: str
    root: Path
    code: str
    env: Mapping[str, str] = {}
    sealed: Sequence[Path] = ()
    scratch_root: Path | None = None


class ProcessExit(msgspec.Struct, frozen=True):
    """How a process ended; exactly one of the two is given, both None when it can't be known."""

    code: int | None = None
    signal: int | None = None


class NotForkable(OutlastError):
    """The file starts threads while it is imported; a fork would copy their locks and not them."""

    code = "app.not_forkable"


class SessionProcess(Protocol):
    """One session process, seen from its host."""

    @property
    def pid(self) -> int | None:
        """The process id; None for a thread."""
        ...

    @property
    def scratch(self) -> Path | None:
        """The scratch folder it has made and is confined to, which its `Start` must name; None: not yet any."""
        ...

    def send(self, message: Message) -> None:
        """Send a command; never waits. A process that is gone takes no harm from it."""
        ...

    async def receive(self) -> Emission | None:
        """The next emission; None when the process has closed its end.

        Raises:
            ProtocolViolation: it sent what does not parse; the process should be killed.
        """
        ...

    async def output(self) -> bytes | None:
        """What the process wrote on file descriptors 1 and 2 past Python, as it comes; None at its end."""
        ...

    def kill(self) -> None:
        """End it and all it started, at once (SIGKILL)."""
        ...

    async def wait(self) -> ProcessExit:
        """Wait until it has ended."""
        ...


class Executor(Protocol):
    """Starts session processes for the files it has loaded."""

    async def load(self, source: Source) -> Sequence[AppInfo]:
        """Import a file and tell its apps; loading it again gives the same answer without a second import.

        Raises:
            AppBroken: with the error and the traceback of the file's own lines.
            NotForkable: this executor can't serve it; another one can.
        """
        ...

    async def spawn(self, source: Source) -> SessionProcess:
        """Give a process for one session; loads the source again if it was unloaded or has died."""
        ...

    async def unload(self, source: Source) -> None:
        """Let go of what is kept for the file; its running sessions go on."""
        ...

    def kill(self) -> None:
        """Kill every process at once, without an event loop; returns when none runs any more."""
        ...

    async def close(self) -> None:
        """Kill every process, and wait until none is left."""
        ...
