"""Two server processes on one database: one device, one family of tokens, one truth about who is logged in."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.cloud import Someone, serving_cloud
from tests.process.shared_server import SECRET

NO_PAGE = {"x-outlast-request": "1"}
LATEST_S = 5.0
"""The cache's one second, and a machine under load."""


@pytest.fixture
def another(database_url: str, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another server process on the test's database; its address is its first line."""
    command = [sys.executable, "-m", "tests.process.shared_server", database_url, str(tmp_path / "another")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{url}/api/v1", headers=NO_PAGE, trust_env=False, timeout=15)


async def _opens(client: httpx.AsyncClient, token: str) -> bool:
    answer = await client.get("/auth/me", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


async def test_two_servers_are_of_one_mind_about_a_device(
    database_url: str, tmp_path: Path, another: subprocess.Popen[str]
) -> None:
    """[security 22, 33]"""
    assert another.stdout is not None
    url = (await asyncio.to_thread(another.stdout.readline)).strip()
    async with (
        serving_cloud(database_url, tmp_path, secret_key=SECRET) as api,
        _client(api.url) as here,
        _client(url) as there,
    ):
        ada = await api.someone("ada")
        successor = await _refresh_fifty_times(ada, [here, there])
        after = await there.post("/auth/sessions/refresh", json={"refresh_token": successor})
        assert after.status_code == 200
        access = after.json()["access_token"]
        assert [await _opens(client, access) for client in (here, there)] == [True, True]
        ended = await here.delete("/auth/sessions/current", headers={"authorization": f"Bearer {access}"})
        assert ended.status_code == 204
        assert not await _opens(here, access)
        since = time.monotonic()
        while await _opens(there, access):
            assert time.monotonic() - since < LATEST_S
            await asyncio.sleep(0.05)  # sleeps: what the other server holds grows old by itself


async def _refresh_fifty_times(ada: Someone, clients: list[httpx.AsyncClient]) -> str:
    """Use one token fifty times at once, at both servers; the one successor that all answers hold."""
    body = {"refresh_token": ada.refresh_token}
    answers = await asyncio.gather(*(clients[n % 2].post("/auth/sessions/refresh", json=body) for n in range(50)))
    assert [answer.status_code for answer in answers] == [200] * 50
    (successor,) = {str(answer.json()["refresh_token"]) for answer in answers}
    for answer in answers[:4]:
        for client in clients:
            assert await _opens(client, answer.json()["access_token"])
    return successor
