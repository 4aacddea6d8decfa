"""Files on a whole server: real accounts, a session, headers, repeated requests, and the end of a workspace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from outlast.ee.cloud import files, workspaces
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.ee.cloud.files.tables import file_links, upload_parts, uploads
from outlast.ee.cloud.files.tables import files as files_table
from outlast.kit.clock import ManualClock
from tests.api.cloud import serving_cloud
from tests.api.conftest import Api, problem, serving

PART = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with serving(database_url, tmp_path, workspace_quota_bytes="1MiB") as api:
        yield api


class TestOfSessions:
    async def test_what_a_session_is_sent_is_among_the_workspaces_files_and_counts(self, api: Api) -> None:
        session_id = await api.start()
        sent = await api.http.post(f"/sessions/{session_id}/files", params={"name": "a.txt"}, content=b"hello")
        assert sent.status_code == 201, sent.text
        (file,) = (await api.http.get("/files", params={"session": session_id})).json()["items"]
        assert (file["name"], file["session_id"], file["owner_id"]) == ("a.txt", session_id, api.me.id)
        assert (await api.http.get(f"/files/{file['id']}/content")).content == b"hello"
        assert (await api.http.get("/storage")).json()["used_bytes"] == 5
        full = await api.http.post(f"/sessions/{session_id}/files", params={"name": "b"}, content=bytes(1024**2))
        problem(full, 413, "files.quota_exceeded")

    async def test_a_member_reads_a_session_s_file_once_the_session_is_shared(self, api: Api) -> None:
        session_id = await api.start()
        await api.http.post(f"/sessions/{session_id}/files", params={"name": "a.txt"}, content=b"hello")
        (file,) = (await api.http.get("/files")).json()["items"]
        bob = await api.with_member("bob")
        problem(await bob.http.get(f"/files/{file['id']}"), 404, "files.not_found")
        await api.share(session_id, bob, "view")
        assert (await bob.http.get(f"/files/{file['id']}/content")).content == b"hello"


class TestManners:
    async def test_content_is_served_under_its_own_policy_and_not_that_of_pages(self, api: Api) -> None:
        """[security 66]"""
        made = await api.http.post("/files", params={"name": "a.html"}, content=b"<script>alert(1)</script>")
        headers = (await api.http.get(f"/files/{made.json()['id']}/content")).headers
        policy = headers["content-security-policy"]
        assert "sandbox" in policy
        assert "script-src" not in policy
        assert headers["content-disposition"].startswith("attachment;")
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "private, no-cache")

    async def test_an_upload_that_is_sent_twice_is_stored_once(self, api: Api) -> None:
        """[security 83]"""
        key = {"idempotency-key": "k1", "content-type": "text/plain"}
        first, again = [
            await api.http.post("/files", params={"name": "a.txt"}, content=b"hello", headers=key) for _ in range(2)
        ]
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert first.headers["location"] == again.headers["location"]
        other = await api.http.post("/files", params={"name": "b.txt"}, content=b"hello", headers=key)
        problem(other, 422, "idempotency.key_reused")
        assert len((await api.http.get("/files")).json()["items"]) == 1


async def test_a_purged_workspace_leaves_no_row_and_no_byte(database_url: str, tmp_path: Path) -> None:
    """[security 76]"""
    clock = ManualClock()
    async with serving_cloud(database_url, tmp_path, clock=clock) as whole:
        ada = await whole.someone("ada")
        gone, kept = await whole.workspace(ada, "Gone"), await whole.workspace(ada, "Kept")
        for workspace_id in (gone, kept):
            base = f"/workspaces/{workspace_id}/files"
            assert (await ada.http.post(base, params={"name": "a"}, content=b"abc")).status_code == 201
            begun = await ada.http.post(f"/workspaces/{workspace_id}/uploads", headers={"upload-length": "10"})
            path = f"/workspaces/{workspace_id}/uploads/{begun.headers['location'].rpartition('/')[2]}"
            assert (await ada.http.patch(path, content=b"01234", headers=PART)).status_code == 204
        etag = (await ada.http.get(f"/workspaces/{gone}")).headers["etag"]
        deleted = await ada.http.delete(f"/workspaces/{gone}", headers={"if-match": etag})
        assert deleted.status_code == 204, deleted.text
        problem(await ada.http.get(f"/workspaces/{gone}/files"), 404, "workspace.not_found")
        clock.advance(timedelta(days=31))
        await workspaces.purge_due(whole.cloud)
        async with units.looking(whole.cloud, workspace_id=ALL_WORKSPACES) as unit:
            for table in (files_table, file_links, uploads, upload_parts):
                found = (await unit.connection.execute(select(table.c.workspace_id).distinct())).scalars().all()
                assert gone not in found
        storage = whole.cloud.part(files.FileStore).storage
        left = [gone]
        async with asyncio.timeout(10):
            while left:  # the relay handles the fact in its own time
                left = [each.key async for each in storage.list(gone)]
        assert [each async for each in storage.list(kept)]
