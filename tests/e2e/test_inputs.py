"""Questions of every kind in a real browser, answered by mouse, by keyboard and by finger, and the form of an app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from outlast.protocol.codec import Json
from tests.live_server import LiveServer, live_server

APP = '''
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

@dataclass
class Person:
    name: str
    fast: bool = False

def told(kind, value):
    write(f"{kind} is `{value}`")

@app
def everything():
    told("text", ask("Who are you?", max=20))
    told("number", ask("How heavy?", float, min=1, max=100))
    told("slider", slider("How much fun?", min=0, max=10, default=7))
    told("confirm", confirm("Book it?"))
    told("choose", choose("Style", ["relaxed", "packed"]))
    told("select", choose("City", [f"City {n}" for n in range(30)]))
    told("choose_many", choose_many("Tools", ["Vim", "Emacs", "Jupyter"], min=1))
    told("date", pick_date("Which day?"))
    told("time", pick_time("What time?"))
    told("datetime", ask("When do we meet?", datetime).isoformat())
    told("edit_table", edit_table("Budget", [{"item": "Travel", "euros": 500}]))
    person = form("About you", Person)
    told("form", f"{person.name} {person.fast}")
    told("chat", chat("Anything else?"))
    told("approve", bool(approve("Send it?", details="**All** of it", audience=None)))

@app
def files():
    sheets = upload("Your sheets", accept=[".csv"], multiple=True)
    told("upload", [sheet.name for sheet in sheets])

@app
def single():
    told("text", ask("Who are you?", max=20, optional=True))
    told("secret", len(ask("Password?", secret=True)))

@app
def shop(what: str, size: Literal["small", "large"] = "small", count: int = 1, day: date | None = None,
         sheet: File | None = None, tags: list[str] = [], person: Person | None = None):
    """Order **something**.

    It comes by post.
    """
    told("order", [what, size, count, day, sheet and sheet.size_bytes, tags, person and person.name])
'''
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
    await expect(page.get_by_role("link", name="Sessions", exact=True).first).to_be_visible()
    async with server.client() as client:
        session = await client.start(f"play:{app}", args)
    await page.goto(f"{running.url}/w/{running.workspace_id}/sessions/{session.id}")


def question(page: Page, label: str) -> Locator:
    """The question of this label, wherever it is shown."""
    return page.get_by_role("form", name=label, exact=True)


async def answered(page: Page, kind: str, value: str) -> None:
    """Wait until the app has told what it got."""
    await expect(page.get_by_text(f"{kind} is {value}", exact=True)).to_be_visible()


def csv(name: str) -> FilePayload:
    """A small table."""
    return FilePayload(name=name, mimeType="text/csv", buffer=b"euros\n10\n")


async def by_mouse(page: Page) -> None:
    """Answer all but the last question with clicks and one field at a time."""
    await question(page, "Who are you?").get_by_role("textbox").fill("Ada")
    await question(page, "Who are you?").get_by_role("button", name="Answer").click()
    await answered(page, "text", "Ada")
    await question(page, "How heavy?").get_by_role("textbox").press_sequentially("2,5")
    await question(page, "How heavy?").get_by_role("button", name="Answer").click()
    await answered(page, "number", "2.5")
    await question(page, "How much fun?").get_by_role("button", name="Answer").click()
    await answered(page, "slider", "7")
    await question(page, "Book it?").get_by_role("button", name="No").click()
    await answered(page, "confirm", "False")
    await question(page, "Style").get_by_role("button", name="packed").click()
    await answered(page, "choose", "packed")
    await question(page, "City").get_by_role("combobox").fill("City 17")
    await page.get_by_role("option", name="City 17").click()
    await question(page, "City").get_by_role("button", name="Answer").click()
    await answered(page, "select", "City 17")
    await question(page, "Tools").get_by_label("Jupyter").check()
    await question(page, "Tools").get_by_label("Vim").check()
    await question(page, "Tools").get_by_role("button", name="Answer").click()
    await answered(page, "choose_many", "['Vim', 'Jupyter']")


async def moments_by_mouse(page: Page) -> None:
    """Answer what asks for days and times."""
    await question(page, "Which day?").get_by_role("textbox").fill("24 Dec 2026")
    await question(page, "Which day?").get_by_role("button", name="Answer").click()
    await answered(page, "date", "2026-12-24")
    await question(page, "What time?").locator("input").fill("14:30")
    await question(page, "What time?").get_by_role("button", name="Answer").click()
    await answered(page, "time", "14:30:00")
    await question(page, "When do we meet?").get_by_label("Day").fill("2026-12-24")
    await question(page, "When do we meet?").get_by_label("Time").fill("18:00")
    await question(page, "When do we meet?").get_by_role("button", name="Answer").click()
    await expect(page.get_by_text("datetime is 2026-12-24T18:00:00+")).to_be_visible()


async def tables_and_forms_by_mouse(page: Page) -> None:
    """Answer what asks for more than one thing."""
    budget = question(page, "Budget")
    await budget.get_by_label("euros, row 1").fill("650")
    await budget.get_by_role("button", name="Add a row").click()
    await budget.get_by_label("item, row 2").fill("Ink")
    await budget.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("'euros': 650")).to_be_visible()
    await question(page, "About you").get_by_label("Name").fill("Ada")
    await question(page, "About you").get_by_label("Fast").check(force=True)
    await question(page, "About you").get_by_role("button", name="Submit").click()
    await answered(page, "form", "Ada True")
    await question(page, "Anything else?").get_by_role("textbox").fill("No, thanks")
    await question(page, "Anything else?").get_by_role("button", name="Send").click()
    await answered(page, "chat", "No, thanks")
    await expect(question(page, "Send it?").locator("strong")).to_have_text("All")
    await question(page, "Send it?").get_by_role("button", name="Approve").click()
    await answered(page, "approve", "True")


@pytest.mark.timeout(90)  # every kind of question, one after the other
async def test_every_kind_is_answered_by_mouse(page: Page, server: LiveServer) -> None:
    await begin(page, server, "everything")
    await by_mouse(page)
    await moments_by_mouse(page)
    await tables_and_forms_by_mouse(page)


KEYS: list[tuple[str, list[str], str]] = [
    ("Who are you?", ["Ada", "<Enter>"], "text is Ada"),
    ("How heavy?", ["2.5", "<Enter>"], "number is 2.5"),
    ("How much fun?", ["<ArrowRight>", "<Tab>", "<Enter>"], "slider is 8"),
    ("Book it?", ["<Enter>"], "confirm is True"),
    ("Style", ["<Tab>", "<Enter>"], "choose is packed"),
    ("City", ["City 17", "<Enter>", "<Tab>", "<Enter>"], "select is City 17"),
    ("Tools", ["<Space>", "<Tab>", "<Tab>", "<Space>", "<Tab>", "<Enter>"], "choose_many is ['Vim', 'Jupyter']"),
    ("Which day?", ["2026-12-24", "<Enter>"], "date is 2026-12-24"),
    ("What time?", ["0230PM", "<Enter>"], "time is 14:30:00"),
    ("When do we meet?", ["2026-12-24", "<Tab>", "0600PM", "<Enter>"], "datetime is 2026-12-24T18:00:00+00:00"),
    ("Budget", ["Hotel", "<Enter>", "Ink"], "Hotel"),
    ("About you", ["Ada", "<Tab>", "<Space>", "<Tab>", "<Enter>"], "form is Ada True"),
    ("Anything else?", ["No", "<Shift+Enter>", "thanks", "<Enter>"], "chat is No"),
    ("Send it?", ["fine", "<Tab>", "<Enter>"], "approve is True"),
]


async def _reach(page: Page, label: str) -> None:
    """Go to a question's first control by Tab, unless the keyboard is there already."""
    place = question(page, label)
    await expect(place).to_be_visible()
    control = place.locator("input:not([type=hidden]), textarea, [role=slider], [role=group]").first
    await expect(control).to_be_visible()  # some are loaded when they are first asked for
    for _ in range(60):
        if await place.evaluate("form => form.contains(document.activeElement)"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {label!r}")


async def _press(page: Page, keys: list[str]) -> None:
    for key in keys:
        if key.startswith("<"):
            await page.keyboard.press(key[1:-1])
        else:
            await page.keyboard.type(key)


@pytest.mark.timeout(90)  # every kind of question, one after the other
async def test_every_kind_is_answered_by_the_keyboard_alone(page: Page, server: LiveServer) -> None:
    await begin(page, server, "everything")
    for label, keys, told in KEYS:
        await _reach(page, label)
        await _press(page, keys)
        if label == "Budget":
            await _to_button(page, "Submit")
        await expect(page.get_by_text(told).last).to_be_visible()
        await expect(question(page, label)).to_be_hidden()


async def _to_button(page: Page, name: str) -> None:
    """Go to a button by Tab, and press it."""
    button = page.get_by_role("button", name=name, exact=True)
    for _ in range(20):
        if await button.evaluate("button => button === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")


async def test_a_wrong_answer_is_told_of_beside_its_field(page: Page, server: LiveServer) -> None:
    await begin(page, server, "everything")
    asked = question(page, "Who are you?")
    field = asked.get_by_role("textbox")
    await field.fill("x" * 30)
    await asked.get_by_role("button", name="Answer").click()
    await expect(asked.get_by_role("alert")).to_contain_text("at most 20 characters")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("x" * 30)
    await expect(field).to_have_attribute("aria-invalid", "true")


async def test_files_are_sent_one_by_one_and_taken_back(page: Page, server: LiveServer) -> None:
    await begin(page, server, "files")
    asked = question(page, "Your sheets")
    picker = asked.locator("input[type=file]")
    await picker.set_input_files([csv("july.csv"), csv("june.csv")])
    await expect(asked.get_by_text("ready")).to_have_count(2)
    await picker.set_input_files(FilePayload(name="july.exe", mimeType="application/x-msdownload", buffer=b"MZ"))
    await expect(asked.get_by_role("alert")).to_contain_text("july.exe")
    await asked.get_by_role("button", name="Remove june.csv").click()
    await asked.get_by_role("button", name="Send", exact=True).click()
    await answered(page, "upload", "['july.csv']")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="july.csv").click()
    assert (await (await download.value).path()).read_bytes() == b"euros\n10\n"


