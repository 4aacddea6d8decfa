"""The devices that one is logged in on: seen, ended, and looked at by whoever holds a token."""

from __future__ import annotations

import asyncio

from outlast.kit.ids import new_id
from tests.api.auth_stage import NO_PAGE, Stage, clock, stage
from tests.api.cloud import PASSWORD, problem

__all__ = ["clock", "stage"]

INACTIVE = {"active": False}


class TestList:
    async def test_a_user_sees_all_devices_and_no_secret(self, stage: Stage) -> None:
        """[security 32]"""
        firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        browser = stage.browser(**{"user-agent": firefox})
        await stage.log_in(browser)
        await stage.api.someone("eve")
        answer = await browser.get("/auth/sessions")
        items = answer.json()["items"]
        assert [(item["label"], item["current"]) for item in items] == [
            ("Firefox on Linux", True),
            ("python-httpx", False),
        ]
        assert {item["ip"] for item in items} == {"127.0.0.1"}
        assert {"created_at", "last_used_at", "method", "level", "idle_ends_at", "ends_at"} <= set(items[0])
        for secret in (*browser.cookies.values(), stage.ada.access_token, stage.ada.refresh_token):
            assert secret not in answer.text
        for row in await stage.rows("login_sessions"):
            for name in ("refresh_selector", "refresh_current", "refresh_salt"):
                assert str(row[name]) not in answer.text or row[name] is None

    async def test_anothers_device_is_like_one_that_is_not(self, stage: Stage) -> None:
        """[security 35]"""
        eve = await stage.api.someone("eve")
        hers = (await eve.http.get("/auth/me")).json()["login_session_id"]
        for method in ("GET", "DELETE"):
            details = []
            for session_id in (hers, new_id(), "x", "%00", "a" * 4000):
                answer = await stage.ada.http.request(method, f"/auth/sessions/{session_id}")
                found = problem(answer, 404, "login_session.not_found")
                details.append({name: value for name, value in found.items() if name not in ("detail", "instance")})
            assert all(each == details[0] for each in details)
        assert await stage.is_good(eve.access_token)


class TestEnd:
    async def test_one_ended_device_fails_at_its_next_request(self, stage: Stage) -> None:
        """[security 33]"""
        other = await stage.api.sign_in(stage.ada.id, stage.ada.email)
        assert await stage.is_good(other.access_token)
        session_id = (await other.http.get("/auth/me")).json()["login_session_id"]
        assert (await stage.ada.http.delete(f"/auth/sessions/{session_id}")).status_code == 204
        assert not await stage.is_good(other.access_token)
        problem(await stage.refresh(other.refresh_token), 400, "invalid_grant")
        problem(await stage.ada.http.delete(f"/auth/sessions/{session_id}"), 404, "login_session.not_found")
        assert await stage.is_good(stage.ada.access_token)

    async def test_all_others_end_or_all(self, stage: Stage) -> None:
        """[security 33]"""
        others = [await stage.api.sign_in(stage.ada.id, stage.ada.email) for _ in range(3)]
        eve = await stage.api.someone("eve")
        answer = await stage.ada.http.delete("/auth/sessions", params={"others": True})
        assert answer.json() == {"ended": 3}
        assert [await stage.is_good(other.access_token) for other in others] == [False] * 3
        assert await stage.is_good(stage.ada.access_token)
        assert (await stage.ada.http.delete("/auth/sessions")).json() == {"ended": 1}
        assert not await stage.is_good(stage.ada.access_token)
        assert await stage.is_good(eve.access_token)

    async def test_it_needs_a_fresh_proof(self, stage: Stage) -> None:
        """[security 34, 60]"""
        other = await stage.api.sign_in(stage.ada.id, stage.ada.email)
        session_id = (await other.http.get("/auth/me")).json()["login_session_id"]
        renewed = await stage.refresh(stage.ada.refresh_token)
        stage.clock.advance(stage.api.cloud.settings.fresh_for * 1.01)
        renewed = await stage.refresh(renewed.json()["refresh_token"])
        http = stage.api.client(authorization=f"Bearer {renewed.json()['access_token']}")
        for path in (f"/auth/sessions/{session_id}", "/auth/sessions?others=true", "/auth/sessions"):
            answer = await http.delete(path)
            problem(answer, 401, "insufficient_user_authentication")
            assert 'error="insufficient_user_authentication"' in answer.headers["www-authenticate"]
        proved = await http.post("/auth/reauthenticate", json={"password": PASSWORD})
        http = stage.api.client(authorization=f"Bearer {proved.json()['access_token']}")
        assert (await http.delete(f"/auth/sessions/{session_id}")).status_code == 204

    async def test_logging_out_needs_none(self, stage: Stage) -> None:
        """[security 33]"""
        renewed = await stage.refresh(stage.ada.refresh_token)
        stage.clock.advance(stage.api.cloud.settings.fresh_for * 1.01)
        renewed = await stage.refresh(renewed.json()["refresh_token"])
        http = stage.api.client(authorization=f"Bearer {renewed.json()['access_token']}")
        assert (await http.delete("/auth/sessions/current")).status_code == 204
        assert not await stage.is_good(renewed.json()["access_token"])


