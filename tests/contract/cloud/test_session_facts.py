"""The facts of sessions, told by their host, on both databases."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from outlast.ee.cloud import events
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.events.relay import Relay
from outlast.executors.base import Source
from outlast.kit.ids import new_id
from outlast.protocol.codec import Json
from outlast.protocol.events import User
from outlast.runtime.registry import AppEntry
from outlast.runtime.tracking import stream_of
from outlast.streams.follow import follow
from tests.api.conversation import GREETER
from tests.contract.cloud.part import part_of_cloud, rows_of

HERE = new_id()
ADA, BOB = new_id(), new_id()


@pytest.fixture
async def cloud(database_url: str, tmp_path: Path) -> AsyncIterator[Cloud]:
    async with part_of_cloud(database_url, tmp_path) as cloud:
        source = Source(path=Path("talk.py"), module="talk", root=Path(), code="0" * 64)
        cloud.runtime.registry.add_entry(AppEntry(GREETER, source))
        yield cloud


async def start(cloud: Cloud, workspace_id: str = HERE) -> str:
    return await cloud.runtime.host.start(
        "greet", {"name": "Ada"}, user=User(id=ADA, name="Ada"), workspace_id=workspace_id
    )


async def until(cloud: Cloud, session_id: str, *kinds: str) -> None:
    """Wait until a session's stream has these."""
    wanted = list(kinds)
    reader = follow(cloud.runtime.log, cloud.runtime.bus, stream_of(session_id))
    async for run in reader:
        for event in run:
            if wanted and event.kind == wanted[0]:
                wanted.pop(0)
        if not wanted:
            break
    await reader.aclose()


async def told(cloud: Cloud) -> list[dict[str, Json]]:
    while await cloud.part(Relay).work():
        pass
    return [json.loads(event.data) for event in await cloud.runtime.log.read(events.stream_of(HERE))]


async def test_the_life_of_a_session_is_told_to_its_workspace(cloud: Cloud) -> None:
    session = await start(cloud)
    await until(cloud, session, "session.waiting")
    first = await told(cloud)
    assert first[0]["event"] == "session.created"
    assert (first[-1]["event"], first[-1]["state"]) == ("session.updated", "waiting")
    assert {fact["audience"] for fact in first} == {"session"}
    await cloud.runtime.host.retitle(session, "Tea")
    assert (await told(cloud))[-1]["title"] == "Tea"
    await cloud.runtime.host.cancel(session, by=None)
    await until(cloud, session, "session.cancelled")
    await cloud.runtime.host.retitle(session, "Tea, over")
    facts = await told(cloud)
    assert [fact["event"] for fact in facts].count("session.cancelled") == 1
    assert (facts[-1]["event"], facts[-1]["title"]) == ("session.updated", "Tea, over")
    assert {(fact["session"], fact["owner"]) for fact in facts} == {(session, ADA)}


async def test_what_was_said_in_a_session_is_not_told(cloud: Cloud) -> None:
    session = await start(cloud)
    await until(cloud, session, "session.waiting")
    (*_, fact) = await told(cloud)
    assert fact.keys() == {
        "event", "seq", "at", "id", "audience", "session", "owner", "app", "title", "state", "input",
    }  # fmt: skip


async def test_a_session_without_a_workspace_tells_nobody(cloud: Cloud) -> None:
    session = await start(cloud, workspace_id="")
    await until(cloud, session, "session.waiting")
    assert await rows_of(cloud, "outbox") == []


async def test_a_reader_hears_of_the_sessions_that_they_may_see(cloud: Cloud) -> None:
    shared: set[str] = set()

    async def of(_cloud: Cloud, *, workspace_id: str, user_id: str) -> set[str]:
        assert workspace_id == HERE
        return shared if user_id == BOB else set()

    events.share_by(cloud, of)
    sessions = [await start(cloud), await start(cloud)]
    for session in sessions:
        await until(cloud, session, "session.waiting")
    shared.add(sessions[1])
    await told(cloud)
    stored = await cloud.runtime.log.read(events.stream_of(HERE))

    async def seen(user_id: str, role: Role) -> set[str]:
        project = await events.projection_for(cloud, workspace_id=HERE, user_id=user_id, role=role)
        return {json.loads(event.data)["session"] for event in stored if project(event) is not None}

    assert await seen(ADA, Role.MEMBER) == set(sessions)
    assert await seen(BOB, Role.MEMBER) == {sessions[1]}
    assert await seen(new_id(), Role.MEMBER) == set()
    assert await seen(new_id(), Role.ADMIN) == set(sessions)


async def test_a_share_is_heard_as_it_is_given_and_ends_as_it_is_taken(cloud: Cloud) -> None:
    session = new_id()
    project = await events.projection_for(cloud, workspace_id=HERE, user_id=BOB, role=Role.MEMBER)
    told_of = {"session": session, "owner": ADA}
    for kind, more in (
        ("session.updated", {}),
        ("session.shared", {"user": new_id()}),
        ("session.shared", {"user": BOB}),
        ("session.updated", {}),
        ("session.unshared", {"user": BOB}),
        ("session.updated", {}),
    ):
        async with units.writing(cloud, workspace_id=HERE) as unit:
            await events.emit(unit, kind, {**told_of, **more}, audience="session")
        await told(cloud)
    stored = await cloud.runtime.log.read(events.stream_of(HERE))
    assert [event.seq for event in stored if project(event) is not None] == [3, 4, 5]