async def test_a_draft_outlives_a_reload_and_a_secret_is_never_kept(page: Page, server: LiveServer) -> None:
    await begin(page, server, "single")
    field = question(page, "Who are you?").get_by_role("textbox")
    await field.fill("half a na")
    await page.reload()
    await expect(field).to_have_value("half a na")
    await question(page, "Who are you?").get_by_role("button", name="Skip").click()
    await answered(page, "text", "None")
    secret = question(page, "Password?").locator("input")
    await secret.fill("hunter2")
    await page.reload()
    await expect(secret).to_have_value("")
    await secret.fill("hunter2")
    await page.keyboard.press("Enter")
    await answered(page, "secret", "7")
    assert "hunter2" not in await page.content()
    assert "hunter2" not in await page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")


async def test_a_question_fits_a_phone(phone: Page, server: LiveServer) -> None:
    await begin(phone, server, "everything")
    await question(phone, "Who are you?").get_by_role("textbox").fill("Ada")
    button = question(phone, "Who are you?").get_by_role("button", name="Answer")
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 40
    assert await phone.evaluate("document.documentElement.scrollWidth") <= PHONE_PX
    await button.tap()
    await answered(phone, "text", "Ada")


async def _shop(page: Page, server: LiveServer, search: str = "") -> Locator:
    """Open the page of the shop; its form."""
    running = server.running
    await page.goto(running.link)
    await expect(page.get_by_role("link", name="Sessions", exact=True).first).to_be_visible()
    await page.goto(f"{running.url}/w/{running.workspace_id}/start/play:shop{search}")
    await expect(page.get_by_text("It comes by post.")).to_be_visible()
    return page.get_by_role("form", name="Start Shop")


