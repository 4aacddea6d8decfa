"""Sessions in a real browser: from the first link to a result, through reloads, lost connections and a lost server."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from outlast.protocol.codec import Json
from tests.live_server import LiveServer, live_server

WORDS = 150
APP = f"""
import time
from typing import Literal

@app
def order(what: str, size: Literal["small", "large"] = "small", count: int = 1):
    \"\"\"Order **something**.\"\"\"
    with section("Your order"):
        table([[what, count]], columns=["what", "count"])
    name = ask("Who are you?", max=20)
    days = ask("How many days?", int, min=1, max=14)
    secret = ask("Password?", secret=True)
    decision = approve("Send it?")
    return {{"name": name, "days": days, "sent": bool(decision)}}

@app
def tale():
    def told():
        for number in range({WORDS}):
            yield f"word{{number}} "
            time.sleep(0.02)
    write(told())
    return "The end."

@app
def broken():
    name = ask("Who are you?")
    raise ValueError(f"{{name}} is not here")

@app
def chatter():
    for number in range(3):
        print(f"line {{number}}")
    write("Nothing to see.")
"""
PHONE_PX = 390


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as server:
        server.write_app("play", APP)
        server.start()
        yield server


async def begin(page: Page, server: LiveServer, app: str, **args: Json) -> None:
    """Come in by the first start's link, and open a session that was just started."""
    running = server.running
    await page.goto(running.link)
    await expect(page.get_by_role("link", name=re.compile("^Sessions")).first).to_be_visible()
    async with server.client() as client:
        session = await client.start(f"play:{app}", args)
    await page.goto(f"{running.url}/w/home/sessions/{session.id}")


async def begin_by_form(page: Page, server: LiveServer) -> None:
    """Come in by the first start's link, and order tea."""
    await page.goto(server.running.link)
    await page.get_by_role("link", name="Order").first.click()
    await page.get_by_role("textbox", name="What").fill("Tea")
    await page.get_by_role("button", name="Start", exact=True).click()


async def answer(page: Page, label: str, value: str) -> None:
    """Type an answer into the docked question."""
    question = page.get_by_role("form", name=label)
    await question.get_by_role("textbox").fill(value)
    await page.keyboard.press("Enter")
    await expect(question).to_be_hidden()


async def state(page: Page, name: str) -> None:
    """Wait until the session stands so."""
    await expect(page.get_by_role("main").get_by_text(name, exact=True).first).to_be_visible(timeout=20_000)


async def choose(page: Page, item: str) -> None:
    """Choose from the session's menu."""
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name=item).click()


async def words_told(page: Page) -> list[str]:
    """What the tale has told so far."""
    text = await page.get_by_text("word0 ").inner_text()
    return text.split()


async def order_to_its_end(page: Page) -> None:
    """Answer all that the order asks."""
    await expect(page.get_by_role("heading", name="Your order")).to_be_visible()
    await expect(page.get_by_text("Tea").first).to_be_visible()
    question = page.get_by_role("form", name="Who are you?")
    await question.get_by_role("textbox").fill("x" * 30)
    await page.keyboard.press("Enter")
    await expect(question).to_contain_text("20")
    await question.get_by_role("textbox").fill("Ada")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("form", name="How many days?")).to_be_visible()
    await page.reload()  # in the middle
    await expect(page.get_by_text("Ada", exact=True)).to_be_visible()
    await answer(page, "How many days?", "3")
    await page.get_by_role("form", name="Password?").locator("input").fill("hunter2")
    await page.keyboard.press("Enter")
    await page.get_by_role("form", name="Send it?").get_by_role("button", name="Approve").click()
    await expect(page.get_by_role("heading", name="Result")).to_be_visible()
    assert "hunter2" not in await page.content()


async def test_an_order_goes_from_the_first_link_to_its_result(page: Page, server: LiveServer) -> None:
    await begin_by_form(page, server)
    await expect(page).to_have_title(re.compile("^● "))
    await order_to_its_end(page)
    await state(page, "Done")
    await expect(page).not_to_have_title(re.compile("^● "))


async def test_an_order_goes_to_its_result_on_a_phone(phone: Page, server: LiveServer) -> None:
    await begin_by_form(phone, server)
    await order_to_its_end(phone)
    assert await phone.evaluate("document.documentElement.scrollWidth") <= PHONE_PX
    await choose(phone, "Details")
    await expect(phone.get_by_role("dialog", name="Details")).to_contain_text("play:order")


