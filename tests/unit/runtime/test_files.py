"""Files of sessions are kept by what they hold, and only as what they are."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from outlast.kit.errors import FileNotStored, InvalidInput, ProtocolViolation
from outlast.protocol.blocks import FileRef
from outlast.runtime.files import SessionFiles

SESSION, OTHER = "0190c0de-0000-7000-8000-000000000001", "0190c0de-0000-7000-8000-000000000002"


@pytest.fixture
def files(tmp_path: Path) -> SessionFiles:
    return SessionFiles(tmp_path / "files")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


async def _chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def _ref(data: bytes, name: str = "a.txt") -> FileRef:
    return FileRef(sha256=hashlib.sha256(data).hexdigest(), name=name, type="text/plain", size_bytes=len(data))


async def test_an_upload_is_kept_and_given_to_the_session(files: SessionFiles, scratch: Path) -> None:
    ref = await files.receive(SESSION, _chunks(b"he", b"llo"), name="../up/a.txt", media_type="text/plain", max_bytes=5)
    assert ref == _ref(b"hello")
    assert files.path_of(SESSION, ref.sha256).read_bytes() == b"hello"
    with pytest.raises(FileNotStored):
        files.path_of(OTHER, ref.sha256)
    await files.give(SESSION, scratch)
    given = scratch / ref.sha256
    given.write_bytes(b"changed by the app")
    assert files.path_of(SESSION, ref.sha256).read_bytes() == b"hello"


async def test_an_upload_that_is_too_large_leaves_nothing(files: SessionFiles, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        await files.receive(SESSION, _chunks(b"123", b"456"), name="a", media_type="x/y", max_bytes=5)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_what_a_process_left_is_taken_only_as_what_it_is(files: SessionFiles, scratch: Path) -> None:
    good, liar = _ref(b"good"), _ref(b"promised")
    (scratch / good.sha256).write_bytes(b"good")
    (scratch / liar.sha256).write_bytes(b"something else")
    await files.take(SESSION, scratch, [good])
    assert files.path_of(SESSION, good.sha256).read_bytes() == b"good"
    for wrong in (liar, _ref(b"not there")):
        with pytest.raises(ProtocolViolation):
            await files.take(SESSION, scratch, [wrong])
    with pytest.raises(FileNotStored):
        files.path_of(SESSION, liar.sha256)


async def test_a_link_in_the_scratch_folder_is_not_followed(files: SessionFiles, scratch: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    ref = _ref(b"secret")
    (scratch / ref.sha256).symlink_to(secret)
    with pytest.raises(ProtocolViolation):
        await files.take(SESSION, scratch, [ref])


async def test_a_branch_has_its_own_copies(files: SessionFiles) -> None:
    ref = await files.receive(SESSION, _chunks(b"hello"), name="a", media_type="x/y", max_bytes=5)
    await files.copy(SESSION, OTHER)
    await files.drop(SESSION)
    assert files.path_of(OTHER, ref.sha256).read_bytes() == b"hello"
    with pytest.raises(FileNotStored):
        files.path_of(SESSION, ref.sha256)


@pytest.mark.parametrize("sha256", ["", "..", "../../etc/passwd", "A" * 64, "0" * 63])
def test_what_is_no_hash_names_no_file(files: SessionFiles, sha256: str) -> None:
    with pytest.raises(FileNotStored):
        files.path_of(SESSION, sha256)