@pytest.mark.timeout(60)  # nine parameters, a file among them
async def test_an_app_is_started_by_its_form(page: Page, server: LiveServer) -> None:
    form = await _shop(page, server)
    await form.get_by_role("button", name="Start", exact=True).click()
    await expect(form.get_by_role("alert")).to_have_text("This is needed.")
    await expect(form.get_by_label("What")).to_be_focused()
    await form.get_by_label("What").fill("Tea")
    await form.get_by_label("large").check()
    await form.get_by_label("Day").fill("24 Dec 2026")
    await form.get_by_label("Sheet").set_input_files(csv("july.csv"))
    await form.get_by_label("Tags").fill("green")
    await page.keyboard.press("Enter")
    await expect(form.get_by_text("ready")).to_be_visible()
    await form.get_by_label("Name").fill("Ada")
    await form.get_by_role("button", name="Start", exact=True).click()
    await expect(page.get_by_text("datetime.date(2026, 12, 24), 9, ['green'], 'Ada'")).to_be_visible()


async def test_what_was_used_before_is_offered_again(page: Page, server: LiveServer) -> None:
    async with server.client() as client:
        await client.start("play:shop", {"what": "Coffee", "count": 3})
    form = await _shop(page, server)
    await page.get_by_role("button", name="What: Coffee · Count: 3").click()
    await expect(form.get_by_label("What")).to_have_value("Coffee")
    await expect(form.get_by_label("Count")).to_have_value("3")


async def test_an_address_fills_in_the_form(page: Page, server: LiveServer) -> None:
    form = await _shop(page, server, '?args={"what":"Cocoa","count":"many"}')
    await expect(form.get_by_label("What")).to_have_value("Cocoa")
    await expect(form.get_by_label("Count")).to_have_value("1")
    await expect(page.get_by_text("does not fit this app")).to_be_visible()
