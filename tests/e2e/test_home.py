"""The frame, the home screen, the palette, the keys and the files of the web client, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.e2e.loads import sign_in
from tests.live_server import LiveServer, live_server

pytestmark = pytest.mark.timeout(90)

APPS = """
@app
def greet(name: str = "you"):
    "Greet **whoever** comes."
    who = ask("Who are you?")
    write(f"Hello, {who}.")

@app
def add(a: int = 1, b: int = 2):
    "Add two numbers."
    return a + b
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as server:
        server.write_app("play", APPS)
        server.start()
        yield server


async def test_apps_are_found_by_what_they_say(page: Page, server: LiveServer) -> None:
    await page.goto(await sign_in(page, server))
    await expect(page.get_by_role("link", name="Greet")).to_contain_text("Greet whoever comes.")
    await page.keyboard.press("/")
    await page.keyboard.type("numbers")
    await expect(page.get_by_role("link", name="Greet")).to_have_count(0)
    await page.get_by_role("searchbox", name="Search apps").fill("zebra")
    await expect(page.get_by_text("No app is like that")).to_be_visible()
    await page.get_by_role("button", name="Clear the search").click()
    await page.get_by_role("link", name="Add").click()
    await expect(page).to_have_url(re.compile(r"/start/"))


async def test_a_question_appears_by_itself_and_is_one_click_away(page: Page, server: LiveServer) -> None:
    await page.goto(await sign_in(page, server))
    await expect(page.get_by_text("No sessions yet")).to_be_visible()
    async with server.client() as client:
        session = await client.start("greet")
    waiting = page.get_by_role("region", name="Waiting for you")
    await expect(waiting).to_be_visible()
    await expect(page.get_by_role("navigation").get_by_role("link", name="Sessions")).to_contain_text("1")
    await waiting.get_by_role("link", name="Who are you?").click()
    await expect(page).to_have_url(re.compile(f"/sessions/{session.id}"))


