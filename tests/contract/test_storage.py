"""Every storage of files keeps the promises of the port: a folder, memory, and a bucket of an S3 server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from outlast.ee.cloud.files import storage as storage_module
from outlast.ee.cloud.files.storage import PIECE_BYTES, WINDOW_BYTES, ObjectMissing, Storage, open_storage, regroup
from outlast.kit.errors import InvalidInput, Unavailable
from outlast.kit.settings import InvalidSettings

LARGE = PIECE_BYTES * 2 + 12_345
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "outlast", "AWS_SECRET_ACCESS_KEY": "outlast", "AWS_REGION": "us-east-1"}


async def chunks_of(data: bytes, *, size: int = 700_001) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def read(storage: Storage, key: str, *, start: int = 0, end: int) -> bytes:
    return b"".join([window async for window in await storage.get(key, start, end)])


async def keys(storage: Storage, prefix: str) -> list[str]:
    return sorted([found.key async for found in storage.list(prefix)])


class StorageSuite:
    """The promises of `outlast.ee.cloud.files.storage.Storage`. Asks for a fixture ``storage``."""

    async def test_what_is_put_is_given_back(self, storage: Storage) -> None:
        data = os.urandom(LARGE)
        await storage.put("w1/large", chunks_of(data))
        assert await read(storage, "w1/large", end=LARGE) == data

    async def test_an_empty_object_is_an_object(self, storage: Storage) -> None:
        await storage.put("w1/empty", chunks_of(b""))
        assert await read(storage, "w1/empty", end=0) == b""
        assert await keys(storage, "w1") == ["w1/empty"]

    async def test_a_range_is_given_and_no_byte_more(self, storage: Storage) -> None:
        data = os.urandom(3 * WINDOW_BYTES)
        await storage.put("w1/a", chunks_of(data))
        for start, end in ((0, 1), (5, 10), (WINDOW_BYTES - 1, WINDOW_BYTES + 1), (100, 2 * WINDOW_BYTES + 7)):
            assert await read(storage, "w1/a", start=start, end=end) == data[start:end]

    @pytest.mark.parametrize("size", [1_000, LARGE])
    async def test_a_put_whose_source_fails_leaves_nothing(self, storage: Storage, size: int) -> None:
        async def broken() -> AsyncIterator[bytes]:
            async for chunk in chunks_of(bytes(size)):
                yield chunk
            raise InvalidInput("enough")

        with pytest.raises(InvalidInput, match="enough"):
            await storage.put("w1/broken", broken())
        assert await keys(storage, "w1") == []

    async def test_a_put_that_is_cancelled_leaves_nothing(self, storage: Storage) -> None:
        halfway = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            yield bytes(2 * PIECE_BYTES)
            halfway.set()
            await asyncio.Event().wait()

        putting = asyncio.create_task(storage.put("w1/cut", endless()))
        await halfway.wait()
        putting.cancel()
        await asyncio.wait([putting])
        assert putting.cancelled()
        assert await keys(storage, "w1") == []

    async def test_what_is_missing_is_told_before_the_first_byte(self, storage: Storage) -> None:
        with pytest.raises(ObjectMissing):
            await storage.get("w1/none", 0, 10)
        with pytest.raises(ObjectMissing):
            await storage.copy("w1/none", "w1/other")

    async def test_a_deleted_object_is_gone_and_may_be_deleted_again(self, storage: Storage) -> None:
        await storage.put("w1/a", chunks_of(b"abc"))
        await storage.delete("w1/a")
        await storage.delete("w1/a")
        await storage.delete("w1/never")
        assert await keys(storage, "") == []

    async def test_a_copy_outlives_its_source(self, storage: Storage) -> None:
        await storage.put("w1/a", chunks_of(b"abc"))
        await storage.copy("w1/a", "w2/b")
        await storage.delete("w1/a")
        assert await read(storage, "w2/b", end=3) == b"abc"

    async def test_a_list_tells_keys_sizes_and_ages_below_whole_segments(self, storage: Storage) -> None:
        for key in ("w1/a", "w1/deep/b", "w10/c"):
            await storage.put(key, chunks_of(b"abc"))
        found = {each.key: each async for each in storage.list("w1")}
        assert sorted(found) == ["w1/a", "w1/deep/b"]
        assert found["w1/a"].size_bytes == 3
        assert abs(datetime.now(UTC) - found["w1/a"].modified_at) < timedelta(minutes=1)

    async def test_purging_a_prefix_leaves_nothing_of_it_and_all_of_the_others(self, storage: Storage) -> None:
        """[security 76]"""
        for key in ("w1/a", "w1/deep/b", "w10/c", "w2/d"):
            await storage.put(key, chunks_of(b"abc"))
        assert await storage.purge("w1") == 2
        assert await storage.purge("w1") == 0
        assert await keys(storage, "") == ["w10/c", "w2/d"]

    @pytest.mark.parametrize("prefix", ["", "/"])
    async def test_nobody_purges_all_workspaces_by_an_empty_prefix(self, storage: Storage, prefix: str) -> None:
        await storage.put("w1/a", chunks_of(b"abc"))
        with pytest.raises(ValueError, match="all workspaces"):
            await storage.purge(prefix)
        assert await keys(storage, "") == ["w1/a"]


class TestLocalFolder(StorageSuite):
    @pytest.fixture
    def storage(self, tmp_path: Path) -> Storage:
        return open_storage("", tmp_path / "storage")

    async def test_no_key_leads_out_of_the_folder(self, storage: Storage, tmp_path: Path) -> None:
        for key in ("../out", "w1/../../out", "w1//out"):
            with pytest.raises(ValueError, match="path"):
                await storage.put(key, chunks_of(b"abc"))
        assert [path.name for path in tmp_path.iterdir()] == ["storage"]
        assert (tmp_path / "storage").stat().st_mode & 0o077 == 0

    async def test_a_purge_takes_the_folder_and_what_a_killed_put_left(self, storage: Storage, tmp_path: Path) -> None:
        await storage.put("w1/a", chunks_of(b"abc"))
        (tmp_path / "storage/w1/b#1").write_bytes(b"half")
        await storage.purge("w1")
        assert list((tmp_path / "storage").rglob("*")) == []

    async def test_a_sweep_takes_only_old_halves_of_puts(self, storage: Storage, tmp_path: Path) -> None:
        await storage.put("w1/a", chunks_of(b"abc"))
        half = tmp_path / "storage/w1/b#1"
        half.write_bytes(b"half")
        await storage.sweep(datetime.now(UTC) - timedelta(hours=1))
        assert half.exists()
        await storage.sweep(datetime.now(UTC) + timedelta(hours=1))
        assert not half.exists()
        assert await keys(storage, "") == ["w1/a"]

    async def test_a_url_may_name_the_folder(self, tmp_path: Path) -> None:
        storage = open_storage(f"file://{tmp_path}/else%20where", tmp_path / "unused")
        await storage.put("w1/a", chunks_of(b"abc"))
        assert (tmp_path / "else where/w1/a").read_bytes() == b"abc"
        assert not (tmp_path / "unused").exists()


class TestMemory(StorageSuite):
    @pytest.fixture
    def storage(self, tmp_path: Path) -> Storage:
        return open_storage("memory:///", tmp_path)


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """The address of an S3 server that lives as long as this module's tests."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        address = next((line.split("Running on ")[1].split()[0] for line in server.stderr if "Running on" in line), "")
        if not address:
            pytest.skip(f"no S3 server here: it ended with {server.wait()}")
        threading.Thread(target=server.stderr.read, daemon=True).start()  # a full pipe would stop the server
        yield address
        server.terminate()


