"""The template: imports an app's file once and forks a session process whenever its executor asks.

It has one thread and never runs an app's function. It reaps what it forked, and what that left behind: each session
process adopts its own orphans, so whatever becomes the template's child at a session's end was that session's.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from outlast.protocol.codec import FrameReader, encode_frame
from outlast.protocol.commands import Message
from outlast.worker import landlock, linux
from outlast.worker.capture import Capture
from outlast.worker.channel import Channel
from outlast.worker.control import Broken, Drain, Exited, Fork, Forked, ForkFailed, Load, Loaded, requests
from outlast.worker.loading import Apps, load_apps
from outlast.worker.main import listen_for_cancels, run
from outlast.worker.rehearsal import rehearse

_STRAYS_S = 1.0


class Template:
    """Forks session processes, reports how they end.

    Args:
        control: the socket to the executor.
        reader: cuts what comes there.
        on_child: called in each forked process with its socket and its scratch folder; does not return.
    """

    def __init__(
        self, control: socket.socket, reader: FrameReader, on_child: Callable[[Channel, str], NoReturn]
    ) -> None:
        self._control = control
        self._reader = reader
        self._on_child = on_child
        self._sessions: set[int] = set()
        self._before: frozenset[int] = frozenset()
        self._draining = False
        self._stopped = False
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def serve(self, requested: list[bytes]) -> None:
        """Work until the executor hangs up; then kill everything.

        Args:
            requested: frames that have come already.
        """
        self._before = frozenset(linux.children() or ())  # the file started them while it was imported
        linux.adopt_orphans()
        signal.signal(signal.SIGCHLD, _nothing)
        signal.signal(signal.SIGTERM, self._stop)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        # From here on there is something to clean up, so a dead parent is told by a signal that can be handled.
        linux.die_with_parent(signal.SIGTERM)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        self._answer(requested)
        while not self._stopped and not (self._draining and not self._sessions):
            for fd, _ in poll.poll():
                if fd == self._wake_read:
                    os.read(self._wake_read, 4096)
                    self._reap()
                else:
                    self._take()
        self._kill_all()

    def report(self, message: Message, descriptors: tuple[int, ...] = ()) -> None:
        """Tell the executor something."""
        frame = encode_frame(message)
        try:
            sent = socket.send_fds(self._control, [frame], descriptors) if descriptors else 0
            self._control.sendall(frame[sent:])
        except OSError:
            self._stopped = True

    def _take(self) -> None:
        try:
            data = self._control.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._stopped = True
        self._answer(self._reader.feed(data))

    def _answer(self, bodies: list[bytes]) -> None:
        for body in bodies:
            message = requests.decode(body)
            if isinstance(message, Fork) and not self._draining:
                self._fork(message.scratch)
            elif isinstance(message, Drain):
                self._draining = True

    def _fork(self, scratch: str) -> None:
        ours, theirs = socket.socketpair()
        output_read, output_write = os.pipe()
        parent = os.getpid()
        _reseed()
        try:
            pid = os.fork()
        except OSError as error:
            self.report(ForkFailed(error=str(error)))
            pid = -1
        if pid == 0:
            self._become_session(theirs, output_write, parent=parent, scratch=scratch)
        handed = [ours.fileno(), output_read]
        if pid > 0:
            self._sessions.add(pid)
            if hasattr(os, "pidfd_open"):
                handed.append(os.pidfd_open(pid))
            self.report(Forked(pid=pid, descriptors=len(handed)), tuple(handed))
        for fd in (*handed[1:], output_write):
            os.close(fd)
        ours.close()
        theirs.close()

    def _become_session(self, sock: socket.socket, output: int, *, parent: int, scratch: str) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            os.setsid()
            linux.die_with_parent()
            if os.getppid() != parent:
                os._exit(0)
            linux.adopt_orphans()
            linux.prefer_to_kill(linux.SESSION_OOM_SCORE)
            os.dup2(output, 1)
            os.dup2(output, 2)
            for fd in (output, self._wake_read, self._wake_write):
                os.close(fd)
            self._control.close()
            gc.enable()
            self._on_child(Channel(sock), scratch)
        except BaseException:  # broad: nothing may climb out of here into the template's loop
            sys.excepthook(*sys.exc_info())
        os._exit(70)

    def _reap(self) -> None:
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None:
                return
            pid = found.si_pid
            if pid in self._sessions:
                # Before it is reaped its process group can't be anybody else's.
                _kill(os.killpg, pid)
            _, status = os.waitpid(pid, 0)
            if pid in self._sessions:
                self._sessions.discard(pid)
                code = os.waitstatus_to_exitcode(status)
                self._kill_strays()
                self.report(Exited(pid=pid, code=code if code >= 0 else None, signal=-code if code < 0 else None))

    def _kill_strays(self) -> None:
        """Kill what sessions left behind, and what that leaves in turn, until nothing is left or won't go."""
        until_s = time.monotonic() + _STRAYS_S
        while strays := [pid for pid in linux.children() or () if pid not in self._sessions | self._before]:
            for pid in strays:
                _kill(os.kill, pid)
                os.waitpid(pid, os.WNOHANG)
            if time.monotonic() > until_s:
                return
            time.sleep(0.0005)

    def _kill_all(self) -> None:
        for pid in self._sessions:
            _kill(os.killpg, pid)
            _kill(os.kill, pid)
        self._sessions.clear()
        self._before = frozenset()
        while True:
            self._kill_strays()
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                return

    def _stop(self, _signum: int, _frame: FrameType | None) -> None:
        self._stopped = True


