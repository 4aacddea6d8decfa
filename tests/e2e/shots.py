"""Takes a picture of every screen: ``python -m tests.e2e.shots [--to FOLDER] [--only share] [--docs]``.

Each is taken on a desktop, light and dark, and on a phone, of a server that looks lived in. With ``--docs`` the ones
that the documentation shows are also written to ``docs/pictures``, with few colours and so of few bytes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.e2e.conftest import CHROMIUM, DESKTOP, PHONE
from tests.e2e.furnished import OWNER, PASSWORD, ROOT, House, furnished

Prepare = Callable[[Page], None]

PATIENCE_MS = 8_000
LOOKS = ("light", "dark", "phone")
PICTURES = ROOT / "docs" / "pictures"
COLOURS = 128
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        name: Of its file.
        path: In the workspace; from the root with a slash before it.
        prepare: What to press before it is taken.
        guest: Whether it is taken by somebody who is not signed in.
        whole: Whether the page is shown to its end.
        docs: The looks in which the documentation shows it.
    """

    name: str
    path: str
    prepare: Prepare = lambda page: None
    guest: bool = False
    whole: bool = False
    docs: Sequence[str] = ()


def press(name: str) -> Prepare:
    """Press a button, a link or a tab by its name; on a phone it may be an entry of the menu instead."""

    def prepare(page: Page) -> None:
        button = page.get_by_role("button", name=name, exact=True)
        shown = button.or_(page.get_by_role("link", name=name, exact=True)).or_(page.get_by_role("tab", name=name))
        menu = page.get_by_role("button", name="More actions")
        shown.or_(menu).filter(visible=True).first.wait_for()
        if shown.filter(visible=True).count() == 0:
            menu.click()
            shown = page.get_by_role("menuitem", name=name, exact=True)
        shown.filter(visible=True).last.click()

    return prepare


def keys(*strokes: str) -> Prepare:
    """Press keys once the page can take them."""

    def prepare(page: Page) -> None:
        for stroke in strokes:
            page.keyboard.press(stroke)

    return prepare


def found(text: str) -> Prepare:
    """Search by the palette."""

    def prepare(page: Page) -> None:
        page.keyboard.press("Control+k")
        page.get_by_placeholder("Search apps, sessions").fill(text)

    return prepare


def down(page: Page) -> None:
    """Scroll to the end of what is in the middle."""
    size = page.viewport_size or DESKTOP
    page.mouse.move(size["width"] / 2, size["height"] / 2)
    page.mouse.wheel(0, 10_000)


def limits(page: Page) -> None:
    """See the limits of a session among its details."""
    press("Details")(page)
    page.get_by_role("tab", name="Limits").click()


def shots(house: House) -> Sequence[Shot]:
    """All of them."""
    at = {name: f"sessions/{session}" for name, session in house.sessions.items()}
    nothing = "sessions/00000000-0000-7000-8000-000000000000"
    return (
        Shot("home", "", docs=("light",)),
        Shot("palette", "", keys("Control+k")),
        Shot("palette-found", "", found("peng")),
        Shot("keys", "", keys("?")),
        Shot("start", "start/mandelbrot:mandelbrot", docs=("light",)),
        Shot("start-nothing-to-fill-in", "start/csv_explorer:csv_explorer"),
        Shot("session-waiting", at["waiting"], docs=("light", "phone")),
        Shot("session-done", at["done"]),
        Shot("session-chart", at["done"], down, docs=("light",)),
        Shot("session-running", at["running"]),
        Shot("session-failed", at["failed"]),
        Shot("session-asleep", at["asleep"]),
        Shot("session-expired", at["expired"]),
        Shot("session-chat", at["chat"]),
        Shot("session-report", at["report"]),
        Shot("session-picture", at["picture"]),
        Shot("session-of-another", at["shared"]),
        Shot("session-share", at["waiting"], press("Share"), docs=("light",)),
        Shot("session-details", at["waiting"], press("Details")),
        Shot("session-limits", at["waiting"], limits),
        Shot("session-limits-running", at["running"], limits),
        Shot("session-limits-asleep", at["asleep"], limits),
        Shot("session-limits-done", at["done"], limits),
        Shot("session-menu", at["waiting"], press("More actions")),
        Shot("session-stop", at["running"], press("Stop")),
        Shot("session-none", nothing),
        Shot("sessions", "sessions", docs=("light",)),
        Shot("sessions-nothing-found", "sessions?text=zebra"),
        Shot("files", "files"),
        Shot("people", "people", docs=("light",)),
        Shot("people-invites", "people", press("Invites")),
        Shot("people-invite", "people", press("Invite people")),
        Shot("settings", "settings"),
        Shot("settings-license", "settings/license"),
        Shot("settings-audit", "settings/audit", docs=("light",)),
        Shot("account", "/account"),
        Shot("account-devices", "/account/devices", docs=("light",)),
        Shot("account-security", "/account/security"),
        Shot("account-tokens", "/account/tokens"),
        Shot("account-new-token", "/account/tokens", press("New token")),
        Shot("not-found", "/w/home/nowhere"),
        Shot("workspace-none", "/w/elsewhere"),
        Shot("gallery", "/dev/blocks", whole=True),
        Shot("sign-in", "/sign-in", guest=True),
        Shot("sign-in-wrong", "/sign-in", press("Sign in"), guest=True),
        Shot("sign-in-forgot", "/sign-in", press("Forgot your password?"), guest=True),
        Shot("sign-in-register", "/sign-in", press("Make an account"), guest=True),
        Shot("arrive-invited", f"/#{house.invite}", guest=True),
        Shot("arrive-in-vain", "/#code=nothing", guest=True),
    )


