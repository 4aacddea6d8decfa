"""What a template and its executor say to each other; the same frames as everywhere, descriptors beside them."""

from __future__ import annotations

from outlast.protocol.codec import frame_decoder
from outlast.protocol.commands import AppInfo, Message


class Load(Message, tag="load"):
    """The first message: which file, and whether to import it before forking or after."""

    path: str
    module: str
    root: str
    sealed: list[str] = []  # noqa: RUF012 - msgspec copies it
    preload: bool = True


class Fork(Message, tag="fork"):
    """Fork a session process. It makes ``scratch``, if given, and settles in there before it waits for its start."""

    scratch: str = ""


class Drain(Message, tag="drain"):
    """Fork no more, and end with the last session."""


class Loaded(Message, tag="loaded"):
    """The file is imported. ``threads``: how many the operating system sees."""

    apps: list[AppInfo]
    threads: int = 1


class Broken(Message, tag="broken"):
    """The file can't be imported."""

    error: str
    traceback: str = ""


class Forked(Message, tag="forked"):
    """A session process waits for its start. Its socket and its output's pipe come along, and its pidfd if any."""

    pid: int
    descriptors: int


class ForkFailed(Message, tag="fork_failed"):
    """No process could be made."""

    error: str


class Exited(Message, tag="exited"):
    """A session process has ended, and with it all it started."""

    pid: int
    code: int | None = None
    signal: int | None = None


requests = frame_decoder(Load | Fork | Drain)
"""Decodes what a template receives."""

reports = frame_decoder(Loaded | Broken | Forked | ForkFailed | Exited)
"""Decodes what an executor receives."""

MAX_DESCRIPTORS = 253
"""The kernel's bound for one message (SCM_MAX_FD)."""
