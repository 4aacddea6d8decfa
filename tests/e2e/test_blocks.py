"""Blocks and questions in a real browser: what an app says is never run, and every kind can be seen and used."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Request, expect

from outlast.protocol import blocks, inputs
from outlast.protocol.codec import Json
from outlast.protocol.document import Input
from tests.e2e.hostile import APP, CORPUS
from tests.e2e.loads import sign_in
from tests.live_server import LiveServer, live_server

LOOK = r"""
async () => {
  const found = new Set();
  const bad = /^[\s\x00-\x20]*(javascript|vbscript|data:text|data:application)/i;
  const never = ["script", "iframe", "object", "embed", "base", "meta", "link", "foreignobject"];
  const look = () => {
    const main = document.querySelector("main") ?? document.body;
    for (const element of main.querySelectorAll("*")) {
      const name = element.localName;
      if (never.includes(name)) found.add(name);
      if (name === "style" && element.dataset.mantineStyles === undefined && !element.closest("figure"))
        found.add("style: " + element.textContent.slice(0, 80));
      for (const { name: attribute, value } of element.attributes) {
        if (attribute.startsWith("on")) found.add(`${name}[${attribute}]`);
        if (/href|src|action|data$/.test(attribute) && bad.test(value)) found.add(`${name}[${attribute}=${value}]`);
        if (/^(src|srcset|poster|background)$/.test(attribute) && /^(https?:)?\/\//.test(value)) found.add(value);
      }
      if (name === "a" && /^https?:/.test(element.getAttribute("href") ?? "") && !/noopener/.test(element.rel))
        found.add("a link without noopener");
    }
    if (window.__hit !== undefined) found.add("it was run");
    if (/can't be shown|is not a function/.test(main.innerText.replaceAll("picture can't be shown", "")))
      found.add("a block that fails");
  };
  const rest = () => new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => resolve()), 60));
  const open = () => {
    for (const fold of document.querySelectorAll("main details:not([open])")) fold.open = true;
    for (const button of document.querySelectorAll('main [aria-expanded="false"][aria-label="Data"]')) button.click();
  };
  const tall = (element) => /auto|scroll/.test(getComputedStyle(element).overflowY) && element.clientHeight > 300;
  const scroller = [...document.querySelectorAll("main, main *")].find(tall) ?? document.scrollingElement;
  scroller.scrollTop = 0;
  for (let still = 0, steps = 0; still < 3 && steps < 400; steps += 1) {
    await rest();
    open();
    for (const tab of document.querySelectorAll('main [role="tab"][aria-selected="false"]:not([data-seen])')) {
      tab.dataset.seen = "";
      tab.click();
      await rest();
      look();
    }
    const drawing = () => document.querySelector('[aria-label="Drawing the chart"]') !== null;
    for (let wait = 0; wait < 100 && drawing(); wait += 1) await rest();
    look();
    const before = scroller.scrollTop;
    scroller.scrollTop += scroller.clientHeight * 0.7;
    still = scroller.scrollTop === before ? still + 1 : 0;
  }
  return [...found];
}
"""


@dataclass
class Watch:
    """What a page does that nobody asked for.

    Attributes:
        done: dialogs, windows and requests to elsewhere.
    """

    host: str
    done: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        """Watch a page from now on."""
        page.on("request", self._requested)
        page.on("popup", lambda popup: self.done.append(f"window {popup.url}"))
        page.on("dialog", lambda dialog: self.done.append(f"dialog {dialog.message}"))

    def _requested(self, request: Request) -> None:
        if request.url.startswith(("http:", "https:", "ws:", "wss:")) and f"//{self.host}/" not in request.url:
            self.done.append(request.url)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path) as server:
        server.write_app("hostile", APP)
        server.start()
        yield server


@pytest.fixture(scope="module")
def any_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One for all tests of the gallery, which needs nobody to be signed in."""
    with live_server(tmp_path_factory.mktemp("gallery")) as server:
        server.start()
        yield server


