"""Event streams and tenants: who may no longer look is sent away, and nobody gets at another's stream."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from outlast.ee.cloud.caller import Role
from outlast.kit.ids import new_id
from tests.api.conftest import Api, problem

LOST = (404, "session.not_found")


@asynccontextmanager
async def _open(api: Api, session_id: str, *, many: bool = False) -> AsyncIterator[AsyncIterator[str]]:
    """A stream of a session that is open, the server has sent its first event; what comes after that."""
    path = f"/streams?follow=session:{session_id}" if many else f"/sessions/{session_id}/events"
    async with api.http.stream("GET", path) as answer:
        assert answer.status_code == 200, await answer.aread()
        chunks = answer.aiter_text()
        await _until(chunks, "session.created")
        yield chunks


async def _until(chunks: AsyncIterator[str], wanted: str) -> None:
    while wanted not in await anext(chunks):
        pass


async def _ended(chunks: AsyncIterator[str]) -> None:
    """Read on until the stream ends, which it does by itself only after a quarter of an hour."""
    async for _ in chunks:
        pass


Ending = Callable[[Api, Api, str], Awaitable[object]]


async def _sign_out(_: Api, guest: Api, __: str) -> None:
    devices = (await guest.me.http.get("/auth/sessions")).json()["items"]
    current = next(device["id"] for device in devices if device["current"])
    assert (await guest.me.http.delete(f"/auth/sessions/{current}")).status_code == 204


async def _leave(_: Api, guest: Api, __: str) -> None:
    await guest.whole.leave(guest.workspace, guest.me)


async def _withdraw(owner: Api, _: Api, session_id: str) -> None:
    (share,) = (await owner.http.get(f"/sessions/{session_id}/shares")).json()["items"]
    assert (await owner.http.delete(f"/sessions/{session_id}/shares/{share['id']}")).status_code == 204


async def _lower(owner: Api, guest: Api, session_id: str) -> None:
    await owner.share(session_id, guest, "view")


async def _delete(owner: Api, _: Api, session_id: str) -> None:
    assert (await owner.http.delete(f"/sessions/{session_id}")).status_code == 204


ENDINGS: dict[str, Ending] = {
    "the device is signed out": _sign_out,
    "the member leaves": _leave,
    "the share is withdrawn": _withdraw,
    "the share is lowered": _lower,
    "the session is deleted": _delete,
}


class TestSentAway:
    @pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
    @pytest.mark.parametrize("why", ENDINGS)
    async def test_a_stream_ends_when_its_reader_may_no_longer_look(self, api: Api, why: str, many: bool) -> None:
        """[security 33, 39]"""
        session_id, guest = await api.start(), await api.with_member("bo")
        await api.share(session_id, guest, "edit")
        async with _open(guest, session_id, many=many) as theirs, _open(api, session_id) as own:
            await ENDINGS[why](api, guest, session_id)
            await _ended(theirs)
            if why != "the session is deleted":
                assert (await api.answer(session_id, "word", "tea")).status_code == 204
                await _until(own, "input.submitted")  # the owner's goes on

    async def test_another_device_of_the_same_person_goes_on(self, api: Api) -> None:
        """[security 33]"""
        session_id = await api.start()
        other = api.seen_by(await api.whole.sign_in(api.me.id, api.me.email))
        async with _open(other, session_id) as theirs, _open(api, session_id) as own:
            await _sign_out(api, other, session_id)
            await _ended(theirs)
            assert (await api.answer(session_id, "word", "tea")).status_code == 204
            await _until(own, "input.submitted")
        problem(await other.http.get(f"/sessions/{session_id}"), 401, "invalid_token")


class TestForeignStreams:
    @pytest.fixture
    async def foreign(self, api: Api) -> Api:
        """The workspace of somebody else on the same server."""
        eve = await api.whole.someone("eve")
        return Api(api.whole, eve, await api.whole.workspace(eve, "Other"), eve.http).seen_by(eve)

    async def test_a_name_or_position_of_another_tenants_stream_gives_404_and_nothing_else(
        self, api: Api, foreign: Api
    ) -> None:
        """[security 68, 75]"""
        foreign = foreign.seen_by(foreign.me)
        session_id, own = await api.start(), await foreign.start()
        head = len((await api.http.get(f"/sessions/{session_id}/history")).json()["items"])
        for stranger, secret in ((new_id(), 0), (session_id, head), (session_id, head + 1000), (session_id, 0)):
            names = [f"session:{stranger}@{secret}", f"session:{own}@0,session:{stranger}@{secret}"]
            for name in names:
                answers = [
                    await foreign.http.get("/streams", params={"follow": name}),
                    await foreign.http.get(
                        "/streams", params={"follow": f"session:{own}"}, headers={"last-event-id": name}
                    ),
                    await foreign.http.get(f"/sessions/{stranger}/events", headers={"last-event-id": str(secret)}),
                    await foreign.http.get(f"/sessions/{stranger}/events?after={secret}"),
                ]
                for answer in answers:
                    found = problem(answer, *LOST)
                    assert {**found, "instance": "", "detail": ""} == {
                        **problem(await foreign.http.get(f"/sessions/{new_id()}"), *LOST),
                        "instance": "",
                        "detail": "",
                    }

    @pytest.mark.parametrize("kind", ["workspace", "user", "group", "session", "", "workspace:x"])
    async def test_no_other_kind_of_stream_can_be_named(self, api: Api, foreign: Api, kind: str) -> None:
        """[security 75]"""
        for name in (f"{kind}:{api.workspace}", f"{kind}:{api.me.id}", kind):
            answer = await foreign.http.get("/streams", params={"follow": f"{name}@0"})
            assert answer.status_code in (404, 422), name
            assert "Hello" not in answer.text


class TestWorkspaceStream:
    async def test_each_hears_of_what_they_may_know(self, api: Api) -> None:
        """[security 75]"""
        member, admin = await api.with_member("bo"), await api.with_member("cleo", Role.ADMIN)
        mine, theirs = await api.start(), await member.start()
        heard: dict[str, set[str]] = {}
        for name, who in {"member": member, "admin": admin}.items():
            async with asyncio.timeout(15):
                heard[name] = await _facts_until(who, theirs)
        assert heard == {"member": {theirs}, "admin": {mine, theirs}}

    async def test_it_travels_with_sessions_in_one_connection(self, api: Api) -> None:
        session_id = await api.start()
        follow = f"workspace:{api.workspace}@0,session:{session_id}@0"
        async with api.http.stream("GET", "/streams", params={"follow": follow}) as answer:
            seen = ""
            async for chunk in answer.aiter_text():
                seen += chunk
                if f'"stream":"workspace:{api.workspace}"' in seen and f'"stream":"session:{session_id}"' in seen:
                    break
        assert "event: session.created\n" in seen

    async def test_from_now_on_brings_nothing_of_before(self, api: Api) -> None:
        await _facts_until(api, await api.start())
        follow = f"workspace:{api.workspace}@now"
        async with api.http.stream("GET", "/streams", params={"follow": follow}) as answer:
            lines = answer.aiter_lines()
            opening = re.fullmatch(rf"id: workspace:{api.workspace}@([1-9]\d*)", await anext(lines))
            await api.start()
            async for line in lines:
                if line.startswith("data: "):
                    assert opening is not None
                    assert json.loads(line.removeprefix("data: "))["seq"] > int(opening[1])
                    break


async def _facts_until(who: Api, session_id: str) -> set[str]:
    """The sessions that a reader of the workspace's stream hears of, until it is this one's turn."""
    found: set[str] = set()
    follow = f"workspace:{who.workspace}@0"
    async with who.http.stream("GET", "/streams", params={"follow": follow}) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                told = json.loads(line.removeprefix("data: ")).get("session")
                found |= {told} if told else set()
                if told == session_id:
                    return found
    raise AssertionError("the stream ended")


class TestParticipants:
    async def test_who_looks_is_named_while_they_look(self, api: Api) -> None:
        session_id, guest = await api.start(), await api.with_member("bo")
        await api.share(session_id, guest, "view")
        path = f"/sessions/{session_id}/participants"
        assert (await api.http.get(path)).json()["items"] == []
        async with _open(api, session_id), _open(guest, session_id), _open(guest, session_id, many=True):
            seen = (await guest.http.get(path)).json()["items"]
            assert [(one["user"], one["user_id"], one["streams"]) for one in seen] == [
                ("Ada", api.me.id, 1),
                ("Bo", guest.me.id, 2),
            ]
        while (await api.http.get(path)).json()["items"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # sleeps: polls, as the server notices a closed connection in its own time


class TestReading:
    async def test_reading_changes_nothing(self, api: Api) -> None:
        """[security 64]"""
        session_id = await api.start()
        await api.finish(session_id)
        await api.http.post(f"/sessions/{session_id}/shares", json={"level": "view"})
        await _facts_until(api, session_id)
        paths = [
            "/apps",
            "/apps/greet",
            "/sessions",
            "/sessions?which=all",
            "/sessions?which=shared",
            "/sessions?text=a",
        ]
        paths += [f"/sessions/{session_id}{rest}" for rest in ("", "/events", "/history", "/export", "/shares")]
        paths += [f"/sessions/{session_id}/participants", f"/sessions/{session_id}/export?format=json"]
        before = await _rows(api)
        for path in paths:
            for method in ("GET", "HEAD"):
                answer = await api.http.request(method, path)
                assert answer.status_code in (200, 405), (path, answer.text)
        assert await _rows(api) == before


async def _rows(api: Api) -> dict[str, object]:
    found: dict[str, object] = {}
    async with api.whole.cloud.engine.connect() as connection:
        for table in ("sessions", "session_shares", "stream_events", "stream_snapshots", "audit_entries", "outbox"):
            found[table] = sorted(map(str, (await connection.execute(text(f"SELECT * FROM {table}"))).all()))
    return found
