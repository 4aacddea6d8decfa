"""The outbox and its relay, on both databases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.ee.cloud import events
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import SERVER_SCOPE, Cloud
from outlast.ee.cloud.events import service
from outlast.ee.cloud.events.errors import DeadLetterNotFound, UnclearFact
from outlast.ee.cloud.events.facts import Fact
from outlast.ee.cloud.events.relay import HANDLER_TIMEOUT, LEASE, PAUSES, Relay
from outlast.kit.clock import ManualClock
from outlast.kit.ids import new_id
from outlast.protocol.codec import Json
from tests.contract.cloud.part import START, part_of_cloud, rows_of, tell

HERE, THERE = new_id(), new_id()


class Oops(Exception):
    """What goes wrong in the tests."""


class Hearing:
    """A handler that writes down what it was told, and fails when it is told to."""

    def __init__(self, *, fails: int = 0, at: str = "") -> None:
        self.heard: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.fails = fails
        self.at = at

    async def __call__(self, cloud: Cloud, fact: Fact) -> None:
        self.heard.append((fact.workspace_id, fact.kind))
        self.ids.append(fact.id)
        if fact.kind == self.at and self.fails:
            self.fails -= 1
            raise Oops("not now")

    @property
    def kinds(self) -> list[str]:
        return [kind for _, kind in self.heard]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def cloud(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Cloud]:
    async with part_of_cloud(database_url, tmp_path, clock=clock) as cloud:
        yield cloud


async def work(cloud: Cloud) -> None:
    """Have the relay do all that there is to do now."""
    while await cloud.part(Relay).work():
        pass


async def stream(cloud: Cloud, workspace_id: str = HERE) -> list[dict[str, Json]]:
    """What the workspace's stream holds."""
    return [json.loads(event.data) for event in await cloud.runtime.log.read(events.stream_of(workspace_id))]


async def test_a_fact_is_told_if_and_only_if_its_transaction_is_committed(cloud: Cloud) -> None:
    """[security 84] Delivered iff the transaction committed."""
    hearing = Hearing()
    events.on(cloud, "thing.done", hearing)
    with pytest.raises(Oops):
        await _fail_after_telling(cloud)
    await work(cloud)
    assert (hearing.heard, await stream(cloud)) == ([], [])
    async with units.writing(cloud, workspace_id=HERE) as unit:
        await events.emit(unit, "thing.done", {"which": "committed"})
        await asyncio.sleep(0)
        assert hearing.heard == []
    await work(cloud)
    assert hearing.heard == [(HERE, "thing.done")]
    assert [fact["which"] for fact in await stream(cloud)] == ["committed"]
    assert await rows_of(cloud, "outbox") == []


async def _fail_after_telling(cloud: Cloud) -> None:
    async with units.writing(cloud, workspace_id=HERE) as unit:
        await events.emit(unit, "thing.done", {"which": "rolled back"})
        raise Oops


async def test_the_facts_of_a_workspace_stay_in_order(cloud: Cloud) -> None:
    hearing = Hearing()
    events.on(cloud, events.EVERY_KIND, hearing)
    kinds = [f"thing.n{number}" for number in range(45)]
    for kind in kinds:
        await tell(cloud, HERE, kind)
        await tell(cloud, THERE, kind)
    await work(cloud)
    assert [kind for where, kind in hearing.heard if where == HERE] == kinds
    assert [kind for where, kind in hearing.heard if where == THERE] == kinds
    told = await stream(cloud)
    assert [(fact["seq"], fact["event"], fact["text"]) for fact in told] == [
        (seq, kind, kind) for seq, kind in enumerate(kinds, 1)
    ]


