"""The web client's files: what browsers get, how it may be kept, and what it may load."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from outlast.server import static

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = "export const all = 1;\n"


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A server of one client's files: a page, an icon and a script with its compressed copies."""
    (tmp_path / "static").mkdir()
    (tmp_path / "index.html").write_text("<title>Outlast</title>")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "static" / "index-1.js").write_text(SCRIPT)
    (tmp_path / "static" / "index-1.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (tmp_path / "static" / "index-1.js.br").write_bytes(b"smallest")
    (tmp_path / "static" / "font-1.woff2").write_bytes(b"wOF2")
    app = FastAPI()
    static.install(app, client=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/sign-in", "/w/home/sessions/1", "/account/devices", "/oidc/example"])
async def test_every_screen_is_the_same_page(files: httpx.AsyncClient, path: str) -> None:
    answer = await files.get(path, headers=BROWSER)
    assert (answer.status_code, answer.text) == (200, "<title>Outlast</title>")
    assert answer.headers["cache-control"] == "no-cache"


async def test_browsers_get_the_page_where_nothing_is(files: httpx.AsyncClient) -> None:
    assert (await files.get("/nowhere", headers=BROWSER)).text == "<title>Outlast</title>"
    assert (await files.get("/nowhere", headers=BROWSER)).status_code == 404
    assert (await files.get("/api/nowhere", headers=BROWSER)).headers["content-type"] == "application/json"
    assert (await files.get("/nowhere")).headers["content-type"] == "application/json"


async def test_scripts_come_compressed_and_are_kept_for_good(files: httpx.AsyncClient) -> None:
    small = await files.get("/static/index-1.js", headers={"accept-encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    plain = await files.get("/static/index-1.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for answer in (small, plain):
        assert answer.text == SCRIPT
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["vary"] == "accept-encoding"
    assert (await files.get("/static/font-1.woff2")).content == b"wOF2"
    assert (await files.get("/static/gone-1.js")).status_code == 404
    assert (await files.get("/static/../index.html")).status_code == 404


async def test_who_takes_the_smallest_copy_gets_it(files: httpx.AsyncClient) -> None:
    asked = files.stream("GET", "/static/index-1.js", headers={"accept-encoding": "gzip, deflate, br;q=1.0"})
    async with asked as answer:
        assert answer.headers["content-encoding"] == "br"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert b"".join([part async for part in answer.aiter_raw()]) == b"smallest"


async def test_a_client_that_is_not_built_says_what_to_do(tmp_path: Path) -> None:
    app = FastAPI()
    static.install(app, client=tmp_path / "nowhere")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/", headers=BROWSER)
    assert answer.status_code == 503
    assert "Install Outlast again" in answer.text
