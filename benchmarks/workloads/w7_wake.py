"""W7: an answer wakes a hibernated session of 1,000 events."""

import time
from collections.abc import Iterator
from contextlib import closing

from benchmarks import ours
from benchmarks.harness import Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.wire import Connection, Frame, WireError, percentile
from benchmarks.workloads import w1_start

EVENTS = 1_000
WAKES = 30


def outlast(given: Round) -> Figures:
    """Each time the session sleeps, answer it."""
    times_ms: list[float] = []
    settings = ours.HIBERNATE_AT_ONCE
    with closing(ours.Outlast(given, **settings)) as server, server.connect() as connection, server.connect() as viewer:
        session = server.create(connection, "long", events=given.size(EVENTS, 200))
        frames = server.follow(viewer, session)
        question = ours.wait_for_question(frames)
        for _ in range(given.size(WAKES, 5)):
            _wait_for_sleep(frames)
            times_ms.append(_wake(server, connection, session, question=question, frames=frames))
            question = f"i{int(question[1:]) + 1}"
    return {"p50_ms": percentile(times_ms, 0.5), "p95_ms": percentile(times_ms, 0.95)}


def _wait_for_sleep(frames: Iterator[Frame]) -> None:
    for frame in frames:
        if frame.event == b"session.hibernated":
            return
    message = "the stream ended before the session slept"
    raise WireError(message)


def _wake(
    server: ours.Outlast, connection: Connection, session: str, *, question: str, frames: Iterator[Frame]
) -> float:
    """Answer a session that sleeps; return milliseconds to its next question."""
    started = time.perf_counter()
    server.send_answer(connection, session, question=question, value="yes")
    ours.wait_for_question(frames)
    took_ms = (time.perf_counter() - started) * 1000
    connection.response()
    return took_ms


def limit(given: Round) -> Figures:
    """W1's: a fork and a round trip."""
    figures = w1_start.limit(given)
    return {"p50_ms": figures["bare_p50_ms"], "p95_ms": figures["bare_p95_ms"]}


WORKLOAD = Workload(
    name="W7",
    title="an answer wakes a hibernated session of 1,000 events -> next question",
    metrics=(
        Metric("p50_ms", "p50, ms", at_most=50),
        Metric("p95_ms", "p95, ms"),
    ),
    contestants=(
        Contestant("Outlast", Kind.OUTLAST, outlast),
        Contestant("bare limit", Kind.LIMIT, limit),
    ),
)
