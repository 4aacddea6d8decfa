"""No query on files leaves its workspace: two workspaces with the very same ids, and one of them is worked in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.ee.cloud.errors import NoWorkspace
from outlast.ee.cloud.files import repository
from outlast.ee.cloud.files.repository import Sight, StoredFile, Upload
from outlast.ee.cloud.files.tables import file_links, files, upload_parts, uploads
from outlast.ee.cloud.unit import Unit
from outlast.kit.ids import new_id
from tests.api.files_stage import FilesStage, files_stage

TABLES = (files, file_links, uploads, upload_parts)
FILE, OWN, UPLOAD, SESSION, OTHER = (new_id() for _ in range(5))
ALL = Sight(user_id="ada", all=True)

Rows = Mapping[str, Sequence[object]]
Method = Callable[[Unit, StoredFile, Upload], Awaitable[object]]


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[FilesStage]:
    async with files_stage(database_url, tmp_path) as stage:
        for workspace_id in (stage.home, stage.other):
            async with units.writing(stage.cloud, workspace_id=workspace_id) as unit:
                await seed(unit)
        yield stage


def file_of(unit: Unit) -> StoredFile:
    return StoredFile(
        id=FILE,
        name="a.txt",
        size_bytes=5,
        media_type="text/plain",
        sha256="0" * 64,
        storage_key=f"{unit.workspace_id}/a",
        session_id=None,
        owner_id="ada",
        temporary=True,
        version=1,
        created_at=unit.now,
        updated_at=unit.now,
        expires_at=None,
    )


def upload_of(unit: Unit) -> Upload:
    return Upload(
        id=UPLOAD,
        name="b.txt",
        media_type="",
        length_bytes=10,
        offset_bytes=0,
        owner_id="ada",
        temporary=False,
        created_at=unit.now,
        expires_at=unit.now + timedelta(days=1),
    )


async def seed(unit: Unit) -> None:
    file, upload = file_of(unit), upload_of(unit)
    await repository.add(unit, file)
    await repository.add_of_session(unit, replace(file, id=OWN, session_id=SESSION, storage_key=None, sha256="1" * 64))
    await repository.link(unit, FILE, SESSION)
    await repository.add_upload(unit, upload)
    key = f"{unit.workspace_id}/b"
    assert await repository.advance(unit, upload, size_bytes=4, storage_key=key, expires_at=upload.expires_at)


async def rows_of(stage: FilesStage, workspace_id: str) -> Rows:
    async with units.looking(stage.cloud, workspace_id=ALL_WORKSPACES) as unit:
        return {
            table.name: (await unit.connection.execute(select(table).where(table.c.workspace_id == workspace_id)))
            .mappings()
            .all()
            for table in TABLES
        }


CHANGES: Mapping[str, Method] = {
    "rename": lambda unit, file, upload: repository.rename(unit, file, "c.txt"),
    "mark_deleted": lambda unit, file, upload: repository.mark_deleted(unit, FILE),
    "link": lambda unit, file, upload: repository.link(unit, FILE, OTHER),
    "unlink_session": lambda unit, file, upload: repository.unlink_session(unit, SESSION, expires_at=unit.now),
    "advance": lambda unit, file, upload: repository.advance(
        unit, replace(upload, offset_bytes=4), size_bytes=1, storage_key="c", expires_at=unit.now + timedelta(days=9)
    ),
    "remove_upload": lambda unit, file, upload: repository.remove_upload(unit, replace(upload, offset_bytes=4)),
    "remove_all": lambda unit, file, upload: repository.remove_all(unit),
}
READS: Mapping[str, tuple[Method, object]] = {
    "get": (lambda unit, file, upload: repository.get(unit, FILE, ALL), None),
    "page": (lambda unit, file, upload: repository.page(unit, ALL, before=None, limit=9), []),
    "get_upload": (lambda unit, file, upload: repository.get_upload(unit, UPLOAD, "ada"), None),
    "parts": (lambda unit, file, upload: repository.parts(unit, UPLOAD), []),
}


@pytest.mark.parametrize("method", CHANGES)
async def test_a_change_is_made_in_the_units_workspace_alone(stage: FilesStage, method: str) -> None:
    """[security 68]"""
    home, other = await rows_of(stage, stage.home), await rows_of(stage, stage.other)
    async with units.writing(stage.cloud, workspace_id=stage.home) as unit:
        await CHANGES[method](unit, file_of(unit), upload_of(unit))
    assert await rows_of(stage, stage.other) == other
    assert await rows_of(stage, stage.home) != home


@pytest.mark.parametrize("method", READS)
async def test_a_query_finds_nothing_of_another_workspace(stage: FilesStage, method: str) -> None:
    """[security 68]"""
    query, nothing = READS[method]
    async with units.looking(stage.cloud, workspace_id=stage.home) as unit:
        assert await query(unit, file_of(unit), upload_of(unit)) != nothing
    async with units.looking(stage.cloud, workspace_id=new_id()) as unit:
        assert await query(unit, file_of(unit), upload_of(unit)) == nothing


async def test_a_workspace_is_charged_for_its_own_files_alone(stage: FilesStage) -> None:
    async with units.looking(stage.cloud, workspace_id=stage.home) as unit:
        usage = await repository.usage(unit)
    assert (usage.used_bytes, usage.reserved_bytes) == (10, 10)


async def test_another_workspaces_session_of_the_same_id_keeps_no_file_alive(stage: FilesStage) -> None:
    async with units.writing(stage.cloud, workspace_id=stage.other) as unit:
        await repository.link(unit, FILE, OTHER)
    async with units.writing(stage.cloud, workspace_id=stage.home) as unit:
        await repository.unlink_session(unit, SESSION, expires_at=unit.now + timedelta(days=1))
        found = await repository.get(unit, FILE, ALL)
    assert found is not None
    assert found[0].expires_at is not None


async def test_the_end_of_another_workspaces_session_of_the_same_id_gives_no_file_an_end(stage: FilesStage) -> None:
    async with units.writing(stage.cloud, workspace_id=stage.other) as unit:
        await repository.link(unit, FILE, OTHER)
    async with units.writing(stage.cloud, workspace_id=stage.home) as unit:
        first = unit.now + timedelta(days=1)
        await repository.unlink_session(unit, SESSION, expires_at=first)
        await repository.unlink_session(unit, OTHER, expires_at=unit.now + timedelta(days=2))
        found = await repository.get(unit, FILE, ALL)
    assert found is not None
    assert found[0].expires_at == first


@pytest.mark.parametrize("method", [*CHANGES, *READS])
async def test_a_query_outside_of_a_workspace_is_not_made(stage: FilesStage, method: str) -> None:
    """[security 74]"""
    query = CHANGES.get(method) or READS[method][0]
    before = await rows_of(stage, stage.home), await rows_of(stage, stage.other)
    async with units.looking(stage.cloud, workspace_id=stage.home) as unit:
        file, upload = file_of(unit), upload_of(unit)
    with pytest.raises(NoWorkspace):
        async with units.writing(stage.cloud, workspace_id=ALL_WORKSPACES) as unit:
            await query(unit, file, upload)
    assert (await rows_of(stage, stage.home), await rows_of(stage, stage.other)) == before
