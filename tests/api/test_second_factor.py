"""Authenticator apps and recovery codes, and log-ins of two steps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
import pytest

from outlast.ee.cloud.auth.totp import STEP
from outlast.kit.clock import ManualClock
from outlast.protocol.codec import Json
from tests.api.cloud import PASSWORD, CloudApi, Someone, problem, serving_cloud
from tests.smtp_server import Postbox, smtp_server

CSRF = {"x-outlast-request": "1"}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    with smtp_server() as postbox:
        yield postbox


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: ManualClock, postbox: Postbox) -> AsyncIterator[CloudApi]:
    smtp = f"smtp+plain://127.0.0.1:{postbox.port}"
    async with serving_cloud(database_url, tmp_path, clock=clock, smtp_url=smtp) as api:
        yield api


class App:
    """A person's authenticator app, and what they wrote down."""

    def __init__(self, secret: str, clock: ManualClock) -> None:
        self._codes = pyotp.TOTP(secret)
        self._clock = clock
        self.recovery: list[str] = []

    @property
    def code(self) -> str:
        """A code that was not used: the clock goes on by a step first."""
        self._clock.advance(STEP)
        return self._codes.at(self._clock.now())


async def enrolled(someone: Someone, clock: ManualClock) -> App:
    made = await someone.http.post("/auth/totp")
    assert made.status_code == 201, made.text
    app = App(made.json()["secret"], clock)
    answer = await someone.http.post("/auth/totp/confirm", json={"code": app.code})
    assert answer.status_code == 200, answer.text
    app.recovery = answer.json()["recovery_codes"]
    return app


async def first_step(api: CloudApi, email: str, password: str = PASSWORD) -> tuple[httpx.AsyncClient, dict[str, Json]]:
    client = api.client(**CSRF)
    answer = await client.post("/auth/sessions", json={"email": email, "password": password})
    return client, problem(answer, 401, "auth.second_factor_required")


async def second_step(client: httpx.AsyncClient, note: Json, code: str) -> httpx.Response:
    return await client.post("/auth/sessions/second-factor", json={"pending": note, "code": code})


