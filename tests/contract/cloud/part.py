"""The lower domains of the cloud, open over a database: audit, events and licence, without a server before them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import DateTime, RowMapping, column, delete, insert, select, table

from outlast.db.base import metadata
from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.ee.cloud import audit, events
from outlast.ee.cloud import license as licences
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.box import SecretBox
from outlast.ee.cloud.caller import Caller
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud
from outlast.kit.clock import ManualClock
from outlast.kit.ids import new_id
from outlast.kit.settings import load_settings
from outlast.runtime.awake import HostSettings
from outlast.runtime.opening import Runtime
from outlast.runtime.records_sql import SqlRecords
from outlast.streams.log_sql import SqlLog
from outlast.testing.fakes import FakeExecutor
from tests.api.conversation import GREETER, converse

START = datetime(2030, 1, 1, tzinfo=UTC)

ADA = Caller(user_id=new_id(), email="ada@example.com", name="Ada", login_session_id="device", proved_at=START)

_WORKSPACES = table(
    "workspaces",
    *(column(name) for name in ("id", "name", "slug", "settings", "version")),
    column("created_at", DateTime(True)),
)
"""Not the domain's own table: that stands above these domains."""


@asynccontextmanager
async def part_of_cloud(
    database_url: str, folder: Path, *, clock: ManualClock | None = None, **settings: object
) -> AsyncIterator[Cloud]:
    """Open the lower domains; their jobs run only if the test starts them."""
    clock = clock or ManualClock(START)
    engine = create_engine(database_url)
    await upgrade(engine)
    records = SqlRecords(engine)
    runtime = Runtime(
        log=SqlLog(engine, events.SessionFacts(records)),
        records=records,
        executor=FakeExecutor(converse, apps=[GREETER]),
        settings=HostSettings(hibernate_after=None, cancel_grace=timedelta(seconds=1)),
        env={},
        data=folder,
        engine=engine,
        clock=clock,
    )
    await runtime.start()
    try:
        given = load_settings(data_dir=folder, database_url=database_url, **settings)
        cloud = Cloud(engine=engine, runtime=runtime, settings=given, clock=clock, box=SecretBox(bytes(32)))
        for domain in (audit, events, licences):
            cloud.policy.add(domain.RULES)
            domain.install(cloud)
        yield cloud
    finally:
        await runtime.close()


async def rows_of(cloud: Cloud, name: str) -> Sequence[RowMapping]:
    """All rows of a table, whosever they are."""
    async with units.looking(cloud, workspace_id=ALL_WORKSPACES) as unit:
        return (await unit.connection.execute(select(metadata.tables[name]))).mappings().all()


async def tell(cloud: Cloud, workspace_id: str, *kinds: str) -> None:
    """Tell facts, each in a transaction of its own."""
    for kind in kinds:
        async with units.writing(cloud, workspace_id=workspace_id) as unit:
            await events.emit(unit, kind, {"text": kind})


async def make_workspace(cloud: Cloud, workspace_id: str) -> None:
    """Have a workspace's own row."""
    row = {"id": workspace_id, "name": "W", "slug": workspace_id, "settings": "{}", "created_at": START, "version": 1}
    async with cloud.engine.begin() as connection:
        await connection.execute(insert(_WORKSPACES), row)


async def drop_workspace(cloud: Cloud, workspace_id: str) -> None:
    """Have it no more."""
    async with cloud.engine.begin() as connection:
        await connection.execute(delete(_WORKSPACES).where(_WORKSPACES.c.id == workspace_id))
