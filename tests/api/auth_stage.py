"""A server whose clock the test moves, with one person on it; and what tests of log-ins do with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Self

import httpx
import pytest
from sqlalchemy import event, inspect, select
from sqlalchemy.ext.asyncio import AsyncEngine

from outlast.db.base import metadata
from outlast.ee.cloud import mail
from outlast.ee.cloud.mail import Mail
from outlast.kit.clock import ManualClock
from tests.api.cloud import PASSWORD, CloudApi, Someone, serving_cloud

OWN_PAGE = {"sec-fetch-site": "same-origin"}
NO_PAGE = {"x-outlast-request": "1"}


@dataclass
class Stage:
    """The server, its clock and its first person."""

    api: CloudApi
    clock: ManualClock
    ada: Someone

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """A browser with no cookies, on a page of the server's own."""
        return self.api.client(**{**OWN_PAGE, "origin": self.api.url, **headers})

    async def log_in(self, http: httpx.AsyncClient, someone: Someone | None = None, **body: str) -> httpx.Response:
        """Log somebody in."""
        who = someone or self.ada
        return await http.post("/auth/sessions", json={"email": who.email, "password": PASSWORD, **body})

    async def logged_in_browser(self) -> httpx.AsyncClient:
        """A browser that Ada is logged in on."""
        browser = self.browser()
        answer = await self.log_in(browser)
        assert answer.status_code == 201, answer.text
        return browser

    async def refresh(self, token: str) -> httpx.Response:
        """Use a refresh token."""
        return await self.api.client(**NO_PAGE).post("/auth/sessions/refresh", json={"refresh_token": token})

    async def is_good(self, access_token: str) -> bool:
        """Whether an access token opens anything."""
        answer = await self.api.client(authorization=f"Bearer {access_token}").get("/auth/me")
        assert answer.status_code in (200, 401), answer.text
        return answer.status_code == 200

    async def mails(self, to: str, *, count: int = 1) -> list[Mail]:
        """The mails to an address, the latest first, once there are so many."""
        async with asyncio.timeout(10):
            while True:
                kept = [each.mail for each in mail.development_outbox(self.api.cloud) if each.mail.to == to]
                if len(kept) >= count:
                    return kept
                await asyncio.sleep(0.02)  # sleeps: mail is sent beside the server

    async def rows(self, table: str) -> list[Mapping[str, object]]:
        """All rows of a table."""
        async with self.api.cloud.engine.connect() as connection:
            found = await connection.execute(select(metadata.tables[table]))
            return [dict(row) for row in found.mappings()]

    def count_statements(self) -> Statements:
        """Count what the cloud asks its database while a block runs."""
        return Statements(self.api.cloud.engine)

    async def dump(self) -> str:
        """Every value in the database."""
        async with self.api.cloud.engine.connect() as connection:
            names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        texts: list[str] = []
        for name in names:
            if name in metadata.tables:
                texts += [_text(value) for row in await self.rows(name) for value in row.values()]
        return "\n".join(texts)


class Statements:
    """Counts an engine's statements inside of a ``with`` block."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.sync_engine
        self.count = 0

    def __enter__(self) -> Self:
        event.listen(self._engine, "before_cursor_execute", self._seen)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._seen)

    def _seen(self, *_: object) -> None:
        self.count += 1


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def cookies_of(answer: httpx.Response) -> Mapping[str, Morsel[str]]:
    """The cookies that an answer sets, with their attributes."""
    found: dict[str, Morsel[str]] = {}
    for header in answer.headers.get_list("set-cookie"):
        found.update(SimpleCookie(header))
    return found


async def gather(*calls: object) -> list[httpx.Response]:
    """Make calls at one time."""
    return list(await asyncio.gather(*calls))  # type: ignore[call-overload]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2030, 1, 1, tzinfo=UTC))


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Stage]:
    async with serving_cloud(database_url, tmp_path, clock=clock) as api:
        yield Stage(api, clock, await api.someone("ada"))
