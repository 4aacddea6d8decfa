"""How sessions end and go: by their time, by being left alone, deleted and restored, with their workspace."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.sessions import expiry, handlers
from outlast.kit.clock import ManualClock
from outlast.kit.ids import new_id
from outlast.protocol.codec import Json
from tests.api.conftest import HELLO, IDLE, Api, problem


async def _again(api: Api) -> Api:
    """The same person with a fresh token: the clock may have gone past the old one's end."""
    return api.seen_by(await api.whole.sign_in(api.me.id, api.me.email))


async def _state(api: Api, session_id: str) -> str:
    return str((await api.http.get(f"/sessions/{session_id}")).json()["state"])


async def _set(api: Api, **settings: Json) -> None:
    """Change the workspace's settings."""
    path = f"/workspaces/{api.workspace}"
    etag = (await api.me.http.get(path)).headers["etag"]
    changed = await api.me.http.patch(path, json={"settings": settings}, headers={"if-match": etag})
    assert changed.status_code == 200, changed.text


async def _rows_of(api: Api, session_id: str) -> dict[str, int]:
    """How many rows of the database tell of a session, by table."""
    counts = {
        "sessions": "id = :id",
        "session_shares": "session_id = :id",
        "stream_events": "stream = 'session:' || :id",
        "stream_snapshots": "stream = 'session:' || :id",
    }
    found = {}
    async with api.whole.cloud.engine.connect() as connection:
        for table, those in counts.items():
            query = text(f"SELECT count(*) FROM {table} WHERE {those}")
            found[table] = int((await connection.execute(query, {"id": session_id})).scalar_one())
    return found


class TestExpiry:
    async def test_its_time_over_a_session_ends_and_can_still_be_read(self, timed: Api, clock: ManualClock) -> None:
        ends = (clock.now() + timedelta(minutes=30)).isoformat()
        answer = await timed.http.post("/sessions", json={**HELLO, "expires_at": ends})
        session_id = answer.json()["id"]
        await timed.until(session_id, "session.waiting")
        await expiry.end_due(timed.whole.cloud)
        assert await _state(timed, session_id) == "waiting"
        clock.advance(timedelta(minutes=31))
        await expiry.end_due(timed.whole.cloud)
        later = await _again(timed)
        seen = await later.until(session_id, "session.expired")
        assert seen[-1][1]["limit"] == "expires_at"
        assert await _state(later, session_id) == "expired"
        problem(await later.answer(session_id, "word", "tea"), 409, "session.over")

    async def test_its_owner_may_put_it_off_and_take_it_away(self, timed: Api, clock: ManualClock) -> None:
        path = f"/sessions/{await timed.start()}"
        ends = clock.now() + timedelta(minutes=10)
        first = await timed.http.patch(path, json={"expires_at": ends.isoformat()})
        assert first.json()["expires_at"] is not None
        tag = first.headers["etag"]
        taken = await timed.http.patch(path, json={"expires_at": None}, headers={"if-match": tag})
        assert (taken.json()["expires_at"], taken.headers["etag"] != tag) == (None, True)
        clock.advance(timedelta(minutes=11))
        await expiry.end_due(timed.whole.cloud)
        assert await _state(await _again(timed), path.rpartition("/")[2]) == "waiting"

    @pytest.mark.parametrize("at", ["2001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2030-01-01T00:00:00", 5, "x"])
    async def test_an_unfit_end_is_told(self, timed: Api, at: Json) -> None:
        path = f"/sessions/{await timed.start()}"
        problem(await timed.http.patch(path, json={"expires_at": at}), 422, "invalid")
        problem(await timed.http.post("/sessions", json={**HELLO, "expires_at": at}), 422, "invalid")


