"""Sharing sessions: with people, by links, for a time; and taking it back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.ee.cloud.sessions.access import Sight
from outlast.kit.clock import ManualClock, SystemClock
from outlast.kit.ids import new_id
from outlast.protocol.codec import Json
from tests.api.conftest import Api, problem, serving


async def _link(api: Api, session_id: str, level: str = "view", **more: Json) -> tuple[str, str]:
    """Make a link; its id and its token."""
    answer = await api.http.post(f"/sessions/{session_id}/shares", json={"level": level, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["token"]


async def _status(api: Api, session_id: str) -> int:
    return (await api.http.get(f"/sessions/{session_id}")).status_code


class TestShare:
    async def test_a_member_sees_it_from_then_on_and_finds_it_among_the_shared(self, api: Api) -> None:
        session_id, guest = await api.start(), await api.with_member("bo")
        assert await _status(guest, session_id) == 404
        await api.share(session_id, guest, "view")
        detail = (await guest.http.get(f"/sessions/{session_id}")).json()
        assert (detail["access"], detail["user_id"]) == ("view", api.me.id)
        found = (await guest.http.get("/sessions", params={"which": "shared"})).json()["items"]
        assert [(item["id"], item["access"], item["args"]) for item in found] == [(session_id, "view", {"name": "Ada"})]
        assert (await guest.http.get("/sessions")).json()["items"] == []

    async def test_shared_again_it_is_for_the_last_level(self, api: Api) -> None:
        session_id, guest = await api.start(), await api.with_member("bo")
        first = await api.share(session_id, guest, "edit")
        assert await api.share(session_id, guest, "view") == first
        assert (await guest.http.get(f"/sessions/{session_id}")).json()["access"] == "view"

    async def test_only_a_member_can_be_shared_with(self, api: Api) -> None:
        """[security 68]"""
        session_id, stranger = await api.start(), await api.whole.someone("eve")
        for user_id in (stranger.id, new_id(), "x", api.me.id):
            answer = await api.http.post(f"/sessions/{session_id}/shares", json={"level": "view", "user_id": user_id})
            assert "user_id" in problem(answer, 422, "invalid")["errors"]
        assert (await api.http.get(f"/sessions/{session_id}/shares")).json()["items"] == []

    @pytest.mark.parametrize(
        "body",
        [
            {"level": "owner"},
            {"level": "manage"},
            {},
            {"level": "view", "workspace_id": "x"},
            {"level": "view", "id": 1},
        ]
        + [{"level": "view", "expires_at": at} for at in ("2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "soon")],
    )
    async def test_what_is_no_share_is_told(self, api: Api, body: Json) -> None:
        """[security 71]"""
        answer = await api.http.post(f"/sessions/{await api.start()}/shares", json=body)
        problem(answer, 422, "invalid")

    async def test_a_key_makes_one_link_and_gives_its_token_again(self, api: Api) -> None:
        path, headers = f"/sessions/{await api.start()}/shares", {"idempotency-key": "k1"}
        answers = [await api.http.post(path, json={"level": "view"}, headers=headers) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        assert len((await api.http.get(path)).json()["items"]) == 1

    async def test_who_may_edit_sees_what_the_app_printed_and_others_do_not(self, api: Api) -> None:
        session_id, guest = await api.start(), await api.with_member("bo")
        await api.share(session_id, guest, "edit")
        branch = await guest.http.post(f"/sessions/{session_id}/branch", json={"seq": 4})
        assert (branch.json()["user_id"], branch.json()["access"]) == (guest.me.id, "owner")
        assert await _status(api, branch.json()["id"]) == 200  # as the workspace's owner, who may manage it
        assert (await api.http.get(f"/sessions/{branch.json()['id']}")).json()["access"] == "manage"


class TestList:
    async def test_it_names_people_and_tells_no_secret(self, api: Api) -> None:
        session_id, guest = await api.start(), await api.with_member("bo")
        share = await api.share(session_id, guest, "answer")
        link, token = await _link(api, session_id)
        answer = await api.http.get(f"/sessions/{session_id}/shares")
        items = {item["id"]: item for item in answer.json()["items"]}
        assert (items[share]["kind"], items[share]["user"], items[share]["level"]) == ("person", "Bo", "answer")
        assert (items[link]["kind"], items[link]["user_id"], items[link]["level"]) == ("link", None, "view")
        assert token not in answer.text

    async def test_it_comes_in_pages(self, api: Api) -> None:
        path = f"/sessions/{await api.start()}/shares"
        made = [(await api.http.post(path, json={"level": "view"})).json()["id"] for _ in range(3)]
        seen, params = [], {"limit": "2"}
        while True:
            page = (await api.http.get(path, params=params)).json()
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert seen == made


class TestRevoke:
    async def test_it_is_over_at_once(self, api: Api) -> None:
        session_id, guest = await api.start(), await api.with_member("bo")
        share = await api.share(session_id, guest, "edit")
        assert await _status(guest, session_id) == 200
        assert (await api.http.delete(f"/sessions/{session_id}/shares/{share}")).status_code == 204
        assert await _status(guest, session_id) == 404
        problem(await api.http.delete(f"/sessions/{session_id}/shares/{share}"), 404, "share.not_found")

    async def test_one_may_give_up_ones_own_and_nobody_elses(self, api: Api) -> None:
        session_id, guest, other = await api.start(), await api.with_member("bo"), await api.with_member("cleo")
        own, others = await api.share(session_id, guest, "edit"), await api.share(session_id, other, "view")
        path = f"/sessions/{session_id}/shares"
        problem(await guest.http.delete(f"{path}/{others}"), 403, "session.access_too_low")
        assert (await guest.http.delete(f"{path}/{own}")).status_code == 204
        assert await _status(guest, session_id) == 404

    async def test_a_share_of_another_session_is_not_found(self, api: Api) -> None:
        """[security 68]"""
        mine, guest = await api.start(), await api.with_member("bo")
        theirs = await guest.start()
        share = await guest.share(theirs, api, "view")
        problem(await api.http.delete(f"/sessions/{mine}/shares/{share}"), 404, "share.not_found")
        assert await _status(guest, theirs) == 200


class TestLinks:
    async def test_a_member_opens_it_and_has_a_share_of_their_own(self, api: Api) -> None:
        session_id, guest = await api.start(), await api.with_member("bo")
        _, token = await _link(api, session_id, "answer")
        assert token.startswith("ols_")
        for _ in range(2):  # opening twice is opening once
            opened = await guest.me.http.post("/shares/open", json={"token": token})
            assert opened.status_code == 200, opened.text
            assert (opened.json()["id"], opened.json()["workspace_id"]) == (session_id, api.workspace)
            assert opened.json()["access"] == "answer"
        assert (await guest.answer(session_id, "word", "tea")).status_code == 204
        people = [one for one in await _shares(api, session_id) if one["kind"] == "person"]
        assert [one["user_id"] for one in people] == [guest.me.id]

    async def test_withdrawn_it_takes_with_it_what_came_by_it(self, api: Api) -> None:
        session_id, guest = await api.start(), await api.with_member("bo")
        link, token = await _link(api, session_id)
        await guest.me.http.post("/shares/open", json={"token": token})
        assert await _status(guest, session_id) == 200
        assert (await api.http.delete(f"/sessions/{session_id}/shares/{link}")).status_code == 204
        assert await _status(guest, session_id) == 404
        problem(await guest.me.http.post("/shares/open", json={"token": token}), 404, "share.not_found")

    async def test_for_everybody_else_it_does_not_exist(self, api: Api) -> None:
        """Who is no member, or holds another workspace's token, has nothing by a link. [security 69]"""
        session_id, guest = await api.start(), await api.with_member("bo")
        _, token = await _link(api, session_id)
        stranger = await api.whole.someone("eve")
        refused = problem(await stranger.http.post("/shares/open", json={"token": token}), 404, "share.not_found")
        unknown = await stranger.http.post("/shares/open", json={"token": token[:-1] + "0"})
        assert refused == problem(unknown, 404, "share.not_found")
        elsewhere = await api.whole.workspace(guest.me, "Other")
        bound = await api.whole.token(guest.me, elsewhere, scopes=["sessions:read", "sessions:write"])
        http = api.client(authorization=f"Bearer {bound}")
        problem(await http.post("/api/v1/shares/open", json={"token": token}), 404, "share.not_found")
        problem(await api.client().post("/api/v1/shares/open", json={"token": token}), 401, "unauthenticated")

    async def test_other_kinds_of_tokens_open_nothing(self, api: Api) -> None:
        """[security 30]"""
        _, token = await _link(api, await api.start())
        for other in (api.me.access_token, api.me.refresh_token, "", "ols_", "é", "x" * 5000):
            problem(await api.me.http.post("/shares/open", json={"token": other}), 404, "share.not_found")
        as_bearer = api.client(authorization=f"Bearer {token}")
        problem(await as_bearer.get(f"{api.base}/sessions"), 401, "invalid_token")

    async def test_only_its_digest_is_kept(self, api: Api) -> None:
        """[security 4, 5]"""
        _, token = await _link(api, await api.start())
        async with units.looking(api.whole.cloud, workspace_id=ALL_WORKSPACES) as unit:
            for table in ("session_shares", "audit_entries", "outbox"):
                rows = (await unit.connection.exec_driver_sql(f"SELECT * FROM {table}")).all()
                assert token not in str(rows), table
                assert token.removeprefix("ols_")[:40] not in str(rows), table


