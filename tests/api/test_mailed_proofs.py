"""What goes by mail, through a real SMTP server: proofs of an address, new passwords, new addresses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx
import pytest

from outlast.ee.cloud import auth
from outlast.ee.cloud import unit as units
from outlast.kit.clock import ManualClock
from tests.api.cloud import PASSWORD, CloudApi, Someone, problem, serving_cloud
from tests.smtp_server import Postbox, smtp_server

CSRF = {"x-outlast-request": "1"}
NEW_PASSWORD = "another long sentence 77"


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
    async with serving_cloud(database_url, tmp_path, clock=clock, smtp_url=smtp, sign_up=True) as api:
        yield api


def token_in(text: str, purpose: str, *, site: str) -> str:
    found = re.search(rf"{re.escape(site)}/#{purpose}=(\w+)$", text, re.MULTILINE)
    assert found is not None, text
    return found[1]


async def log_in(api: CloudApi, email: str, password: str = PASSWORD) -> httpx.Response:
    return await api.client(**CSRF).post("/auth/sessions", json={"email": email, "password": password})


async def proof(api: CloudApi, someone: Someone, postbox: Postbox, *, purpose: str) -> str:
    if purpose == "reset":
        asked = await api.client(**CSRF).post("/auth/password/forgot", json={"email": someone.email})
        subject = "Set a new password"
    else:
        asked = await someone.http.post("/auth/me/email", json={"email": "ada@new.example.com"})
        subject = "Confirm your new e-mail address"
    assert asked.status_code == 202, asked.text
    to = someone.email if purpose == "reset" else "ada@new.example.com"
    return token_in(await postbox.mail(to, subject), purpose, site=api.url)


class TestRegistering:
    async def test_an_address_is_confirmed_before_its_account_can_be_used(
        self, api: CloudApi, postbox: Postbox
    ) -> None:
        client = api.client(**CSRF)
        wish = {"email": "eve@example.com", "name": "Eve", "password": PASSWORD}
        assert (await client.post("/auth/users", json=wish)).status_code == 202
        problem(await log_in(api, "eve@example.com"), 401, "auth.wrong_credentials")
        text = await postbox.mail("eve@example.com", "Confirm your e-mail address")
        token = token_in(text, "verify", site=api.url)
        assert (await client.post("/auth/email/verify", json={"token": token})).status_code == 204
        assert (await log_in(api, "eve@example.com")).status_code == 201
        problem(await client.post("/auth/email/verify", json={"token": token}), 422, "auth.proof_refused")

    async def test_the_mail_can_be_sent_again_and_the_newest_counts(self, api: CloudApi, postbox: Postbox) -> None:
        client = api.client(**CSRF)
        wish = {"email": "eve@example.com", "name": "Eve", "password": PASSWORD}
        await client.post("/auth/users", json=wish)
        first = token_in(await postbox.mail("eve@example.com", "Confirm"), "verify", site=api.url)
        asked = await client.post("/auth/email/verification", json={"email": "EVE@example.com"})
        assert asked.status_code == 202
        second = token_in(await postbox.mail("eve@example.com", "Confirm"), "verify", site=api.url)
        problem(await client.post("/auth/email/verify", json={"token": first}), 422, "auth.proof_refused")
        assert (await client.post("/auth/email/verify", json={"token": second})).status_code == 204

    async def test_who_has_an_account_is_told_and_the_asker_learns_nothing(
        self, api: CloudApi, postbox: Postbox
    ) -> None:
        """[security 54]"""
        ada = await api.someone()
        client = api.client(**CSRF)
        answers = [
            await client.post("/auth/users", json={"email": email, "name": "Eve", "password": NEW_PASSWORD})
            for email in (ada.email, "new@example.com")
        ]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert answers[0].content == answers[1].content
        assert "has one already" in await postbox.mail(ada.email, "You have an account already")
        problem(await log_in(api, ada.email, NEW_PASSWORD), 401, "auth.wrong_credentials")


class TestForgottenPassword:
    async def test_a_mailed_link_sets_a_new_one_and_signs_all_devices_out(
        self, api: CloudApi, postbox: Postbox
    ) -> None:
        """[security 36, 60]"""
        ada = await api.someone()
        token = await proof(api, ada, postbox, purpose="reset")
        client = api.client(**CSRF)
        answer = await client.post("/auth/password/reset", json={"token": token, "password": NEW_PASSWORD})
        assert answer.status_code == 204, answer.text
        assert not client.cookies
        assert (await ada.http.get("/auth/me")).status_code == 401
        problem(await log_in(api, ada.email), 401, "auth.wrong_credentials")
        assert (await log_in(api, ada.email, NEW_PASSWORD)).status_code == 201
        assert "another password" in await postbox.mail(ada.email, "Your password was changed")
        again = await client.post("/auth/password/reset", json={"token": token, "password": PASSWORD})
        problem(again, 422, "auth.proof_refused")

    async def test_nobody_learns_who_has_an_account(self, api: CloudApi, postbox: Postbox) -> None:
        """[security 54]"""
        ada = await api.someone()
        client = api.client(**CSRF)
        answers = [
            await client.post("/auth/password/forgot", json={"email": email})
            for email in (ada.email, "nobody@example.com")
        ]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert answers[0].content == answers[1].content
        await postbox.mail(ada.email, "Set a new password")
        assert postbox.taken == []

    async def test_a_weak_password_is_refused_and_the_link_stays_good(self, api: CloudApi, postbox: Postbox) -> None:
        ada = await api.someone()
        token = await proof(api, ada, postbox, purpose="reset")
        client = api.client(**CSRF)
        for weak in ("password1", "ada@example.com"):
            answer = await client.post("/auth/password/reset", json={"token": token, "password": weak})
            problem(answer, 422, "auth.password_refused")
        answer = await client.post("/auth/password/reset", json={"token": token, "password": NEW_PASSWORD})
        assert answer.status_code == 204

    async def test_a_link_is_good_for_an_hour(self, api: CloudApi, postbox: Postbox, clock: ManualClock) -> None:
        ada = await api.someone()
        token = await proof(api, ada, postbox, purpose="reset")
        clock.advance(timedelta(hours=1))
        answer = await api.client(**CSRF).post("/auth/password/reset", json={"token": token, "password": NEW_PASSWORD})
        problem(answer, 422, "auth.proof_refused")

    async def test_one_mailbox_is_not_flooded(self, api: CloudApi, postbox: Postbox) -> None:
        ada = await api.someone()
        client = api.client(**CSRF)
        for _ in range(8):
            assert (await client.post("/auth/password/forgot", json={"email": ada.email})).status_code == 202
        for _ in range(5):
            await postbox.mail(ada.email, "Set a new password")
        bob = await api.someone("bob")
        await proof(api, bob, postbox, purpose="reset")  # asked after them all
        assert postbox.taken == []

    @pytest.mark.parametrize("other", ["reset", "change"])
    async def test_a_token_is_good_for_one_purpose(self, api: CloudApi, postbox: Postbox, other: str) -> None:
        """[security 30]"""
        ada = await api.someone()
        token = await proof(api, ada, postbox, purpose=other)
        client = api.client(**CSRF)
        bodies = {
            "/auth/password/reset": {"token": token, "password": NEW_PASSWORD},
            "/auth/email/verify": {"token": token},
            "/auth/email/change": {"token": token},
        }
        del bodies["/auth/password/reset" if other == "reset" else "/auth/email/change"]
        for path, body in bodies.items():
            problem(await client.post(path, json=body), 422, "auth.proof_refused")
        client.headers["authorization"] = f"Bearer {token}"
        problem(await client.get("/auth/me"), 401, "invalid_token")

    async def test_another_site_can_not_ask_or_reset(self, api: CloudApi) -> None:
        """[security 63]"""
        client = api.client(**{"sec-fetch-site": "cross-site"})
        for path, body in {
            "/auth/password/forgot": {"email": "ada@example.com"},
            "/auth/password/reset": {"token": "x", "password": NEW_PASSWORD},
            "/auth/email/verification": {"email": "ada@example.com"},
            "/auth/email/verify": {"token": "x"},
            "/auth/email/change": {"token": "x"},
        }.items():
            problem(await client.post(path, json=body), 403, "cross_site")


class TestNewAddress:
    async def test_it_counts_once_its_owner_confirms_it_and_the_old_one_is_told(
        self, api: CloudApi, postbox: Postbox
    ) -> None:
        """[security 36, 60]"""
        ada = await api.someone()
        token = await proof(api, ada, postbox, purpose="change")
        assert "ada@new.example.com" in await postbox.mail(ada.email, "is to be changed")
        assert (await ada.http.get("/auth/me")).json()["email"] == ada.email
        answer = await api.client(**CSRF).post("/auth/email/change", json={"token": token})
        assert answer.status_code == 204, answer.text
        assert "ada@new.example.com" in await postbox.mail(ada.email, "was changed")
        assert (await ada.http.get("/auth/me")).status_code == 401
        problem(await log_in(api, ada.email), 401, "auth.wrong_credentials")
        assert (await log_in(api, "ada@new.example.com")).status_code == 201

    async def test_it_needs_a_fresh_proof(self, api: CloudApi, clock: ManualClock) -> None:
        """[security 60]"""
        ada = await api.someone()
        clock.advance(timedelta(minutes=9))
        renewed = await api.client(**CSRF).post("/auth/sessions/refresh", json={"refresh_token": ada.refresh_token})
        ada.http.headers["authorization"] = f"Bearer {renewed.json()['access_token']}"
        clock.advance(timedelta(minutes=2))
        asked = await ada.http.post("/auth/me/email", json={"email": "ada@new.example.com"})
        problem(asked, 401, "insufficient_user_authentication")

    async def test_anothers_address_is_never_given(self, api: CloudApi, postbox: Postbox) -> None:
        ada, bob = await api.someone(), await api.someone("bob")
        answer = await ada.http.post("/auth/me/email", json={"email": bob.email})
        assert answer.status_code == 202
        await postbox.mail(ada.email, "is to be changed")
        assert postbox.taken == []

    async def test_an_address_that_was_taken_meanwhile_is_refused(self, api: CloudApi, postbox: Postbox) -> None:
        ada = await api.someone()
        token = await proof(api, ada, postbox, purpose="change")
        async with units.writing(api.cloud) as unit:
            await auth.create_person(unit, email="ada@new.example.com", name="Another", verified=True)
        answer = await api.client(**CSRF).post("/auth/email/change", json={"token": token})
        problem(answer, 409, "user.email_taken")
        assert (await ada.http.get("/auth/me")).json()["email"] == ada.email

    @pytest.mark.parametrize("email", ["x", "ada@example.com\r\nBcc: eve@example.com", "a@b@c", "a b@example.com"])
    async def test_what_is_no_address_is_refused(self, api: CloudApi, email: str) -> None:
        ada = await api.someone()
        assert (await ada.http.post("/auth/me/email", json={"email": email})).status_code == 422


async def test_a_stolen_refresh_token_is_told_with_device_and_place(
    api: CloudApi, postbox: Postbox, clock: ManualClock
) -> None:
    """[security 27]"""
    ada = await api.someone()
    client = api.client(**CSRF)
    client.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    stolen = {"refresh_token": ada.refresh_token}
    assert (await client.post("/auth/sessions/refresh", json=stolen)).status_code == 200
    clock.advance(timedelta(minutes=1))
    problem(await client.post("/auth/sessions/refresh", json=stolen), 400, "invalid_grant")
    text = await postbox.mail(ada.email, "One of your devices was signed out")
    assert "Firefox on Linux, 127.0.0.1" in text
    assert f"{clock.now():%Y-%m-%d %H:%M} UTC" in text


@pytest.mark.parametrize("path", ["/auth/password/forgot", "/auth/email/verification"])
async def test_the_time_of_an_answer_tells_nobody_who_has_an_account(api: CloudApi, path: str) -> None:
    """[security 54] The request itself looks for no account, so there is nothing for its time to tell."""
    ada = await api.someone()
    client = api.client(**CSRF)

    async def ask(email: str) -> None:
        assert (await client.post(path, json={"email": email})).status_code == 202

    known, unknown = await timed(ask, ada.email, "nobody@example.com")
    assert abs(known - unknown) < 0.25 * max(known, unknown)


async def timed(ask: Callable[[str], Awaitable[None]], *emails: str, tries: int = 60) -> list[float]:
    """The median time of each, asked in turn so that what else the machine does meets all alike."""
    times: dict[str, list[float]] = {email: [] for email in emails}
    for _ in range(tries):
        for email in emails:
            began = perf_counter()
            await ask(email)
            times[email].append(perf_counter() - began)
    return [median(times[email]) for email in emails]