class TestPassword:
    async def test_a_change_ends_the_other_devices(self, stage: Stage) -> None:
        """[security 36, 60]"""
        other = await stage.api.sign_in(stage.ada.id, stage.ada.email)
        body = {"password": PASSWORD, "new_password": "another quiet harbour"}
        answer = await stage.ada.http.post("/auth/password", json=body)
        assert answer.status_code == 200, answer.text
        assert not await stage.is_good(other.access_token)
        assert not await stage.is_good(stage.ada.access_token)
        assert await stage.is_good(answer.json()["access_token"])
        problem(await stage.log_in(stage.api.client(**NO_PAGE)), 401, "auth.wrong_credentials")
        assert (await stage.log_in(stage.api.client(**NO_PAGE), password=body["new_password"])).status_code == 201
        (told,) = await stage.mails(stage.ada.email)
        assert "password was changed" in told.subject

    async def test_the_other_devices_stay_if_one_says_so(self, stage: Stage) -> None:
        """[security 36]"""
        other = await stage.api.sign_in(stage.ada.id, stage.ada.email)
        body = {"password": PASSWORD, "new_password": "another quiet harbour", "keep_other_sessions": True}
        assert (await stage.ada.http.post("/auth/password", json=body)).status_code == 200
        assert await stage.is_good(other.access_token)

    async def test_it_needs_the_present_one_and_a_good_one(self, stage: Stage) -> None:
        """[security 52, 60]"""
        for present, following, status, code in (
            ("wrong wrong wrong", "another quiet harbour", 401, "auth.wrong_credentials"),
            (None, "another quiet harbour", 401, "auth.wrong_credentials"),
            (PASSWORD, "sh0rt", 422, "auth.password_refused"),
            (PASSWORD, "password", 422, "auth.password_refused"),
            (PASSWORD, "outlast2030", 422, "auth.password_refused"),
            (PASSWORD, "ada@example.com", 422, "auth.password_refused"),
        ):
            body = {"new_password": following, **({"password": present} if present else {})}
            answer = await stage.ada.http.post("/auth/password", json=body)
            problem(answer, status, code)
        assert await stage.is_good(stage.ada.access_token)


class TestRevoke:
    async def revoke(self, stage: Stage, token: str) -> None:
        answer = await stage.api.client(**NO_PAGE).post("/auth/revoke", json={"token": token})
        assert (answer.status_code, answer.content) == (200, b"")

    async def test_a_refresh_token_takes_its_family_along(self, stage: Stage) -> None:
        """[security 40]"""
        other = await stage.api.sign_in(stage.ada.id, stage.ada.email)
        renewed = (await stage.refresh(other.refresh_token)).json()
        await self.revoke(stage, renewed["refresh_token"])
        assert not await stage.is_good(other.access_token)
        assert not await stage.is_good(renewed["access_token"])
        problem(await stage.refresh(renewed["refresh_token"]), 400, "invalid_grant")
        assert await stage.is_good(stage.ada.access_token)

    async def test_an_access_token_ends_its_device(self, stage: Stage) -> None:
        """[security 40]"""
        await self.revoke(stage, stage.ada.access_token)
        problem(await stage.refresh(stage.ada.refresh_token), 400, "invalid_grant")

    async def test_what_is_no_good_token_is_no_error(self, stage: Stage) -> None:
        """[security 40]"""
        other = await stage.api.sign_in(stage.ada.id, stage.ada.email)
        await self.revoke(stage, other.refresh_token)
        before = await stage.rows("login_sessions")
        foreign = stage.ada.access_token.rpartition(".")[0] + "." + "A" * 86
        for token in (other.refresh_token, other.access_token, "olr_x", "nonsense", foreign, "\u00e9"):
            await self.revoke(stage, token)
        assert await stage.rows("login_sessions") == before


class TestValidate:
    async def validate(self, stage: Stage, token: str) -> object:
        answer = await stage.ada.http.post("/auth/sessions/validate", json={"token": token})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def test_a_good_token_is_described(self, stage: Stage) -> None:
        """[security 41]"""
        found = await self.validate(stage, stage.ada.access_token)
        assert isinstance(found, dict)
        assert found["active"] is True
        assert (found["sub"], found["username"]) == (stage.ada.id, stage.ada.email)
        assert {"sid", "jti", "iss", "aud", "exp", "iat", "nbf", "token_type"} <= set(found)

    async def test_of_any_other_nothing_is_told(self, stage: Stage) -> None:
        """[security 41, 42]"""
        other = await stage.api.sign_in(stage.ada.id, stage.ada.email)
        expired = (await stage.api.sign_in(stage.ada.id, stage.ada.email)).access_token
        await other.http.delete("/auth/sessions/current")
        for token in (other.access_token, other.refresh_token, stage.ada.refresh_token, "x", "olt_" + "0" * 49):
            assert await self.validate(stage, token) == INACTIVE
        renewed = await stage.refresh(stage.ada.refresh_token)
        stage.clock.advance(stage.api.cloud.settings.fresh_for)
        renewed = await stage.refresh(renewed.json()["refresh_token"])
        bearer = {"authorization": f"Bearer {renewed.json()['access_token']}"}
        answer = await stage.api.client(**bearer).post("/auth/sessions/validate", json={"token": expired})
        assert answer.json() == INACTIVE

    async def test_who_asks_must_have_signed_in(self, stage: Stage) -> None:
        """[security 41]"""
        answer = await stage.api.client().post("/auth/sessions/validate", json={"token": stage.ada.access_token})
        problem(answer, 401, "unauthenticated")

    async def test_hot_reads_read_no_database(self, stage: Stage) -> None:
        before = await asyncio.gather(*(self.validate(stage, stage.ada.access_token) for _ in range(3)))
        statements = stage.count_statements()
        with statements:
            for _ in range(10):
                assert await self.validate(stage, stage.ada.access_token) == before[0]
                assert (await stage.ada.http.get("/auth/me")).status_code == 200
        assert statements.count <= 10  # of 20 requests: what is held is read again once a second
