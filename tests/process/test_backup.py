"""Backups: taken beside a running server, checked, put back, and the sessions go on."""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import tarfile
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import make_url

from outlast.client.running import SERVER_FILE, RunningServer
from outlast.db.dump import DumpFailed, ToolMissing
from outlast.kit.settings import Settings
from outlast.protocol.codec import decode_json, encode_json
from outlast.runtime import open_runtime, upgrade_database
from outlast.server.archive import MANIFEST, BackupBroken, Manifest
from outlast.server.backup import (
    BackupExists,
    BackupOfOtherKind,
    BackupTooNew,
    TargetInUse,
    TargetNotEmpty,
    back_up,
    restore,
)
from tests.process.stage import running, settings_for, texts, write_app

TALK = """
@app
def talk():
    file(b"kept bytes", name="data.txt")
    write("Hello " + ask("Name?"))

@app
def busy():
    for number in range(100_000):
        write(f"line {number}")
        time.sleep(0.02)
"""


@pytest.fixture
def postgres_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's programs of the same version as the tests' server."""
    pgserver = pytest.importorskip("pgserver")
    tools = Path(pgserver.__file__).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
async def second_postgres_url(postgres_socket: Path) -> AsyncIterator[str]:
    """Another empty database."""
    asyncpg = pytest.importorskip("asyncpg")
    name = f"test_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(host=str(postgres_socket), user="postgres", database="postgres")
    await admin.execute(f"CREATE DATABASE {name}")
    yield f"postgresql+asyncpg://postgres@/{name}?host={postgres_socket}"
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def _lived(folder: Path, **given: object) -> tuple[Settings, str]:
    """Settings of a data folder on which a session ran that waits for an answer; its id."""
    folder.mkdir(exist_ok=True)
    async with running(folder, write_app(folder, TALK), **given) as stage:
        session = await stage.start("talk")
        await stage.asleep(session)
    return settings_for(folder, **given), session


async def _goes_on(folder: Path, session: str, **given: object) -> None:
    """Check that a restored session takes its answer, and has its file."""
    async with running(folder, write_app(folder, TALK), **given) as stage:
        document = await stage.document(session)
        await stage.answer(session, "Ada")
        assert texts(await stage.over(session))[-1] == "Hello Ada"
        (file,) = [block.props["file"] for block in document.blocks.values() if "file" in block.props]
        assert stage.runtime.files.path_of(session, file["sha256"]).read_bytes() == b"kept bytes"


async def test_a_backup_of_a_busy_server_is_put_back_and_its_sessions_go_on(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    async with running(old, write_app(old, TALK)) as stage:
        waiting, at_work = await stage.start("talk"), await stage.start("busy")
        await stage.state(waiting, "waiting")
        await stage.until(at_work, lambda d: len(d.blocks) > 3)
        made = await asyncio.to_thread(back_up, settings_for(old), tmp_path / "backup.tar.gz")
        written = len((await stage.document(at_work)).blocks)
        await stage.until(at_work, lambda d: len(d.blocks) > written)  # nothing stood still for it
    assert (made.database, made.files >= 1) == ("sqlite", True)
    assert (tmp_path / "backup.tar.gz").stat().st_mode & 0o777 == 0o600
    done = await asyncio.to_thread(restore, settings_for(new), tmp_path / "backup.tar.gz")
    assert (done.files, done.revision) == (made.files, made.revision)
    async with running(new, write_app(new, TALK)) as stage:
        kept = len((await stage.document(at_work)).blocks)
        assert kept > 3
        await stage.until(at_work, lambda d: len(d.blocks) > kept)
    await _goes_on(new, waiting)


@pytest.mark.postgres
async def test_a_backup_of_postgresql_is_put_back_and_its_sessions_go_on(
    tmp_path: Path, postgres_url: str, second_postgres_url: str, postgres_tools: None
) -> None:
    await upgrade_database(settings_for(tmp_path / "old", database_url=postgres_url))
    settings, session = await _lived(tmp_path / "old", database_url=postgres_url)
    made = await asyncio.to_thread(back_up, settings, tmp_path / "backup.tar.gz")
    assert made.database == "postgresql"
    target = settings_for(tmp_path / "new", database_url=second_postgres_url)
    await asyncio.to_thread(restore, target, tmp_path / "backup.tar.gz")
    await _goes_on(tmp_path / "new", session, database_url=second_postgres_url)
    with pytest.raises(TargetNotEmpty):
        await asyncio.to_thread(restore, target, tmp_path / "backup.tar.gz")
    await asyncio.to_thread(restore, target, tmp_path / "backup.tar.gz", force=True)
    await _goes_on(tmp_path / "new", session, database_url=second_postgres_url)


@pytest.mark.postgres
async def test_a_backup_by_the_tables_owner_holds_the_rows_of_every_workspace(
    tmp_path: Path, postgres_url: str, postgres_socket: Path, postgres_tools: None
) -> None:
    """[security 73]"""
    asyncpg = pytest.importorskip("asyncpg")
    name, owner = make_url(postgres_url).database, f"owner_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(host=str(postgres_socket), user="postgres", database=name)
    await upgrade_database(settings_for(tmp_path / "old", database_url=postgres_url))
    await _lived(tmp_path / "old", database_url=postgres_url)
    await admin.execute(f"CREATE ROLE {owner} LOGIN")
    try:
        await admin.execute(f"ALTER DATABASE {name} OWNER TO {owner}")
        for (table,) in await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            await admin.execute(f"ALTER TABLE {table} OWNER TO {owner}")
        url = postgres_url.replace("postgres@", f"{owner}@")
        await asyncio.to_thread(back_up, settings_for(tmp_path / "old", database_url=url), tmp_path / "backup.tar.gz")
        with tarfile.open(tmp_path / "backup.tar.gz") as tar:
            dump = tar.extractfile("database/outlast.pgdump")
            assert dump is not None
            (tmp_path / "outlast.pgdump").write_bytes(dump.read())
        dumped = await asyncio.create_subprocess_exec(
            "pg_restore", "--data-only", "--table=sessions", "--file=-", str(tmp_path / "outlast.pgdump"),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        output, _ = await dumped.communicate()
        assert b"play:talk" in output
    finally:
        await admin.execute(f"ALTER DATABASE {name} OWNER TO postgres")
        await admin.execute(f"REASSIGN OWNED BY {owner} TO postgres")
        await admin.execute(f"DROP OWNED BY {owner}")
        await admin.execute(f"DROP ROLE {owner}")
        await admin.close()


async def test_without_postgresqls_programs_the_error_says_what_to_install(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    await upgrade_database(settings_for(tmp_path, database_url=postgres_url))
    with pytest.raises(ToolMissing, match="postgresql-client"):
        await asyncio.to_thread(back_up, settings_for(tmp_path, database_url=postgres_url), tmp_path / "b.tar.gz")
    assert not (tmp_path / "b.tar.gz").exists()


async def test_what_is_restored_by_force_puts_the_former_content_aside(tmp_path: Path) -> None:
    settings, session = await _lived(tmp_path / "one")
    await asyncio.to_thread(back_up, settings, tmp_path / "backup.tar.gz")
    (settings.data_dir / "keys").mkdir(exist_ok=True)
    (settings.data_dir / "keys" / "made-since").write_text("x")
    with pytest.raises(TargetNotEmpty, match="--force"):
        await asyncio.to_thread(restore, settings, tmp_path / "backup.tar.gz")
    done = await asyncio.to_thread(restore, settings, tmp_path / "backup.tar.gz", force=True)
    assert done.replaced is not None
    aside = Path(done.replaced)
    assert (aside / "keys" / "made-since").is_file()
    assert (aside / "outlast.sqlite3").is_file()
    assert not (settings.data_dir / "keys" / "made-since").exists()
    await _goes_on(tmp_path / "one", session)


async def test_a_backup_holds_the_keys_and_no_drafts_or_earlier_backups(tmp_path: Path) -> None:
    settings, _ = await _lived(tmp_path / "one")
    data = settings.data_dir
    for name in ("keys/box", "storage/w/object", ".draft", "storage/w/object#1", "backups/b", "old.tar.gz", "x.part"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(name)
    await asyncio.to_thread(back_up, settings, data / "now.tar.gz")
    with tarfile.open(data / "now.tar.gz") as tar:
        names = {name for name in tar.getnames() if not name.startswith("data/files/")}
    assert names == {"database/outlast.sqlite3", "data/keys/box", "data/storage/w/object", "manifest.json"}


async def test_a_backup_is_never_written_over_another_file(tmp_path: Path) -> None:
    settings, _ = await _lived(tmp_path / "one")
    (tmp_path / "taken").write_text("precious")
    with pytest.raises(BackupExists):
        await asyncio.to_thread(back_up, settings, tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "precious"


async def test_without_a_database_there_is_no_backup_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(DumpFailed, match="no database"):
        await asyncio.to_thread(back_up, settings_for(tmp_path), tmp_path / "backup.tar.gz")
    assert list(tmp_path.iterdir()) == []


async def test_a_damaged_database_is_not_backed_up_in_silence(tmp_path: Path) -> None:
    settings, _ = await _lived(tmp_path / "one")
    path = settings.data_dir / "outlast.sqlite3"
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(DumpFailed):
        await asyncio.to_thread(back_up, settings, tmp_path / "backup.tar.gz")


def _cut_short(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-2000])


def _no_archive(archive: Path) -> None:
    archive.write_bytes(b"not a backup")


def _rewritten(change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Callable[[Path], None]:
    """Change members of an archive, as somebody could who has it in hands."""

    def rewrite(archive: Path) -> None:
        with tarfile.open(archive) as tar:
            members = [(member.name, reader.read()) for member in tar if (reader := tar.extractfile(member))]
        with tarfile.open(archive, "w:gz") as tar:
            for name, body in members:
                changed = change(name, body)
                if changed is not None:
                    member = tarfile.TarInfo(changed[0])
                    member.size = len(changed[1])
                    tar.addfile(member, io.BytesIO(changed[1]))

    return rewrite


@pytest.mark.parametrize(
    "spoil",
    [
        _cut_short,
        _no_archive,
        Path.unlink,
        _rewritten(lambda name, body: (name, body if name == MANIFEST else body[:-1] + b"\x00")),
        _rewritten(lambda name, body: None if name.startswith("database/") else (name, body)),
        _rewritten(lambda name, body: None if name == MANIFEST else (name, body)),
        _rewritten(lambda name, body: (name.replace("data/files", "data/../../files"), body)),
        _rewritten(lambda name, body: (name.replace("data/files", "elsewhere"), body)),
    ],
    ids=["cut short", "no archive", "missing", "changed", "lacking", "unlisted", "outside", "elsewhere"],
)
async def test_a_damaged_backup_is_refused_before_anything_is_touched(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    settings, _ = await _lived(tmp_path / "one")
    archive = tmp_path / "backup.tar.gz"
    await asyncio.to_thread(back_up, settings, archive)
    spoil(archive)
    target = settings_for(tmp_path / "two")
    with pytest.raises(BackupBroken):
        await asyncio.to_thread(restore, target, archive)
    assert list(target.data_dir.iterdir()) == []


async def test_a_backup_of_a_newer_schema_is_refused(tmp_path: Path) -> None:
    settings, _ = await _lived(tmp_path / "one")
    archive = tmp_path / "backup.tar.gz"
    await asyncio.to_thread(back_up, settings, archive)

    def newer(name: str, body: bytes) -> tuple[str, bytes]:
        if name == MANIFEST:
            manifest = decode_json(body, Manifest)
            body = encode_json(msgspec.structs.replace(manifest, revision="9999", outlast="99.0"))
        return name, body

    _rewritten(newer)(archive)
    with pytest.raises(BackupTooNew, match=r"Outlast 99\.0"):
        await asyncio.to_thread(restore, settings_for(tmp_path / "two"), archive)


async def test_a_backup_of_another_kind_of_database_is_refused(tmp_path: Path, postgres_url: str) -> None:
    settings, _ = await _lived(tmp_path / "one")
    await asyncio.to_thread(back_up, settings, tmp_path / "backup.tar.gz")
    target = settings_for(tmp_path / "two", database_url=postgres_url)
    with pytest.raises(BackupOfOtherKind):
        await asyncio.to_thread(restore, target, tmp_path / "backup.tar.gz")


async def test_nothing_is_restored_under_a_running_server(tmp_path: Path) -> None:
    settings, _ = await _lived(tmp_path / "one")
    await asyncio.to_thread(back_up, settings, tmp_path / "backup.tar.gz")
    fields = {"url": "http://127.0.0.1:1", "token": "t", "pid": os.getpid(), "workspace_id": ""}
    (settings.data_dir / SERVER_FILE).write_bytes(encode_json(fields))
    decode_json((settings.data_dir / SERVER_FILE).read_bytes(), RunningServer)
    with pytest.raises(TargetInUse):
        await asyncio.to_thread(restore, settings, tmp_path / "backup.tar.gz", force=True)


@pytest.mark.postgres
async def test_nothing_is_restored_under_a_server_of_another_machine(
    tmp_path: Path, postgres_url: str, postgres_tools: None
) -> None:
    settings = settings_for(tmp_path / "one", database_url=postgres_url)
    await upgrade_database(settings)
    async with await open_runtime(settings):
        await asyncio.to_thread(back_up, settings, tmp_path / "backup.tar.gz")
        elsewhere = settings_for(tmp_path / "two", database_url=postgres_url)
        with pytest.raises(TargetInUse, match="lease"):
            await asyncio.to_thread(restore, elsewhere, tmp_path / "backup.tar.gz", force=True)


async def test_what_was_deleted_is_not_in_the_backup(tmp_path: Path) -> None:
    settings, _ = await _lived(tmp_path / "one")
    with closing(sqlite3.connect(settings.data_dir / "outlast.sqlite3")) as database:
        database.execute("CREATE TABLE notes (text)")
        database.execute("INSERT INTO notes VALUES ('a deleted secret')")
        database.commit()
        database.execute("DELETE FROM notes")
        database.commit()
    await asyncio.to_thread(back_up, settings, tmp_path / "backup.tar.gz")
    with tarfile.open(tmp_path / "backup.tar.gz") as tar:
        copied = tar.extractfile("database/outlast.sqlite3")
        assert copied is not None
        assert b"a deleted secret" not in copied.read()
