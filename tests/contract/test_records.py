"""One suite for the session records, on every backend."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.kit.errors import InvalidCursor, SessionHeld, SessionNotFound
from outlast.protocol.events import User
from outlast.runtime.records import (
    Changed,
    Created,
    Lease,
    MemoryRecords,
    SessionFilter,
    SessionRecord,
    SessionRecords,
)
from outlast.runtime.records_sql import SqlRecords
from outlast.streams.log import Batch, StreamLog
from outlast.streams.log_memory import MemoryLog
from outlast.streams.log_sql import SqlLog

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
HERE = Lease(host="here", machine="m", pid=1, process_started="a")
THERE = Lease(host="there", machine="other", pid=1, process_started="b")


class Backend(msgspec.Struct):
    """Records, and the log that writes them."""

    records: SessionRecords
    log: StreamLog

    async def write(self, *changes: object) -> None:
        """Write changes as a commit does."""
        await self.log.append([Batch("s", [], change) for change in changes])


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "memory" else str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def backend(url: str) -> AsyncIterator[Backend]:
    if not url:
        records = MemoryRecords()
        yield Backend(records, MemoryLog(records))
        return
    engine = create_engine(url)
    await upgrade(engine)
    sql = SqlRecords(engine)
    log = SqlLog(engine, sql)
    yield Backend(sql, log)
    await log.close()
    await engine.dispose()


@pytest.fixture
async def shared(backend: Backend, url: str) -> Backend:
    if not url:
        pytest.skip("memory is never shared by hosts")
    return backend


def _record(number: int, **fields: object) -> SessionRecord:
    at = NOON + timedelta(seconds=number)
    record = SessionRecord(id=f"s{number:03}", app="a:a", user_id="ada", created_at=at, updated_at=at, args={"n": [1]})
    return msgspec.structs.replace(record, **fields)


async def test_a_record_comes_back_as_it_was_written(backend: Backend) -> None:
    record = _record(1, title="Tïtle", waiting_input="i1", due_at=NOON, bytes=2**40)
    await backend.write(Created(record))
    assert await backend.records.get("s001") == record
    record.state, record.due_at = "completed", None
    await backend.write(Changed(record))
    assert await backend.records.get("s001") == record
    await backend.records.delete("s001")
    await backend.records.delete("s001")
    with pytest.raises(SessionNotFound):
        await backend.records.get("s001")


async def test_pages_give_each_record_once_newest_first(backend: Backend) -> None:
    await backend.write(*(Created(_record(n, app="b:b" if n % 3 else "a:a")) for n in range(25)))
    seen: list[str] = []
    cursor = None
    while True:
        page = await backend.records.page(SessionFilter(), cursor=cursor, limit=10)
        seen += [record.id for record in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"s{n:03}" for n in reversed(range(25))]
    only = await backend.records.page(SessionFilter(app="a:a", user_id="ada", state="created"))
    assert [record.id for record in only.items] == [f"s{n:03}" for n in reversed(range(25)) if n % 3 == 0]
    assert not (await backend.records.page(SessionFilter(user_id="bob"))).items
    with pytest.raises(InvalidCursor):
        await backend.records.page(SessionFilter(), cursor="nonsense")


async def test_records_with_one_time_are_told_apart_by_their_id(backend: Backend) -> None:
    await backend.write(*(Created(_record(n, updated_at=NOON)) for n in range(5)))
    first = await backend.records.page(SessionFilter(), limit=3)
    rest = await backend.records.page(SessionFilter(), limit=3, cursor=first.next_cursor)
    assert [record.id for record in [*first.items, *rest.items]] == ["s004", "s003", "s002", "s001", "s000"]
    assert rest.next_cursor is None


async def test_what_is_due_and_unfinished_is_found_where_nobody_owns_it(backend: Backend) -> None:
    await backend.write(
        Created(_record(1, due_at=NOON, state="hibernated")),
        Created(_record(2, due_at=NOON + timedelta(hours=1), state="hibernated")),
        Created(_record(3, due_at=NOON, host="here", state="waiting")),
        Created(_record(4, state="running")),
    )
    assert await backend.records.due(NOON) == ["s001"]
    assert await backend.records.next_due() == NOON
    assert [record.id for record in await backend.records.unfinished()] == ["s004"]


async def test_a_claim_raises_the_epoch_and_a_dead_host_is_no_obstacle(backend: Backend) -> None:
    await backend.records.renew(HERE, until=NOON + timedelta(seconds=10))
    await backend.write(Created(_record(1)))
    first = await backend.records.claim("s001", host="here", now=NOON)
    again = await backend.records.claim("s001", host="here", now=NOON)
    assert (first.host, first.epoch, again.epoch) == ("here", 1, 2)
    with pytest.raises(SessionNotFound):
        await backend.records.claim("s999", host="here", now=NOON)


async def test_a_session_belongs_to_its_host_while_the_lease_lasts(shared: Backend) -> None:
    backend, records = shared, shared.records
    await records.renew(THERE, until=NOON + timedelta(seconds=10))
    await backend.write(Created(_record(1, host="there", epoch=1, state="running")))
    with pytest.raises(SessionHeld):
        await records.claim("s001", host="here", now=NOON)
    assert await records.release_dead(HERE, now=NOON) == 0
    assert await records.release_dead(HERE, now=NOON + timedelta(seconds=11)) == 1
    assert (await records.claim("s001", host="here", now=NOON + timedelta(seconds=11))).epoch == 2
    await records.leave(HERE)
    assert (await records.get("s001")).host is None


async def test_a_host_whose_process_is_gone_is_dead_before_its_lease_ends(shared: Backend) -> None:
    backend, records = shared, shared.records
    gone = Lease(host="gone", machine="m", pid=2**22 - 1, process_started="long ago")
    await records.renew(gone, until=NOON + timedelta(seconds=10))
    await backend.write(Created(_record(1, host="gone", state="running")))
    assert await records.release_dead(HERE, now=NOON) == 1


async def test_who_is_deleted_and_when_it_expires_is_not_the_running_hosts_to_write(backend: Backend) -> None:
    records, record = backend.records, _record(1, host="here", workspace_id="w")
    await backend.write(Created(record))
    await records.set_expiry("s001", NOON)
    await records.bury("s001", at=NOON, by="ada")
    await records.bury("s001", at=NOON + timedelta(hours=1), by="bob")
    await backend.write(Changed(msgspec.structs.replace(record, state="completed", workspace_id="w")))
    kept = await records.get("s001")
    assert (kept.state, kept.workspace_id, kept.expires_at) == ("completed", "w", NOON)
    assert (kept.deleted_at, kept.deleted_by) == (NOON, "ada")
    await records.set_expiry("s001", None)
    await records.unbury("s001")
    kept = await records.get("s001")
    assert (kept.expires_at, kept.deleted_at, kept.deleted_by) == (None, None, None)


async def test_what_is_not_there_can_be_neither_deleted_nor_restored(backend: Backend) -> None:
    records = backend.records
    for missing in (records.bury("s9", at=NOON, by=""), records.unbury("s9"), records.set_expiry("s9", NOON)):
        with pytest.raises(SessionNotFound):
            await missing


async def test_a_deleted_session_is_in_no_list_but_its_own(backend: Backend) -> None:
    records = backend.records
    await backend.write(
        *(Created(_record(n, due_at=NOON, state="running" if n % 2 else "hibernated")) for n in range(4))
    )
    for number in (0, 1):
        await records.bury(f"s{number:03}", at=NOON, by="ada")
    assert [record.id for record in (await records.page(SessionFilter())).items] == ["s003", "s002"]
    assert [record.id for record in (await records.page(SessionFilter(deleted=True))).items] == ["s001", "s000"]
    assert [record.id for record in await records.unfinished()] == ["s003"]
    assert set(await records.due(NOON)) == {"s002", "s003"}
    for number in (2, 3):
        await records.bury(f"s{number:03}", at=NOON, by="ada")
    assert await records.next_due() is None


async def test_a_list_is_of_one_workspace_and_finds_text(backend: Backend) -> None:
    await backend.write(
        Created(_record(1, workspace_id="w", title="Trip to 100% fun", app="trips:trip")),
        Created(_record(2, workspace_id="w", title="An order", state="waiting")),
        Created(_record(3, workspace_id="x", title="Trip", state="waiting")),
    )

    async def found(**which: object) -> list[str]:
        return [r.id for r in (await backend.records.page(msgspec.structs.replace(SessionFilter(), **which))).items]

    assert await found(workspace_id="w") == ["s002", "s001"]
    assert await found(workspace_id="x", text="tRIP") == ["s003"]
    assert await found(workspace_id="w", text="TRIPS:") == ["s001"]
    assert await found(text="0% f") == ["s001"]
    assert await found(text="_") == await found(workspace_id="y") == []
    assert await found(state="waiting") == ["s003", "s002"]
    assert await found(state="waiting", workspace_id="w") == ["s002"]


async def test_what_is_past_its_time_is_found_oldest_first(backend: Backend) -> None:
    records, later = backend.records, timedelta(hours=1)
    await backend.write(
        Created(_record(1, expires_at=NOON + later)),
        Created(_record(2, expires_at=NOON)),
        Created(_record(3, expires_at=NOON, state="completed")),
        Created(_record(4, expires_at=NOON)),
        Created(_record(5, expires_at=NOON + 2 * later)),
    )
    await records.bury("s004", at=NOON, by="ada")
    assert [record.id for record in await records.expired(NOON + later)] == ["s002", "s001"]
    assert [record.id for record in await records.expired(NOON + later, limit=1)] == ["s002"]
    await records.bury("s005", at=NOON - later, by="ada")
    assert [record.id for record in await records.buried_before(NOON + later)] == ["s005", "s004"]
    assert [record.id for record in await records.buried_before(NOON)] == ["s005"]
    assert [record.id for record in await records.buried_before(NOON + later, limit=1)] == ["s005"]


async def test_sessions_of_no_workspace_are_adopted_by_one(backend: Backend) -> None:
    records = backend.records
    await backend.write(Created(_record(1)), Created(_record(2, workspace_id="x")), Created(_record(3)))
    assert await records.adopt("w", user=User(id="bob", name="Bob")) == 2
    assert await records.adopt("v", user=User(id="eve")) == 0
    found = (await records.page(SessionFilter(workspace_id="w"))).items
    assert [(record.id, record.user_id, record.user_name) for record in found] == [
        ("s003", "bob", "Bob"),
        ("s001", "bob", "Bob"),
    ]
    assert (await records.get("s002")).user_id == "ada"