class TestTime:
    @pytest.fixture
    async def timed(self, database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Api, ManualClock]]:
        clock = ManualClock(SystemClock().now())
        async with serving(database_url, tmp_path, clock=clock) as api:
            yield api, clock

    async def test_a_share_and_a_link_end_when_they_were_meant_to(self, timed: tuple[Api, ManualClock]) -> None:
        api, clock = timed
        session_id, guest, other = await api.start(), await api.with_member("bo"), await api.with_member("cleo")
        ends = (clock.now() + timedelta(minutes=4)).isoformat()
        await api.share(session_id, guest, "view", expires_at=ends)
        _, token = await _link(api, session_id, expires_at=ends)
        assert (await other.me.http.post("/shares/open", json={"token": token})).status_code == 200
        assert [await _status(one, session_id) for one in (guest, other)] == [200, 200]
        clock.advance(timedelta(minutes=5))
        api.whole.cloud.part(Sight).forget()  # what was found out less than a second ago
        assert [await _status(one, session_id) for one in (guest, other)] == [404, 404]
        problem(await other.me.http.post("/shares/open", json={"token": token}), 404, "share.not_found")
        assert await _shares(api, session_id) == []


class TestLeaving:
    async def test_who_left_has_nothing_when_they_come_back(self, api: Api) -> None:
        """[security 39]"""
        session_id, guest = await api.start(), await api.with_member("bo")
        await api.share(session_id, guest, "edit")
        await api.whole.leave(api.workspace, guest.me)
        problem(await guest.http.get(f"/sessions/{session_id}"), 404, "workspace.not_found")
        while await _shares(api, session_id):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # sleeps: polls what a handler does soon
        await api.whole.join(api.workspace, guest.me, Role.MEMBER)
        assert await _status(guest, session_id) == 404


async def _shares(api: Api, session_id: str) -> list[dict[str, Json]]:
    items: list[dict[str, Json]] = (await api.http.get(f"/sessions/{session_id}/shares")).json()["items"]
    return items