async def test_a_handler_that_fails_is_tried_again_later_and_holds_back_what_follows(
    cloud: Cloud, clock: ManualClock
) -> None:
    sturdy, failing = Hearing(), Hearing(fails=2, at="thing.first")
    events.on(cloud, "thing.first", sturdy)
    events.on(cloud, events.EVERY_KIND, failing)
    await tell(cloud, HERE, "thing.first", "thing.second")
    await tell(cloud, THERE, "thing.elsewhere")
    await work(cloud)
    assert sorted(failing.kinds) == ["thing.elsewhere", "thing.first"]
    assert len(await stream(cloud)) == 2, "who follows does not wait for handlers"
    clock.advance(PAUSES[0] - timedelta(milliseconds=1))
    await work(cloud)
    assert failing.kinds.count("thing.first") == 1
    clock.advance(timedelta(milliseconds=1))
    await work(cloud)
    assert failing.kinds.count("thing.first") == 2
    clock.advance(PAUSES[1])
    await work(cloud)
    assert failing.kinds[-2:] == ["thing.first", "thing.second"]
    assert sturdy.kinds == ["thing.first"], "who has handled it is not told again"
    assert await rows_of(cloud, "outbox") == []


async def test_what_fails_for_good_becomes_a_dead_letter_that_can_be_tried_again_or_given_up(
    cloud: Cloud, clock: ManualClock
) -> None:
    failing = Hearing(fails=100, at="thing.cursed")
    events.on(cloud, events.EVERY_KIND, failing)
    await tell(cloud, HERE, "thing.cursed", "thing.next")
    for pause in (*PAUSES, timedelta(0)):
        await work(cloud)
        clock.advance(pause)
    assert failing.kinds == ["thing.cursed"] * (len(PAUSES) + 1) + ["thing.next"]
    assert len(set(failing.ids)) == 2, "a fact has one id over all attempts"
    async with units.looking(cloud, workspace_id=HERE) as unit:
        (dead,) = (await service.dead_letters(unit, cursor=None, limit=10)).items
    assert (dead.kind, dead.attempts, dead.at) == ("thing.cursed", len(PAUSES) + 1, START)
    assert "Oops: not now" in dead.error
    await _nothing_to_retry(cloud, THERE, dead.id)
    failing.fails = 0
    async with units.writing(cloud, workspace_id=HERE) as unit:
        await service.retry(unit, dead.id)
    await work(cloud)
    assert failing.kinds[-1] == "thing.cursed"
    await _nothing_to_retry(cloud, HERE, dead.id)


async def _nothing_to_retry(cloud: Cloud, workspace_id: str, fact_id: str) -> None:
    for verb in (service.retry, service.discard):
        with pytest.raises(DeadLetterNotFound):
            async with units.writing(cloud, workspace_id=workspace_id) as unit:
                await verb(unit, fact_id)


async def test_dead_letters_come_in_pages_and_can_be_given_up(cloud: Cloud, clock: ManualClock) -> None:
    events.on(cloud, "thing.cursed", Hearing(fails=100, at="thing.cursed"))
    for _ in range(3):
        await tell(cloud, HERE, "thing.cursed")
        for pause in (*PAUSES, timedelta(0)):
            await work(cloud)
            clock.advance(pause)
    async with units.writing(cloud, workspace_id=HERE) as unit:
        first = await service.dead_letters(unit, cursor=None, limit=2)
        rest = await service.dead_letters(unit, cursor=first.next_cursor, limit=2)
        assert (len(first.items), len(rest.items), rest.next_cursor) == (2, 1, None)
        for dead in [*first.items, *rest.items]:
            await service.discard(unit, dead.id)
        assert (await service.dead_letters(unit, cursor=None, limit=2)).items == []


async def test_two_relays_never_handle_the_same_fact_at_once(
    database_url: str, tmp_path: Path, cloud: Cloud, clock: ManualClock
) -> None:
    async with part_of_cloud(database_url, tmp_path / "other", clock=clock) as other:
        ours, theirs = Hearing(), Hearing()
        events.on(cloud, events.EVERY_KIND, ours)
        events.on(other, events.EVERY_KIND, theirs)
        places = [new_id() for _ in range(5)]
        for number in range(8):
            for place in places:
                await tell(cloud, place, f"thing.n{number}")
        await asyncio.gather(*(work(one) for one in (cloud, other, cloud, other)))
        await asyncio.gather(work(cloud), work(other))
        assert len({*ours.ids, *theirs.ids}) == len([*ours.ids, *theirs.ids]) == 40
        for place in places:
            assert [fact["event"] for fact in await stream(cloud, place)] == [f"thing.n{n}" for n in range(8)]


