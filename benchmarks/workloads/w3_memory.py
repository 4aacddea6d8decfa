"""W3: memory of a live session that waits for an answer, and what is left of a hibernated one."""

import contextlib
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial

import psutil

from benchmarks import ours
from benchmarks.harness import Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.limits.start import start
from benchmarks.peers.yera import Yera, Yera0102, Yera040
from benchmarks.processes import pss_bytes, tree
from benchmarks.wire import Connection

SESSIONS = 50
PEER_SESSIONS = 10
MIB = 2**20
SETTLE_S = 1.0


def _growth(pid: int, sessions: int, start_one: Callable[[], object]) -> Figures:
    """Weigh a tree before and after sessions are added to it."""
    start_one()
    time.sleep(SETTLE_S)
    family = tree(pid)
    before = pss_bytes(family)
    for _ in range(sessions):
        start_one()
    time.sleep(SETTLE_S)
    after = tree(pid)
    return {
        "mib_per_session": (pss_bytes(after) - before) / sessions / MIB,
        "processes_per_session": (len(after) - len(family)) / sessions,
    }


def outlast(given: Round) -> Figures:
    """Sessions that wait, first live, then hibernated."""
    sessions = given.size(SESSIONS, 10)

    def start_one() -> None:
        with server.connect() as connection:
            ours.wait_for_question(server.create_and_follow(connection, "pandas_echo"))

    with closing(ours.Outlast(given)) as server:
        live = _growth(server.server.pid, sessions, start_one)
    with closing(ours.Outlast(given, **ours.HIBERNATE_AT_ONCE)) as server:
        start_one()
        time.sleep(SETTLE_S)
        before = len(tree(server.server.pid))
        with server.swarm() as swarm, server.connect() as connection:
            viewers = [ours.SessionViewer(server.create(connection, "pandas_echo")) for _ in range(sessions)]
            for viewer in viewers:
                swarm.open(viewer, server.events_path(viewer.session))
            swarm.run_until(lambda: all(viewer.hibernated for viewer in viewers), timeout_s=60)
        time.sleep(SETTLE_S)
        left = max(0, len(tree(server.server.pid)) - before)
    return {**live, "hibernated_processes": left}


def limit(given: Round) -> Figures:
    """Forked processes of the same template that wait on a socket."""
    server, port = start("fork_server", given)
    with server, Connection(port) as connection:
        template = int(connection.request("GET", "/").body)
        return _growth(template, given.size(SESSIONS, 10), lambda: connection.request("POST", "/"))


def yera(peer_class: type[Yera], given: Round) -> Figures:
    """Ten sessions that wait."""
    with closing(peer_class(given)) as peer, peer.connect() as connection:

        def start_one() -> None:
            with peer.connect() as viewer:
                peer.wait_for_question(viewer, peer.create(connection, "pandas_echo"))

        figures = _growth(peer.server.pid, given.size(PEER_SESSIONS, 3), start_one)
        for pid in tree(peer.server.pid)[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()  # its stop waits two seconds for each of them
    return figures


WORKLOAD = Workload(
    name="W3",
    title="memory of a session that waits for an answer (PSS of the tree; 50 sessions of a pandas app, peers 10)",
    metrics=(
        Metric("mib_per_session", "MiB a live session", at_most=3),
        Metric("processes_per_session", "processes a live session", digits=0),
        Metric("hibernated_processes", "processes of all hibernated sessions", at_most=0, digits=0),
    ),
    contestants=(
        Contestant("Outlast", Kind.OUTLAST, outlast),
        Contestant("bare limit", Kind.LIMIT, limit),
        Contestant("Yera 0.4.0", Kind.PEER, partial(yera, Yera040)),
        Contestant("Yera 0.10.2", Kind.PEER, partial(yera, Yera0102)),
    ),
)
