"""W6: the server is killed under 100 live sessions and started again."""

import contextlib
import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial

from typing_extensions import override

from benchmarks import ours
from benchmarks.harness import Contestant, Figures, Kind, Metric, NotPossible, Round, Workload
from benchmarks.peers.yera import Yera, Yera0102, Yera040
from benchmarks.processes import still_running
from benchmarks.swarm import Swarm
from benchmarks.wire import Frame, WireError

SESSIONS = 100
STEPS = 120
RUN_S = 2.0
PEER_SESSIONS = 3
ORPHANS_S = 1.0
"""After the kill; what still runs then is left behind."""


class _Keeper(ours.SessionViewer):
    """Keeps every frame, to hold it against the log at the end.

    Attributes:
        kept: All frames, in the order of their coming.
        text_at: When the last text came.
    """

    __slots__ = ("kept", "text_at")

    def __init__(self, session: str = "") -> None:
        super().__init__(session)
        self.kept: list[Frame] = []
        self.text_at = 0.0

    @override
    def on_frame(self, frame: Frame) -> None:
        super().on_frame(frame)
        self.kept.append(frame)
        if ours.text_of(frame):
            self.text_at = time.monotonic()


def outlast(given: Round) -> Figures:
    """Half of the sessions run, half wait; every viewer comes back by ``Last-Event-ID``."""
    sessions, steps = given.size(SESSIONS, 10), given.size(STEPS, 60)
    with closing(ours.Outlast(given)) as server:
        with server.connect() as connection:
            running = [_Keeper(server.create(connection, "steps", count=steps)) for _ in range(sessions // 2)]
            waiting = [_Keeper(server.create(connection, "echo")) for _ in range(sessions // 2)]
        viewers = [*running, *waiting]
        with server.swarm() as swarm:
            _open(server, swarm, viewers)
            swarm.run_until(lambda: all(v.text for v in running) and all(v.question for v in waiting), timeout_s=60)
            until = time.monotonic() + RUN_S
            swarm.run_until(lambda: time.monotonic() > until, timeout_s=RUN_S + 30)
            crashed = server.server
            orphans = crashed.kill()
            swarm.run_until(lambda: not len(swarm), timeout_s=30)
        time.sleep(ORPHANS_S)
        left = still_running(orphans)
        crashed.stop()
        started_at = time.monotonic()
        server.start()
        listening_s = time.monotonic() - started_at
        with server.swarm() as swarm:
            _open(server, swarm, viewers)
            swarm.run_until(lambda: all(v.text_at > started_at for v in running), timeout_s=60)
            again_s = max(viewer.text_at for viewer in running) - started_at
            asked = [viewer.question for viewer in waiting]
            with server.connect() as connection:
                for viewer in waiting:
                    server.answer(connection, viewer.session, question=viewer.question, value="yes")
            swarm.run_until(lambda: all(v.question != q for v, q in zip(waiting, asked, strict=True)), timeout_s=60)
            swarm.run_until(lambda: all(v.ended for v in running), timeout_s=steps * 0.1 + 60)
        _check(running, steps)
        lost = _lost(server, viewers)
    return {"lost_events": lost, "again_s": again_s, "listening_s": listening_s, "orphans": left}


def _open(server: ours.Outlast, swarm: Swarm, viewers: Sequence[_Keeper]) -> None:
    for viewer in viewers:
        swarm.open(viewer, server.events_path(viewer.session), headers={"Last-Event-ID": str(viewer.seq)})


def _check(running: Sequence[_Keeper], steps: int) -> None:
    said = [f"step {number}" for number in range(steps)]
    for viewer in running:
        if viewer.text != said or viewer.ended != b"session.completed":
            message = f"session {viewer.session} ended with {viewer.ended!r} after {viewer.text[-1:]}"
            raise WireError(message)


def _lost(server: ours.Outlast, viewers: Sequence[_Keeper]) -> int:
    """Count the events that a viewer had and that the log does not have as they were."""
    again = [_Keeper(viewer.session) for viewer in viewers]
    with server.swarm() as swarm:
        _open(server, swarm, again)
        swarm.run_until(lambda: all(a.seq >= v.seq for a, v in zip(again, viewers, strict=True)), timeout_s=60)
    return sum(
        had != has for v, a in zip(viewers, again, strict=True) for had, has in zip(v.kept, a.kept, strict=False)
    )


def yera(peer_class: type[Yera], given: Round) -> Figures:
    """Try whether a session goes on after the same treatment."""
    with closing(peer_class(given)) as peer:
        waiting: list[tuple[str, str]] = []
        with peer.connect() as connection:
            for _ in range(PEER_SESSIONS):
                session = peer.create(connection, "echo")
                with peer.connect() as viewer:
                    waiting.append((session, peer.wait_for_question(viewer, session)))
        crashed = peer.server
        orphans = crashed.kill()
        time.sleep(ORPHANS_S)
        left = still_running(orphans)
        crashed.stop()
        peer.start()
        gone = sum(not _goes_on(peer, session, question) for session, question in waiting)
    if gone:
        reason = f"no: {gone} of {PEER_SESSIONS} sessions are gone, {left} processes are left behind"
        raise NotPossible(reason)
    return {"lost_events": 0.0, "orphans": left}


def _goes_on(peer: Yera, session: str, question: str) -> bool:
    with peer.connect() as connection, peer.connect() as viewer, contextlib.suppress(WireError):
        peer.answer(connection, session, question=question, value="yes")
        return peer.wait_for_question(viewer, session) != question
    return False


WORKLOAD = Workload(
    name="W6",
    title="100 live sessions (50 run, 50 wait), `kill -9` of the server, start it again",
    metrics=(
        Metric("lost_events", "events that a viewer had and that are lost", at_most=0, digits=0),
        Metric("again_s", "start of the server -> all running sessions write again, s", at_most=5),
        Metric("listening_s", "start of the server -> it listens, s"),
        Metric("orphans", "processes left by the kill", at_most=0, digits=0),
    ),
    contestants=(
        Contestant("Outlast", Kind.OUTLAST, outlast),
        Contestant("Yera 0.4.0", Kind.PEER, partial(yera, Yera040)),
        Contestant("Yera 0.10.2", Kind.PEER, partial(yera, Yera0102)),
    ),
)
