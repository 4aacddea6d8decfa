"""What a person at a browser waits for: Chromium, driven by Playwright, with the clock inside of the page.

A figure runs from the navigation, or from the click, to the moment after the frame that shows the awaited text
(`in_page.js`). Playwright's own round trips are outside of it.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, StorageState, sync_playwright
from playwright.sync_api import TimeoutError as TooLong

from benchmarks.harness import NotPossible

FIRST = "The first block is here."
"""What every contestant's page shows before anything is asked."""

PATIENCE_S = 60.0
SETTLED_MS = 1_000.0
_IN_PAGE = (Path(__file__).resolve().parent / "in_page.js").read_text()
_CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
_ARGUMENTS = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",)  # nobody waits for an address elsewhere


class Site(Protocol):
    """A contestant as a browser meets it."""

    @property
    def url(self) -> str:
        """Of the page that shows `FIRST`."""
        ...

    def sign_in(self, browser: Browser) -> StorageState | None:
        """Get the cookies of somebody who may see the page, where that takes any.

        Args:
            browser: The browser.
        """
        ...

    def yes(self, page: Page) -> Locator:
        """Find what a person presses to answer.

        Args:
            page: Where it is.
        """
        ...

    def close(self) -> None:
        """End the server."""
        ...


@dataclass(slots=True)
class Tab:
    """A page in a browser that has seen nothing before it.

    Attributes:
        page: The page.
        context: Its cookies and caches.
        wire_bytes: What its requests brought, as compressed as it came, headers included.
        requests: How many there were.
    """

    page: Page
    context: BrowserContext
    wire_bytes: int = 0
    requests: int = 0

    def open(self, url: str) -> float:
        """Navigate, and wait for the first block.

        Args:
            url: Where to.

        Returns:
            Milliseconds.
        """
        self.page.goto(url, wait_until="commit")
        return self._told("loaded", PATIENCE_S)

    def press(self, button: Locator, text: str, *, patience_s: float = PATIENCE_S) -> float:
        """Click, and wait for what that writes.

        Args:
            button: What to click.
            text: What is waited for.
            patience_s: How long, in seconds.

        Returns:
            Milliseconds.
        """
        button.wait_for()
        self.page.evaluate("text => bench.fromClick(text)", text)
        button.click()
        return self._told("answered", patience_s)

    def load(self) -> Mapping[str, float]:
        """Read what the first load cost, once nothing more comes.

        Returns:
            The figures.
        """
        self.page.wait_for_timeout(SETTLED_MS)
        measured = self.page.evaluate("() => bench.load()")
        figures = {str(key): float(value) for key, value in measured.items()}
        return {**figures, "kb": self.wire_bytes / 1000, "requests": float(self.requests)}

    def longest_task_ms(self) -> float:
        """Read for how long at most the page has been deaf."""
        return float(self.page.evaluate("() => bench.load().longest_task_ms"))

    def numbers(self, text: str) -> int:
        """Scroll through what the page shows, of which a part may be there only while it is looked at.

        Args:
            text: Some that is shown now.

        Returns:
            How many numbers of five digits there are; 0 where two of them are not in order.
        """
        return int(self.page.evaluate("text => bench.numbers(text)", text) or 0)

    def _told(self, what: str, patience_s: float) -> float:
        try:
            told = self.page.wait_for_function(
                f"() => window.bench && bench.{what} !== null && {{ ms: bench.{what} }}",
                polling=50,
                timeout=patience_s * 1000,
            )
        except TooLong as error:
            message = f"more than {patience_s:g} s"
            raise NotPossible(message) from error
        took = told.evaluate("({ ms }) => ms ?? null")
        if took is None:
            message = "the page loaded itself anew, and what it showed was lost"
            raise NotPossible(message)
        return float(took)

    def count_bytes(self) -> None:
        """Count what comes over the wire from now on."""
        devtools = self.context.new_cdp_session(self.page)
        devtools.on("Network.loadingFinished", lambda told: self._finished(float(told["encodedDataLength"])))
        devtools.send("Network.enable")

    def _finished(self, size: float) -> None:
        self.wire_bytes += int(size)
        self.requests += 1


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the machine's Chromium, without a window.

    Raises:
        NotPossible: There is none; `make e2e` installs one.
    """
    # Chromium's sandbox refuses to run as root.
    arguments = [*_ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=arguments)
        except Error as error:
            message = "there is no Chromium here"
            raise NotPossible(message) from error
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def fresh_tab(browser: Browser, state: StorageState | None) -> Iterator[Tab]:
    """Open an empty tab with empty caches, whose pages wait for the first block.

    Args:
        browser: The browser.
        state: The cookies that it has.
    """
    context = browser.new_context(storage_state=state, viewport={"width": 1280, "height": 800})
    try:
        context.add_init_script(f"{_IN_PAGE}\nbench.fromLoad({FIRST!r});")
        tab = Tab(context.new_page(), context)
        tab.count_bytes()
        yield tab
    finally:
        context.close()
