"""W8: 100,000 hibernated sessions in one SQLite file."""

import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import uuid_utils

from benchmarks import ours
from benchmarks.harness import Contestant, Figures, Kind, Metric, Round, Workload
from benchmarks.processes import rss_bytes
from benchmarks.wire import Connection, WireError, percentile

SESSIONS = 100_000
PAGE = 50
DEEP_PAGE = 1_000
REPEATS = 50
WAKES = 30
MIB = 2**20


def outlast(given: Round) -> Figures:
    """Copy one hibernated session 100,000 times, then start the server on it."""
    sessions = given.size(SESSIONS, 5_000)
    with closing(ours.Outlast(given, **ours.HIBERNATE_AT_ONCE)) as server:
        with server.connect() as connection:
            _page(connection, server.sessions, None)
        empty_bytes = rss_bytes(server.server.pid)
        session, question = _hibernate_one(server)
    ids = _multiply(ours.database(given), session, sessions)
    started = time.perf_counter()
    with closing(ours.Outlast(given, **ours.HIBERNATE_AT_ONCE)) as server, server.connect() as connection:
        first = _page(connection, server.sessions, None)
        start_s = time.perf_counter() - started
        full_bytes = rss_bytes(server.server.pid)
        cursor = _walk(connection, server.sessions, page=first, pages=min(DEEP_PAGE, sessions // PAGE - 1))
        first_ms = [_timed_page(connection, server.sessions, None) for _ in range(REPEATS)]
        deep_ms = [_timed_page(connection, server.sessions, cursor) for _ in range(REPEATS)]
        wakes_ms = [
            _timed_wake(server, connection, session=id_, question=question)
            for id_ in random.Random(1).sample(ids, given.size(WAKES, 5))
        ]
    return {
        "start_s": start_s,
        "rss_mib": full_bytes / MIB,
        "bytes_per_session": max(0.0, full_bytes - empty_bytes) / sessions,
        "first_page_p50_ms": percentile(first_ms, 0.5),
        "deep_page_p50_ms": percentile(deep_ms, 0.5),
        "wake_p50_ms": percentile(wakes_ms, 0.5),
    }


def _hibernate_one(server: ours.Outlast) -> tuple[str, str]:
    with server.connect() as connection, server.swarm() as swarm:
        viewer = ours.SessionViewer(server.create(connection, "echo"))
        swarm.open(viewer, server.events_path(viewer.session))
        swarm.run_until(lambda: viewer.hibernated, timeout_s=30)
        return viewer.session, viewer.question


def _multiply(path: Path, session: str, count: int) -> Sequence[str]:
    """Copy a session's record and stream under new ids, an hour's worth of activity apart.

    Args:
        path: The SQLite file; no server may have it open.
        session: The session to copy.
        count: How many copies.

    Returns:
        Their ids.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    ids = [str(uuid_utils.uuid7()) for _ in range(count)]
    moments = [(now - timedelta(milliseconds=36 * (count - number))).isoformat(" ") for number in range(count)]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("CREATE TEMP TABLE copies (id TEXT PRIMARY KEY, moment TEXT)")
        connection.executemany("INSERT INTO copies VALUES (?, ?)", zip(ids, moments, strict=True))
        for table in ("sessions", "stream_events", "stream_snapshots"):
            _multiply_table(connection, table, session)
    return ids


def _multiply_table(connection: sqlite3.Connection, table: str, session: str) -> None:
    columns = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]
    for key in (session, f"session:{session}"):
        for column in columns:
            if not connection.execute(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", (key,)).fetchone():
                continue
            new = key.replace(session, "")
            values = ", ".join(
                f"'{new}' || copies.id" if name == column else "copies.moment" if name == "updated_at" else f"t.{name}"
                for name in columns
            )
            connection.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM copies, {table} t "
                f"WHERE t.{column} = ? ORDER BY copies.id",
                (key,),
            )


class _Item(msgspec.Struct):
    id: str


class _Page(msgspec.Struct):
    items: list[_Item]
    next_cursor: str | None = None


def _page(connection: Connection, sessions: str, cursor: str | None) -> _Page:
    path = f"{sessions}?limit={PAGE}" + (f"&cursor={cursor}" if cursor else "")
    return msgspec.json.decode(connection.request("GET", path).body, type=_Page)


def _timed_page(connection: Connection, sessions: str, cursor: str | None) -> float:
    started = time.perf_counter()
    page = _page(connection, sessions, cursor)
    took_ms = (time.perf_counter() - started) * 1000
    if len(page.items) != PAGE:
        message = f"a page has {len(page.items)} sessions"
        raise WireError(message)
    return took_ms


def _walk(connection: Connection, sessions: str, *, page: _Page, pages: int) -> str:
    """Go forward by pages; return the cursor of the last one."""
    cursor = ""
    for _ in range(pages):
        if page.next_cursor is None:
            message = "the list ends too early"
            raise WireError(message)
        cursor = page.next_cursor
        page = _page(connection, sessions, cursor)
    return cursor


def _timed_wake(server: ours.Outlast, connection: Connection, *, session: str, question: str) -> float:
    with server.connect() as viewer:
        frames = server.follow(viewer, session)
        for frame in frames:
            if frame.event == b"session.hibernated":
                break
        started = time.perf_counter()
        server.send_answer(connection, session, question=question, value="yes")
        ours.wait_for_question(frames)
        took_ms = (time.perf_counter() - started) * 1000
        connection.response()
    return took_ms


WORKLOAD = Workload(
    name="W8",
    title="100,000 hibernated sessions in one SQLite file",
    metrics=(
        Metric("start_s", "start of the server -> first page, s", at_most=2),
        Metric("rss_mib", "memory of the server, MiB", at_most=250, digits=0),
        Metric("bytes_per_session", "bytes in the host a hibernated session", at_most=500, digits=0),
        Metric("first_page_p50_ms", "first page of the list, p50, ms", at_most=10),
        Metric("deep_page_p50_ms", "1,000th page, p50, ms", at_most=10),
        Metric("wake_p50_ms", "wake, p50, ms", at_most=50),
    ),
    contestants=(Contestant("Outlast", Kind.OUTLAST, outlast),),
)
