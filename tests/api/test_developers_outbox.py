"""Mails of a server on a laptop, which nobody gets and its operator can read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from outlast.ee.cloud import auth
from outlast.ee.cloud import unit as units
from tests.api.cloud import PASSWORD, CloudApi, Someone, problem, serving_cloud


async def operator(api: CloudApi) -> Someone:
    hashed = await auth.hash_password(api.cloud, PASSWORD)
    async with units.writing(api.cloud) as unit:
        person = await auth.create_person(
            unit, email="root@example.com", name="Root", password_hash=hashed, verified=True, operator=True
        )
    return await api.sign_in(person.id, person.email)


async def test_the_operator_reads_what_would_have_been_sent(sqlite_url: str, tmp_path: Path) -> None:
    async with serving_cloud(sqlite_url, tmp_path) as api:
        root, ada = await operator(api), await api.someone()
        await api.client(**{"x-outlast-request": "1"}).post("/auth/password/forgot", json={"email": ada.email})
        async with asyncio.timeout(10):
            while not (items := (await root.http.get("/dev/outbox")).json()["items"]):
                pass
        assert (items[0]["to"], items[0]["subject"]) == (ada.email, "Set a new password")
        assert f"{api.url}/#reset=" in items[0]["text"]
        problem(await ada.http.get("/dev/outbox"), 403, "role.too_low")
        problem(await api.client().get("/dev/outbox"), 401, "unauthenticated")


@pytest.mark.parametrize(
    "settings",
    [{"public_url": "https://outlast.example.com"}, {"smtp_url": "smtp+plain://127.0.0.1:1"}, {"host": "0.0.0.0"}],
    ids=str,
)
async def test_a_server_that_others_reach_keeps_no_mail_to_read(
    sqlite_url: str, tmp_path: Path, settings: dict[str, str]
) -> None:
    async with serving_cloud(sqlite_url, tmp_path, **settings) as api:  # type: ignore[arg-type]  # settings alone
        root = await operator(api)
        problem(await root.http.get("/dev/outbox"), 404, "mail.no_outbox")