@dataclass
class Studio:
    """Takes pictures of a house.

    Attributes:
        folder: Where they go.
        failed: What could not be taken, and why.
    """

    house: House
    browser: Browser
    folder: Path
    failed: list[str]

    def take(self, chosen: Sequence[Shot], look: str) -> None:
        """Take pictures in one look, on two devices of their own: one is signed in."""
        for guest in (False, True):
            shots = [shot for shot in chosen if shot.guest is guest]
            if shots:
                with closing(self.context(look)) as context:
                    if not guest:
                        self.sign_in(context)
                    for shot in shots:
                        self._take(shot, look, context)

    def _take(self, shot: Shot, look: str, context: BrowserContext) -> None:
        with closing(context.new_page()) as page:
            page.set_default_timeout(PATIENCE_MS)
            page.on("pageerror", lambda error: self.failed.append(f"{shot.name} ({look}): {error}"))
            try:
                page.goto(self.address(shot))
                settle(page)
                shot.prepare(page)
                settle(page)
            except Error as error:
                self.failed.append(f"{shot.name} ({look}): {error.message.splitlines()[0]}")
            file = self.folder / f"{shot.name}-{look}.png"
            page.screenshot(path=file, full_page=shot.whole, animations="disabled", caret="hide", timeout=60_000)
            if look in shot.docs:
                (self.folder / "docs").mkdir(exist_ok=True)
                named = shot.name if look == "light" else f"{shot.name}-{look}"
                shrink(file, self.folder / "docs" / f"{named}.png")

    def sign_in(self, context: BrowserContext) -> None:
        context.request.post(
            f"{self.house.url}/api/v1/auth/sessions",
            data={"email": OWNER, "password": PASSWORD},
            headers={"sec-fetch-site": "same-origin"},
            fail_on_status_code=True,
        )

    def address(self, shot: Shot) -> str:
        return self.house.url + shot.path if shot.path.startswith("/") else self.house.at(f"/{shot.path}")

    def context(self, look: str) -> BrowserContext:
        phone = look == "phone"
        return self.browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if look == "dark" else "light",
            reduced_motion="reduce",
            user_agent=BROWSER,
            locale="en-GB",
            timezone_id="UTC",
        )


# A page with a live stream is never idle on the network: what counts is that nothing has changed for a while.
_STILL = """
() => new Promise((resolve) => {
  let timer = setTimeout(resolve, 500);
  const changed = () => { clearTimeout(timer); timer = setTimeout(resolve, 500); };
  new MutationObserver(changed).observe(document, { subtree: true, childList: true });
  setTimeout(resolve, 6000);
})
"""


def settle(page: Page) -> None:
    page.wait_for_load_state()
    page.evaluate(_STILL)
    page.evaluate("() => document.fonts.ready.then(() => null)")


def shrink(source: Path, target: Path) -> None:
    """Write a picture with a palette of its own."""
    with Image.open(source) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(target, optimize=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Take them.

    Returns:
        1 where one could not be taken.
    """
    options = _parser().parse_args(arguments)
    folder = Path(options.to)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, furnished(Path(data)) as house, sync_playwright() as playwright:
        arguments_of_chromium = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments_of_chromium)
        studio = Studio(house, browser, folder, [])
        chosen = [shot for shot in shots(house) if options.only in shot.name]
        for look in options.looks.split(","):
            studio.take(chosen, look)
        browser.close()
    if options.docs:
        PICTURES.mkdir(exist_ok=True)
        for picture in sorted((folder / "docs").glob("*.png")):
            picture.replace(PICTURES / picture.name)
    print("\n".join(studio.failed) or f"all pictures are in {folder}")
    return int(bool(studio.failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.shots", description=__doc__)
    parser.add_argument("--to", default=str(ROOT / "build" / "shots"), help="the folder of the pictures")
    parser.add_argument("--only", default="", help="only those with this in their names")
    parser.add_argument("--looks", default=",".join(LOOKS), help="which looks, with commas between")
    parser.add_argument("--docs", action="store_true", help="renew the pictures of the documentation, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