async def test_what_a_dead_relay_had_taken_is_handled_when_its_lease_is_over(
    database_url: str, tmp_path: Path, cloud: Cloud, clock: ManualClock
) -> None:
    taken = asyncio.Event()

    async def hang(_cloud: Cloud, _fact: Fact) -> None:
        taken.set()
        await asyncio.Event().wait()

    events.on(cloud, "thing.done", hang)
    await tell(cloud, HERE, "thing.done")
    dying = asyncio.create_task(work(cloud))
    await taken.wait()
    async with part_of_cloud(database_url, tmp_path / "other", clock=clock) as other:
        hearing = Hearing()
        events.on(other, "thing.done", hearing)
        await work(other)
        assert hearing.heard == [], "it is leased"
        clock.advance(LEASE)
        await work(other)
        assert hearing.kinds == ["thing.done"]
    dying.cancel()
    with suppress(asyncio.CancelledError):
        await dying


async def test_a_relay_that_is_stopped_gives_back_what_it_had_taken(cloud: Cloud) -> None:
    taken, hearing = asyncio.Event(), Hearing()

    async def hang(cloud: Cloud, fact: Fact) -> None:
        if not taken.is_set():
            taken.set()
            await asyncio.Event().wait()
        await hearing(cloud, fact)

    events.on(cloud, "thing.done", hang)
    await tell(cloud, HERE, "thing.done")
    stopped = asyncio.create_task(work(cloud))
    await taken.wait()
    stopped.cancel()
    with suppress(asyncio.CancelledError):
        await stopped
    await work(cloud)
    assert hearing.kinds == ["thing.done"]


async def test_what_is_about_accounts_is_handled_and_stands_in_no_stream(cloud: Cloud) -> None:
    hearing = Hearing()
    events.on(cloud, "user.registered", hearing)
    async with units.writing(cloud) as unit:
        await events.emit(unit, "user.registered", {"user": "u1"})
    await work(cloud)
    assert hearing.heard == [(SERVER_SCOPE, "user.registered")]
    assert await stream(cloud, SERVER_SCOPE) == []


async def test_a_running_relay_is_woken_by_a_commit_and_follows_tell_at_once(cloud: Cloud) -> None:
    heard = asyncio.Event()

    async def hear(_cloud: Cloud, _fact: Fact) -> None:
        heard.set()

    events.on(cloud, "thing.done", hear)
    ear = cloud.runtime.bus.subscribe(events.stream_of(HERE))
    running = asyncio.create_task(cloud.part(Relay).run())
    try:
        await tell(cloud, HERE, "thing.done")
        (event, *_) = await ear.next() or ()
        assert (event.seq, event.kind) == (1, "thing.done")
        await heard.wait()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_fact_that_the_stream_could_not_tell_is_refused_where_it_is_emitted(cloud: Cloud) -> None:
    async with units.writing(cloud, workspace_id=HERE) as unit:
        with pytest.raises(UnclearFact, match="seq"):
            await events.emit(unit, "thing.done", {"seq": 1})
        with pytest.raises(UnclearFact, match="session and owner"):
            await events.emit(unit, "thing.done", {"session": "s"}, audience="session")


async def test_the_facts_and_the_stream_of_a_workspace_go_with_it(cloud: Cloud) -> None:
    """[security 76] Nothing is left of it, and nothing is taken from another."""
    for place in (HERE, THERE):
        await tell(cloud, place, "thing.done")
        await work(cloud)
        await tell(cloud, place, "thing.told")
    async with units.writing(cloud, workspace_id=HERE) as unit:
        await events.purge(unit, HERE)
    assert await stream(cloud) == []
    assert len(await stream(cloud, THERE)) == 1
    assert [row["workspace_id"] for row in await rows_of(cloud, "outbox")] == [THERE]


def test_a_handler_fails_before_its_lease_ends() -> None:
    assert LEASE / 2 + HANDLER_TIMEOUT < LEASE
