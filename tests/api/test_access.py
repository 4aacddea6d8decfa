"""What stands before every request: the Host, other sites' pages, and the headers that every answer has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.conftest import Api, problem, serving

FRIEND = "https://app.example.org"


class TestHost:
    @pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::2]:80"])
    async def test_a_foreign_one_is_refused(self, api: Api, host: str) -> None:
        http = api.client(authorization=f"Bearer {api.me.access_token}")
        for path in (f"{api.base}/apps", "/", "/icon.svg", "/openapi.json"):
            problem(await http.get(path, headers={"host": host}), 403, "host_not_allowed")
        answer = await http.post(f"{api.base}/sessions", json={"app": "greet"}, headers={"host": host})
        problem(answer, 403, "host_not_allowed")

    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST:{port}", "127.0.0.1:{port}", "[::1]:{port}"])
    async def test_this_machines_names_are_answered(self, api: Api, host: str) -> None:
        answer = await api.http.get("/apps", headers={"host": host.format(port=api.port)})
        assert answer.status_code == 200


class TestHeaders:
    async def test_every_answer_has_the_walls_of_a_browser(self, api: Api) -> None:
        """[security 66]"""
        http = api.client(authorization=f"Bearer {api.me.access_token}")
        for path in ("/", "/icon.svg", f"{api.base}/apps", "/api/v1/nothing", "/openapi.json"):
            answer = await http.get(path)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy.replace("style-src 'self' 'unsafe-inline'", "")
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "access-control-allow-origin" not in answer.headers
            assert "strict-transport-security" not in answer.headers  # reached by plain HTTP
        assert (await api.http.get("/apps")).headers["cache-control"] == "no-store"

    async def test_the_busy_routes_have_them_too(self, api: Api) -> None:
        session_id = await api.start()
        answers = [
            await api.http.post("/sessions", json={"app": "greet", "args": {"name": "Bo"}}),
            await api.answer(session_id, "word", "tea"),
        ]
        async with api.http.stream("GET", f"/sessions/{session_id}/events") as stream:
            answers.append(stream)
        for answer in answers:
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["cache-control"] == "no-store"

    async def test_an_unknown_address_is_a_problem(self, api: Api) -> None:
        http = api.client()
        problem(await http.get("/api/v1/nothing"), 404, "route.not_found")
        problem(await http.get("/static/nothing.js"), 404, "route.not_found")
        problem(await http.get("/static/../app.py"), 404, "route.not_found")

    async def test_a_wrong_method_is_a_problem_that_tells_the_right_ones(self, api: Api) -> None:
        answer = await api.http.put("/apps")
        problem(answer, 405, "method_not_allowed")
        assert "GET" in answer.headers["allow"]


class TestPublicAddress:
    async def test_browsers_that_come_by_tls_are_told_to_stay_with_it(self, sqlite_url: str, tmp_path: Path) -> None:
        """[security 66]"""
        async with serving(sqlite_url, tmp_path, public_url="https://apps.example.org") as api:
            for answer in (
                await api.client().get("/", headers={"host": "apps.example.org"}),
                await api.http.post("/sessions", json={"app": "greet", "args": {"name": "Bo"}}),
            ):
                assert answer.status_code < 300
                assert "max-age=31536000" in answer.headers["strict-transport-security"]


class TestOtherSites:
    @pytest.fixture
    async def open_api(self, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
        async with serving(sqlite_url, tmp_path, cors_origins=FRIEND) as api:
            yield api

    async def test_a_named_one_may_ask_with_a_token_and_never_with_cookies(self, open_api: Api) -> None:
        """[security 65]"""
        asked = {"origin": FRIEND, "access-control-request-method": "POST"}
        preflight = await open_api.client().options(f"{open_api.base}/sessions", headers=asked)
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == FRIEND
        assert "authorization" in preflight.headers["access-control-allow-headers"]
        body = {"app": "greet", "args": {"name": "Ada"}}
        for answer in (
            preflight,
            await open_api.http.post("/sessions", json=body, headers={"origin": FRIEND}),
            await open_api.http.get("/apps", headers={"origin": FRIEND}),
        ):
            assert answer.headers["access-control-allow-origin"] == FRIEND
            assert "access-control-allow-credentials" not in answer.headers
            assert "origin" in answer.headers["vary"].lower()

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", f"{FRIEND}.evil.example", "http://app.example.org"]
    )
    async def test_no_other_is_reflected(self, open_api: Api, origin: str) -> None:
        """[security 65]"""
        asked = {"origin": origin, "access-control-request-method": "POST"}
        assert (await open_api.client().options(f"{open_api.base}/sessions", headers=asked)).status_code == 405
        answer = await open_api.http.get("/apps", headers={"origin": origin})
        assert "access-control-allow-origin" not in answer.headers


class TestAddress:
    @pytest.mark.parametrize(("trusted", "seen"), [("", "127.0.0.1"), ("127.0.0.1", "203.0.113.7")])
    async def test_a_proxys_word_is_taken_only_from_a_trusted_one(
        self, sqlite_url: str, tmp_path: Path, trusted: str, seen: str
    ) -> None:
        """[security 58]"""
        async with serving(sqlite_url, tmp_path, trusted_proxies=trusted) as api:
            session_id = await api.start()
            headers = {"x-forwarded-for": "198.51.100.1, 203.0.113.7"}
            assert (await api.http.delete(f"/sessions/{session_id}", headers=headers)).status_code == 204
            trail = (await api.http.get("/audit", params={"verb": "session.deleted"})).json()["items"]
            assert [entry["ip"] for entry in trail] == [seen]