class TestLeftAlone:
    async def test_a_session_that_nobody_moves_ends_and_a_touched_one_does_not(
        self, timed: Api, clock: ManualClock
    ) -> None:
        alone, touched = await timed.start(), await timed.start()
        clock.advance(IDLE - timedelta(minutes=1))
        later = await _again(timed)
        assert (await later.http.post(f"/sessions/{touched}/touch")).status_code == 204
        assert [item["id"] for item in (await later.http.get("/sessions")).json()["items"]] == [touched, alone]
        clock.advance(timedelta(minutes=2))
        await expiry.end_due(timed.whole.cloud)
        assert [await _state(later, one) for one in (alone, touched)] == ["expired", "waiting"]

    async def test_one_that_sleeps_can_be_touched_too(self, timed: Api, clock: ManualClock) -> None:
        session_id = await timed.start()
        await timed.finish(session_id)
        before = (await timed.http.get(f"/sessions/{session_id}")).json()["updated_at"]
        clock.advance(timedelta(minutes=5))
        assert (await timed.http.post(f"/sessions/{session_id}/touch")).status_code == 204
        assert (await timed.http.get(f"/sessions/{session_id}")).json()["updated_at"] > before


class TestRetention:
    async def test_what_is_over_goes_when_the_workspace_wants_it_kept_no_longer(
        self, timed: Api, clock: ManualClock
    ) -> None:
        over, goes_on = await timed.start(), await timed.start()
        await timed.finish(over)
        await timed.http.post(f"/sessions/{over}/shares", json={"level": "view"})
        await _set(timed, retention_days=7)
        clock.advance(timedelta(days=6))
        await expiry.tidy(timed.whole.cloud)
        assert (await _rows_of(timed, over))["sessions"] == 1
        clock.advance(timedelta(days=2))
        await expiry.tidy(timed.whole.cloud)
        assert set((await _rows_of(timed, over)).values()) == {0}
        assert (await _rows_of(timed, goes_on))["sessions"] == 1


class TestDeleteAndRestore:
    async def test_a_deleted_one_is_gone_for_all_until_it_is_restored(self, api: Api) -> None:
        session_id, guest = await api.start(), await api.with_member("bo")
        await api.share(session_id, guest, "edit")
        path = f"/sessions/{session_id}"
        assert (await api.http.delete(path)).status_code == 204
        for who in (api, guest):
            problem(await who.http.get(path), 404, "session.not_found")
        problem(await guest.http.post(f"{path}/restore"), 404, "session.not_found")
        problem(await api.http.delete(path), 404, "session.not_found")
        assert (await api.http.get("/sessions")).json()["items"] == []
        (listed,) = (await api.http.get("/sessions", params={"deleted": "true"})).json()["items"]
        assert (listed["id"], listed["deleted_at"] is not None) == (session_id, True)
        restored = await api.http.post(f"{path}/restore")
        assert (restored.status_code, restored.json()["state"], restored.json()["deleted_at"]) == (
            200,
            "cancelled",
            None,
        )
        assert (await guest.http.get(path)).status_code == 200
        problem(await api.http.post(f"{path}/restore"), 404, "session.not_found")

    async def test_it_is_told_and_recorded(self, api: Api) -> None:
        """[security 84]"""
        session_id = await api.start()
        await api.http.delete(f"/sessions/{session_id}")
        await api.http.post(f"/sessions/{session_id}/restore")
        trail = (await api.http.get("/audit", params={"target": session_id})).json()["items"]
        assert [(entry["verb"], entry["actor"]["id"]) for entry in trail] == [
            ("session.restored", api.me.id),
            ("session.deleted", api.me.id),
        ]
        async with api.http.stream("GET", "/events", params={"after": "0"}) as stream:
            told = []
            async for line in stream.aiter_lines():
                if line.startswith("event: session."):
                    told.append(line.removeprefix("event: "))
                if line == "event: session.restored":
                    break
        assert told[0] == "session.created"
        assert told[-2:] == ["session.deleted", "session.restored"]

    async def test_after_a_month_nothing_is_left_of_it(self, timed: Api, clock: ManualClock) -> None:
        session_id = await timed.start()
        file = await timed.http.post(f"/sessions/{session_id}/files?name=x.txt", content=b"x")
        assert file.status_code == 201
        await timed.http.post(f"/sessions/{session_id}/shares", json={"level": "view"})
        await timed.http.delete(f"/sessions/{session_id}")
        clock.advance(timedelta(days=29))
        await expiry.tidy(timed.whole.cloud)
        assert (await _rows_of(timed, session_id))["sessions"] == 1
        clock.advance(timedelta(days=2))
        await expiry.tidy(timed.whole.cloud)
        assert set((await _rows_of(timed, session_id)).values()) == {0}
        assert not list((timed.whole.cloud.settings.data_dir / "files").rglob(file.json()["sha256"]))


