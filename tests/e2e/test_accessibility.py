"""Every screen with axe-core, light and dark, on a desktop and on a phone; and whether it fits in both directions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.e2e.conftest import CHROMIUM
from tests.e2e.furnished import ROOT, House, furnished
from tests.e2e.shots import Shot, Studio, settle, shots

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
PATIENCE_MS = 10_000
SCHEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not AXE.is_file(), reason="needs the client's development packages (npm ci)"),
]

_FAULTS = """
async (grave) => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.filter(({ impact }) => grave.includes(impact)).flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ target, any, all }) =>
      `${id}: ${target.join(" ")} (${[...any, ...all].map(({ message }) => message).join("; ").slice(0, 160)})`));
}
"""
_WIDER = """
() => {
  const { scrollWidth, clientWidth } = document.scrollingElement;
  if (scrollWidth <= clientWidth) return "";
  const out = ({ left, right }) => right > clientWidth + 1 || left < -1;
  const all = [...document.body.querySelectorAll("*")].filter((each) => out(each.getBoundingClientRect()));
  return all.slice(-1).map((each) => each.outerHTML.slice(0, 160)).join("");
}
"""
_MOVING = """
() => document.getAnimations()
  .filter(({ playState, effect }) => playState === "running" && effect.getComputedTiming().iterations === Infinity)
  .map(({ animationName }) => animationName ?? "animation")
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with furnished(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.mark.parametrize("look", ["light", "phone"])
def test_every_screen_is_free_of_grave_faults_and_fits(house: House, tmp_path: Path, look: str) -> None:
    wrong: list[str] = []
    for shot, page in _opened(house, tmp_path, look):
        page.evaluate(AXE.read_text())
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            settle(page)
            wrong += [f"{shot.name} ({scheme}): {fault}" for fault in page.evaluate(_FAULTS, list(GRAVE))]
        for direction in ("ltr", "rtl"):
            page.evaluate("(direction) => document.documentElement.setAttribute('dir', direction)", direction)
            if outside := page.evaluate(_WIDER):
                wrong.append(f"{shot.name} ({direction}) is wider than its window: {outside}")
    assert wrong == []


def test_nothing_moves_on_and_on_for_who_wants_rest(house: House, tmp_path: Path) -> None:
    moving = [
        f"{shot.name}: {name}"
        for shot, page in _opened(house, tmp_path, "light", only=("home", "sessions", "session-running"))
        for name in page.evaluate(_MOVING)
    ]
    assert moving == []


def _opened(house: House, folder: Path, look: str, *, only: tuple[str, ...] = ()) -> Iterator[tuple[Shot, Page]]:
    """Open screen after screen, each as its picture is taken."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        with closing(browser):
            studio = Studio(house, browser, folder, [])
            for guest in (False, True):
                with closing(studio.context(look)) as context:
                    if not guest:
                        studio.sign_in(context)
                    for shot in shots(house):
                        if shot.guest is guest and (not only or shot.name in only):
                            yield shot, _open(studio, context, shot)


def _open(studio: Studio, context: BrowserContext, shot: Shot) -> Page:
    for old in context.pages:
        old.close()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(studio.address(shot))
    settle(page)
    shot.prepare(page)
    settle(page)
    return page
