"""What was acknowledged survives the death of its process, and many writers share one SQLite file."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.db.unit import transaction
from outlast.streams.bus_memory import MemoryBus
from outlast.streams.commit import GroupCommit
from outlast.streams.log import Batch
from outlast.streams.log_sql import SqlLog
from outlast.testing.conformance import events_of

WRITER = Path(__file__).with_name("writer.py")


async def _writer(url: str, stream: str, count: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, str(WRITER), url, stream, str(count), stdout=asyncio.subprocess.PIPE
    )


@pytest.mark.parametrize("acknowledged", [1, 2, 25])
async def test_a_kill_right_after_an_acknowledgement_loses_nothing(sqlite_url: str, acknowledged: int) -> None:
    process = await _writer(sqlite_url, "s", 100_000)
    assert process.stdout is not None
    last = 0
    while last < acknowledged:
        last = int(await process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    told = [int(line) for line in (await process.stdout.read()).split(b"\n")[:-1]]
    await process.wait()
    engine = create_engine(sqlite_url)
    log = SqlLog(engine)
    head = await log.head("s")
    assert head >= max([last, *told])
    stored = [e.seq for after in range(0, head, 1000) for e in await log.read("s", after=after)]
    assert stored == list(range(1, head + 1))
    assert await log.append([Batch("s", events_of(head + 1, head + 1))]) == {}
    await log.close()
    await engine.dispose()


async def test_several_processes_write_one_file_at_once(sqlite_url: str) -> None:
    processes = [await _writer(sqlite_url, f"s{i}", 60) for i in range(3)]
    outputs = [await process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert [output[0].split()[-1] for output in outputs] == [b"60"] * 3


async def test_twenty_durable_writers_at_once_never_see_a_lock(sqlite_url: str) -> None:
    engines = [create_engine(sqlite_url) for _ in range(20)]
    await asyncio.gather(*(upgrade(engine) for engine in engines))
    logs = [SqlLog(engine) for engine in engines]
    commits = [GroupCommit(log, MemoryBus(), retries=()) for log in logs]

    async def write(commit: GroupCommit, stream: str) -> None:
        for seq in range(1, 26):
            await commit.append(Batch(stream, events_of(seq, seq)))

    await asyncio.gather(*(write(commit, f"s{i}") for i, commit in enumerate(commits)))
    assert [await logs[0].head(f"s{i}") for i in range(20)] == [25] * 20
    for log, engine in zip(logs, engines, strict=True):
        await log.close()
        await engine.dispose()


async def test_twenty_sessions_of_one_process_write_at_once(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    await upgrade(engine)
    log = SqlLog(engine)
    commit = GroupCommit(log, MemoryBus(), retries=())

    async def write(stream: str) -> None:
        for seq in range(1, 51):
            await commit.append(Batch(stream, events_of(seq, seq)))

    async def change() -> None:
        for _ in range(20):
            async with transaction(engine):
                await log.head("s0")

    await asyncio.gather(*(write(f"s{i}") for i in range(20)), change(), change())
    assert [await log.head(f"s{i}") for i in range(20)] == [50] * 20
    await log.close()
    await engine.dispose()


async def test_a_unit_that_is_cancelled_leaves_no_lock_behind(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    await upgrade(engine)
    log = SqlLog(engine)

    async def change(turns: int) -> None:
        async with transaction(engine) as connection:
            await connection.exec_driver_sql("DELETE FROM stream_snapshots")
            for _ in range(turns):
                await asyncio.sleep(0)

    for turns in range(0, 40, 3):
        unit = asyncio.ensure_future(change(20))
        for _ in range(turns):
            await asyncio.sleep(0)
        unit.cancel()
        await asyncio.wait([unit])
        assert await log.append([Batch("s", events_of(turns // 3 + 1, turns // 3 + 1))]) == {}
    await log.close()
    await engine.dispose()
