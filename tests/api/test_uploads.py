"""Files for sessions that do not exist yet, in a real server with real session processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from outlast.client import AsyncClient
from outlast.kit.errors import InvalidArguments
from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json, to_json
from tests.api.conftest import Api
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
        files = [await real.store(path), await real.store(b"1\n", name="august.csv")]
        session = await real.start("total", {"sheets": [dict(file.reference) for file in files], "factor": 2})
        await _asked(real, session.id)
        assert await real.file(session.id, files[0].sha256) == path.read_bytes()
        server.kill()
        server.start()
        await real.answer(session.id, "i1", "yes")
        assert await _result(real, session.id) == ["july.csv", 86]

    async def test_what_was_not_uploaded_is_told_by_its_parameter(self, real: AsyncClient) -> None:
        stranger = FileRef(sha256="0" * 64, name="a.csv", type="text/csv", size_bytes=1)
        with pytest.raises(InvalidArguments, match=r"sheets: The file 'a\.csv' is not the session's") as caught:
            await real.start("total", {"sheets": [to_json(stranger)]})
        assert list(caught.value.errors) == ["sheets"]
        assert (await real.sessions()).items == []


async def test_a_client_that_follows_hundreds_of_sessions_can_still_call(api: Api, client: AsyncClient) -> None:
    session_id = await api.start()
    path = f"{api.base}/sessions/{session_id}/events"
    async with asyncio.timeout(15):
        streams = [await client.http.send(client.http.build_request("GET", path), stream=True) for _ in range(150)]
        assert (await client.get(session_id)).state == "waiting"
    for stream in streams:
        await stream.aclose()


async def _asked(client: AsyncClient, session_id: str) -> None:
    while (detail := await client.get(session_id)).state != "waiting":
        assert not detail.document.over, detail.document
        await asyncio.sleep(0.02)  # sleeps: polls


async def _result(client: AsyncClient, session_id: str) -> Json:
    while not (detail := await client.get(session_id)).document.over:  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # sleeps: polls
    return detail.document.result