class TestLogInOfTwoSteps:
    async def test_no_token_is_given_before_the_second_step(self, api: CloudApi, clock: ManualClock) -> None:
        """[security 59]"""
        ada = await api.someone()
        app = await enrolled(ada, clock)
        client, told = await first_step(api, ada.email)
        assert told["factors"] == ["totp", "recovery"]
        assert not client.cookies
        assert "token" not in {name for name in told if name.endswith("token")}
        as_bearer = await client.get("/auth/me", headers={"authorization": f"Bearer {told['pending']}"})
        problem(as_bearer, 401, "invalid_token")
        as_refresh = await client.post("/auth/sessions/refresh", json={"refresh_token": told["pending"]})
        problem(as_refresh, 400, "invalid_grant")
        answer = await second_step(client, told["pending"], app.code)
        assert answer.status_code == 201, answer.text
        session = answer.json()["session"]
        assert (session["method"], session["level"]) == ("password+totp", 2)
        client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        assert (await client.get("/auth/me")).json()["email"] == ada.email

    async def test_a_code_of_the_app_works_once(self, api: CloudApi, clock: ManualClock) -> None:
        """[security 59]"""
        ada = await api.someone()
        app = await enrolled(ada, clock)
        code = app.code
        client, told = await first_step(api, ada.email)
        assert (await second_step(client, told["pending"], code)).status_code == 201
        problem(await second_step(client, told["pending"], code), 401, "auth.factor_refused")

    async def test_one_code_in_many_requests_at_once_lets_one_in(self, api: CloudApi, clock: ManualClock) -> None:
        """[security 59]"""
        ada = await api.someone()
        app = await enrolled(ada, clock)
        for code in (app.code, app.recovery[0]):
            client, told = await first_step(api, ada.email)
            answers = await asyncio.gather(*(second_step(client, told["pending"], code) for _ in range(5)))
            first, *others = sorted(answer.status_code for answer in answers)
            assert first == 201
            assert set(others) <= {401, 429}  # they count as failures, which come with a wait in the end

    async def test_a_recovery_code_works_once_and_is_stored_hashed(self, api: CloudApi, clock: ManualClock) -> None:
        """[security 59]"""
        ada = await api.someone()
        app = await enrolled(ada, clock)
        assert len(app.recovery) == 10
        client, told = await first_step(api, ada.email)
        answer = await second_step(client, told["pending"], app.recovery[0].upper())
        assert answer.status_code == 201, answer.text
        assert answer.json()["session"]["method"] == "password+recovery"
        problem(await second_step(client, told["pending"], app.recovery[0]), 401, "auth.factor_refused")
        assert (await ada.http.get("/auth/factors")).json()["recovery_codes_left"] == 9

    async def test_guesses_are_slowed_down(self, api: CloudApi, clock: ManualClock) -> None:
        """[security 59]"""
        ada = await api.someone()
        app = await enrolled(ada, clock)
        client, told = await first_step(api, ada.email)
        statuses = [(await second_step(client, told["pending"], "000000")).status_code for _ in range(8)]
        assert statuses[:5] == [401] * 5
        assert statuses[-1] == 429
        # The right code does not get past the wait either.
        clock.advance(timedelta(milliseconds=1))
        problem(await second_step(client, told["pending"], app.recovery[0]), 429, "auth.too_many_attempts")

    async def test_the_second_step_must_follow_soon(self, api: CloudApi, clock: ManualClock) -> None:
        ada = await api.someone()
        app = await enrolled(ada, clock)
        client, told = await first_step(api, ada.email)
        clock.advance(timedelta(minutes=5))
        problem(await second_step(client, told["pending"], app.code), 401, "auth.second_step_over")

    async def test_a_new_password_voids_first_steps_made_with_the_old_one(
        self, api: CloudApi, clock: ManualClock
    ) -> None:
        ada = await api.someone()
        app = await enrolled(ada, clock)
        client, told = await first_step(api, ada.email)
        change = {"password": PASSWORD, "new_password": "another long sentence 77"}
        clock.advance(timedelta(seconds=1))
        assert (await ada.http.post("/auth/password", json=change)).status_code == 200
        problem(await second_step(client, told["pending"], app.code), 401, "auth.second_step_over")

    @pytest.mark.parametrize("note", ["", "olf_", "olf_AAAA", "x" * 3000, "olf_é"])
    async def test_what_is_no_note_of_a_first_step_is_refused(self, api: CloudApi, note: str) -> None:
        answer = await second_step(api.client(**CSRF), note, "123456")
        assert answer.status_code in (401, 422), answer.text

    async def test_another_site_can_not_make_the_second_step(self, api: CloudApi, clock: ManualClock) -> None:
        """[security 63]"""
        ada = await api.someone()
        app = await enrolled(ada, clock)
        client, told = await first_step(api, ada.email)
        client.headers["sec-fetch-site"] = "cross-site"
        problem(await second_step(client, told["pending"], app.code), 403, "cross_site")