async def test_the_palette_goes_to_sessions_apps_and_actions(page: Page, server: LiveServer) -> None:
    await page.goto(await sign_in(page, server))
    async with server.client() as client:
        await client.start("greet", title="For the visitors")
    await expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()
    await page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search apps, sessions, people, actions")
    await field.fill("visitors")
    await expect(page.get_by_role("option", name="For the visitors")).to_be_visible()
    await field.fill("theme dark")
    await expect(page.get_by_role("option", name="Theme: dark")).to_be_visible()
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    await expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()
    await page.keyboard.press("n")
    await page.get_by_role("combobox").fill("add")
    await expect(page.get_by_role("option", name="Add")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/start/.*add"))


async def test_what_is_typed_before_the_palette_is_there_is_in_it(page: Page, server: LiveServer) -> None:
    home = await sign_in(page, server)
    await page.goto(f"{home}/files")
    await expect(page.get_by_text("No files yet")).to_be_visible()
    field = page.get_by_role("combobox", name="Search apps, sessions, people, actions")
    for text in ("gs number", "n?"):  # the first time it is loaded, and each of these keys does something on the page
        await page.keyboard.press("Control+k")
        await page.keyboard.type(text)
        await expect(field).to_have_value(text)
        await page.keyboard.press("Control+k")
        await page.keyboard.type("s")
        await expect(field).to_have_value(f"{text}s")
        await page.keyboard.press("Escape")
        await expect(field).to_have_count(0)
    await page.keyboard.press("Control+k")
    await page.keyboard.press("Escape")
    await expect(field).to_have_count(0)
    await page.keyboard.press("g")
    await page.keyboard.press("p")
    await expect(page.get_by_role("heading", name="People", level=1)).to_be_visible()


async def test_keys_go_everywhere_unless_somebody_types(page: Page, server: LiveServer) -> None:
    await page.goto(await sign_in(page, server))
    await expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    await expect(dialog.get_by_role("row", name="New session")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    for key, title in {"s": "Sessions", "f": "Files", "p": "People", "h": "Home"}.items():
        await page.keyboard.press("g")
        await page.keyboard.press(key)
        await expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    search = page.get_by_role("searchbox", name="Search apps")
    await search.press_sequentially("gs?n/")
    await expect(search).to_have_value("gs?n/")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_file_is_uploaded_renamed_downloaded_and_deleted(page: Page, server: LiveServer) -> None:
    await page.goto(f"{await sign_in(page, server)}/files")
    await expect(page.get_by_text("No files yet")).to_be_visible()
    large = b"0123456789abcdef" * 600_000  # goes in parts
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Upload", exact=True).click()
    await (await chooser.value).set_files(
        [
            FilePayload(name="july.csv", mimeType="text/csv", buffer=b"a,b\n1,2\n"),
            FilePayload(name="large.bin", mimeType="application/octet-stream", buffer=large),
        ]
    )
    files = page.get_by_role("list", name="Files")
    await expect(files.get_by_role("listitem")).to_have_count(2)
    await page.get_by_role("button", name="More about july.csv").click()
    await page.get_by_role("menuitem", name="Rename").click()
    await page.get_by_label("New name").fill("august.csv")
    await page.get_by_role("button", name="Save").click()
    await expect(files.get_by_text("august.csv")).to_be_visible()
    await page.get_by_role("button", name="More about large.bin").click()
    async with page.expect_download() as coming:
        await page.get_by_role("menuitem", name="Download").click()
    assert (await (await coming.value).path()).read_bytes() == large
    await page.get_by_role("button", name="More about august.csv").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(files.get_by_role("listitem")).to_have_count(1)


async def test_of_many_files_only_those_in_sight_are_there(page: Page, server: LiveServer) -> None:
    async with server.client() as client:
        for at in range(130):
            await client.store(b"%d" % at, name=f"file-{at}.txt", keep=True)
    await page.goto(f"{await sign_in(page, server)}/files")
    files = page.get_by_role("list", name="Files")
    await expect(files.get_by_text("file-129.txt")).to_be_visible()
    first = files.get_by_text("file-0.txt", exact=True)
    while await first.count() == 0:
        await page.keyboard.press("End")
    await expect(first).to_be_visible()
    assert await files.get_by_role("listitem").count() < 60


async def test_an_address_without_a_screen_leads_home(page: Page, server: LiveServer) -> None:
    home = await sign_in(page, server)
    await page.goto(f"{home}/nowhere")
    await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    await expect(page.get_by_role("navigation")).to_be_visible()
    await page.get_by_role("link", name="Go to the start").click()
    await expect(page).to_have_url(re.compile(f"{re.escape(home)}/?$"))


async def test_a_workspace_beyond_the_plan_is_refused_in_words(page: Page, server: LiveServer) -> None:
    await page.goto(await sign_in(page, server))
    await page.get_by_role("button", name="Workspace: ").click()
    await page.get_by_role("menuitem", name="Create a workspace").click()
    await page.get_by_label("Name").fill("Second floor")
    await page.get_by_role("button", name="Create", exact=True).click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("licence")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_who_is_signed_out_elsewhere_is_told_and_comes_back(page: Page, server: LiveServer) -> None:
    home = await sign_in(page, server)
    await page.goto(f"{home}/files")
    await expect(page.get_by_text("No files yet")).to_be_visible()
    await page.context.clear_cookies()
    await page.keyboard.press("g")
    await page.keyboard.press("p")
    await expect(page.get_by_text("You are signed out")).to_be_visible()
    await expect(page).to_have_url(re.compile(r"/sign-in\?next="))


async def test_a_phone_has_everything_at_the_thumb(phone: Page, server: LiveServer) -> None:
    await phone.goto(await sign_in(phone, server))
    bar = phone.get_by_role("navigation")
    await bar.get_by_role("link", name="Files").tap()
    await expect(phone.get_by_role("heading", name="Files", level=1)).to_be_visible()
    await bar.get_by_role("button", name="Search").tap()
    await phone.get_by_role("combobox").fill("gre")
    await phone.get_by_role("option", name="Greet").tap()
    await expect(phone).to_have_url(re.compile(r"/start/"))
    await bar.get_by_role("button", name="More").tap()
    await phone.get_by_role("dialog", name="More").get_by_role("link", name="People").tap()
    await expect(phone.get_by_role("heading", name="People", level=1)).to_be_visible()
