"""``/uploads``: files for sessions that do not exist yet."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from outlast.client import AsyncClient
from outlast.kit.errors import InvalidArguments
from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json, to_json
from tests.api.conftest import Api, problem
from tests.live_server import LiveServer, live_server

APP = """
@app
def total(sheets: list[File], factor: int = 1):
    numbers = [int(line) for sheet in sheets for line in sheet.read_text().split()]
    if ask("Sure?") == "yes":
        return [sheets[0].name, sum(numbers) * factor]
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as server:
        server.write_app("play", APP)
        server.start()
        yield server


@pytest.fixture
async def real(server: LiveServer) -> AsyncIterator[AsyncClient]:
    async with server.client() as client:
        yield client


class TestUpload:
    async def test_a_session_reads_the_files_it_was_started_with_also_after_a_restart(
        self, server: LiveServer, real: AsyncClient, tmp_path: Path
    ) -> None:
        path = tmp_path / "july.csv"
        path.write_text("10\n32\n")
        files = [await real.upload_ahead(path), await real.upload_ahead(b"1\n", name="august.csv")]
        session = await real.start("total", {"sheets": [to_json(file) for file in files], "factor": 2})
        await _asked(real, session.id)
        assert await real.file(session.id, files[0].sha256) == path.read_bytes()
        server.kill()
        server.start()
        await real.answer(session.id, "i1", "yes")
        assert await _result(real, session.id) == ["july.csv", 86]

    async def test_what_was_not_uploaded_is_told_by_its_parameter(self, real: AsyncClient) -> None:
        stranger = FileRef(sha256="0" * 64, name="a.csv", type="text/csv", size_bytes=1)
        with pytest.raises(InvalidArguments, match=r"sheets: The file 'a\.csv' is not among your uploads") as caught:
            await real.start("total", {"sheets": [to_json(stranger)]})
        assert list(caught.value.errors) == ["sheets"]
        assert (await real.sessions()).items == []

    async def test_it_is_forgotten_after_a_day(self, api: Api, client: AsyncClient) -> None:
        old = await client.upload_ahead(b"old", name="old.txt")
        (stored,) = (path for path in _stored(api) if path.name == old.sha256)
        yesterday_s = time.time() - 25 * 3600
        os.utime(stored, (yesterday_s, yesterday_s))
        await client.upload_ahead(b"new", name="new.txt")
        assert [path.read_bytes() for path in _stored(api)] == [b"new"]

    async def test_it_needs_a_name_and_fits_the_limit(self, api: Api) -> None:
        problem(await api.http.post("/api/v1/uploads", content=b"x"), 422, "invalid")


async def test_a_client_that_follows_hundreds_of_sessions_can_still_call(api: Api, client: AsyncClient) -> None:
    session_id = await api.start()
    path = f"/api/v1/sessions/{session_id}/events"
    async with asyncio.timeout(15):
        streams = [await client.http.send(client.http.build_request("GET", path), stream=True) for _ in range(150)]
        assert (await client.get(session_id)).state == "waiting"
    for stream in streams:
        await stream.aclose()


def _stored(api: Api) -> list[Path]:
    root = api.runtime.files._root
    return [path for path in root.rglob("*") if path.is_file()]


async def _asked(client: AsyncClient, session_id: str) -> None:
    while (detail := await client.get(session_id)).state != "waiting":
        assert not detail.document.over, detail.document
        await asyncio.sleep(0.02)  # sleeps: polls


async def _result(client: AsyncClient, session_id: str) -> Json:
    while not (detail := await client.get(session_id)).document.over:  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # sleeps: polls
    return detail.document.result
