"""W10: the list of a workspace with 1,000,000 sessions against one with 1,000."""

import atexit
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import msgspec

from benchmarks import ours
from benchmarks.databases import postgresql_url, sqlite_url
from benchmarks.harness import Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.processes import environment, python
from benchmarks.rows import NUMBERED_ID, multiply
from benchmarks.wire import Connection, WireError, percentile

FEW, MANY, QUICK_MANY = 1_000, 1_000_000, 20_000
PAGE = 50
DEEP_PAGE = 1_000
REPEATS = 100
WARM_UP = 10

Url = Callable[[Round], str]


class _Page(msgspec.Struct):
    items: list[msgspec.Raw]
    next_cursor: str | None = None


def outlast(database: Url, given: Round) -> Figures:
    """The first page and a deep one, for a session's owner (all sessions, newest activity first).

    Both servers run side by side and are asked in turn, so that a machine that slows down slows down both.
    """
    with _listing(_filled(database, FEW)) as few, _listing(_filled(database, given.size(MANY, QUICK_MANY))) as many:
        first, deep = _timed((few, few.first), (many, many.first)), _timed((few, few.deep), (many, many.deep))
    return {
        "few_first_p50_ms": first[0],
        "first_p50_ms": first[1],
        "first_ratio": first[1] / first[0],
        "few_deep_p50_ms": deep[0],
        "deep_p50_ms": deep[1],
        "deep_ratio": deep[1] / deep[0],
    }


@cache
def _filled(database: Url, sessions: int) -> tuple[Path, str]:
    """A data folder and a database, made once for all rounds: a million rows take longer than the rounds do."""
    folder = Path(tempfile.mkdtemp(prefix="outlast-bench-list-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    given = Round(folder, quick=False)
    url = database(given)
    settings = {"OUTLAST_DATABASE_URL": url, **ours.HIBERNATE_AT_ONCE}
    command = [str(Path(python()).with_name("outlast")), "db", "upgrade"]
    data = {"OUTLAST_DATA_DIR": str(folder / "data")}
    subprocess.run(command, env=environment(**settings, **data), check=True, capture_output=True)
    with closing(ours.Outlast(given, **settings)) as server, server.connect() as connection, server.swarm() as swarm:
        viewer = ours.SessionViewer(server.create(connection, "echo"))
        swarm.open(viewer, server.events_path(viewer.session))
        swarm.run_until(lambda: viewer.hibernated, timeout_s=30)
    earlier = {"id": NUMBERED_ID, "created_at": "earlier", "updated_at": "earlier"}
    multiply(url, "sessions", id_=viewer.session, first=1, last=sessions - 1, changes=earlier)
    return folder, url


@dataclass(frozen=True, slots=True)
class _Listing:
    """A server, and the addresses of its list's first page and of a deep one."""

    server: ours.Outlast
    first: str
    deep: str


@contextmanager
def _listing(filled: tuple[Path, str]) -> Iterator[_Listing]:
    """Start a server on a database that is there."""
    folder, url = filled
    with closing(ours.Outlast(Round(folder, quick=False), OUTLAST_DATABASE_URL=url)) as server:
        path = f"{server.sessions}?which=all&limit={PAGE}"
        with server.connect() as connection:
            cursor = _walk(connection, path)
        yield _Listing(server, path, f"{path}&cursor={cursor}")


def _walk(connection: Connection, path: str) -> str:
    """Go forward by pages; the cursor of the deepest full one."""
    page, cursor = _page(connection, path), ""
    for _ in range(DEEP_PAGE - 1):
        if page.next_cursor is None:
            break
        following = _page(connection, f"{path}&cursor={page.next_cursor}")
        if len(following.items) < PAGE:
            break
        cursor, page = page.next_cursor, following
    return cursor


def _page(connection: Connection, path: str) -> _Page:
    return msgspec.json.decode(connection.request("GET", path).body, type=_Page)


def _timed(*asked: tuple[_Listing, str]) -> list[float]:
    """The median of each, in milliseconds."""
    times_ms: list[list[float]] = [[] for _ in asked]
    with ExitStack() as stack:
        connections = [stack.enter_context(listing.server.connect()) for listing, _ in asked]
        for _ in range(WARM_UP + REPEATS):
            for connection, (_, path), times in zip(connections, asked, times_ms, strict=True):
                started = time.perf_counter()
                page = _page(connection, path)
                times.append((time.perf_counter() - started) * 1000)
                if len(page.items) != PAGE:
                    message = f"a page has {len(page.items)} sessions"
                    raise WireError(message)
    return [percentile(times[WARM_UP:], 0.5) for times in times_ms]


def _workload(name: str, kind: str, url: Url) -> Workload:
    return Workload(
        name=name,
        title=f"the list of a workspace's sessions on {kind}: 1,000,000 against 1,000; pages of {PAGE}",
        metrics=(
            Metric("first_p50_ms", "first page of 1,000,000, p50, ms"),
            Metric("first_ratio", "that, against 1,000", at_most=1.5),
            Metric("deep_p50_ms", "1,000th page of 1,000,000, p50, ms"),
            Metric("deep_ratio", "that, against the 20th of 1,000", at_most=1.5),
        ),
        contestants=(Contestant("Outlast", Kind.OUTLAST, partial(outlast, url)),),
    )


ON_SQLITE = _workload("W10a", "SQLite", sqlite_url)
ON_POSTGRESQL = _workload("W10b", "PostgreSQL", postgresql_url)
