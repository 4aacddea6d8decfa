"""A workspace's stream and its dead letters over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from outlast.ee.cloud import events
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.events import service
from outlast.ee.cloud.events.facts import Fact
from outlast.ee.cloud.events.relay import PAUSES, Relay
from outlast.kit.clock import ManualClock
from outlast.kit.ids import new_id
from outlast.protocol.codec import Json
from tests.api.cloud import CloudApi, Someone, problem, serving_cloud


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[CloudApi]:
    async with serving_cloud(database_url, tmp_path, clock=clock) as api:
        yield api


@pytest.fixture
async def ada(api: CloudApi) -> Someone:
    return await api.someone("ada")


@pytest.fixture
async def place(api: CloudApi, ada: Someone) -> str:
    return await api.workspace(ada)


async def tell(api: CloudApi, place: str, kind: str, *, audience: events.Audience = "members") -> None:
    async with units.writing(api.cloud, workspace_id=place) as unit:
        await events.emit(unit, kind, {"text": kind}, audience=audience)


class Ear:
    """Hears a stream, event by event."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self._lines = answer.aiter_lines()

    async def next(self, prefix: str = "thing.") -> dict[str, Json]:
        """The next event of a kind that begins so; what else happens in the workspace is left out."""
        async with asyncio.timeout(10):
            async for line in self._lines:
                if line.startswith("data: "):
                    fact: dict[str, Json] = json.loads(line.removeprefix("data: "))
                    if str(fact["event"]).startswith(prefix):
                        return fact
        raise EOFError

    async def end(self) -> None:
        """Wait for the stream's end."""
        async with asyncio.timeout(5):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def following(someone: Someone, place: str, **params: str | int) -> AsyncIterator[Ear]:
    async with someone.http.stream("GET", f"/workspaces/{place}/events", params=params, timeout=30) as answer:
        yield Ear(answer)


async def member(api: CloudApi, place: str, role: Role) -> Someone:
    someone = await api.someone("bob")
    await api.join(place, someone, role)
    return someone


class TestFollowing:
    """``GET /workspaces/{id}/events``."""

    async def test_strangers_find_no_stream(self, api: CloudApi, place: str) -> None:
        problem(await api.client().get(f"/workspaces/{place}/events"), 401, "unauthenticated")
        bob = await api.someone("bob")
        for unknown in (place, new_id()):
            answer = await bob.http.get(f"/workspaces/{unknown}/events", headers={"last-event-id": "1"})
            problem(answer, 404, "workspace.not_found")

    async def test_a_viewer_hears_what_is_for_members_as_it_happens(self, api: CloudApi, place: str) -> None:
        bob = await member(api, place, Role.VIEWER)
        async with following(bob, place) as ear:
            await tell(api, place, "thing.secret", audience="nobody")
            await tell(api, place, "thing.inner", audience="admins")
            await tell(api, place, "thing.done")
            fact = await ear.next()
        assert (fact["event"], fact["text"]) == ("thing.done", "thing.done")
        assert {"seq", "at", "id"} <= fact.keys()

    async def test_who_comes_back_hears_what_was_missed_once(self, api: CloudApi, ada: Someone, place: str) -> None:
        async with following(ada, place) as ear:
            await tell(api, place, "thing.first")
            first = await ear.next()
        await tell(api, place, "thing.second")
        await tell(api, place, "thing.third")
        async with following(ada, place, after=str(first["seq"])) as ear:
            assert [(await ear.next())["event"] for _ in range(2)] == ["thing.second", "thing.third"]

    @pytest.mark.parametrize("position", ["x", "-1", "9" * 15])
    async def test_a_position_that_is_none_is_refused(self, ada: Someone, place: str, position: str) -> None:
        answer = await ada.http.get(f"/workspaces/{place}/events", headers={"last-event-id": position})
        problem(answer, 422, "invalid")

    async def test_who_is_no_member_any_more_hears_nothing_more(self, api: CloudApi, place: str) -> None:
        """[security 39] The open stream ends, too."""
        bob = await member(api, place, Role.MEMBER)
        async with following(bob, place) as ear:
            await tell(api, place, "thing.done")
            await ear.next()
            await api.leave(place, bob)
            await ear.end()
        problem(await bob.http.get(f"/workspaces/{place}/events"), 404, "workspace.not_found")


class TestDeadLetters:
    """``/workspaces/{id}/dead-letters``."""

    async def test_an_admin_sees_them_and_has_them_tried_again(
        self, api: CloudApi, ada: Someone, place: str, clock: ManualClock
    ) -> None:
        broken, healed = True, asyncio.Event()

        async def handle(_cloud: Cloud, _fact: Fact) -> None:
            if broken:
                raise RuntimeError("it is broken")
            healed.set()

        events.on(api.cloud, "thing.cursed", handle)
        await tell(api, place, "thing.cursed")
        await self._give_up(api, place, clock)
        ada = await api.sign_in(ada.id, ada.email)
        address = f"/workspaces/{place}/dead-letters"
        (dead,) = (await ada.http.get(address)).json()["items"]
        assert (dead["kind"], dead["attempts"]) == ("thing.cursed", len(PAUSES) + 1)
        assert "it is broken" in dead["error"]
        assert "text" not in dead
        bob = await member(api, place, Role.MEMBER)
        problem(await bob.http.get(address), 403, "role.too_low")
        problem(await ada.http.post(f"{address}/{new_id()}/retry"), 404, "dead_letter.not_found")
        broken = False
        assert (await ada.http.post(f"{address}/{dead['id']}/retry")).status_code == 204
        async with asyncio.timeout(5):
            await healed.wait()
        problem(await ada.http.delete(f"{address}/{dead['id']}"), 404, "dead_letter.not_found")

    async def _give_up(self, api: CloudApi, place: str, clock: ManualClock) -> None:
        """Let the time go by after which a fact is a dead letter."""
        dead = False
        async with asyncio.timeout(10):
            while not dead:
                clock.advance(timedelta(minutes=5))
                api.cloud.part(Relay).wake()
                async with units.looking(api.cloud, workspace_id=place) as unit:
                    dead = bool((await service.dead_letters(unit, cursor=None, limit=1)).items)
