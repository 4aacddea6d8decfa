"""Files of a workspace as inputs of its sessions, and files of sessions in the workspace's list."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection

from outlast.ee.cloud import files
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import HERE, Role
from outlast.ee.cloud.errors import WorkspaceNotFound
from outlast.ee.cloud.files.errors import FileNotYours, WorkspaceFileNotFound
from outlast.ee.cloud.work import Work
from outlast.kit.ids import new_id
from outlast.protocol.blocks import FileRef
from tests.api.cloud import problem
from tests.api.files_stage import USER, FilesStage, files_stage


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[FilesStage]:
    async with files_stage(database_url, tmp_path) as stage:
        yield stage


async def work_of(stage: FilesStage, name: str, workspace_id: str) -> Work:
    """What a route of a person's request is given."""
    scope = {"type": "http", "method": "POST", "headers": [(USER.encode(), name.encode())]}
    rule = stage.cloud.policy.rule("file.list")
    work = Work(stage.cloud, HTTPConnection(scope), rule, origin=HERE, workspace_id=workspace_id)
    await work.enter()
    return work


async def uploaded(stage: FilesStage, name: str, content: bytes = b"a,b\n1,2\n") -> str:
    client = stage.person(name)
    answer = await client.post("/files", params={"name": "in.csv", "temporary": "true"}, content=content)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def materialise(stage: FilesStage, name: str, file_id: str, *, session_id: str) -> FileRef:
    return await files.materialise(await work_of(stage, name, stage.home), file_id, session_id=session_id)


class TestMaterialise:
    async def test_a_session_gets_the_content_and_keeps_the_file_from_expiring(self, stage: FilesStage) -> None:
        content, session_id = b"a,b\n" * 100_000, new_id()
        file_id = await uploaded(stage, "ada", content)
        ref = await materialise(stage, "ada", file_id, session_id=session_id)
        digest = hashlib.sha256(content).hexdigest()
        assert ref == FileRef(sha256=digest, name="in.csv", type="text/csv", size_bytes=len(content))
        assert stage.cloud.runtime.files.path_of(session_id, digest).read_bytes() == content
        assert await materialise(stage, "ada", file_id, session_id=session_id) == ref
        assert [row["expires_at"] for row in await stage.rows()] == [None]
        assert [row["session_id"] for row in await stage.rows("file_links")] == [session_id]

    async def test_who_sees_the_session_may_then_read_the_file(self, stage: FilesStage) -> None:
        file_id, session_id = await uploaded(stage, "ada"), new_id()
        await materialise(stage, "ada", file_id, session_id=session_id)
        bob = stage.person("bob", Role.VIEWER)
        problem(await bob.get(f"/files/{file_id}"), 404, "files.not_found")
        stage.sessions["bob"] = {session_id}
        assert (await bob.get(f"/files/{file_id}/content")).status_code == 200

    async def test_nobody_gives_a_session_a_file_that_they_can_not_read(self, stage: FilesStage) -> None:
        """[security 68]"""
        file_id, session_id = await uploaded(stage, "ada"), new_id()
        stage.person("bob"), stage.person("boss", Role.ADMIN), stage.person("ada", workspace_id=stage.other)
        with pytest.raises(WorkspaceFileNotFound):
            await materialise(stage, "bob", file_id, session_id=session_id)
        with pytest.raises(FileNotYours):
            await materialise(stage, "boss", file_id, session_id=session_id)
        elsewhere = await work_of(stage, "ada", stage.other)
        with pytest.raises(WorkspaceFileNotFound):
            await files.materialise(elsewhere, file_id, session_id=session_id)
        for unknown in (new_id(), "x", ""):
            with pytest.raises(WorkspaceFileNotFound):
                await materialise(stage, "ada", unknown, session_id=session_id)
        with pytest.raises(WorkspaceNotFound):
            await work_of(stage, "eve", stage.home)
        assert await stage.rows("file_links") == []

    async def test_a_deleted_file_stays_with_the_session_that_was_given_it(self, stage: FilesStage) -> None:
        file_id, session_id = await uploaded(stage, "ada"), new_id()
        ref = await materialise(stage, "ada", file_id, session_id=session_id)
        assert (await stage.person("ada").delete(f"/files/{file_id}")).status_code == 204
        assert stage.cloud.runtime.files.path_of(session_id, ref.sha256).is_file()


class TestFilesOfSessions:
    async def made(self, stage: FilesStage, session_id: str, *, owner_id: str = "ada") -> FileRef:
        async def content() -> AsyncIterator[bytes]:
            yield b"made by an app"

        ref = await stage.cloud.runtime.files.receive(
            session_id, content(), name="out.txt", media_type="text/plain", max_bytes=100
        )
        async with units.writing(stage.cloud, workspace_id=stage.home) as unit:
            await files.record_session_file(unit, session_id, ref, owner_id=owner_id)
        return ref

    async def test_what_a_session_made_is_among_the_files_of_its_owner(self, stage: FilesStage) -> None:
        ada, session_id = stage.person("ada"), new_id()
        await self.made(stage, session_id)
        await self.made(stage, session_id)
        (file,) = (await ada.get("/files")).json()["items"]
        assert (file["name"], file["session_id"], file["media_type"]) == ("out.txt", session_id, "text/plain")
        answer = await ada.get(f"/files/{file['id']}/content", headers={"range": "bytes=0-3"})
        assert (answer.status_code, answer.content) == (206, b"made")
        problem(await stage.person("bob").get(f"/files/{file['id']}/content"), 404, "files.not_found")
        stage.sessions["bob"] = {session_id}
        assert (await stage.person("bob").get(f"/files/{file['id']}/content")).content == b"made by an app"

    async def test_it_can_be_given_to_another_session(self, stage: FilesStage) -> None:
        ada, session_id, next_id = stage.person("ada"), new_id(), new_id()
        ref = await self.made(stage, session_id)
        (file,) = (await ada.get("/files")).json()["items"]
        assert await materialise(stage, "ada", file["id"], session_id=next_id) == ref
        await stage.cloud.runtime.files.drop(session_id)
        assert stage.cloud.runtime.files.path_of(next_id, ref.sha256).read_bytes() == b"made by an app"

    async def test_a_purged_session_leaves_no_row(self, stage: FilesStage) -> None:
        ada, session_id, kept = stage.person("ada"), new_id(), new_id()
        await self.made(stage, session_id)
        await self.made(stage, kept)
        async with units.writing(stage.cloud, workspace_id=stage.other) as unit:
            await files.forget_session(unit, session_id)
        assert len(await stage.rows()) == 2
        async with units.writing(stage.cloud, workspace_id=stage.home) as unit:
            await files.forget_session(unit, session_id)
        assert [item["session_id"] for item in (await ada.get("/files")).json()["items"]] == [kept]
