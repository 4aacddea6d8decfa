"""Several servers on one PostgreSQL: what one leaves, by stopping or by dying, another goes on with."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from outlast.db.engine import create_engine
from outlast.runtime import upgrade_database
from tests.process.stage import running, settings_for, write_app

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(60)]

LIMIT_S = 15
TAKEN_OVER_WITHIN = timedelta(seconds=6)
"""A third of a lease, the wake itself, and a busy machine."""

AT_WORK = """
@app
def at_work():
    for number in range(100_000):
        write(str(number))
        time.sleep(0.05)
"""
_PROGRAM = """
import sys
from pathlib import Path
from outlast.kit.settings import load_settings
from outlast.server.serve import serve
folder = Path(sys.argv[1])
settings = load_settings(data_dir=folder / "data", database_url=sys.argv[2], port=0)
serve(settings, [folder / "play.py"], announce=lambda server: print("ready", flush=True))
"""


@contextlib.contextmanager
def _server(folder: Path, url: str) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAST_")}
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM, str(folder), url], stdout=subprocess.PIPE, env=kept)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.wait(LIMIT_S)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
async def engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(postgres_url)
    yield engine
    await engine.dispose()


async def _begun(folder: Path, url: str, number: int) -> list[str]:
    """Sessions at work that no host owns."""
    await upgrade_database(settings_for(folder, database_url=url))
    async with running(folder, write_app(folder, AT_WORK), database_url=url) as stage:
        sessions = [await stage.start("at_work") for _ in range(number)]
        for session in sessions:
            await stage.until(session, lambda d: len(d.blocks) >= 1)
    return sessions


async def _until(holds: Callable[[], Awaitable[bool]], *, within_s: float = LIMIT_S) -> None:
    async with asyncio.timeout(within_s):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.05)  # sleeps: what another process did is seen in the database alone


async def _running_by(engine: AsyncEngine, pids: Sequence[int]) -> int:
    """How many sessions run in the hands of these servers."""
    query = text(
        "SELECT count(*) FROM sessions JOIN hosts ON hosts.id = sessions.host "
        "WHERE hosts.pid = ANY(:pids) AND sessions.state = 'running'"
    )
    async with engine.begin() as connection:
        await connection.execute(text("SELECT set_config('outlast.workspace', '*', true)"))
        return int((await connection.execute(query, {"pids": list(pids)})).scalar_one())


async def _owned_by(engine: AsyncEngine, *pids: int, number: int, within_s: float = LIMIT_S) -> None:
    async def owned() -> bool:
        return await _running_by(engine, pids) == number

    await _until(owned, within_s=within_s)


async def _length(engine: AsyncEngine, session: str) -> int:
    async with engine.connect() as connection:
        found = await connection.execute(
            text("SELECT max(seq) FROM stream_events WHERE stream = :stream"), {"stream": f"session:{session}"}
        )
        return int(found.scalar_one() or 0)


async def _grows(engine: AsyncEngine, session: str, *, beyond: int) -> None:
    async def grown() -> bool:
        return await _length(engine, session) > beyond

    await _until(grown)


async def test_sessions_of_a_server_that_stops_go_on_at_the_other_one(
    tmp_path: Path, postgres_url: str, engine: AsyncEngine
) -> None:
    sessions = await _begun(tmp_path, postgres_url, 3)
    with _server(tmp_path, postgres_url) as first:
        await _owned_by(engine, first.pid, number=3)
        with _server(tmp_path, postgres_url) as second:
            first.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(first.wait, LIMIT_S) == 0
            lengths = [await _length(engine, session) for session in sessions]
            await _owned_by(engine, second.pid, number=3, within_s=TAKEN_OVER_WITHIN.total_seconds())
            for session, length in zip(sessions, lengths, strict=True):
                await _grows(engine, session, beyond=length + 1)


async def test_sessions_of_a_server_that_is_killed_go_on_at_the_other_one(
    tmp_path: Path, postgres_url: str, engine: AsyncEngine
) -> None:
    (session,) = await _begun(tmp_path, postgres_url, 1)
    with _server(tmp_path, postgres_url) as first:
        await _owned_by(engine, first.pid, number=1)
        with _server(tmp_path, postgres_url) as second:
            first.kill()
            await asyncio.to_thread(first.wait, LIMIT_S)
            length = await _length(engine, session)
            await _owned_by(engine, second.pid, number=1, within_s=TAKEN_OVER_WITHIN.total_seconds())
            await _grows(engine, session, beyond=length + 1)


async def test_of_many_servers_each_session_goes_on_at_one_only(
    tmp_path: Path, postgres_url: str, engine: AsyncEngine
) -> None:
    sessions = await _begun(tmp_path, postgres_url, 4)
    with _server(tmp_path, postgres_url) as first, contextlib.ExitStack() as others:
        await _owned_by(engine, first.pid, number=4)
        pids = [others.enter_context(_server(tmp_path, postgres_url)).pid for _ in range(2)]
        first.send_signal(signal.SIGTERM)
        await asyncio.to_thread(first.wait, LIMIT_S)
        await _owned_by(engine, *pids, number=4)
        for session in sessions:
            await _grows(engine, session, beyond=await _length(engine, session) + 1)
            async with engine.connect() as connection:
                woken = await connection.execute(
                    text("SELECT count(*) FROM stream_events WHERE stream = :stream AND kind = 'session.woken'"),
                    {"stream": f"session:{session}"},
                )
            assert woken.scalar_one() == 2  # by the first server, and by one of the others
