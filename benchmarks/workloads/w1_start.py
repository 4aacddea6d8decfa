"""W1: from the request that starts a session to its first block at an SSE client."""

import time
from contextlib import closing
from functools import partial

from typing_extensions import override

from benchmarks import ours
from benchmarks.harness import Better, Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.limits.start import start
from benchmarks.peers.yera import Yera, Yera0102, Yera040
from benchmarks.swarm import Swarm, Viewer
from benchmarks.wire import Connection, WireError, percentile

TEXT = "sum 45"
SPARE_PAUSE_S = 0.05
"""Between two starts, so that a spare is ready: four times what it takes to fork one."""


def outlast(serve: type[ours.Outlast], given: Round) -> Figures:
    """Start sessions with a spare at hand, without one, and 50 at once."""
    figures: dict[str, float] = {}
    with closing(serve(given)) as server:
        for _ in range(3):
            _start_one(server)  # the first imports the app
        with_spare = [_start_one(server, pause_s=SPARE_PAUSE_S) for _ in range(given.size(100, 10))]
        figures["spare_p50_ms"] = percentile(with_spare, 0.5)
        figures["spare_p95_ms"] = percentile(with_spare, 0.95)
        time.sleep(SPARE_PAUSE_S)
        with server.swarm() as swarm:
            body = ours.start_body("start", {})
            figures["fifty_last_ms"] = _at_once(swarm, server.sessions, body=body, count=given.size(50, 10))
    with closing(serve(given, OUTLAST_SPARES="0")) as server:
        for _ in range(3):
            _start_one(server)
        without = [_start_one(server) for _ in range(given.size(100, 10))]
        figures["bare_p50_ms"] = percentile(without, 0.5)
        figures["bare_p95_ms"] = percentile(without, 0.95)
    return figures


def _start_one(server: ours.Outlast, *, pause_s: float = 0.0) -> float:
    """Start a session; return milliseconds to its first block."""
    time.sleep(pause_s)
    with server.connect() as connection:
        started = time.perf_counter()
        for frame in server.create_and_follow(connection, "start"):
            if ours.text_of(frame) == TEXT:
                took_ms = (time.perf_counter() - started) * 1000
                break
        else:
            message = "the session ended without its block"
            raise WireError(message)
    return took_ms


class _FirstBlock(Viewer):
    """Waits for the first block."""

    __slots__ = ("_seen", "at")

    def __init__(self) -> None:
        super().__init__()
        self._seen = b""
        self.at = 0.0

    @override
    def on_body(self, body: bytes) -> None:
        self._seen += body
        if not self.at and TEXT.encode() in self._seen:
            self.at = time.perf_counter()
            self.open = False


def _at_once(swarm: Swarm, path: str, *, body: bytes, count: int) -> float:
    """Start sessions at once; return milliseconds until the last has its first block."""
    viewers = [_FirstBlock() for _ in range(count)]
    started = time.perf_counter()
    for viewer in viewers:
        swarm.open(viewer, path, method="POST", body=body, headers=ours.JSON)
    swarm.run_until(lambda: all(viewer.at for viewer in viewers), timeout_s=60)
    return (max(viewer.at for viewer in viewers) - started) * 1000


def limit(given: Round) -> Figures:
    """Fork the same template and answer over HTTP."""
    server, port = start("fork_server", given)
    with server:
        times: list[float] = []
        for _ in range(given.size(100, 10) + 3):
            with Connection(port) as connection:
                started = time.perf_counter()
                answer = connection.request("POST", "/")
                times.append((time.perf_counter() - started) * 1000)
            if answer.body != TEXT.encode():
                message = f"the fork said {answer.body!r}"
                raise WireError(message)
        with Swarm(port) as swarm:
            last = _at_once(swarm, "/", body=b"", count=given.size(50, 10))
    return {
        "bare_p50_ms": percentile(times[3:], 0.5),
        "bare_p95_ms": percentile(times[3:], 0.95),
        "fifty_last_ms": last,
    }


def yera(peer_class: type[Yera], given: Round) -> Figures:
    """Start sessions one after another."""
    times: list[float] = []
    with closing(peer_class(given)) as peer:
        for _ in range(given.size(20, 3) + 1):
            with peer.connect() as connection, peer.connect() as viewer:
                started = time.perf_counter()
                session = peer.create(connection, "start")
                frames = peer.stream(viewer, session)
                if not any((peer.text(frame) or "").strip() == TEXT for frame in frames):
                    message = "the session ended without its block"
                    raise WireError(message)
                times.append((time.perf_counter() - started) * 1000)
                for _ in frames:
                    pass
    p50, p95 = percentile(times[1:], 0.5), percentile(times[1:], 0.95)
    return {"spare_p50_ms": p50, "spare_p95_ms": p95, "bare_p50_ms": p50, "bare_p95_ms": p95}


WORKLOAD = Workload(
    name="W1",
    title="start of a session whose app imports numpy and pandas: request -> first block; 100 in sequence (peers 20)",
    metrics=(
        Metric("spare_p50_ms", "start with a spare ready, p50, ms", at_most=5, limit_key="bare_p50_ms"),
        Metric("bare_p50_ms", "start without a spare, p50, ms", at_most_limits=2),
        Metric("bare_p95_ms", "start without a spare, p95, ms", at_most_limits=4, limit_key="bare_p50_ms"),
        Metric("fifty_last_ms", "50 at once, last one, ms", better=Better.LESS, at_most=1000, digits=0),
    ),
    contestants=(
        Contestant("Outlast", Kind.OUTLAST, partial(outlast, ours.Outlast)),
        Contestant("its engine alone", Kind.PEER, partial(outlast, ours.Engine)),
        Contestant("bare limit", Kind.LIMIT, limit),
        Contestant("Yera 0.4.0", Kind.PEER, partial(yera, Yera040)),
        Contestant("Yera 0.10.2", Kind.PEER, partial(yera, Yera0102)),
    ),
)
