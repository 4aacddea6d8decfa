"""``/sessions/{id}/files``: uploads and downloads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from outlast.client import AsyncClient
from outlast.kit.errors import FileNotStored, SessionOver
from tests.api.conftest import Api, problem, serving


class TestUpload:
    async def test_what_is_stored_comes_back(self, api: Api, client: AsyncClient, tmp_path: Path) -> None:
        session_id = await api.start()
        path = tmp_path / "große Tabelle.csv"
        path.write_bytes(b"a,b\n" * 100_000)
        file = await client.upload(session_id, path)
        assert (file.name, file.type, file.size_bytes) == (path.name, "text/csv", 400_000)
        assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert await client.file(session_id, file.sha256) == path.read_bytes()

    async def test_a_file_over_the_limit_is_refused(self, database_url: str, tmp_path: Path) -> None:
        async with serving(database_url, tmp_path, max_upload_bytes=1000) as api:
            path = f"/sessions/{await api.start()}/files"
            answer = await api.http.post(path, params={"name": "x"}, content=b"x" * 1001)
            problem(answer, 413, "body_too_large")

    async def test_it_needs_a_name(self, api: Api) -> None:
        path = f"/sessions/{await api.start()}/files"
        problem(await api.http.post(path, content=b"x"), 422, "invalid")

    @pytest.mark.parametrize("name", ["../../etc/passwd", "..\\x", "/", "a\u0000b", 'x"; y="z'])
    async def test_a_hostile_name_stays_a_name(self, api: Api, client: AsyncClient, name: str) -> None:
        session_id = await api.start()
        file = await client.upload(session_id, b"x", name=name)
        assert "/" not in file.name
        path = f"/sessions/{session_id}/files/{file.sha256}"
        answer = await api.http.get(path, params={"name": name})
        assert answer.status_code == 200

    async def test_an_ended_session_takes_none(self, api: Api, client: AsyncClient) -> None:
        session_id = await api.start()
        await api.finish(session_id)
        with pytest.raises(SessionOver):
            await client.upload(session_id, b"x")


class TestGet:
    async def test_a_page_among_the_files_can_never_act_as_ours(self, api: Api, client: AsyncClient) -> None:
        session_id = await api.start()
        for name in ("page.html", "picture.svg", "script.js", "anything"):
            file = await client.upload(session_id, b"<script>alert(1)</script>", name=name)
            path = f"/sessions/{session_id}/files/{file.sha256}"
            answer = await api.http.get(path, params={"name": name})
            assert answer.headers["content-disposition"].startswith("attachment")
            assert "sandbox" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"

    async def test_a_picture_is_shown_and_may_be_read_in_parts(self, api: Api, client: AsyncClient) -> None:
        session_id = await api.start()
        file = await client.upload(session_id, b"0123456789", name="x.png")
        path = f"/sessions/{session_id}/files/{file.sha256}"
        answer = await api.http.get(path, params={"name": "x.png"}, headers={"range": "bytes=2-4"})
        assert (answer.status_code, answer.content) == (206, b"234")
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-disposition"].startswith("inline")

    @pytest.mark.parametrize("sha256", ["0" * 64, "x", "..%2f..%2ftoken", "0" * 63 + "G"])
    async def test_what_is_not_stored_is_not_found(self, api: Api, sha256: str) -> None:
        answer = await api.http.get(f"/sessions/{await api.start()}/files/{sha256}")
        assert answer.status_code == 404

    async def test_another_sessions_file_is_not_found(self, api: Api, client: AsyncClient) -> None:
        file = await client.upload(await api.start(), b"mine")
        with pytest.raises(FileNotStored):
            await client.file(await api.start(), file.sha256)
