"""Secrets of a log-in: fresh each time, in cookies for browsers, in bodies for others, never in addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import httpx

from outlast.kit.clock import ManualClock
from tests.api.auth_stage import NO_PAGE, OWN_PAGE, Stage, clock, cookies_of, stage
from tests.api.cloud import PASSWORD, problem, serving_cloud
from tests.api.tenants import settled

__all__ = ["clock", "stage"]


class TestFreshSecrets:
    async def test_two_log_ins_share_no_secret(self, stage: Stage) -> None:
        """[security 1]"""
        first, second = [(await stage.log_in(stage.api.client(**NO_PAGE))).json() for _ in range(2)]
        assert first["session"]["id"] != second["session"]["id"]
        assert first["access_token"] != second["access_token"]
        assert first["refresh_token"] != second["refresh_token"]
        one, two = await stage.logged_in_browser(), await stage.logged_in_browser()
        assert not set(one.cookies.values()) & set(two.cookies.values())

    async def test_a_planted_cookie_is_never_the_one_in_force(self, stage: Stage) -> None:
        """[security 2]"""
        eve = stage.browser()
        await stage.log_in(eve, await stage.api.someone("eve"))
        for planted in (dict(eve.cookies), dict.fromkeys(eve.cookies, "made-up")):
            cookie = "; ".join(f"{name}={value}" for name, value in planted.items())
            answer = await stage.log_in(stage.api.client(**OWN_PAGE, cookie=cookie))
            given = {name: cookie.value for name, cookie in cookies_of(answer).items() if "device" not in name}
            assert len(given) == 2
            assert given.items().isdisjoint(planted.items())
            browser = stage.browser(cookie="; ".join(f"{name}={value}" for name, value in given.items()))
            assert (await browser.get("/auth/me")).json()["email"] == stage.ada.email

    async def test_a_step_up_voids_the_secrets_before_it(self, stage: Stage) -> None:
        """[security 3]"""
        answer = await stage.ada.http.post("/auth/reauthenticate", json={"password": PASSWORD})
        assert answer.status_code == 200, answer.text
        assert not await stage.is_good(stage.ada.access_token)
        problem(await stage.refresh(stage.ada.refresh_token), 400, "invalid_grant")
        assert await stage.is_good(answer.json()["access_token"])
        assert (await stage.refresh(answer.json()["refresh_token"])).status_code == 200

    async def test_a_log_in_on_top_of_another_is_a_device_of_its_own(self, stage: Stage) -> None:
        """[security 3]"""
        browser = await stage.logged_in_browser()
        first = (await browser.get("/auth/me")).json()["login_session_id"]
        await stage.log_in(browser)
        assert (await browser.get("/auth/me")).json()["login_session_id"] != first


class TestCookies:
    async def test_a_browsers_secrets_are_in_cookies_alone(self, stage: Stage) -> None:
        """[security 7]"""
        browser = stage.browser()
        answers = [await stage.log_in(browser)]
        answers.append(await browser.post("/auth/sessions/refresh"))
        answers.append(await browser.post("/auth/reauthenticate", json={"password": PASSWORD}))
        answers.append(await browser.get("/auth/me"))
        answers.append(await browser.get("/auth/sessions"))
        for answer in answers:
            assert answer.is_success, answer.text
            for value in browser.cookies.values():
                assert value not in answer.text
            for cookie in cookies_of(answer).values():
                assert cookie["httponly"]
                assert cookie.value not in answer.text
        assert answers[0].json()["access_token"] is None
        assert answers[0].json()["refresh_token"] is None

    async def test_on_plain_http_their_names_claim_nothing(self, stage: Stage) -> None:
        for name, cookie in cookies_of(await stage.log_in(stage.browser())).items():
            assert not name.startswith("__")
            assert name.endswith(stage.api.url.rpartition(":")[2])
            assert not cookie["secure"]
            assert cookie["samesite"] == "lax"

    async def test_with_tls_browsers_enforce_what_the_names_say(
        self, sqlite_url: str, tmp_path: Path, clock: ManualClock
    ) -> None:
        """[security 6, 8]"""
        async with serving_cloud(sqlite_url, tmp_path, clock=clock, public_url="https://apps.example.org") as api:
            stage = Stage(api, clock, await api.someone("ada"))
            cookies = cookies_of(await stage.log_in(api.client(**OWN_PAGE)))
        assert set(cookies) == {"__Host-outlast", "__Secure-outlast-refresh", "__Host-outlast-device"}
        for name, cookie in cookies.items():
            assert cookie["secure"]
            assert cookie["httponly"]
            assert cookie["samesite"] == "lax"
            assert not cookie["domain"]
            assert cookie["path"] == ("/api/v1/auth" if "refresh" in name else "/")
            assert len(name) + len(cookie.value) <= 4096

    async def test_a_log_out_deletes_what_a_log_in_has_set(self, stage: Stage) -> None:
        """[security 9] The browser stays known, so that others' failures don't shut it out: see `auth/cookies.py`."""
        browser = stage.browser()
        put = cookies_of(await stage.log_in(browser))
        answer = await browser.delete("/auth/sessions/current")
        assert answer.status_code == 204
        gone = cookies_of(answer)
        assert {name for name in put if "device" not in name} == set(gone)
        for name, cookie in gone.items():
            assert (cookie.value, cookie["max-age"]) == ("", "0")
            assert [cookie[part] for part in ("path", "secure", "httponly", "samesite")] == [
                put[name][part] for part in ("path", "secure", "httponly", "samesite")
            ]
        assert answer.headers["clear-site-data"] == '"storage"'
        problem(await browser.get("/auth/me"), 401, "unauthenticated")

    async def test_an_expired_cookie_keeps_nobody_from_logging_in(self, stage: Stage) -> None:
        browser = await stage.logged_in_browser()
        stage.clock.advance(timedelta(days=100))
        assert (await stage.log_in(browser)).status_code == 201


class TestTransports:
    async def test_a_token_in_the_address_opens_nothing(self, stage: Stage) -> None:
        """[security 11]"""
        params = {"access_token": stage.ada.access_token}
        answer = await stage.api.client().get("/auth/me", params=params)
        problem(answer, 401, "auth.token_in_address")
        assert 'error="invalid_request"' in answer.headers["www-authenticate"]
        problem(await stage.ada.http.get("/auth/me", params=params), 401, "auth.token_in_address")

    async def test_a_cookie_and_a_token_of_two_log_ins_are_refused(self, stage: Stage) -> None:
        """[security 12]"""
        browser = await stage.logged_in_browser()
        bearer = {"authorization": f"Bearer {stage.ada.access_token}"}
        problem(await browser.get("/auth/me", headers=bearer), 401, "invalid_token")
        own = next(value for name, value in browser.cookies.items() if "device" not in name and "refresh" not in name)
        assert (await browser.get("/auth/me", headers={"authorization": f"Bearer {own}"})).status_code == 200

    async def test_another_scheme_or_none_is_refused(self, stage: Stage) -> None:
        for given in (
            "Basic YTpi",
            "Bearer",
            "Bearer x y",
            "Token abc",
            "Bearer \u00e9",
            f"Basic {stage.ada.access_token}",
        ):
            answer = await stage.api.client().get("/auth/me", headers=[(b"authorization", given.encode())])
            problem(answer, 401, "invalid_token")
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]

    async def test_nobody_may_keep_an_answer_about_an_account(self, stage: Stage) -> None:
        """[security 10]"""
        ada = stage.ada.http
        answers = [
            await stage.log_in(stage.api.client(**NO_PAGE)),
            await stage.refresh(stage.ada.refresh_token),
            await ada.get("/auth/me"),
            await ada.get("/auth/sessions"),
            await ada.get(f"/auth/sessions/{(await ada.get('/auth/me')).json()['login_session_id']}"),
            await ada.get("/auth/tokens"),
            await ada.post("/auth/sessions/validate", json={"token": stage.ada.access_token}),
            await ada.post("/auth/reauthenticate", json={"password": "wrong wrong wrong"}),
            await ada.get("/auth/sessions/unknown"),
        ]
        assert [answer.headers["cache-control"] for answer in answers] == ["no-store"] * len(answers)


class TestOtherSites:
    ROUTES: Sequence[tuple[str, str, Mapping[str, str] | None]] = (
        ("POST", "/auth/sessions", {"email": "ada@example.com", "password": PASSWORD}),
        ("POST", "/auth/sessions/refresh", {}),
        ("POST", "/auth/revoke", {"token": "x"}),
        ("DELETE", "/auth/sessions/current", None),
        ("POST", "/auth/reauthenticate", {"password": PASSWORD}),
        ("POST", "/auth/users", {"email": "b@example.com", "name": "B", "password": PASSWORD}),
    )

    FOREIGN: Sequence[Mapping[str, str]] = (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    )

    async def test_their_requests_log_nobody_in_or_out(self, stage: Stage) -> None:
        """[security 62, 63]"""
        browser = await stage.logged_in_browser()
        for name in ("sec-fetch-site", "origin"):
            del browser.headers[name]
        for headers in self.FOREIGN:
            for method, path, body in self.ROUTES:
                answer = await browser.request(method, path, json=body, headers=headers)
                problem(answer, 403, "cross_site")
                assert "set-cookie" not in answer.headers
            assert (await browser.get("/auth/me", headers=headers)).status_code == 200

    async def test_a_bearer_token_is_sent_by_no_page_on_its_own(self, stage: Stage) -> None:
        """[security 62]"""
        answer = await stage.ada.http.post(
            "/auth/reauthenticate", json={"password": PASSWORD}, headers={"origin": "https://tools.example"}
        )
        assert answer.status_code == 200

    async def test_reading_changes_nothing(self, stage: Stage) -> None:
        """[security 64]"""
        browser = await stage.logged_in_browser()
        await browser.get("/auth/me")
        await settled(stage.api.cloud)
        before = await stage.dump()
        sid = (await browser.get("/auth/me")).json()["login_session_id"]
        for path in ("/auth/me", "/auth/sessions", f"/auth/sessions/{sid}", "/auth/tokens", "/auth/keys"):
            assert (await browser.get(path)).status_code == 200, path
            await browser.head(path)
        assert await stage.dump() == before


async def test_what_is_no_body_is_answered_in_kind(stage: Stage) -> None:
    http: httpx.AsyncClient = stage.api.client(**NO_PAGE)
    for body in (
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"email":1,"password":[]}',
        b'{"email":"a"}',
        b'{"code":"x","email":"a"}',
    ):
        answer = await http.post("/auth/sessions", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
