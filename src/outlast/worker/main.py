"""The life of one session process, from its start to its exit."""

from __future__ import annotations

import _thread
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from outlast.kit.errors import ProtocolViolation
from outlast.protocol import events as e
from outlast.protocol.commands import Start, commands
from outlast.sdk.context import SessionCancelled, enter
from outlast.worker import landlock, limits
from outlast.worker.capture import Capture
from outlast.worker.channel import Channel
from outlast.worker.loading import Apps
from outlast.worker.playing import Player, listen
from outlast.worker.recorder import SessionRecorder

_CANCEL_SIGNAL = signal.SIGURG  # ignored where nobody handles it, so a child process takes no harm
_playing: list[SessionRecorder] = []
_READER_STACK_BYTES = 256 * 1024
_EX_IOERR = 74
_EX_NOHOST = 75


def run(channel: Channel, apps: Apps, *, root: Path, scratch: str, confined: bool, capture: Capture) -> NoReturn:
    """Wait for the start, run the app, tell how it ended, exit.

    Args:
        channel: to the host.
        apps: of the file.
        root: the app's folder.
        scratch: the folder to make and settle in ahead of the start; empty when only the start names one.
        confined: whether the session may write only to its scratch folder.
        capture: holds ``sys.stdout`` and ``sys.stderr``.
    """
    if scratch:
        Path(scratch).mkdir(0o700, exist_ok=True)
        _settle_in(scratch, confined=confined)
    start = _wait_for_start(channel)
    if start.scratch and not scratch:
        _settle_in(start.scratch, confined=confined)
    recorder = SessionRecorder(start, _sending(channel))
    enter(recorder, process_wide=True)
    os.register_at_fork(after_in_child=_Apart(recorder, capture, channel))
    app = apps.get(start.app)
    if app is None:
        event: e.WorkerEvent = e.SessionFailed(code="app_error", message=f"The file has no app {start.app!r} any more.")
        _hear(channel, recorder, lambda: None)
    else:
        player = Player(app, recorder, root=root)
        _hear(channel, recorder, _interrupter(recorder, player))
        capture.to(recorder.log)
        limits.apply(start.limits)
        event = player.play()
        limits.make_room()
        capture.release()
    recorder.finish(event).wait()
    os._exit(0)


def _wait_for_start(channel: Channel) -> Start:
    body = channel.receive()
    if body is None:
        os._exit(0)  # a spare that nobody needed
    start = commands.decode(body)
    if not isinstance(start, Start):
        raise ProtocolViolation(f"A session begins with its start, not with {type(start).__name__}.")
    return start


def _settle_in(scratch: str, *, confined: bool) -> None:
    os.environ["TMPDIR"] = scratch
    if (tempfile := sys.modules.get("tempfile")) is not None:
        vars(tempfile)["tempdir"] = None
    if confined:
        landlock.confine(Path(scratch))


def _sending(channel: Channel) -> Callable[[bytes], None]:
    def send(frame: bytes) -> None:
        try:
            channel.send(frame)
        except OSError as error:
            if error.errno == errno.EBADF:  # the app closed the session's own socket
                os._exit(_EX_IOERR)
            _die_with_host()

    return send


def _die_with_host() -> NoReturn:
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(_EX_NOHOST)


def _hear(channel: Channel, recorder: SessionRecorder, interrupt: Callable[[], None]) -> None:
    def hear() -> None:
        try:
            listen(channel, recorder, interrupt=interrupt)
        except OSError:  # the app closed the session's own socket
            os._exit(_EX_IOERR)
        finally:
            _die_with_host()

    # A raw thread with a small stack: `threading` would keep it, and its size, for the app's own threads.
    before = threading.stack_size(_READER_STACK_BYTES)
    _thread.start_new_thread(hear, ())
    threading.stack_size(before)


def listen_for_cancels() -> None:
    """Install the handler that a cancel is raised by; done in the template, so that sessions need not."""
    signal.signal(_CANCEL_SIGNAL, _on_cancel)


def _on_cancel(_signum: int, _frame: FrameType | None) -> None:
    for recorder in _playing:
        # While a call is under way it would leave a frame half sent: the reader comes again soon.
        if recorder.cancellation.due and recorder.quiet():
            recorder.cancellation.delivered = True
            raise SessionCancelled


def _interrupter(recorder: SessionRecorder, player: Player) -> Callable[[], None]:
    main_thread = threading.get_ident()
    _playing.append(recorder)

    def interrupt() -> None:
        if not player.cancel_task():
            signal.pthread_kill(main_thread, _CANCEL_SIGNAL)

    return interrupt


class _Apart:
    """Makes a process that the app forks say nothing on the session's socket; what it prints goes to the output."""

    def __init__(self, recorder: SessionRecorder, capture: Capture, channel: Channel) -> None:
        self._recorder, self._capture, self._channel = recorder, capture, channel

    def __call__(self) -> None:
        self._recorder.disown()
        self._capture.detach()
        self._channel.forget()
