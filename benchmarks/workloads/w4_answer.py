"""W4: from an answer to the next question at the viewer."""

import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial

from benchmarks import ours
from benchmarks.harness import Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.limits.start import start
from benchmarks.peers.yera import Yera, Yera0102, Yera040
from benchmarks.wire import Connection, percentile

ANSWERS = 1_000
WARM_UP = 20


def _figures(times_ms: Sequence[float]) -> Figures:
    measured = times_ms[WARM_UP:]
    return {"p50_ms": percentile(measured, 0.5), "p95_ms": percentile(measured, 0.95)}


def outlast(serve: type[ours.Outlast], given: Round) -> Figures:
    """One viewer, one session that asks for ever."""
    times_ms: list[float] = []
    with closing(serve(given)) as server, server.connect() as connection, server.connect() as viewer:
        session = server.create(connection, "echo")
        frames = server.follow(viewer, session)
        question = ours.wait_for_question(frames)
        for _ in range(given.size(ANSWERS, 100) + WARM_UP):
            started = time.perf_counter()
            server.send_answer(connection, session, question=question, value="yes")
            question = ours.wait_for_question(frames)
            times_ms.append((time.perf_counter() - started) * 1000)
            connection.response()
    return _figures(times_ms)


def limit(given: Round) -> Figures:
    """A pipe's echo, two commits, HTTP."""
    times_ms: list[float] = []
    server, port = start("stream_server", given)
    with server, Connection(port) as connection, Connection(port) as viewer:
        viewer.send("GET", "/stream")
        frames = viewer.frames()
        viewer.stream_headers()
        for number in range(given.size(ANSWERS, 100) + WARM_UP):
            started = time.perf_counter()
            connection.send("POST", "/answer", body=b"yes %d" % number)
            next(frames)
            times_ms.append((time.perf_counter() - started) * 1000)
            connection.response()
    return _figures(times_ms)


def yera(peer_class: type[Yera], given: Round) -> Figures:
    """The answer, and the stream that both versions want opened again for what follows it."""
    times_ms: list[float] = []
    with closing(peer_class(given)) as peer, peer.connect() as connection, peer.connect() as viewer:
        session = peer.create(connection, "echo")
        question = peer.wait_for_question(viewer, session)
        for _ in range(given.size(ANSWERS // 2, 100) + WARM_UP):
            started = time.perf_counter()
            peer.answer(connection, session, question=question, value="yes")
            question = peer.wait_for_question(viewer, session)
            times_ms.append((time.perf_counter() - started) * 1000)
    return _figures(times_ms)


WORKLOAD = Workload(
    name="W4",
    title="answer -> next question at the viewer; 1,000 in sequence (peers 500)",
    metrics=(
        Metric("p50_ms", "p50, ms", at_most=3.5, at_most_limits=2),
        Metric("p95_ms", "p95, ms"),
    ),
    contestants=(
        Contestant("Outlast", Kind.OUTLAST, partial(outlast, ours.Outlast)),
        Contestant("its engine alone", Kind.PEER, partial(outlast, ours.Engine)),
        Contestant("bare limit", Kind.LIMIT, limit),
        Contestant("Yera 0.4.0", Kind.PEER, partial(yera, Yera040)),
        Contestant("Yera 0.10.2", Kind.PEER, partial(yera, Yera0102)),
    ),
)