def _kill(kill: Callable[[int, int], None], pid: int) -> None:
    try:
        kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _nothing(_signum: int, _frame: FrameType | None) -> None:
    """Only its byte on the wake-up descriptor matters."""


def _reseed() -> None:
    # Here and not in the child, where it would cost memory. Python's own `random` sees to itself after a fork.
    if (numpy_random := sys.modules.get("numpy.random")) is not None:
        numpy_random.seed()


def _first(control: socket.socket, reader: FrameReader) -> tuple[Load, list[bytes]]:
    """Wait for the first message; gives also the frames that came along with it."""
    bodies: list[bytes] = []
    while not bodies:
        data = control.recv(65536)
        if not data:
            os._exit(0)
        bodies = reader.feed(data)
    load = requests.decode(bodies[0])
    if not isinstance(load, Load):
        os._exit(1)
    return load, bodies[1:]


def main(fd: int) -> None:
    """Be a template.

    Args:
        fd: the control socket.
    """
    linux.die_with_parent()
    faulthandler.enable()
    control = socket.socket(fileno=fd)
    control.set_inheritable(False)
    gc.disable()
    capture = Capture()
    reader = FrameReader()
    load, more = _first(control, reader)
    linux.prefer_to_kill(linux.TEMPLATE_OOM_SCORE)
    sealed = landlock.seal([Path(folder) for folder in load.sealed])

    def report_loaded(apps: Apps | Broken) -> Message:
        return apps if isinstance(apps, Broken) else Loaded(apps=apps.infos(), threads=linux.threads())

    root = Path(load.root)
    apps = load_apps(load) if load.preload else None
    listen_for_cancels()

    def on_child(channel: Channel, scratch: str) -> NoReturn:
        here = apps
        if here is None:
            here = load_apps(load)
            channel.send(encode_frame(report_loaded(here)))
        if isinstance(here, Broken):
            os._exit(1)
        run(channel, here, root=root, scratch=scratch, confined=sealed, capture=capture)

    template = Template(control, reader, on_child)
    if apps is not None:
        template.report(report_loaded(apps))
    if not isinstance(apps, Broken):
        for app in apps or ():
            rehearse(app, root)
            break
        gc.collect()
        gc.freeze()
        template.serve(more)
    capture.flush()
