"""A real browser: the machine's Chromium, headless, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from outlast.kit.clock import ManualClock
from tests.api.cloud import CloudApi, serving_cloud
from tests.smtp_server import Postbox, smtp_server

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(60))  # a server and one or two browsers are started first


@pytest.fixture
def clock() -> ManualClock:
    """Begins now: the browser has its own clock, which tells when a cookie is over."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    """The mails that the server of `api` sends."""
    with smtp_server() as postbox:
        yield postbox


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path, clock: ManualClock, postbox: Postbox) -> AsyncIterator[CloudApi]:
    """A server in the test's own event loop, whose clock the test sets."""
    smtp = f"smtp+plain://127.0.0.1:{postbox.port}"
    async with serving_cloud(sqlite_url, tmp_path, clock=clock, smtp_url=smtp) as api:
        yield api


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium of this test's own; `make e2e` installs one where there is none."""
    async with async_playwright() as playwright:
        # Chromium's sandbox refuses to run as root, which continuous integration often is.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        await browser.close()


@asynccontextmanager
async def tab(browser: Browser, size: ViewportSize = DESKTOP, *, touch: bool = False) -> AsyncIterator[Page]:
    """An empty tab with cookies of its own. An error that its scripts do not catch fails the test."""
    errors: list[str] = []
    context = await browser.new_context(viewport=size, has_touch=touch, is_mobile=touch, reduced_motion="reduce")
    page = await context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(10_000)
    yield page
    await context.close()
    assert errors == []


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A tab on a desktop."""
    async with tab(browser) as page:
        yield page


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A tab on a phone."""
    async with tab(browser, PHONE, touch=True) as page:
        yield page


@pytest.fixture
async def second(browser: Browser) -> AsyncIterator[Page]:
    """A tab of somebody else, or of another device."""
    async with tab(browser) as page:
        yield page
