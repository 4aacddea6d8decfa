"""Long sessions stay smooth while much comes: tasks of the page, nodes of its tree, blocks that are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from outlast.client import AsyncClient
from tests.e2e.loads import sign_in
from tests.e2e.tasks import watched
from tests.live_server import LiveServer, live_server

APP = """
import time

PACE_S = 1 / 200
SENTENCE = "It is a truth universally acknowledged that a text of this length is read by nobody. "

@app
def many(blocks: int, more: int):
    for number in range(blocks):
        write(f"Line {number} of many.")
    confirm("Go on?")
    for number in range(more):
        time.sleep(PACE_S)
        write(f"Later line {number}.")

@app
def long_text(paragraphs: int, chunks: int):
    write("This block is finished.")
    confirm("Go on?")
    write(_text(paragraphs, chunks))

@app
def replies():
    number = 0
    while confirm("Go on?"):
        write(f"Reply {number}.")
        number += 1

def _text(paragraphs, chunks):
    for number in range(paragraphs):
        yield f"{number}. " + SENTENCE * 12 + "\\n\\n"
    for number in range(chunks):
        time.sleep(PACE_S)
        yield f"{number:05d} "
"""

MOST_NODES = 4_000

LEAVE_ALONE = """
(element) => {
  window.touched = 0;
  new MutationObserver((changes) => { touched += changes.length; })
    .observe(element, { attributes: true, characterData: true, childList: true, subtree: true });
}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as server:
        server.write_app("play", APP)
        server.start()
        yield server


async def _open(page: Page, server: LiveServer, client: AsyncClient, *, app: str, **args: int) -> str:
    """A session that asks whether to go on, shown; its id."""
    home = await sign_in(page, server)
    session = await client.start(app, dict(args))
    await page.goto(f"{home}/sessions/{session.id}")
    await expect(page.get_by_text("Go on?").first).to_be_visible()
    return session.id


async def _go_on(client: AsyncClient, session: str) -> None:
    detail = await client.get(session)
    question = next(name for name, input in detail.document.inputs.items() if input.state == "open")
    await client.answer(session, question, True)


@pytest.mark.timeout(120)
async def test_a_session_of_ten_thousand_blocks_stays_smooth_while_more_come(
    browser: Browser, page: Page, server: LiveServer
) -> None:
    async with server.client() as client:
        session = await _open(page, server, client, app="many", blocks=10_000, more=1_000)
        await expect(page.get_by_text("Line 9999 of many.")).to_be_visible()
        async with watched(browser, page) as tasks:
            await _go_on(client, session)
            await expect(page.get_by_text("Later line 999.")).to_be_in_viewport(timeout=60_000)
    assert await page.locator("*").count() < MOST_NODES
    assert tasks.longest_ms[0] <= tasks.bar_ms, tasks.longest_ms


@pytest.mark.timeout(120)
async def test_a_text_of_a_million_characters_stays_smooth_while_it_grows(
    browser: Browser, page: Page, server: LiveServer
) -> None:
    async with server.client() as client:
        session = await _open(page, server, client, app="long_text", paragraphs=1_000, chunks=2_000)
        await _go_on(client, session)
        await expect(page.get_by_text("00100 00101")).to_be_in_viewport(timeout=60_000)
        async with watched(browser, page) as tasks:
            await expect(page.get_by_text("01998 01999")).to_be_in_viewport(timeout=60_000)
    assert await page.locator("*").count() < MOST_NODES
    assert tasks.longest_ms[0] <= tasks.bar_ms, tasks.longest_ms


async def test_the_end_stays_in_sight_however_often_one_answers(page: Page, server: LiveServer) -> None:
    async with server.client() as client:
        await _open(page, server, client, app="replies")
    for number in range(40):
        await page.get_by_role("button", name="Yes").click()
        await expect(page.get_by_text(f"Reply {number}.", exact=True)).to_be_in_viewport()


@pytest.mark.timeout(60)
async def test_a_finished_block_is_left_alone_while_another_grows(page: Page, server: LiveServer) -> None:
    async with server.client() as client:
        session = await _open(page, server, client, app="long_text", paragraphs=0, chunks=300)
        finished = await page.get_by_text("This block is finished.").element_handle()
        await _go_on(client, session)
        await expect(page.get_by_text("00002")).to_be_visible()
        await page.evaluate(LEAVE_ALONE, finished)
        await expect(page.get_by_text("00298 00299")).to_be_visible()
    assert await page.evaluate("(element) => element.isConnected", finished)
    assert await page.evaluate("() => touched") == 0


@pytest.mark.timeout(60)
async def test_no_chunk_is_lost_or_doubled_by_a_lost_network(page: Page, server: LiveServer) -> None:
    async with server.client() as client:
        session = await _open(page, server, client, app="long_text", paragraphs=0, chunks=1_000)
        await _go_on(client, session)
        await expect(page.get_by_text("00100")).to_be_visible()
        await page.context.set_offline(True)
        await expect(page.get_by_text("Connection lost")).to_be_visible(timeout=20_000)
        await page.context.set_offline(False)
        await expect(page.get_by_text("00998 00999")).to_be_visible(timeout=30_000)
    text = await page.get_by_text("00998 00999").inner_text()
    assert text.split() == [f"{number:05d}" for number in range(1_000)]