async def _show(page: Page, server: LiveServer, session_id: str) -> Watch:
    watch = Watch(f"127.0.0.1:{server.port}")
    watch.on(page)
    await sign_in(page, server)
    await page.goto(f"{server.running.url}/w/home/sessions/{session_id}")
    await expect(page.get_by_role("main")).to_be_visible()
    return watch


def test_there_are_enough_hostile_strings() -> None:
    assert len(set(CORPUS)) >= 60


@pytest.mark.timeout(120)
@pytest.mark.parametrize("app", ["texts", "blocks", "charts"])
async def test_nothing_that_an_app_says_is_run_or_fetched(page: Page, server: LiveServer, app: str) -> None:
    async with server.client() as client:
        session = await client.start(f"hostile:{app}")
        await client.retitle(session.id, CORPUS[5])
    watch = await _show(page, server, session.id)
    await expect(page.get_by_role("heading", level=1, name=CORPUS[5])).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("Done", exact=True).first).to_be_visible(timeout=30_000)
    assert await page.evaluate(LOOK) == []
    for canvas in (await page.locator("main canvas").all())[:6]:
        await canvas.hover(timeout=2_000)
        await canvas.click(timeout=2_000)
    assert await page.evaluate("window.__hit") is None
    assert watch.done == []


def _answer(asked: Input) -> Json:
    if asked.kind == "form":
        return {part["input"]: _said(part["kind"], part.get("spec", {})) for part in asked.spec["fields"]}
    return _said(asked.kind, asked.spec)


def _said(kind: str, spec: Mapping[str, Json]) -> Json:
    if spec.get("optional") or kind == "upload":
        return None
    options = spec.get("options")
    said: dict[str, Json] = {
        "text": CORPUS[5], "number": 3, "slider": 3, "confirm": True, "chat": "\n".join(CORPUS),
        "approve": {"approved": False, "comment": "\n".join(CORPUS)}, "edit_table": [[text, 1] for text in CORPUS[:9]],
        "choose": options[5 % len(options)] if isinstance(options, list) else None,
        "choose_many": options[:2] if isinstance(options, list) else None,
    }  # fmt: skip
    return said[kind]


@pytest.mark.timeout(120)
async def test_nothing_in_a_question_or_an_answer_is_run(page: Page, server: LiveServer) -> None:
    async with server.client() as client:
        session = await client.start("hostile:questions")
        watch = await _show(page, server, session.id)
        for kind in ("form", "choose", "choose", "confirm", "approve", "edit_table", "chat"):
            await expect(page.get_by_role("form")).to_have_count(1, timeout=40_000)
            document = (await client.get(session.id)).document
            [(id, asked)] = [(id, asked) for id, asked in document.inputs.items() if asked.state == "open"]
            assert asked.kind == kind
            assert await page.evaluate(LOOK) == [], kind
            await client.answer(session.id, id, _answer(asked))
            await expect(page.get_by_role("form", name=asked.label, exact=True)).to_have_count(0, timeout=20_000)
    await expect(page.get_by_role("main").get_by_text("Done", exact=True).first).to_be_visible()
    assert await page.evaluate(LOOK) == []
    assert await page.evaluate("window.__hit") is None
    assert watch.done == []


async def _gallery(page: Page, any_server: LiveServer, kind: str) -> Locator:
    await page.goto(f"{any_server.running.url}/dev/blocks?only={kind}")
    return await _shown(page, kind)


async def _shown(page: Page, kind: str) -> Locator:
    shown = page.get_by_role("region", name=kind, exact=True)
    await expect(shown).to_be_visible(timeout=20_000)
    return shown


async def _all_fit(page: Page, any_server: LiveServer) -> None:
    watch = Watch(f"127.0.0.1:{any_server.port}")
    watch.on(page)
    await page.goto(f"{any_server.running.url}/dev/blocks")
    await _shown(page, "markdown")
    kinds = set(blocks.KINDS) - {"input", "column", "tab"}
    for kind in sorted(kinds | {f"input-{kind.replace('_', '-')}" for kind in inputs.KINDS}):
        await expect(page.get_by_role("heading", level=2, name=kind, exact=True)).to_be_attached()
    await expect(page.get_by_text("This block can't be shown.")).to_have_count(0)
    await expect(page.get_by_label("Drawing the chart")).to_have_count(0, timeout=20_000)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watch.done == []


