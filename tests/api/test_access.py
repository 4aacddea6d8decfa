"""Who may call the API: the token, the Host, the Origin, and the headers that every answer has."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from outlast.server.security import Keys
from tests.api.conftest import TOKEN, Api, problem

APPS = "/api/v1/apps"
EVERY_ROUTE = [
    (method.upper(), path)
    for path, operations in json.loads((Path(__file__).parents[1] / "golden" / "openapi.json").read_text("utf-8"))[
        "paths"
    ].items()
    for method in operations
]


class TestToken:
    async def test_every_route_wants_it(self, api: Api) -> None:
        for method, path in EVERY_ROUTE:
            real = path.format(session_id="0" * 36, app_id="talk:greet", sha256="0" * 64)
            answer = await api.client().request(method, real)
            problem(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")

    async def test_a_wrong_one_opens_nothing(self, api: Api) -> None:
        for value in (f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer", f"Basic {TOKEN}", TOKEN, "Bearer é"):
            answer = await api.client().get(APPS, headers=[(b"authorization", value.encode())])
            problem(answer, 401, "unauthenticated")

    async def test_the_right_one_opens(self, api: Api) -> None:
        assert (await api.http.get(APPS)).status_code == 200


class TestLink:
    async def test_it_gives_a_cookie_and_leaves_the_address_bar_clean(self, api: Api) -> None:
        browser = api.client()
        answer = await browser.get("/", params={"token": TOKEN})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert TOKEN not in cookie
        assert (await browser.get(APPS)).status_code == 200

    async def test_a_wrong_token_gives_none(self, api: Api) -> None:
        answer = await api.client().get("/", params={"token": "wrong"})
        problem(answer, 401, "unauthenticated")
        assert "set-cookie" not in answer.headers

    async def test_the_page_itself_holds_no_secret_and_needs_none(self, api: Api) -> None:
        answer = await api.client().get("/")
        assert answer.status_code == 200
        assert TOKEN not in answer.text

    async def test_another_servers_cookie_opens_nothing(self, api: Api) -> None:
        other = Keys("another-token", port=api.port)
        answer = await api.client(cookie=f"{other.cookie_name}={other.cookie_value}").get(APPS)
        problem(answer, 401, "unauthenticated")


class TestHost:
    @pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::2]:80"])
    async def test_a_foreign_one_is_refused(self, api: Api, host: str) -> None:
        for path in (APPS, "/", "/static/page.js", "/openapi.json"):
            problem(await api.http.get(path, headers={"host": host}), 403, "host_not_allowed")

    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST:{port}", "127.0.0.1:{port}", "[::1]:{port}"])
    async def test_this_machines_names_are_answered(self, api: Api, host: str) -> None:
        answer = await api.http.get(APPS, headers={"host": host.format(port=api.port)})
        assert answer.status_code == 200


class TestOrigin:
    def browser(self, api: Api) -> httpx.AsyncClient:
        keys = Keys(TOKEN, port=api.port)
        return api.client(cookie=f"{keys.cookie_name}={keys.cookie_value}")

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", ""])
    async def test_a_foreign_one_is_refused(self, api: Api, origin: str) -> None:
        for client in (self.browser(api), api.http):
            answer = await client.post("/api/v1/sessions", json={"app": "talk:greet"}, headers={"origin": origin})
            problem(answer, 403, "origin_not_allowed")
        assert (await api.http.get("/api/v1/sessions")).json()["items"] == []

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    async def test_another_sites_page_reads_nothing_by_the_cookie(self, api: Api, site: str) -> None:
        problem(await self.browser(api).get(APPS, headers={"sec-fetch-site": site}), 403, "origin_not_allowed")

    async def test_a_change_by_cookie_must_say_where_it_comes_from(self, api: Api) -> None:
        browser, body = self.browser(api), {"app": "talk:greet", "args": {"name": "Ada"}}
        problem(await browser.post("/api/v1/sessions", json=body), 403, "origin_not_allowed")
        for said in ({"origin": api.url}, {"sec-fetch-site": "same-origin"}):
            assert (await browser.post("/api/v1/sessions", json=body, headers=said)).status_code == 201


class TestHeaders:
    async def test_every_answer_has_the_walls_of_a_browser(self, api: Api) -> None:
        for path in ("/", "/static/page.js", APPS, "/api/v1/nothing", "/openapi.json"):
            answer = await api.http.get(path)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "access-control-allow-origin" not in answer.headers
        assert (await api.http.get(APPS)).headers["cache-control"] == "no-store"

    async def test_an_unknown_address_is_a_problem(self, api: Api) -> None:
        problem(await api.http.get("/api/v1/nothing"), 404, "route.not_found")
        problem(await api.http.get("/static/nothing.js"), 404, "route.not_found")
        problem(await api.http.get("/static/../app.py"), 404, "route.not_found")

    async def test_a_wrong_method_is_a_problem_that_tells_the_right_ones(self, api: Api) -> None:
        answer = await api.http.put(APPS)
        problem(answer, 405, "method_not_allowed")
        assert "GET" in answer.headers["allow"]
