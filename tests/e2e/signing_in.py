"""What tests of accounts do in a browser: sign in, hold passkeys, take links out of mails."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import CDPSession, Page, expect

from tests.api.cloud import PASSWORD, CloudApi
from tests.smtp_server import Postbox

NEW_PASSWORD = "another long sentence 77"


def site(api: CloudApi) -> str:
    """By name: browsers make no passkeys for an address."""
    return api.url.replace("127.0.0.1", "localhost")


async def by_password(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the way in."""
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def expect_inside(page: Page, path: str = r"/w/[a-z0-9-]+/?") -> None:
    """Wait until somebody is signed in, and sees a screen."""
    await expect(page).to_have_url(re.compile(rf"{path}$"))
    await expect(page.get_by_role("navigation", name="Main").first).to_be_visible()


async def expect_outside(page: Page) -> None:
    """Wait for the way in."""
    await expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()


async def sign_out(page: Page, base: str) -> None:
    """Sign out as people do, in the account."""
    await page.goto(f"{base}/account")
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await expect_outside(page)


@dataclass(frozen=True)
class Device:
    """What holds a tab's passkeys and knows who holds it."""

    _devtools: CDPSession
    _authenticator: str

    async def hold(self, *, held: bool) -> None:
        """Whether somebody has it in their hand, and so chooses the passkey that is asked for or offered."""
        state = {"authenticatorId": self._authenticator, "enabled": held}
        await self._devtools.send("WebAuthn.setAutomaticPresenceSimulation", state)


async def with_authenticator(page: Page) -> Device:
    """Give the tab a device for passkeys, in somebody's hand."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Device(devtools, str(made["authenticatorId"]))


async def mailed_link(postbox: Postbox, to: str, subject: str, *, what: str, api: CloudApi) -> str:
    """Wait for a mail, and take the link out of it; by name, as `site` is."""
    text = await postbox.mail(to, subject)
    link = next(word for word in text.split() if f"/#{what}=" in word)
    return link.replace(api.url, site(api))


async def open_link(page: Page, link: str) -> None:
    """Open a link as from a mail: from elsewhere, so that the page is loaded."""
    await page.goto("about:blank")
    await page.goto(link)
