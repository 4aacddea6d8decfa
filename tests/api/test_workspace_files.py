"""Files of a workspace: uploads, downloads, names, and who sees what."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from outlast.ee.cloud import files
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.files import repository
from outlast.ee.cloud.files.sweeper import sweep, sweep_orphans
from outlast.kit.ids import new_id
from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json
from tests.api.cloud import problem
from tests.api.files_stage import FilesStage, files_stage

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100)


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[FilesStage]:
    async with files_stage(database_url, tmp_path, max_upload_bytes="1MiB", workspace_quota_bytes="2MiB") as stage:
        yield stage


async def upload(
    client: httpx.AsyncClient, content: bytes = b"a,b\n1,2\n", *, name: str = "a.csv", **params: str
) -> dict[str, Json]:
    answer = await client.post("/files", params={"name": name, **params}, content=content)
    assert answer.status_code == 201, answer.text
    found: dict[str, Json] = answer.json()
    return found


class TestUpload:
    async def test_what_is_uploaded_is_given_back(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        answer = await ada.post("/files", params={"name": "a.csv"}, content=b"a,b\n1,2\n")
        file = answer.json()
        assert (answer.status_code, file["name"], file["size_bytes"]) == (201, "a.csv", 8)
        assert (file["media_type"], file["owner_id"]) == ("text/csv", "ada")
        assert file["sha256"] == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
        assert answer.headers["location"] == f"/api/v1/workspaces/{stage.home}/files/{file['id']}"
        assert (await ada.get(f"/files/{file['id']}/content")).content == b"a,b\n1,2\n"
        assert (await ada.get(f"/files/{file['id']}")).json() == file
        assert await stage.objects() == await stage.objects(stage.home) != []

    async def test_every_object_is_stored_below_its_workspace(self, stage: FilesStage) -> None:
        """[security 75]"""
        ada, eve = stage.person("ada"), stage.person("eve", workspace_id=stage.other)
        await upload(ada)
        begun = await eve.post("/uploads", headers={"upload-length": "10"})
        part = {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
        path = "/uploads/" + begun.headers["location"].rpartition("/")[2]
        assert (await eve.patch(path, content=b"01234", headers=part)).status_code == 204
        assert sorted(key.partition("/")[0] for key in await stage.objects()) == sorted([stage.home, stage.other])

    async def test_an_empty_file_is_a_file(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        file = await upload(ada, b"")
        answer = await ada.get(f"/files/{file['id']}/content")
        assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")

    async def test_a_type_that_the_content_contradicts_is_replaced(self, stage: FilesStage) -> None:
        answer = await stage.person("ada").post(
            "/files", params={"name": "x.html"}, content=PNG, headers={"content-type": "text/html"}
        )
        assert answer.json()["media_type"] == "image/png"

    async def test_a_file_over_the_limit_is_refused_and_leaves_nothing(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        problem(await ada.post("/files", params={"name": "a"}, content=bytes(1024**2 + 1)), 413, "files.too_large")

        async def unannounced() -> AsyncIterator[bytes]:
            for _ in range(17):
                yield bytes(65536)

        problem(await ada.post("/files", params={"name": "a"}, content=unannounced()), 413, "files.too_large")
        assert (await stage.objects(), await stage.rows()) == ([], [])

    async def test_a_workspace_stores_no_more_than_its_quota(self, stage: FilesStage) -> None:
        ada, bob = stage.person("ada"), stage.person("bob", workspace_id=stage.other)
        first = await upload(ada, bytes(1024**2))
        await upload(ada, bytes(1024**2))
        refused = problem(await ada.post("/files", params={"name": "a"}, content=b"x"), 413, "files.quota_exceeded")
        assert (refused["quota_bytes"], refused["used_bytes"]) == (2 * 1024**2, 2 * 1024**2)
        assert len(await stage.objects()) == 2
        await upload(bob, bytes(1024**2))  # another workspace's quota is its own
        assert (await ada.delete(f"/files/{first['id']}")).status_code == 204
        await upload(ada, b"x")
        assert (await ada.get("/storage")).json() == {
            "used_bytes": 1024**2 + 1,
            "reserved_bytes": 0,
            "quota_bytes": 2 * 1024**2,
            "max_file_bytes": 1024**2,
        }

    async def test_a_viewer_uploads_nothing_and_a_stranger_finds_no_workspace(self, stage: FilesStage) -> None:
        vera, eve = stage.person("vera", Role.VIEWER), stage.client("eve", stage.home)
        problem(await vera.post("/files", params={"name": "a"}, content=b"x"), 403, "role.too_low")
        problem(await eve.post("/files", params={"name": "a"}, content=b"x"), 404, "workspace.not_found")
        assert await stage.objects() == []


class TestDownload:
    async def test_a_range_is_answered_with_206_and_one_behind_the_end_with_416(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        path = f"/files/{(await upload(ada, b'0123456789'))['id']}/content"
        part = await ada.get(path, headers={"range": "bytes=2-4"})
        assert (part.status_code, part.content) == (206, b"234")
        assert part.headers["content-range"] == "bytes 2-4/10"
        behind = await ada.get(path, headers={"range": "bytes=10-"})
        problem(behind, 416, "files.range")
        assert behind.headers["content-range"] == "bytes */10"

    async def test_who_has_this_version_is_sent_nothing(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        path = f"/files/{(await upload(ada, b'0123456789'))['id']}/content"
        etag = (await ada.get(path)).headers["etag"]
        again = await ada.get(path, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        changed = await ada.get(path, headers={"if-range": '"old"', "range": "bytes=0-1"})
        assert (changed.status_code, changed.content) == (200, b"0123456789")

    async def test_head_says_what_get_would(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        path = f"/files/{(await upload(ada, b'0123456789'))['id']}/content"
        head, whole = await ada.head(path, headers={"range": "bytes=1-2"}), await ada.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert dict(head.headers) == dict(whole.headers)

    @pytest.mark.parametrize(
        ("content", "name", "disposition"),
        [
            (PNG, "a.png", "inline"),
            (b"plain", "a.txt", "inline"),
            (b"<html><script>alert(1)</script>", "a.txt", "attachment"),
            (b"<svg onload='alert(1)'/>", "a.png", "attachment"),
            (b"<?xml version='1.0'?><a/>", "a.xml", "attachment"),
            (b"%PDF-1.7", "a.pdf", "attachment"),
        ],
    )
    async def test_nothing_in_a_file_runs_as_a_page_of_this_server(
        self, stage: FilesStage, content: bytes, name: str, disposition: str
    ) -> None:
        """[security 66]"""
        ada = stage.person("ada")
        headers = (await ada.get(f"/files/{(await upload(ada, content, name=name))['id']}/content")).headers
        assert headers["content-disposition"].startswith(f"{disposition};")
        assert "sandbox" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"

    async def test_content_that_the_storage_lost_is_told_as_such(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        file = await upload(ada)
        await stage.cloud.part(files.FileStore).storage.purge(stage.home)
        problem(await ada.get(f"/files/{file['id']}/content"), 404, "files.object_missing")


class TestChange:
    async def test_a_name_is_changed_by_who_knows_the_present_version(self, stage: FilesStage) -> None:
        """[security 82]"""
        ada = stage.person("ada")
        file = await upload(ada)
        path = f"/files/{file['id']}"
        etag = (await ada.get(path)).headers["etag"]
        problem(await ada.patch(path, json={"name": "b.csv"}), 428, "precondition_required")
        renamed = await ada.patch(path, json={"name": "b.csv"}, headers={"if-match": etag})
        assert (renamed.status_code, renamed.json()["name"]) == (200, "b.csv")
        assert renamed.headers["etag"] == (await ada.get(path)).headers["etag"] != etag
        stale = await ada.patch(path, json={"name": "c.csv"}, headers={"if-match": etag})
        problem(stale, 412, "precondition_failed")
        problem(await ada.delete(path, headers={"if-match": etag}), 412, "precondition_failed")

    async def test_no_field_but_the_name_can_be_set(self, stage: FilesStage) -> None:
        """[security 71]"""
        ada = stage.person("ada")
        file = await upload(ada)
        for name in ("owner_id", "workspace_id", "size_bytes", "media_type", "sha256", "session_id"):
            answer = await ada.patch(f"/files/{file['id']}", json={"name": "b", name: "x"}, headers={"if-match": "*"})
            assert answer.status_code == 422
        assert (await ada.get(f"/files/{file['id']}")).json() == file

    async def test_a_deleted_file_is_gone_at_once_and_its_bytes_soon(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        file = await upload(ada)
        assert (await ada.delete(f"/files/{file['id']}")).status_code == 204
        assert stage.cloud.part(files.FileStore).untidy.is_set()
        for answer in (
            await ada.get(f"/files/{file['id']}"),
            await ada.get(f"/files/{file['id']}/content"),
            await ada.delete(f"/files/{file['id']}"),
        ):
            problem(answer, 404, "files.not_found")
        assert (await ada.get("/files")).json()["items"] == []
        await sweep(stage.cloud)
        assert (await stage.objects(), await stage.rows()) == ([], [])

    async def test_replaying_every_get_changes_nothing(self, stage: FilesStage) -> None:
        """[security 64]"""
        ada = stage.person("ada")
        file = await upload(ada)
        before = await stage.rows(), await stage.objects()
        for path in ("/files", "/storage", f"/files/{file['id']}", f"/files/{file['id']}/content"):
            assert (await ada.get(path)).status_code == 200
            await ada.head(path)
        assert (await stage.rows(), await stage.objects()) == before


class TestList:
    async def test_pages_follow_each_other_from_the_newest_to_the_oldest(self, stage: FilesStage) -> None:
        ada = stage.person("ada")
        made = [(await upload(ada, name=f"{n}.csv"))["id"] for n in range(5)]
        seen: list[Json] = []
        params = {"limit": "2"}
        while True:
            page = (await ada.get("/files", params=params)).json()
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert seen == made[::-1]

    @pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJ4Il0"])
    async def test_a_cursor_that_no_page_gave_is_refused(self, stage: FilesStage, cursor: str) -> None:
        problem(await stage.person("ada").get("/files", params={"cursor": cursor}), 422, "page.invalid_cursor")

    async def test_a_list_is_narrowed_by_name_owner_and_session(self, stage: FilesStage) -> None:
        ada, bob = stage.person("ada"), stage.person("bob")
        session_id = new_id()
        stage.sessions = {"ada": {session_id}, "bob": {session_id}}
        mine = await upload(ada, name="Report 100%.csv")
        other = await upload(ada, name="notes.csv")
        his = await upload(bob, name="report.csv")
        await stage.link(str(mine["id"]), session_id)
        await stage.link(str(his["id"]), session_id)

        async def ids(**params: str) -> set[Json]:
            return {item["id"] for item in (await ada.get("/files", params=params)).json()["items"]}

        assert await ids() == {mine["id"], other["id"], his["id"]}
        assert await ids(q="REPORT") == {mine["id"], his["id"]}
        assert await ids(q="100%") == {mine["id"]}
        assert await ids(q="%") == {mine["id"]}
        assert await ids(mine="true") == {mine["id"], other["id"]}
        assert await ids(session=session_id) == {mine["id"], his["id"]}
        stage.sessions = {}
        assert await ids(session=session_id) == set()


class TestAccess:
    async def test_a_file_is_its_uploaders_until_a_session_that_others_see_uses_it(self, stage: FilesStage) -> None:
        ada, bob = stage.person("ada"), stage.person("bob", Role.VIEWER)
        file, session_id = await upload(ada), new_id()
        paths = (f"/files/{file['id']}", f"/files/{file['id']}/content")
        for path in paths:
            problem(await bob.get(path), 404, "files.not_found")
        await stage.link(str(file["id"]), session_id)
        for path in paths:
            problem(await bob.get(path), 404, "files.not_found")
        stage.sessions["bob"] = {session_id}
        assert [(await bob.get(path)).status_code for path in paths] == [200, 200]
        assert [item["id"] for item in (await bob.get("/files")).json()["items"]] == [file["id"]]
        bob = stage.person("bob", Role.MEMBER)
        for answer in (
            await bob.patch(paths[0], json={"name": "b"}, headers={"if-match": "*"}),
            await bob.delete(paths[0]),
        ):
            problem(answer, 403, "files.not_yours")

    async def test_an_admin_sees_that_a_file_is_there_and_not_what_is_in_it(self, stage: FilesStage) -> None:
        ada, boss = stage.person("ada"), stage.person("boss", Role.ADMIN)
        file = await upload(ada)
        assert (await boss.get(f"/files/{file['id']}")).json() == {**file, "readable": False}
        assert [item["readable"] for item in (await boss.get("/files")).json()["items"]] == [False]
        problem(await boss.get(f"/files/{file['id']}/content"), 403, "files.not_yours")
        assert (await boss.delete(f"/files/{file['id']}")).status_code == 204

    async def test_an_id_of_another_workspace_is_an_unknown_id(self, stage: FilesStage) -> None:
        """[security 68]"""
        ada, eve = stage.person("ada"), stage.person("eve", Role.OWNER, workspace_id=stage.other)
        file, own = await upload(ada), await upload(eve)
        before = await stage.rows()
        etag = {"if-match": "*"}
        for file_id in (file["id"], new_id(), "x"):
            for answer in (
                await eve.get(f"/files/{file_id}"),
                await eve.get(f"/files/{file_id}/content"),
                await eve.patch(f"/files/{file_id}", json={"name": "mine"}, headers=etag),
                await eve.delete(f"/files/{file_id}"),
            ):
                found = problem(answer, 404, "files.not_found")
                assert found["detail"] == f"There is no file {file_id!r} in this workspace."
        assert [item["id"] for item in (await eve.get("/files")).json()["items"]] == [own["id"]]
        assert (await eve.get("/storage")).json()["used_bytes"] == own["size_bytes"]
        assert await stage.rows() == before

    async def test_a_link_of_another_workspace_opens_nothing(self, stage: FilesStage) -> None:
        """[security 68]"""
        ada, bob = stage.person("ada"), stage.person("bob")
        file, session_id = await upload(ada), new_id()
        stage.sessions["bob"] = {session_id}
        async with units.writing(stage.cloud, workspace_id=stage.other) as unit:
            await files.record_session_file(
                unit, session_id, FileRef(sha256="0" * 64, name="x", type="text/plain", size_bytes=1), owner_id="eve"
            )
        problem(await bob.get(f"/files/{file['id']}"), 404, "files.not_found")
        assert (await bob.get("/files")).json()["items"] == []
        assert (await bob.get("/files", params={"session": session_id})).json()["items"] == []


class TestSweeping:
    async def test_a_temporary_file_that_no_session_uses_is_deleted_after_a_day(self, stage: FilesStage) -> None:
        ada, session_id = stage.person("ada"), new_id()
        kept = await upload(ada)
        used = await upload(ada, temporary="true")
        unused = await upload(ada, temporary="true")
        assert unused["expires_at"] is not None
        async with units.writing(stage.cloud, workspace_id=stage.home) as unit:
            await repository.link(unit, str(used["id"]), session_id)
        stage.clock.advance(timedelta(days=1, seconds=1))
        await sweep(stage.cloud)
        assert {row["id"] for row in await stage.rows()} == {kept["id"], used["id"]}
        assert len(await stage.objects()) == 2
        async with units.writing(stage.cloud, workspace_id=stage.home) as unit:
            await files.forget_session(unit, session_id)
        await sweep(stage.cloud)
        assert len(await stage.rows()) == 2
        stage.clock.advance(timedelta(days=1, seconds=1))
        await sweep(stage.cloud)
        assert {row["id"] for row in await stage.rows()} == {kept["id"]}
        assert (await stage.rows("file_links"), len(await stage.objects())) == ([], 1)

    async def test_objects_that_no_row_knows_are_swept_once_they_are_old(self, stage: FilesStage) -> None:
        ada, storage = stage.person("ada"), stage.cloud.part(files.FileStore).storage

        async def lost() -> AsyncIterator[bytes]:
            yield b"lost"

        file = await upload(ada)
        await storage.put(f"{stage.home}/{new_id()}", lost())
        await storage.put(f"{new_id()}/{new_id()}", lost())
        assert await sweep_orphans(stage.cloud) == 0
        assert await sweep_orphans(stage.cloud, older_than=timedelta(seconds=-5)) == 2
        assert len(await stage.objects()) == 1
        assert (await ada.get(f"/files/{file['id']}/content")).status_code == 200

    async def test_a_purged_workspace_leaves_no_row_and_no_object(self, stage: FilesStage) -> None:
        """[security 76]"""
        ada, eve = stage.person("ada"), stage.person("eve", workspace_id=stage.other)
        file = await upload(ada)
        await stage.link(str(file["id"]), new_id())
        await ada.post("/uploads", headers={"upload-length": "10"})
        await upload(eve)
        async with units.writing(stage.cloud, workspace_id=stage.home) as unit:
            await files.purge(unit)
        await files.purge_storage(stage.cloud, stage.home)
        await files.purge_storage(stage.cloud, stage.home)
        assert {row["workspace_id"] for row in await stage.rows()} == {stage.other}
        assert await stage.rows("file_links") == []
        assert await stage.objects(stage.home) == []
        assert len(await stage.objects()) == 1
        with pytest.raises(ValueError, match="one workspace"):
            await files.purge_storage(stage.cloud, "")
