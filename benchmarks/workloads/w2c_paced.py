"""W2c: 100 sessions write 20 chunks a second, each to a viewer: how late, and at what cost."""

import re
import time
from contextlib import closing

from typing_extensions import override

from benchmarks import ours
from benchmarks.harness import Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.processes import cpu_seconds, tree
from benchmarks.wire import Frame, WireError, percentile

SESSIONS = 100
PER_S = 20
SECONDS = 10
STAMP = re.compile(r"@(\d+)#(\d+) ")


class StampViewer(ours.SessionViewer):
    """Takes the age of each chunk when it arrives, and holds that none is missing.

    Attributes:
        ages_ms: Of all chunks.
    """

    __slots__ = ("ages_ms",)

    def __init__(self, session: str = "") -> None:
        super().__init__(session)
        self.ages_ms: list[float] = []

    @override
    def on_frame(self, frame: Frame) -> None:
        text = ours.text_of(frame)
        if not text:
            super().on_frame(frame)
            return
        now_ns = time.monotonic_ns()
        for written_ns, number in STAMP.findall(text):
            if int(number) != len(self.ages_ms):
                message = f"chunk {number} came instead of {len(self.ages_ms)}"
                raise WireError(message)
            self.ages_ms.append((now_ns - int(written_ns)) / 1e6)


def outlast(given: Round) -> Figures:
    """Answer all sessions, then read until each has said everything."""
    sessions, seconds = given.size(SESSIONS, 10), given.size(SECONDS, 2)
    count = seconds * PER_S
    with closing(ours.Outlast(given)) as server, server.connect() as connection, server.swarm() as swarm:
        viewers = [StampViewer(server.create(connection, "metronome")) for _ in range(sessions)]
        for viewer in viewers:
            swarm.open(viewer, server.events_path(viewer.session))
        swarm.run_until(lambda: all(viewer.question for viewer in viewers), timeout_s=60)
        family = tree(server.server.pid)
        for viewer in viewers:
            server.answer(connection, viewer.session, question=viewer.question, value=f"{count},{PER_S}")
            swarm.read(timeout_s=0)
        server_s, family_s, started = cpu_seconds(family[:1]), cpu_seconds(family), time.monotonic()
        swarm.run_until(lambda: time.monotonic() - started > seconds * 0.8, timeout_s=seconds + 60)
        took_s = time.monotonic() - started
        server_s, family_s = cpu_seconds(family[:1]) - server_s, cpu_seconds(family) - family_s
        swarm.run_until(lambda: all(len(viewer.ages_ms) == count for viewer in viewers), timeout_s=seconds + 60)
    ages_ms = [age for viewer in viewers for age in viewer.ages_ms]
    return {
        "p50_ms": percentile(ages_ms, 0.5),
        "p99_ms": percentile(ages_ms, 0.99),
        "server_core_percent": 100 * server_s / took_s,
        "all_core_percent": 100 * family_s / took_s,
    }


WORKLOAD = Workload(
    name="W2c",
    title="100 sessions x 20 chunks/s for 10 s, each watched: from write() to the viewer",
    metrics=(
        Metric("p50_ms", "age of a chunk at the viewer, p50, ms"),
        Metric("p99_ms", "age of a chunk at the viewer, p99, ms", at_most=50),
        Metric("server_core_percent", "the server's share of one core, %", at_most=60, digits=0),
        Metric("all_core_percent", "with its 100 session processes, %", digits=0),
    ),
    contestants=(Contestant("Outlast", Kind.OUTLAST, outlast),),
)
