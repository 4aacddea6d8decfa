"""Passkeys through the server, with an authenticator made of software."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from outlast.kit.clock import ManualClock
from outlast.protocol.codec import Json
from tests.api.cloud import PASSWORD, CloudApi, Someone, problem, serving_cloud
from tests.authenticator import Authenticator

SITE = "https://outlast.example.com"
CSRF = {"x-outlast-request": "1"}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[CloudApi]:
    async with serving_cloud(database_url, tmp_path, clock=clock, public_url=SITE) as api:
        yield api


async def asked(http: httpx.AsyncClient, path: str, body: dict[str, Json] | None = None) -> str:
    answer = await http.post(path, json=body or {})
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.json()["options"])


async def added(someone: Someone, device: Authenticator, name: str = "Phone") -> dict[str, Json]:
    options = await asked(someone.http, "/auth/passkeys/options")
    wish = {"credential": json.loads(device.create(options)), "name": name}
    answer = await someone.http.post("/auth/passkeys", json=wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Json] = answer.json()
    return made


async def sign_in(http: httpx.AsyncClient, device: Authenticator) -> httpx.Response:
    options = await asked(http, "/auth/sessions/passkey/options")
    return await http.post("/auth/sessions/passkey", json={"credential": json.loads(device.get(options))})


async def test_a_passkey_alone_signs_in_with_two_factors(api: CloudApi) -> None:
    ada, device = await api.someone(), Authenticator(SITE)
    made = await added(ada, device)
    assert len(made["recovery_codes"]) == 10
    assert device.user_id == ada.id
    answer = await sign_in(api.client(**CSRF), device)
    assert answer.status_code == 201, answer.text
    session = answer.json()["session"]
    assert (session["method"], session["level"]) == ("passkey", 2)
    listed = (await ada.http.get("/auth/passkeys")).json()["items"]
    assert [(item["name"], item["last_used_at"] is not None) for item in listed] == [("Phone", True)]
    assert set(listed[0]) == {"id", "name", "backed_up", "created_at", "last_used_at"}


async def test_an_answer_is_taken_once(api: CloudApi) -> None:
    """[security 59]"""
    ada, device = await api.someone(), Authenticator(SITE)
    await added(ada, device)
    client = api.client(**CSRF)
    answer = {"credential": json.loads(device.get(await asked(client, "/auth/sessions/passkey/options")))}
    assert (await client.post("/auth/sessions/passkey", json=answer)).status_code == 201
    problem(await client.post("/auth/sessions/passkey", json=answer), 401, "auth.passkey_refused")


async def test_a_question_is_good_for_five_minutes(api: CloudApi, clock: ManualClock) -> None:
    ada, device = await api.someone(), Authenticator(SITE)
    await added(ada, device)
    client = api.client(**CSRF)
    answer = {"credential": json.loads(device.get(await asked(client, "/auth/sessions/passkey/options")))}
    clock.advance(timedelta(minutes=5))
    problem(await client.post("/auth/sessions/passkey", json=answer), 401, "auth.passkey_refused")


async def test_a_password_log_in_goes_on_with_the_passkey(api: CloudApi) -> None:
    """[security 59]"""
    ada, device = await api.someone(), Authenticator(SITE, verifies=True)
    await added(ada, device)
    device.verifies = False  # possession is enough beside the password
    client = api.client(**CSRF)
    told = problem(
        await client.post("/auth/sessions", json={"email": ada.email, "password": PASSWORD}),
        401,
        "auth.second_factor_required",
    )
    assert told["factors"] == ["passkey", "recovery"]
    options = await asked(client, "/auth/sessions/second-factor/options", {"pending": told["pending"]})
    answer = await client.post(
        "/auth/sessions/second-factor",
        json={"pending": told["pending"], "credential": json.loads(device.get(options))},
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["session"]["method"] == "password+passkey"


async def test_possession_alone_is_no_log_in(api: CloudApi) -> None:
    """[security 59]"""
    ada, device = await api.someone(), Authenticator(SITE)
    await added(ada, device)
    device.verifies = False
    problem(await sign_in(api.client(**CSRF), device), 401, "auth.passkey_refused")


async def test_anothers_passkey_is_no_second_step(api: CloudApi) -> None:
    """[security 59]"""
    ada, bob = await api.someone(), await api.someone("bob")
    of_ada, of_bob = Authenticator(SITE), Authenticator(SITE)
    await added(ada, of_ada)
    await added(bob, of_bob)
    client = api.client(**CSRF)
    told = (await client.post("/auth/sessions", json={"email": ada.email, "password": PASSWORD})).json()
    options = await asked(client, "/auth/sessions/second-factor/options", {"pending": told["pending"]})
    answer = await client.post(
        "/auth/sessions/second-factor",
        json={"pending": told["pending"], "credential": json.loads(of_bob.get(options))},
    )
    problem(answer, 401, "auth.passkey_refused")
    # Nor does a question to nobody in particular serve as one to her.
    loose = await asked(client, "/auth/sessions/passkey/options")
    answer = await client.post(
        "/auth/sessions/second-factor",
        json={"pending": told["pending"], "credential": json.loads(of_ada.get(loose))},
    )
    problem(answer, 401, "auth.passkey_refused")


async def test_a_passkey_is_of_one_account(api: CloudApi) -> None:
    ada, bob, device = await api.someone(), await api.someone("bob"), Authenticator(SITE)
    await added(ada, device)
    options = await asked(bob.http, "/auth/passkeys/options")
    wish = {"credential": json.loads(device.create(options))}
    problem(await bob.http.post("/auth/passkeys", json=wish), 401, "auth.passkey_refused")
    stolen = await asked(ada.http, "/auth/passkeys/options")
    wish = {"credential": json.loads(Authenticator(SITE).create(stolen))}
    problem(await bob.http.post("/auth/passkeys", json=wish), 401, "auth.passkey_refused")


async def test_passkeys_are_renamed_and_removed_by_their_owner(api: CloudApi) -> None:
    """[security 36]"""
    ada, bob = await api.someone(), await api.someone("bob")
    made = (await added(ada, Authenticator(SITE)))["passkey"]
    path = f"/auth/passkeys/{made['id']}"
    problem(await bob.http.patch(path, json={"name": "Mine"}), 404, "auth.passkey_not_found")
    problem(await bob.http.delete(path), 404, "auth.passkey_not_found")
    assert (await ada.http.patch(path, json={"name": "Old phone"})).status_code == 204
    assert (await ada.http.get("/auth/passkeys")).json()["items"][0]["name"] == "Old phone"
    other = api.client(**CSRF)
    assert (await ada.http.delete(path)).status_code == 204
    problem(await ada.http.delete(path), 404, "auth.passkey_not_found")
    assert (await other.post("/auth/sessions", json={"email": ada.email, "password": PASSWORD})).status_code == 201


async def test_a_passkey_is_a_fresh_proof(api: CloudApi, clock: ManualClock) -> None:
    """[security 60]"""
    ada, device = await api.someone(), Authenticator(SITE)
    await added(ada, device)
    clock.advance(timedelta(minutes=9))
    renewed = await api.client(**CSRF).post("/auth/sessions/refresh", json={"refresh_token": ada.refresh_token})
    ada.http.headers["authorization"] = f"Bearer {renewed.json()['access_token']}"
    clock.advance(timedelta(minutes=2))
    problem(await ada.http.post("/auth/passkeys/options"), 401, "insufficient_user_authentication")
    options = await asked(ada.http, "/auth/reauthenticate/options")
    proved = await ada.http.post("/auth/reauthenticate", json={"passkey": json.loads(device.get(options))})
    assert proved.status_code == 200, proved.text
    ada.http.headers["authorization"] = f"Bearer {proved.json()['access_token']}"
    assert (await ada.http.post("/auth/passkeys/options")).status_code == 200


@pytest.mark.parametrize(
    "credential", [{}, {"id": "x"}, {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}]
)
async def test_what_is_no_answer_of_a_passkey_is_refused(api: CloudApi, credential: dict[str, Json]) -> None:
    answer = await api.client(**CSRF).post("/auth/sessions/passkey", json={"credential": credential})
    problem(answer, 401, "auth.passkey_refused")


async def test_by_an_address_without_a_name_there_are_no_passkeys(database_url: str, tmp_path: Path) -> None:
    async with serving_cloud(database_url, tmp_path) as api:
        answer = await api.client(**CSRF).post("/auth/sessions/passkey/options")
        problem(answer, 409, "auth.passkeys_impossible")
