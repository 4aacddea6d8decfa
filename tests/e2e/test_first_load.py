"""What a browser that has seen nothing yet has to load before it shows anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.loads import Loads, sign_in
from tests.live_server import LiveServer, live_server

BUDGET_BYTES = 250_000
"""For whatever screen is opened first. A session brings what shows text, code and simple questions, and what reads
Markdown, as there is a mark of it in its text; all else comes when it is first met."""
APP = """
@app
def greet():
    "Greet whoever comes."
    write("The first **block** is here.")
    confirm("Go on?")

@app
def tell():
    "Say it plainly."
    write("The first block is here.")
    confirm("Go on?")
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as server:
        server.write_app("play", APP)
        server.start()
        yield server


async def test_the_first_screen_comes_within_the_budget(page: Page, server: LiveServer) -> None:
    home = await sign_in(page, server)
    loads = await Loads.of(page)
    await page.goto(home)
    await expect(page.get_by_text("Greet whoever comes.")).to_be_visible()
    await loads.settled()
    assert 0 < loads.wire_bytes <= BUDGET_BYTES, loads.largest()


async def _session_of(page: Page, server: LiveServer, app: str) -> Loads:
    home = await sign_in(page, server)
    async with server.client() as client:
        session = await client.start(app)
    loads = await Loads.of(page)
    await page.goto(f"{home}/sessions/{session.id}")
    await expect(page.get_by_text("The first block is here.")).to_be_visible()
    await loads.settled()
    return loads


async def test_a_session_comes_within_the_budget(page: Page, server: LiveServer) -> None:
    loads = await _session_of(page, server, "greet")
    assert 0 < loads.wire_bytes <= BUDGET_BYTES, loads.largest()


async def test_plain_text_needs_nothing_that_reads_markdown(page: Page, server: LiveServer) -> None:
    loads = await _session_of(page, server, "tell")
    assert "markdown" not in loads.largest()
    assert 0 < loads.wire_bytes <= BUDGET_BYTES - 30_000, loads.largest()


async def test_scripts_and_styles_come_compressed_and_once(page: Page, server: LiveServer) -> None:
    home = await sign_in(page, server)
    loads = await Loads.of(page)
    await page.goto(home)
    await expect(page.get_by_text("Greet whoever comes.")).to_be_visible()
    await loads.settled()
    assert loads.uncompressed == []
    before = loads.wire_bytes
    await page.reload()
    await expect(page.get_by_text("Greet whoever comes.")).to_be_visible()
    await loads.settled()
    assert loads.wire_bytes - before < BUDGET_BYTES / 10  # the page alone, which names what is known already