class TestLimit:
    async def test_a_member_has_no_more_sessions_at_one_time_than_the_workspace_allows(self, api: Api) -> None:
        await _set(api, max_sessions_per_user=2)
        guest = await api.with_member("bo")
        answers = [await guest.http.post("/sessions", json=HELLO) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        problem(answers[2], 429, "session.too_many")
        first = answers[0].json()["id"]
        await guest.until(first, "session.waiting")
        problem(await guest.http.post(f"/sessions/{first}/branch", json={"seq": 4}), 429, "session.too_many")
        assert (await api.http.post("/sessions", json=HELLO)).status_code == 201  # somebody else has room
        await guest.http.post(f"/sessions/{first}/cancel")
        await guest.until(first, "session.cancelled")
        assert (await guest.http.post("/sessions", json=HELLO)).status_code == 201

    async def test_many_starts_at_once_do_not_slip_through(self, api: Api) -> None:
        await _set(api, max_sessions_per_user=3)
        answers = await asyncio.gather(*(api.http.post("/sessions", json=HELLO) for _ in range(12)))
        assert sorted(answer.status_code for answer in answers) == [201] * 3 + [429] * 9


class TestPatience:
    async def test_the_workspace_says_how_long_its_sessions_keep_their_process(self, api: Api) -> None:
        other = Api(api.whole, api.me, await api.whole.workspace(api.me, "Other"), api.http).seen_by(api.me)
        await _set(api, hibernate_after_s=1)
        while api.workspace not in api.runtime.host.ports.patience:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # sleeps: polls what a handler does soon
        sleeps, stays = await api.start(), await other.start()
        await api.until(sleeps, "session.hibernated")
        assert (await _state(api, sleeps), await _state(other, stays)) == ("hibernated", "waiting")
        assert (await api.answer(sleeps, "word", "tea")).status_code == 204
        await api.until(sleeps, "session.waiting", count=2)


class TestWorkspaceGone:
    async def test_in_a_deleted_workspace_nothing_goes_on(self, api: Api) -> None:
        sessions = [await api.start() for _ in range(3)]
        await expiry.end_all(api.whole.cloud, api.workspace)
        assert [await _state(api, one) for one in sessions] == ["expired"] * 3
        assert not api.runtime.host.awake

    async def test_a_purge_leaves_no_row_stream_or_file(self, api: Api) -> None:
        """[security 76]"""
        session_id = await api.start()
        file = await api.http.post(f"/sessions/{session_id}/files?name=x.txt", content=b"x")
        await api.http.post(f"/sessions/{session_id}/shares", json={"level": "view"})
        other = Api(api.whole, api.me, await api.whole.workspace(api.me, "Other"), api.http).seen_by(api.me)
        kept = await other.start()
        await expiry.end_all(api.whole.cloud, api.workspace)
        for _ in range(2):  # a step may be taken again
            async with units.writing(api.whole.cloud, workspace_id=api.workspace) as unit:
                await handlers.purge(unit)
        assert set((await _rows_of(api, session_id)).values()) == {0}
        assert not list((api.whole.cloud.settings.data_dir / "files").rglob(file.json()["sha256"]))
        assert await _state(other, kept) == "waiting"
        assert (await _rows_of(api, new_id()))["sessions"] == 0