async def test_the_keyboard_alone_leads_from_home_to_a_result(page: Page, server: LiveServer) -> None:
    await page.goto(server.running.link)
    app = page.get_by_role("link", name="Broken").first
    await expect(app).to_be_visible()
    for _ in range(40):
        if await app.evaluate("element => element === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    start = page.get_by_role("button", name="Start", exact=True)
    await expect(start).to_be_visible()
    for _ in range(40):
        if await start.evaluate("element => element === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("form", name="Who are you?").get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("Ada")
    await page.keyboard.press("Enter")
    await state(page, "Failed")


async def test_a_failed_session_tells_why_and_how_to_go_on(page: Page, server: LiveServer) -> None:
    await begin(page, server, "broken")
    await answer(page, "Who are you?", "Ada")
    await expect(page.get_by_text("Ada is not here").first).to_be_visible()
    failed = page.url
    await page.get_by_role("button", name="Branch from the last answer").click()
    await page.wait_for_url(lambda url: url != failed)
    await expect(page.get_by_role("form", name="Who are you?")).to_be_visible()
    await page.get_by_role("link", name="an earlier session").click()
    await page.wait_for_url(failed)
    await page.get_by_role("button", name="Start again with the same arguments").click()
    await page.wait_for_url(lambda url: url != failed)
    await expect(page.get_by_role("form", name="Who are you?")).to_be_visible()
    await expect(page.get_by_role("link", name="an earlier session")).to_be_hidden()


async def test_a_session_is_branched_stopped_deleted_and_taken_back(page: Page, server: LiveServer) -> None:
    await begin(page, server, "order", what="Tea")
    await answer(page, "Who are you?", "Ada")
    first = page.url
    await page.get_by_role("button", name="Branch from here").click()
    await page.wait_for_url(lambda url: url != first)
    await expect(page.get_by_role("form", name="Who are you?")).to_be_visible()
    await page.get_by_role("button", name="Stop", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Reason").fill("tried enough")
    await dialog.get_by_role("button", name="Stop").click()
    await state(page, "Stopped")
    await expect(page.get_by_text("tried enough")).to_be_visible()
    await choose(page, "Delete")
    await expect(page.get_by_role("list", name="Sessions").get_by_role("listitem")).to_have_count(1)
    await page.get_by_role("button", name="Undo").last.click()
    await expect(page.get_by_text("tried enough")).to_be_visible()


async def test_a_title_is_changed_in_its_place(page: Page, server: LiveServer) -> None:
    await begin(page, server, "order", what="Tea")
    heading = page.get_by_role("heading", level=1)
    await heading.get_by_role("button").click()
    field = page.get_by_role("textbox", name="Title")
    await field.fill("Not this")
    await field.press("Escape")
    await expect(heading).to_have_text("Order")
    await heading.get_by_role("button").click()
    await field.fill("Tea for two")
    await field.press("Enter")
    await expect(heading).to_have_text("Tea for two")
    await page.reload()
    await expect(heading).to_have_text("Tea for two")
    await expect(page).to_have_title(re.compile("Tea for two"))


async def test_a_session_is_saved_as_text_and_as_events(page: Page, server: LiveServer) -> None:
    await begin(page, server, "chatter")
    await state(page, "Done")
    async with page.expect_download() as text:
        await choose(page, "As Markdown")
    saved = await text.value
    assert saved.suggested_filename == "Chatter.md"
    assert "Nothing to see." in (await saved.path()).read_text()
    async with page.expect_download() as events:
        await choose(page, "As JSON")
    recording = json.loads((await (await events.value).path()).read_text())
    assert recording["events"][0]["event"] == "session.created"


async def test_the_details_tell_arguments_events_and_the_log(page: Page, server: LiveServer) -> None:
    await begin(page, server, "chatter")
    await state(page, "Done")
    await page.get_by_role("button", name="Details").click()
    details = page.get_by_role("dialog", name="Details")
    await expect(details).to_contain_text("The app takes no arguments.")
    await details.get_by_role("tab", name="Log").click()
    await expect(details.get_by_role("log")).to_contain_text("line 2")
    await details.get_by_role("tab", name="Limits").click()
    await expect(details.get_by_role("region", name="Kept of it")).to_contain_text(
        re.compile("Size of its events.* of ")
    )
    await expect(details).to_contain_text("The session has ended.")
    await details.get_by_role("tab", name="Events").click()
    await details.get_by_role("button", name=re.compile("session.completed")).click()
    await expect(details.get_by_role("region", name=re.compile("as JSON"))).to_contain_text('"session.completed"')
    await page.keyboard.press("Escape")
    await expect(details).to_be_hidden()


async def test_the_details_tell_what_a_session_uses_of_its_limits(page: Page, server: LiveServer) -> None:
    await begin(page, server, "broken")
    await expect(page.get_by_role("form", name="Who are you?")).to_be_visible()
    await page.get_by_role("button", name="Details").click()
    details = page.get_by_role("dialog", name="Details")
    await details.get_by_role("tab", name="Limits").click()
    for name in ("Memory", "Open files", "Waiting", "Size of its events"):
        await expect(details.get_by_role("progressbar", name=name)).to_be_attached()
        await expect(details).to_contain_text(re.compile(rf"{name}\S+ .*of "))
    await expect(details).to_contain_text("The session is awake.")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Details")).to_be_focused()  # from here on the keys are the page's
    await answer(page, "Who are you?", "Ada")
    await state(page, "Failed")
    await page.get_by_role("button", name="Details").click()
    await details.get_by_role("tab", name="Limits").click()
    await expect(details.get_by_role("region", name="Kept of it")).to_be_visible()
    await expect(details.get_by_role("progressbar", name="Memory")).to_have_count(0)


async def test_a_tale_is_whole_after_the_network_was_lost(page: Page, server: LiveServer) -> None:
    await begin(page, server, "tale")
    await expect(page.get_by_text("word9 ")).to_be_visible()
    await page.context.set_offline(True)
    await expect(page.get_by_text("Connection lost. Trying again…")).to_be_visible()
    await page.context.set_offline(False)
    await state(page, "Done")
    await expect(page.get_by_text("Connection lost. Trying again…")).to_be_hidden()
    assert await words_told(page) == [f"word{number}" for number in range(WORDS)]


@pytest.mark.timeout(90)  # two starts of a server
async def test_a_tale_is_whole_after_the_server_was_killed(page: Page, server: LiveServer) -> None:
    await begin(page, server, "tale")
    await expect(page.get_by_text("word9 ")).to_be_visible()
    await asyncio.to_thread(server.kill)
    await expect(page.get_by_text("Connection lost. Trying again…")).to_be_visible()
    await asyncio.to_thread(server.start)
    await state(page, "Done")
    assert await words_told(page) == [f"word{number}" for number in range(WORDS)]
    await expect(page.get_by_text("The end.")).to_be_visible()


async def test_the_list_is_searched_filtered_and_emptied(page: Page, server: LiveServer) -> None:
    async with server.client() as client:
        for title in ("Green tea", "Black tea", "Coffee"):
            await client.start("play:order", {"what": "tea"}, title=title)
    await page.goto(server.running.link)
    await page.get_by_role("link", name=re.compile("^Sessions")).first.click()
    rows = page.get_by_role("list", name="Sessions").get_by_role("listitem")
    await expect(rows).to_have_count(3)
    await page.get_by_role("searchbox").fill("tea")
    await expect(rows).to_have_count(2)
    await page.reload()  # filters are part of the address
    await expect(rows).to_have_count(2)
    await page.get_by_role("checkbox", name="Select all shown").check()
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No session fits")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(rows).to_have_count(2)
    await page.get_by_role("searchbox").fill("chocolate")
    await expect(page.get_by_text("No session fits")).to_be_visible()
    await page.get_by_role("button", name="Clear filters").last.click()
    await expect(rows).to_have_count(3)


async def test_a_session_that_is_not_there_says_so(page: Page, server: LiveServer) -> None:
    await page.goto(server.running.link)
    await expect(page.get_by_role("link", name="Order").first).to_be_visible()
    await page.goto(f"{page.url.split('?')[0].rstrip('/')}/sessions/01a2014c-2aa9-7bba-9ad2-66451fd4e046")
    await expect(page.get_by_text("This session is not here")).to_be_visible()
    await page.get_by_role("link", name="All sessions").click()
    await expect(page.get_by_text("No sessions yet")).to_be_visible()