class TestTheApp:
    async def test_a_wrong_code_turns_nothing_on(self, api: CloudApi) -> None:
        ada = await api.someone()
        assert (await ada.http.post("/auth/totp")).status_code == 201
        problem(await ada.http.post("/auth/totp/confirm", json={"code": "000000"}), 401, "auth.factor_refused")
        again = await api.sign_in(ada.id, ada.email)  # in one step
        assert (await again.http.get("/auth/factors")).json() == {
            "totp": False, "passkeys": 0, "recovery_codes_left": 0,
        }  # fmt: skip

    async def test_there_is_one_app_at_a_time(self, api: CloudApi, clock: ManualClock) -> None:
        ada = await api.someone()
        await enrolled(ada, clock)
        problem(await ada.http.post("/auth/totp"), 409, "auth.factor_there")

    async def test_turning_it_on_or_off_signs_other_devices_out_and_is_told(
        self, api: CloudApi, clock: ManualClock, postbox: Postbox
    ) -> None:
        """[security 36, 60]"""
        ada = await api.someone()
        other = await api.sign_in(ada.id, ada.email)
        await enrolled(ada, clock)
        assert (await other.http.get("/auth/me")).status_code == 401
        assert (await ada.http.get("/auth/me")).status_code == 200
        assert "app was added" in await postbox.mail(ada.email, "How you sign in was changed")
        assert (await ada.http.delete("/auth/totp")).status_code == 204
        assert "app was removed" in await postbox.mail(ada.email, "How you sign in was changed")
        again = await api.sign_in(ada.id, ada.email)  # in one step
        assert (await again.http.get("/auth/factors")).json()["recovery_codes_left"] == 0

    async def test_other_devices_stay_if_asked_for(self, api: CloudApi, clock: ManualClock) -> None:
        """[security 36]"""
        ada = await api.someone()
        other = await api.sign_in(ada.id, ada.email)
        secret = (await ada.http.post("/auth/totp")).json()["secret"]
        code = App(secret, clock).code
        answer = await ada.http.post("/auth/totp/confirm?keep_others=true", json={"code": code})
        assert answer.status_code == 200
        assert (await other.http.get("/auth/me")).status_code == 200

    async def test_new_recovery_codes_void_the_old_ones(self, api: CloudApi, clock: ManualClock) -> None:
        ada = await api.someone()
        app = await enrolled(ada, clock)
        codes = (await ada.http.post("/auth/recovery-codes")).json()["recovery_codes"]
        assert len(codes) == 10
        assert not set(codes) & set(app.recovery)
        client, told = await first_step(api, ada.email)
        problem(await second_step(client, told["pending"], app.recovery[0]), 401, "auth.factor_refused")
        assert (await second_step(client, told["pending"], codes[0])).status_code == 201

    async def test_without_a_factor_there_is_nothing_to_recover_or_remove(self, api: CloudApi) -> None:
        ada = await api.someone()
        problem(await ada.http.post("/auth/recovery-codes"), 404, "auth.no_factor")
        problem(await ada.http.delete("/auth/totp"), 404, "auth.no_factor")

    @pytest.mark.parametrize(
        ("method", "path"), [("POST", "/auth/totp"), ("DELETE", "/auth/totp"), ("POST", "/auth/recovery-codes")]
    )
    async def test_a_change_needs_a_fresh_proof(
        self, api: CloudApi, clock: ManualClock, method: str, path: str
    ) -> None:
        """[security 60]"""
        ada = await api.someone()
        clock.advance(timedelta(minutes=9))
        renewed = await api.client(**CSRF).post("/auth/sessions/refresh", json={"refresh_token": ada.refresh_token})
        ada.http.headers["authorization"] = f"Bearer {renewed.json()['access_token']}"
        clock.advance(timedelta(minutes=2))
        told = problem(await ada.http.request(method, path), 401, "insufficient_user_authentication")
        assert told["max_age_s"] == 600

    async def test_a_code_is_a_fresh_proof(self, api: CloudApi, clock: ManualClock) -> None:
        """[security 60]"""
        ada = await api.someone()
        app = await enrolled(ada, clock)
        clock.advance(timedelta(minutes=9))
        renewed = await api.client(**CSRF).post("/auth/sessions/refresh", json={"refresh_token": ada.refresh_token})
        ada.http.headers["authorization"] = f"Bearer {renewed.json()['access_token']}"
        clock.advance(timedelta(minutes=2))
        problem(await ada.http.delete("/auth/totp"), 401, "insufficient_user_authentication")
        problem(await ada.http.post("/auth/reauthenticate", json={"code": "000000"}), 401, "auth.factor_refused")
        proved = await ada.http.post("/auth/reauthenticate", json={"code": app.code})
        assert proved.status_code == 200, proved.text
        ada.http.headers["authorization"] = f"Bearer {proved.json()['access_token']}"
        assert proved.json()["session"]["level"] == 2
        assert (await ada.http.delete("/auth/totp")).status_code == 204
