"""W5: one session at 50 events/s, 1,000 viewers."""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import closing

from typing_extensions import override

from benchmarks import ours
from benchmarks.harness import Better, Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.limits.start import start
from benchmarks.processes import pss_bytes
from benchmarks.swarm import Swarm, Viewer
from benchmarks.wire import Connection, WireError, percentile

VIEWERS = 1_000
PER_S = 50
SECONDS = 10
STAMP = re.compile(rb"@(\d+)#(\d+) ")


class _Counter(Viewer):
    """Reads stamps off the stream without decoding its frames: 50,000 a second come.

    Attributes:
        frames: How many held a stamp.
        stamps: How many stamps came, each once and in order.
    """

    __slots__ = ("_ages_ms", "_rest", "frames", "stamps")

    def __init__(self, ages_ms: list[float]) -> None:
        super().__init__()
        self._ages_ms = ages_ms
        self._rest = b""
        self.frames = 0
        self.stamps = 0

    @override
    def on_body(self, body: bytes) -> None:
        whole, separator, self._rest = (self._rest + body).rpartition(b"\n\n")
        if not separator:
            return
        now_ns = time.monotonic_ns()
        found = STAMP.findall(whole)
        for written_ns, number in found:
            if int(number) != self.stamps:
                message = f"event {number.decode()} came instead of {self.stamps}"
                raise WireError(message)
            self.stamps += 1
            self._ages_ms.append((now_ns - int(written_ns)) / 1e6)
        if found:
            self.frames += whole.count(b"event: block.appended") + whole.count(b"event: block.opened")


def _measure(
    swarm: Swarm, viewers: Sequence[_Counter], path: str, *, pid: int, go: Callable[[], None], count: int
) -> Figures:
    before = pss_bytes([pid])
    for viewer in viewers:
        swarm.open(viewer, path)
    swarm.run_until(lambda: all(viewer.received_bytes for viewer in viewers), timeout_s=60)
    time.sleep(0.5)
    swarm.read(timeout_s=0)
    kib = (pss_bytes([pid]) - before) / len(viewers) / 1024
    go()
    swarm.run_until(lambda: any(viewer.stamps for viewer in viewers), timeout_s=60)
    started = time.monotonic()
    swarm.run_until(lambda: all(viewer.stamps == count for viewer in viewers), timeout_s=SECONDS * 6)
    took_s = time.monotonic() - started
    return {"frames_per_s": sum(viewer.frames for viewer in viewers) / took_s, "kib_per_viewer": kib}


def outlast(given: Round) -> Figures:
    """All viewers follow the session before it is answered."""
    count = given.size(SECONDS, 2) * PER_S
    ages_ms: list[float] = []
    viewers = [_Counter(ages_ms) for _ in range(given.size(VIEWERS, 100))]
    with closing(ours.Outlast(given)) as server, server.connect() as connection, server.swarm() as swarm:
        session = server.create(connection, "metronome")
        with server.connect() as first:
            question = ours.wait_for_question(server.follow(first, session))
        figures = _measure(
            swarm,
            viewers,
            server.events_path(session),
            pid=server.server.pid,
            go=lambda: server.answer(connection, session, question=question, value=f"{count},{PER_S}"),
            count=count,
        )
    return {**figures, "p99_ms": percentile(ages_ms, 0.99)}


def limit(given: Round) -> Figures:
    """The same frames from uvicorn alone."""
    count = given.size(SECONDS, 2) * PER_S
    ages_ms: list[float] = []
    viewers = [_Counter(ages_ms) for _ in range(given.size(VIEWERS, 100))]
    server, port = start("fanout_server", given)
    with server, Connection(port) as connection, Swarm(port) as swarm:

        def go() -> None:
            connection.request("POST", f"/go?{count},{PER_S}")

        figures = _measure(swarm, viewers, "/stream", pid=server.pid, go=go, count=count)
    return {**figures, "p99_ms": percentile(ages_ms, 0.99)}


WORKLOAD = Workload(
    name="W5",
    title="one session at 50 events/s for 10 s, 1,000 viewers (50,000 frames/s are offered)",
    metrics=(
        Metric("frames_per_s", "frames/s delivered", better=Better.MORE, at_least=40_000),
        Metric("p99_ms", "age of an event at a viewer, p99, ms", at_most=100, digits=1),
        Metric("kib_per_viewer", "KiB of the server a viewer", at_most=12, digits=1),
    ),
    contestants=(
        Contestant("Outlast", Kind.OUTLAST, outlast),
        Contestant("bare limit", Kind.LIMIT, limit),
    ),
)
