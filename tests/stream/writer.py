"""A process that appends events to a stream and says, after each commit, up to where they are acknowledged.

Run as ``python writer.py URL STREAM COUNT``; it migrates the database first.
"""

from __future__ import annotations

import asyncio
import sys

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.streams.bus_memory import MemoryBus
from outlast.streams.commit import GroupCommit
from outlast.streams.log import Batch, StoredEvent
from outlast.streams.log_sql import SqlLog


async def main(url: str, stream: str, count: int) -> None:
    """Append one event at a time."""
    engine = create_engine(url)
    await upgrade(engine)
    log = SqlLog(engine)
    commit = GroupCommit(log, MemoryBus())
    for seq in range(1, count + 1):
        await commit.append(Batch(stream, [StoredEvent(seq, "test.written", b'{"seq":%d}' % seq)]))
        print(seq, flush=True)
    await commit.close()
    await log.close()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
