"""W2b: many sessions write at once; nobody waits much longer than the others."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial

from benchmarks import ours
from benchmarks.harness import Better, Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.peers.yera import Yera, Yera0102, Yera040, YeraViewer
from benchmarks.swarm import Swarm
from benchmarks.wire import WireError
from benchmarks.workloads.w2a_chunks import CHUNK_BYTES, check

SESSIONS = 20
CHUNKS = 2_000
PEER_SESSIONS = 16
"""Yera 0.10.2 runs no more at once."""


def _figures(sessions: int, chunks: int, times_s: Sequence[float]) -> Figures:
    mean = sum(times_s) / len(times_s)
    return {"chunks_per_s": sessions * chunks / max(times_s), "slowest_to_mean": max(times_s) / mean}


def _watch(swarm: Swarm, has_all: Sequence[Callable[[], bool]], started: float) -> list[float]:
    """Read until every viewer has all; return the seconds that each took."""
    times_s = [0.0] * len(has_all)

    def finished() -> bool:
        for number, check_one in enumerate(has_all):
            if not times_s[number] and check_one():
                times_s[number] = time.perf_counter() - started
        return all(times_s)

    swarm.run_until(finished, timeout_s=120)
    return times_s


def _has(viewer: ours.SessionViewer, characters: int) -> bool:
    return viewer.characters >= characters


def outlast(given: Round) -> Figures:
    """20 sessions, each with a viewer; all are answered, then all is read."""
    sessions, chunks = given.size(SESSIONS, 4), given.size(CHUNKS, 500)
    with closing(ours.Outlast(given)) as server, server.connect() as connection, server.swarm() as swarm:
        viewers = [ours.SessionViewer(server.create(connection, "chunks")) for _ in range(sessions)]
        for viewer in viewers:
            swarm.open(viewer, server.events_path(viewer.session))
        swarm.run_until(lambda: all(viewer.question for viewer in viewers), timeout_s=60)
        started = time.perf_counter()
        for viewer in viewers:
            server.answer(connection, viewer.session, question=viewer.question, value=str(chunks))
        times_s = _watch(swarm, [partial(_has, viewer, chunks * CHUNK_BYTES) for viewer in viewers], started)
        for viewer in viewers:
            check("".join(viewer.text), chunks)
    return _figures(sessions, chunks, times_s)


def yera(peer_class: type[Yera], given: Round) -> Figures:
    """The same with 16 sessions."""
    sessions, chunks = given.size(PEER_SESSIONS, 3), given.size(CHUNKS, 200)
    with closing(peer_class(given)) as peer, peer.connect() as connection, Swarm(peer.port) as swarm:
        waiting: list[tuple[str, str]] = []
        for _ in range(sessions):
            session = peer.create(connection, "chunks")
            with peer.connect() as viewer:
                waiting.append((session, peer.wait_for_question(viewer, session)))
        viewers = [YeraViewer(peer, chunks * CHUNK_BYTES - 1) for _ in waiting]
        started = time.perf_counter()
        for (session, question), reader in zip(waiting, viewers, strict=True):
            peer.answer(connection, session, question=question, value=str(chunks))
            swarm.open(reader, peer.stream_path(session))
        times_s = _watch(swarm, [partial(_complete, reader) for reader in viewers], started)
        for reader in viewers:
            check(reader.text, chunks)
    return _figures(sessions, chunks, times_s)


def _complete(reader: YeraViewer) -> bool:
    if reader.failed:
        message = "a session failed"
        raise WireError(message)
    return reader.complete


WORKLOAD = Workload(
    name="W2b",
    title="20 sessions x 2,000 chunks of 6 bytes at once, each with a viewer (peers 16 sessions)",
    metrics=(
        Metric("chunks_per_s", "chunks/s in all", better=Better.MORE, at_least=100_000),
        Metric("slowest_to_mean", "slowest session / mean", at_most=2),
    ),
    contestants=(
        Contestant("Outlast", Kind.OUTLAST, outlast),
        Contestant("Yera 0.4.0", Kind.PEER, partial(yera, Yera040)),
        Contestant("Yera 0.10.2", Kind.PEER, partial(yera, Yera0102)),
    ),
)
