"""Uploads in parts, by tus 1.0: what arrived is kept, and nothing twice."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from outlast.ee.cloud import files
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.files.storage import PIECE_BYTES
from outlast.ee.cloud.files.sweeper import sweep
from outlast.kit.ids import new_id
from tests.api.cloud import problem
from tests.api.files_stage import FilesStage, files_stage

PART = {"content-type": "application/offset+octet-stream", "tus-resumable": "1.0.0"}


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[FilesStage]:
    async with files_stage(database_url, tmp_path, max_upload_bytes="40MiB", workspace_quota_bytes="50MiB") as stage:
        yield stage


async def begin(client: httpx.AsyncClient, length: int, *, name: str = "a.txt") -> str:
    """Begin an upload; its path below the workspace."""
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    headers = {"upload-length": str(length), "upload-metadata": metadata, "tus-resumable": "1.0.0"}
    answer = await client.post("/uploads", headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["upload-expires"].endswith("GMT")
    return "/uploads/" + answer.headers["location"].rpartition("/")[2]


async def send(client: httpx.AsyncClient, path: str, *, offset: int, content: bytes) -> httpx.Response:
    return await client.patch(path, content=content, headers={**PART, "upload-offset": str(offset)})


async def offset_of(client: httpx.AsyncClient, path: str) -> int:
    answer = await client.head(path, headers={"tus-resumable": "1.0.0"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return int(answer.headers["upload-offset"])


def content_of(upload: str) -> str:
    """Path of the content of the file that an upload becomes."""
    return f"/files/{upload.rpartition('/')[2]}/content"


class TestParts:
    async def test_parts_become_the_file_that_was_sent(self, stage: FilesStage) -> None:
        ada, data = stage.person("ada"), os.urandom(PIECE_BYTES + 1_000_003)
        path = await begin(ada, len(data), name="größe.bin")
        assert await offset_of(ada, path) == 0
        sizes = (1, 1_000_000, PIECE_BYTES - 10, len(data))
        offset = 0
        for size in sizes:
            answer = await send(ada, path, offset=offset, content=data[offset : offset + size])
            offset = min(len(data), offset + size)
            assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(offset))
            assert await offset_of(ada, path) == offset
        file = (await ada.get(content_of(path).removesuffix("/content"))).json()
        assert (file["name"], file["size_bytes"]) == ("größe.bin", len(data))
        assert (await ada.get(content_of(path))).content == data
        assert len(await stage.objects()) == 1

    async def test_an_upload_of_nothing_is_whole_at_once(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        path = await begin(ada, 0)
        assert await offset_of(ada, path) == 0
        assert (await ada.get(content_of(path))).content == b""

    async def test_a_part_that_begins_elsewhere_changes_nothing(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        path = await begin(ada, 10)
        await send(ada, path, offset=0, content=b"01234")
        for offset in (0, 4, 6, 10):
            answer = await send(ada, path, offset=offset, content=b"x")
            problem(answer, 409, "files.upload_offset")
            assert answer.headers["upload-offset"] == "5"
        await send(ada, path, offset=5, content=b"56789")
        assert (await ada.get(content_of(path))).content == b"0123456789"

    async def test_a_part_beyond_the_announced_length_is_refused(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        path = await begin(ada, 3)
        problem(await send(ada, path, offset=0, content=b"0123"), 422, "invalid")

        async def unannounced() -> AsyncIterator[bytes]:
            yield b"01"
            yield b"23"

        refused = await ada.patch(path, content=unannounced(), headers={**PART, "upload-offset": "0"})
        problem(refused, 422, "invalid")
        assert await offset_of(ada, path) == 0
        assert await stage.objects() == []

    async def test_of_parts_sent_at_once_only_one_is_taken(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        for length, left in ((10, 5), (5, 0)):  # in the middle, and at the end
            path = await begin(ada, length)
            answers = await asyncio.gather(*(send(ada, path, offset=0, content=bytes([65 + n]) * 5) for n in range(5)))
            taken = [n for n, answer in enumerate(answers) if answer.status_code == 204]
            assert len(taken) == 1
            assert {answer.status_code for answer in answers} <= {204, 404, 409}
            assert await offset_of(ada, path) == 5
            if not left:
                assert (await ada.get(content_of(path))).content == bytes([65 + taken[0]]) * 5
        assert len(await stage.objects()) == 2

    async def test_a_part_of_another_type_or_version_is_refused(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        path = await begin(ada, 3)
        wrong_type = {"upload-offset": "0", "content-type": "text/plain"}
        problem(await ada.patch(path, content=b"abc", headers=wrong_type), 415, "files.upload_type")
        wrong_version = {**PART, "upload-offset": "0", "tus-resumable": "0.2.2"}
        answer = await ada.patch(path, content=b"abc", headers=wrong_version)
        problem(answer, 412, "files.upload_protocol")
        assert answer.headers["tus-version"] == "1.0.0"

    async def test_a_server_says_what_it_speaks(self, stage: FilesStage) -> None:
        answer = await stage.person("ada").options("/uploads")
        assert (answer.status_code, answer.headers["tus-version"]) == (204, "1.0.0")
        assert answer.headers["tus-extension"] == "creation,termination,expiration"
        assert answer.headers["tus-max-size"] == str(40 * 1024**2)


class TestEnds:
    async def test_an_abandoned_upload_leaves_nothing(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        path = await begin(ada, 10)
        await send(ada, path, offset=0, content=b"01234")
        assert (await ada.delete(path, headers={"tus-resumable": "1.0.0"})).status_code == 204
        problem(await send(ada, path, offset=5, content=b"56789"), 404, "files.upload_not_found")
        problem(await ada.delete(path), 404, "files.upload_not_found")
        assert (await ada.head(path)).status_code == 404
        assert await stage.objects() == []

    async def test_an_upload_that_nobody_goes_on_with_is_swept(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        path = await begin(ada, 10)
        await send(ada, path, offset=0, content=b"01234")
        stage.clock.advance(timedelta(hours=23))
        await send(ada, path, offset=5, content=b"5")
        stage.clock.advance(timedelta(hours=23))
        await sweep(stage.cloud)
        assert await offset_of(ada, path) == 6
        stage.clock.advance(timedelta(hours=2))
        problem(await send(ada, path, offset=6, content=b"6"), 404, "files.upload_not_found")
        assert (await ada.head(path)).status_code == 404
        await sweep(stage.cloud)
        assert await stage.objects() == []
        assert (await ada.get("/storage")).json()["reserved_bytes"] == 0

    async def test_an_upload_under_way_holds_its_place_in_the_quota(self, stage: FilesStage) -> None:
        ada, size = stage.person("ada"), 30 * 1024**2
        path = await begin(ada, size)
        refused = await ada.post("/uploads", headers={"upload-length": str(size)})
        problem(refused, 413, "files.quota_exceeded")
        problem(await ada.post("/uploads", headers={"upload-length": "99999999"}), 413, "files.too_large")
        assert (await ada.get("/storage")).json()["reserved_bytes"] == size
        await send(ada, path, offset=0, content=bytes(size))
        usage = (await ada.get("/storage")).json()
        assert (usage["used_bytes"], usage["reserved_bytes"]) == (size, 0)

    async def test_parallel_uploads_never_go_over_the_quota(self, stage: FilesStage) -> None:
        ada, size = stage.person("ada"), 11 * 1024**2
        headers = {"upload-length": str(size)}
        answers = await asyncio.gather(*(ada.post("/uploads", headers=headers) for _ in range(12)))
        assert sorted(answer.status_code for answer in answers) == [201] * 4 + [413] * 8


class TestAccess:
    async def test_an_upload_is_its_owners_alone(self, stage: FilesStage) -> None:
        """[security 68]"""
        ada = stage.person("ada")
        path = await begin(ada, 10)
        await send(ada, path, offset=0, content=b"01234")
        others = (
            stage.person("bob"),
            stage.person("boss", Role.OWNER),
            stage.person("ada", workspace_id=stage.other),
        )
        for client in others:
            for each in (path, f"/uploads/{new_id()}", "/uploads/x"):
                problem(await send(client, each, offset=5, content=b"x"), 404, "files.upload_not_found")
                problem(await client.delete(each), 404, "files.upload_not_found")
                assert (await client.head(each)).status_code == 404
        assert (await send(ada, path, offset=5, content=b"56789")).status_code == 204
        for client in others:
            assert (await client.head(path)).status_code == 404

    async def test_a_purged_workspace_leaves_no_upload(self, stage: FilesStage) -> None:
        """[security 76]"""
        ada = stage.person("ada")
        path = await begin(ada, 10)
        await send(ada, path, offset=0, content=b"01234")
        async with units.writing(stage.cloud, workspace_id=stage.home) as unit:
            await files.purge(unit)
        await files.purge_storage(stage.cloud, stage.home)
        assert (await ada.head(path)).status_code == 404
        assert await stage.objects() == []


async def test_what_came_of_a_part_before_the_connection_broke_is_kept(sqlite_url: str, tmp_path: Path) -> None:
    async with files_stage(sqlite_url, tmp_path) as stage, stage.serving() as address:
        ada = stage.person("ada")
        data = os.urandom(3_000_000)
        path = await begin(ada, len(data))
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"PATCH /api/v1/workspaces/{stage.home}{path} HTTP/1.1\r\nHost: {address}\r\nX-Test-User: ada\r\n"
            f"Content-Type: {PART['content-type']}\r\nUpload-Offset: 0\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        writer.write(head.encode() + data[:1_000_000])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert await reader.read() == b""
        offset = 0
        while offset == 0:  # the server learns of the cut in its own time
            offset = await offset_of(ada, path)
        assert 0 < offset <= 1_000_000
        assert (await send(ada, path, offset=offset, content=data[offset:])).status_code == 204
        assert (await ada.get(content_of(path))).content == data
