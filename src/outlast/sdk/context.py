"""The session that the calling code runs in, and the port to the process around it.

The sdk never talks to a socket: it calls a `Recorder`, which numbers, compares with what was recorded, merges
and sends. `outlast.worker.recorder` is the real one.
"""

from __future__ import annotations

import contextvars
from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from outlast.kit.errors import OutlastError
from outlast.protocol.blocks import FileRef, Rows
from outlast.protocol.codec import Json
from outlast.protocol.commands import Answered, RecordedStep, Start
from outlast.protocol.events import StepError


class SessionCancelled(BaseException):
    """Raised in the app when its session is cancelled: ``finally`` runs, ``except Exception`` does not catch it."""


class SessionStopped(BaseException):
    """Raised by `outlast.stop`: the session completes here, with ``result``."""

    def __init__(self, result: object = None) -> None:
        super().__init__(result)
        self.result = result


class AnswerTimeout(Exception):
    """Nobody answered within the input's ``timeout``; the input is withdrawn."""


class NoSession(OutlastError):
    """An Outlast function was called outside of a session."""

    code = "no_session"


class Pending(Protocol):
    """Something waited for: an answer, a timer, a commit. Wait for it once, in a thread or on an event loop."""

    def wait(self) -> Answered:
        """Block the calling thread.

        Raises:
            AnswerTimeout: the input's time is over.
            SessionCancelled: the session was cancelled meanwhile.
        """
        ...

    def __await__(self) -> Generator[object, None, Answered]:
        """Wait without blocking the event loop; raises as `wait` does."""
        ...


class Recorder(Protocol):
    """The session process around an app. Every method may be called from any thread.

    Ids (``b1``, ``i1``, ``s1``, ``t1``) are counted in the order of the calls; ``key`` gives ``b:key`` and so on,
    for code whose order is not certain. Nothing here fails because of what was recorded, but by
    `outlast.kit.errors.ReplayDiverged`, when the run asks something else.
    """

    @property
    def start(self) -> Start:
        """How the session was started."""
        ...

    @property
    def cancelled(self) -> bool:
        """Whether a cancel has come."""
        ...

    def open(
        self,
        kind: str,
        props: Mapping[str, Json],
        *,
        parent: str | None = None,
        key: str | None = None,
        closed: bool = False,
    ) -> str:
        """Open a block, return its id. Waits while the way to the host is full. ``closed``: whole as it stands."""
        ...

    def update(self, block: str, patch: Mapping[str, Json]) -> None:
        """Merge-patch the props of an open block."""
        ...

    def append_text(self, block: str, text: str) -> None:
        """Append to the text of an open block."""
        ...

    def append_rows(self, block: str, rows: Rows) -> None:
        """Append rows to an open table."""
        ...

    def close(self, block: str) -> None:
        """The block is whole."""
        ...

    def remove(self, block: str) -> None:
        """Take the block, and all below it, out of the document."""
        ...

    def recorded_text(self, block: str) -> str | None:
        """The whole text of a streamed block that was recorded to its end; None when it must be (re)written."""
        ...

    def request(
        self,
        kind: str,
        label: str,
        spec: Mapping[str, Json],
        *,
        audience: str | None = None,
        parent: str | None = None,
        key: str | None = None,
        timeout: timedelta | None = None,
    ) -> Pending:
        """Ask an input. Gives at once what was recorded; else the session waits."""
        ...

    def input_ids(self, count: int) -> list[str]:
        """Reserve ids for the fields of a form, which is requested next."""
        ...

    def sleep(self, duration: timedelta, *, key: str | None = None) -> Pending:
        """A durable sleep."""
        ...

    def begin_step(self, name: str, *, key: str | None = None) -> tuple[str, RecordedStep | None]:
        """Number a step; the second part is its recorded end, if it has one."""
        ...

    def finish_step(
        self,
        step: str,
        name: str,
        *,
        result: Json = None,
        pickled: str | None = None,
        error: StepError | None = None,
        attempts: int = 1,
    ) -> Pending:
        """Record a step's end; wait for the commit before the app goes on."""
        ...

    def now(self) -> datetime:
        """The time by the session's clock, UTC; not recorded."""
        ...

    def retitle(self, title: str) -> None:
        """Change the session's title."""
        ...

    def log(self, channel: str, text: str) -> None:
        """Write to the session's log: ``stdout``, ``stderr``, ``warning`` or ``log``."""
        ...

    def store_file(self, data: bytes | Path, *, name: str, media_type: str) -> FileRef:
        """Put a file into the session (content-addressed); the reference goes into a block's props."""
        ...

    def file_path(self, file: FileRef) -> Path:
        """Where a file of the session lies (an upload, or one that `store_file` took)."""
        ...


_current: contextvars.ContextVar[Recorder | None] = contextvars.ContextVar("outlast_recorder", default=None)
_process_wide: list[Recorder] = []


def in_session() -> bool:
    """Whether the caller runs in a session."""
    return _current.get() is not None or bool(_process_wide)


def current() -> Recorder:
    """The recorder of the session that the caller runs in.

    Raises:
        NoSession: the caller runs in none.
    """
    recorder = _current.get() or (_process_wide[-1] if _process_wide else None)
    if recorder is None:
        raise NoSession(
            "This function works only inside a session: start the app with `outlast run FILE` or `outlast serve FILE`, "
            "or test it with `outlast.testing.AppTest`."
        )
    return recorder


def enter(recorder: Recorder, *, process_wide: bool) -> None:
    """Make a recorder the current one.

    Args:
        recorder: of the session that starts.
        process_wide: true in a session process (threads that the app starts share it), false for a session
            in a thread, where only the context that called, and what it starts with a copied context, has it.
    """
    if process_wide:
        _process_wide.append(recorder)
    else:
        _current.set(recorder)