@pytest.mark.timeout(60)
async def test_the_gallery_shows_every_kind_and_fits(page: Page, any_server: LiveServer) -> None:
    await _all_fit(page, any_server)


@pytest.mark.timeout(60)
async def test_every_kind_fits_on_a_phone(phone: Page, any_server: LiveServer) -> None:
    await _all_fit(phone, any_server)


@pytest.mark.timeout(60)
async def test_a_table_is_sorted_filtered_and_saved(page: Page, any_server: LiveServer) -> None:
    shown = await _gallery(page, any_server, "table")
    table = shown.get_by_role("table").nth(1)
    first = table.get_by_role("row").nth(1).get_by_role("cell").first
    await expect(first).to_have_text("1000")
    await table.get_by_role("button", name="Order").click()
    await table.get_by_role("button", name="Order").click()
    await expect(table.get_by_role("columnheader", name="Order")).to_have_attribute("aria-sort", "descending")
    await expect(first).to_have_text("2999")
    await shown.get_by_label("Filter rows").first.fill("évora")
    await expect(shown.get_by_text("400 of 2,000 rows")).to_be_visible()
    async with page.expect_download() as saving:
        await shown.get_by_role("button", name="Download as CSV").nth(1).click()
    path = await (await saving.value).path()
    rows = list(csv.reader(Path(path).read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["Order", "Item", "City", "Price", "Paid", "Sold on"]
    assert len(rows) == 401
    assert {row[2] for row in rows[1:]} == {"Évora"}


@pytest.mark.timeout(60)
async def test_only_the_rows_in_sight_are_in_the_page(page: Page, any_server: LiveServer) -> None:
    shown = await _gallery(page, any_server, "table")
    box = shown.get_by_role("region", name="Table").first
    assert await box.get_by_role("row").count() < 80
    await box.evaluate("(element) => element.scrollTo(0, element.scrollHeight)")
    await expect(box.get_by_role("cell", name="2999", exact=True)).to_be_visible()


@pytest.mark.timeout(60)
async def test_a_chart_shows_its_data_and_is_saved(page: Page, any_server: LiveServer) -> None:
    shown = await _gallery(page, any_server, "chart")
    chart = shown.get_by_role("figure", name="Sales by region")
    await expect(chart.locator("canvas")).to_be_visible()
    await chart.get_by_role("button", name="Data").click()
    await expect(chart.get_by_role("columnheader", name="region")).to_be_visible()
    async with page.expect_download() as saving:
        await chart.get_by_role("button", name="Save as PNG").click()
    path = await (await saving.value).path()
    assert Path(path).read_bytes().startswith(b"\x89PNG")


@pytest.mark.timeout(60)
async def test_parts_are_folded_and_chosen_with_the_keyboard(page: Page, any_server: LiveServer) -> None:
    tabs = await _gallery(page, any_server, "tabs")
    await tabs.get_by_role("tab", name="Summary").focus()
    await page.keyboard.press("ArrowRight")
    await expect(tabs.get_by_role("tabpanel", name="Details").get_by_text("1204")).to_be_visible()
    thinking = await _gallery(page, any_server, "thinking")
    fold = thinking.get_by_text("Thoughts")
    await expect(thinking.get_by_text("nine minutes")).to_be_hidden()
    await fold.locator("xpath=ancestor::summary").focus()
    await page.keyboard.press("Enter")
    await expect(thinking.get_by_text("nine minutes")).to_be_visible()


@pytest.mark.timeout(60)
async def test_a_picture_is_enlarged_and_put_back(page: Page, any_server: LiveServer) -> None:
    shown = await _gallery(page, any_server, "image")
    await shown.get_by_role("button", name=re.compile("Enlarge: Blue mountains under")).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("img", name="Blue mountains")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
