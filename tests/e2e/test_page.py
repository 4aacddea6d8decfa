"""The plain page in a real browser: an app from its form to its result, through reloads and a lost server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.live_server import LiveServer, live_server

EXAMPLES = Path(__file__).parents[2] / "examples"
APP = """
from typing import Literal

@app
def order(what: str, size: Literal["small", "large"] = "small", count: int = 1):
    \"\"\"Order **something**.\"\"\"
    with section("Your order"):
        table([[what, count]], columns=["what", "count"])
    write("<img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3)) **bold**")
    name = ask("Who are you?", max=20)
    days = ask("How many days?", int, min=1, max=14)
    secret = ask("Password?", secret=True)
    answers = form("Details", {"street": str, "express": bool})
    decision = approve("Send it?")
    return [name, days, answers["street"], bool(decision)]

@app
def size(sheet: File, unit: str = "bytes"):
    return f"{sheet.size_bytes} {unit}"
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as server:
        server.write_app("play", APP)
        server.start()
        yield server


async def _begin(page: Page, server: LiveServer) -> None:
    await page.goto(server.running.link)
    await page.get_by_role("link", name="Order").click()
    await page.get_by_label("What", exact=True).fill("Tea")
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_text("Who are you?")).to_be_visible()


async def test_an_order_goes_from_the_form_to_its_result(page: Page, server: LiveServer) -> None:
    await _begin(page, server)
    await expect(page.get_by_role("heading", name="Your order")).to_be_visible()
    await expect(page.get_by_role("cell", name="Tea")).to_be_visible()
    # What an app says is text, whatever it looks like.
    await expect(page.locator("main strong")).to_have_text("bold")
    assert await page.locator("main img, main script").count() == 0
    assert await page.locator("main a[href^=javascript]").count() == 0
    question = page.locator("form.ask")
    await question.locator("input").fill("x" * 30)
    await question.get_by_role("button", name="Answer").click()
    await expect(question.get_by_role("alert").first).to_contain_text("20")
    await question.locator("input").fill("Ada")
    await question.get_by_role("button", name="Answer").click()
    await expect(page.get_by_text("How many days?")).to_be_visible()
    await page.reload()  # in the middle
    await expect(page.locator(".ask.done")).to_contain_text("Ada")
    await question.locator("input").fill("3")
    await page.keyboard.press("Enter")
    await question.locator("input[type=password]").fill("hunter2")
    await page.keyboard.press("Enter")
    await page.get_by_label("Street").fill("Rua Augusta")
    await question.get_by_text("Yes").click()
    await question.get_by_role("button", name="Submit").click()
    await question.get_by_placeholder("Comment (optional)").fill("fine")
    await question.get_by_role("button", name="Approve").click()
    await expect(page.locator(".state")).to_have_text("completed")
    assert "hunter2" not in await page.content()
    await expect(page.get_by_text("Approved: fine")).to_be_visible()
    await expect(page.get_by_text('"Rua Augusta"')).to_be_visible()


async def test_what_the_form_refuses_is_said_beside_the_field(page: Page, server: LiveServer) -> None:
    await page.goto(server.running.link)
    await page.get_by_role("link", name="Order").click()
    await page.get_by_role("button", name="Start").click()
    field = page.locator(".field", has=page.get_by_label("What", exact=True))
    await expect(field.get_by_role("alert")).not_to_be_empty()


async def test_a_session_is_branched_cancelled_and_deleted(page: Page, server: LiveServer) -> None:
    await _begin(page, server)
    await page.locator("form.ask input").fill("Ada")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("How many days?")).to_be_visible()
    first = page.url
    await page.get_by_role("button", name="branch from here").click()
    await page.wait_for_url(lambda url: "/session/" in url and url != first)
    await expect(page.locator("form.ask .label")).to_have_text("Who are you?")
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.locator(".state")).to_have_text("cancelled")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator(".row")).to_have_count(1)


@pytest.mark.timeout(60)  # two starts of a server
async def test_the_page_heals_after_a_restart(page: Page, server: LiveServer) -> None:
    await _begin(page, server)
    await asyncio.to_thread(server.kill)
    await expect(page.locator("#line")).to_contain_text("Connection lost")
    await asyncio.to_thread(server.start)
    await expect(page.locator("#line")).to_be_empty(timeout=15_000)
    await page.locator("form.ask input").fill("Ada")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("How many days?")).to_be_visible()


async def test_without_the_link_the_page_says_what_to_do(page: Page, server: LiveServer) -> None:
    await page.goto(server.running.url)
    await expect(page.get_by_role("heading")).to_have_text("Sign in")


async def test_it_fits_a_phone(page: Page, server: LiveServer) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    await _begin(page, server)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_a_file_is_given_in_the_form_of_an_app(page: Page, server: LiveServer) -> None:
    await page.goto(server.running.link)
    await page.get_by_role("link", name="Size").click()
    chosen = {"name": "july.csv", "mimeType": "text/csv", "buffer": b"euros\n10\n"}
    await page.get_by_label("Sheet", exact=True).set_input_files(chosen)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_text("9 bytes")).to_be_visible()
