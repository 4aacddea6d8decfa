"""Making an account by an invitation, on a server where people come by invitation alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.kit.clock import ManualClock
from tests.api.cloud import PASSWORD, CloudApi, problem, serving_cloud
from tests.api.invitations import invite, mailed_secret

CSRF = {"x-outlast-request": "1"}
EVE = "eve@example.com"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[CloudApi]:
    async with serving_cloud(database_url, tmp_path, clock=clock, sign_up=False) as api:
        yield api


def wish(email: str = EVE, **more: str) -> dict[str, str]:
    return {"email": email, "name": "Eve", "password": PASSWORD, **more}


async def invited(api: CloudApi) -> str:
    ada = await api.someone()
    await invite(api, ada, await api.workspace(ada), email=EVE)
    return await mailed_secret(api, EVE)


async def test_who_was_invited_makes_an_account_and_joins(api: CloudApi) -> None:
    """[security 77]"""
    secret, client = await invited(api), api.client(**CSRF)
    assert (await client.post("/auth/users", json=wish(invite=secret))).status_code == 202
    eve = await client.post("/auth/sessions", json={"email": EVE, "password": PASSWORD})
    assert eve.status_code == 201, eve.text  # the mail was read, so the address is theirs
    client.headers["authorization"] = f"Bearer {eve.json()['access_token']}"
    assert (await client.post("/workspaces/invites/accept", json={"token": secret})).status_code == 200


async def test_nobody_else_makes_an_account(api: CloudApi, clock: ManualClock) -> None:
    """[security 77]"""
    secret, client = await invited(api), api.client(**CSRF)
    for body in (
        wish(),
        wish("mallory@example.com", invite=secret),
        wish(invite="made-up"),
        wish(invite="x" * 200),
        wish(invite=secret.partition(".")[0]),
    ):
        problem(await client.post("/auth/users", json=body), 409, "auth.sign_up_closed")
    clock.advance(timedelta(days=7))
    problem(await client.post("/auth/users", json=wish(invite=secret)), 409, "auth.sign_up_closed")


async def test_an_account_that_is_in_use_is_not_changed_by_an_invitation(api: CloudApi) -> None:
    """[security 77]"""
    secret, eve = await invited(api), await api.someone("eve")
    client = api.client(**CSRF)
    answer = await client.post("/auth/users", json=wish(invite=secret) | {"password": "another long sentence 77"})
    assert answer.status_code == 202
    assert (await eve.http.get("/auth/me")).status_code == 200
    refused = await client.post("/auth/sessions", json={"email": EVE, "password": "another long sentence 77"})
    problem(refused, 401, "auth.wrong_credentials")
