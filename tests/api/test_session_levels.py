"""Who may do what with one session: every endpoint by everybody, from a stranger to its owner."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest

from outlast.ee.cloud.caller import Role
from outlast.kit.ids import new_id
from outlast.protocol.codec import Json
from tests.api.conftest import HELLO, Api

LEVELS = ("view", "answer", "edit", "owner")


@dataclass(frozen=True)
class Endpoint:
    """What is called, what it takes to be let in, and whether admins are let in without being asked in."""

    method: str
    path: str
    least: str
    role: Role = Role.MEMBER
    managed: bool = False
    body: Json = None
    deleted: bool = False

    async def call(self, http: httpx.AsyncClient, session_id: str) -> tuple[int, str]:
        content = {"json": self.body} if self.body is not None else {}
        path = f"/sessions/{session_id}{self.path}"
        async with http.stream(self.method, path, **content) as answer:
            if answer.headers.get("content-type") != "application/problem+json":
                return answer.status_code, ""
            await answer.aread()
            return answer.status_code, str(answer.json()["code"])


ENDPOINTS = {
    "get": Endpoint("GET", "", "view", Role.VIEWER, managed=True),
    "follow": Endpoint("GET", "/events", "view", Role.VIEWER),
    "history": Endpoint("GET", "/history", "view", Role.VIEWER),
    "export": Endpoint("GET", "/export?format=json", "view", Role.VIEWER),
    "participants": Endpoint("GET", "/participants", "view", Role.VIEWER),
    "usage": Endpoint("GET", "/usage", "view", Role.VIEWER, managed=True),
    "answer": Endpoint("POST", "/interactions", "answer", body={"input": "word", "value": "tea"}),
    "upload": Endpoint("POST", "/files?name=x", "answer", body={}),
    "title": Endpoint("PATCH", "", "edit", managed=True, body={"title": "Another"}),
    "expiry": Endpoint("PATCH", "", "owner", body={"expires_at": None}),
    "cancel": Endpoint("POST", "/cancel", "edit", managed=True, body={}),
    "branch": Endpoint("POST", "/branch", "edit", body={"seq": 4}),
    "touch": Endpoint("POST", "/touch", "edit"),
    "shares": Endpoint("GET", "/shares", "edit"),
    "share": Endpoint("POST", "/shares", "owner", body={"level": "edit"}),
    "delete": Endpoint("DELETE", "", "owner", managed=True),
    "restore": Endpoint("POST", "/restore", "owner", managed=True, deleted=True),
}


async def _session(api: Api, endpoint: Endpoint, *, for_whom: Api | None = None, level: str = "owner") -> str:
    session_id = await api.start()
    if for_whom is not None and level != "owner":
        await api.share(session_id, for_whom, level)
    if endpoint.deleted:
        assert (await api.http.delete(f"/sessions/{session_id}")).status_code == 204
    return session_id


@pytest.mark.parametrize("name", ENDPOINTS)
class TestEveryEndpoint:
    async def test_a_level_is_enough_or_told_to_be_too_low(self, api: Api, name: str) -> None:
        """[security 67]"""
        endpoint = ENDPOINTS[name]
        guest = await api.with_member("bo")
        for level in LEVELS:
            caller = api if level == "owner" else guest
            session_id = await _session(api, endpoint, for_whom=guest, level=level)
            status, code = await endpoint.call(caller.http, session_id)
            if LEVELS.index(level) >= LEVELS.index(endpoint.least):
                assert status < 300, (level, status, code)
            else:
                low = (404, "session.not_found") if endpoint.deleted else (403, "session.access_too_low")
                assert (status, code) == low, level

    async def test_without_a_share_it_is_not_there(self, api: Api, name: str) -> None:
        """[security 68]"""
        endpoint = ENDPOINTS[name]
        session_id = await _session(api, endpoint)
        member = await api.with_member("bo")
        viewer = await api.with_member("cleo", Role.VIEWER)
        unknown = await endpoint.call(member.http, new_id())
        assert unknown == (404, "session.not_found")
        assert await endpoint.call(member.http, session_id) == unknown
        low = (403, "role.too_low") if endpoint.role > Role.VIEWER else unknown
        assert await endpoint.call(viewer.http, session_id) == low
        assert (await api.http.get(f"/sessions/{session_id}")).status_code == (404 if endpoint.deleted else 200)

    async def test_an_admin_manages_it_and_reads_nothing_of_it(self, api: Api, name: str) -> None:
        endpoint = ENDPOINTS[name]
        admin = await api.with_member("cleo", Role.ADMIN)
        session_id = await _session(api, endpoint)
        status, code = await endpoint.call(admin.http, session_id)
        if endpoint.managed:
            assert status < 300, code
        else:
            assert (status, code) == (403, "session.access_too_low") or endpoint.deleted

    async def test_outsiders_get_no_further_than_the_workspace(self, api: Api, name: str) -> None:
        """[security 67, 69]"""
        endpoint = ENDPOINTS[name]
        session_id = await _session(api, endpoint)
        anonymous = api.client()
        anonymous.base_url = httpx.URL(api.url + api.base)
        assert await endpoint.call(anonymous, session_id) == (401, "unauthenticated")
        stranger = await api.whole.someone("eve")
        assert await endpoint.call(api.seen_by(stranger).http, session_id) == (404, "workspace.not_found")
        # The owner of another workspace asks for this one's session in theirs, with every right there.
        elsewhere = Api(api.whole, stranger, "", stranger.http)
        elsewhere.workspace = await api.whole.workspace(stranger, "Other")
        assert await endpoint.call(elsewhere.seen_by(stranger).http, session_id) == (404, "session.not_found")


class TestViewersOfTheWorkspace:
    async def test_they_see_what_is_shared_and_answer_nothing(self, api: Api) -> None:
        viewer = await api.with_member("cleo", Role.VIEWER)
        session_id = await api.start()
        await api.share(session_id, viewer, "edit")
        assert (await viewer.http.get(f"/sessions/{session_id}")).status_code == 200
        answer = await viewer.answer(session_id, "word", "tea")
        assert (answer.status_code, answer.json()["code"]) == (403, "role.too_low")
        assert (await viewer.http.post("/sessions", json=HELLO)).json()["code"] == "role.too_low"


class TestWhatAnAdminSees:
    async def test_lists_and_records_tell_nothing_that_was_said(self, api: Api) -> None:
        admin = await api.with_member("cleo", Role.ADMIN)
        session_id = await api.start("a secret name")
        listed = (await admin.http.get("/sessions", params={"which": "all"})).json()["items"]
        assert [(item["id"], item["access"], item["user_id"]) for item in listed] == [(session_id, "manage", api.me.id)]
        detail = await admin.http.get(f"/sessions/{session_id}")
        assert detail.json()["document"].get("blocks") is None
        for text in (str(listed), detail.text):
            assert "a secret name" not in text
            assert "Which word?" not in text

    async def test_what_is_shared_with_them_they_see_as_anybody_does(self, api: Api) -> None:
        admin = await api.with_member("cleo", Role.ADMIN)
        session_id = await api.start()
        await api.share(session_id, admin, "view")
        detail = (await admin.http.get(f"/sessions/{session_id}")).json()
        assert detail["access"] == "view"
        assert "Hello Ada" in str(detail["document"])

    async def test_members_list_their_own_alone(self, api: Api) -> None:
        member = await api.with_member("bo")
        await api.start()
        assert (await member.http.get("/sessions")).json()["items"] == []
        refused = await member.http.get("/sessions", params={"which": "all"})
        assert (refused.status_code, refused.json()["code"]) == (403, "role.too_low")


class TestTokens:
    async def test_a_token_needs_the_scope_of_what_it_does(self, api: Api) -> None:
        session_id = await api.start()
        token = await api.whole.token(api.me, api.workspace, scopes=["sessions:read"])
        reader = api.client(authorization=f"Bearer {token}")
        assert (await reader.get(f"{api.base}/sessions/{session_id}")).status_code == 200
        refused = await reader.post(f"{api.base}/sessions", json=HELLO)
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
        assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]

    async def test_a_token_of_one_workspace_lists_that_one_alone(self, api: Api) -> None:
        """[security 70]"""
        other = Api(api.whole, api.me, await api.whole.workspace(api.me, "Other"), api.http)
        other = other.seen_by(api.me)
        here, _ = await api.start(), await other.start()
        token = await api.whole.token(api.me, api.workspace, scopes=["sessions:read"])
        http = api.client(authorization=f"Bearer {token}")
        found = (await http.get(f"{api.base}/sessions", params={"which": "all"})).json()["items"]
        assert [item["id"] for item in found] == [here]
        refused = await http.get(f"{other.base}/sessions")
        assert (refused.status_code, refused.json()["code"]) == (404, "workspace.not_found")