class TestS3Bucket(StorageSuite):
    @pytest.fixture
    def storage(self, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Storage:
        bucket = f"files-{os.urandom(4).hex()}"
        assert httpx.put(f"{s3_endpoint}/{bucket}").is_success
        environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": s3_endpoint, "AWS_ALLOW_HTTP": "true"}
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return open_storage(f"s3://{bucket}/below/here", tmp_path)

    async def test_a_storage_out_of_reach_is_unavailable_and_says_nothing_of_its_secrets(
        self, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """[security 80]"""
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": s3_endpoint, "AWS_ALLOW_HTTP": "true"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2hunter2")
        storage = open_storage("s3://no-such-bucket-here", tmp_path)
        with pytest.raises(Unavailable) as caught:
            await storage.put("w1/a", chunks_of(b"abc"))
        assert "hunter2" not in caught.value.message


@pytest.mark.parametrize("url", ["https://example.com/files", "ftp://host/x", "plain", "s3:"])
def test_a_storage_url_that_stores_nothing_is_a_wrong_setting(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="OUTLAST_STORAGE_URL"):
        open_storage(url, tmp_path)


async def test_pieces_have_one_size_whatever_the_chunks() -> None:
    pieces = [len(piece) async for piece in regroup(chunks_of(bytes(25), size=7), 10)]
    assert pieces == [10, 10, 5]
    assert storage_module.PIECE_BYTES >= 5 * 1024 * 1024  # the least that S3 takes
