"""Signing in on the plain page, by every way there is, in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from outlast.ee.cloud import auth
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.license.documents import License, issue, make_keys
from outlast.kit.clock import ManualClock
from tests.api.cloud import PASSWORD, CloudApi, Someone, serving_cloud
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, openid_provider
from tests.smtp_server import Postbox, smtp_server

NEW_PASSWORD = "another long sentence 77"


@pytest.fixture
def clock() -> ManualClock:
    """Begins now: the browser has its own clock, which tells when a cookie is over."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    with smtp_server() as postbox:
        yield postbox


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path, clock: ManualClock, postbox: Postbox) -> AsyncIterator[CloudApi]:
    smtp = f"smtp+plain://127.0.0.1:{postbox.port}"
    async with serving_cloud(sqlite_url, tmp_path, clock=clock, smtp_url=smtp) as api:
        yield api


@pytest.fixture
async def ada(api: CloudApi) -> Someone:
    ada = await api.someone()
    await api.workspace(ada)
    return ada


def site(api: CloudApi) -> str:
    """By name: browsers make no passkeys for an address."""
    return api.url.replace("127.0.0.1", "localhost")


async def by_password(page: Page, email: str, password: str = PASSWORD) -> None:
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def expect_inside(page: Page) -> None:
    await expect(page.get_by_role("heading", name="Apps")).to_be_visible()


async def with_authenticator(page: Page) -> None:
    """Give the tab a device that holds passkeys and knows who holds it."""
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
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def test_a_password_signs_in_and_out(page: Page, api: CloudApi, ada: Someone) -> None:
    await page.goto(site(api))
    await by_password(page, ada.email, "wrong password")
    await expect(page.get_by_role("alert").first).to_contain_text("wrong")
    await by_password(page, ada.email)
    await expect_inside(page)
    assert await page.evaluate("document.cookie") == ""  # no script reads them
    await page.reload()
    await expect_inside(page)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert [cookie["name"] for cookie in await page.context.cookies() if "device" not in cookie["name"]] == []


async def test_the_workspace_is_chosen_in_the_head(page: Page, api: CloudApi, ada: Someone) -> None:
    other = await api.workspace(ada, name="Other")
    started = await ada.http.post(f"/workspaces/{other}/sessions", json={"app": "talk:greet", "args": {"name": "Bob"}})
    assert started.status_code == 201, started.text
    await page.goto(site(api))
    await by_password(page, ada.email)
    choice = page.get_by_label("Workspace")
    await choice.select_option("Acme")
    await expect(page.get_by_text("None yet.")).to_be_visible()
    await choice.select_option("Other")
    await expect(page.locator(".row")).to_have_count(1)
    await page.reload()
    await expect(page.locator(".row")).to_have_count(1)


async def test_a_link_signs_in_once_and_its_code_leaves_the_address(page: Page, api: CloudApi, ada: Someone) -> None:
    async with units.writing(api.cloud) as unit:
        code = await auth.issue_link(unit, ada.id, expires_in=timedelta(hours=1))
    link = f"{site(api)}/#code={code}"
    await page.goto(link)
    await expect_inside(page)
    assert "code" not in page.url
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.goto(link)
    await expect(page.get_by_role("status").last).to_contain_text("used before")


async def test_a_passkey_of_the_browser_signs_in_alone(page: Page, api: CloudApi, ada: Someone) -> None:
    """[security 59]"""
    await with_authenticator(page)
    await page.goto(site(api))
    await by_password(page, ada.email)
    await page.get_by_role("link", name="Ada").click()
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_role("status").last).to_contain_text("Write these down")
    await expect(page.get_by_text("not used yet")).to_be_visible()
    await page.get_by_role("button", name="Sign out", exact=True).first.click()
    await page.get_by_role("button", name="Use a passkey").click()
    await expect_inside(page)
    listed = await page.evaluate("fetch('/api/v1/auth/sessions').then((answer) => answer.json())")
    assert [device["method"] for device in listed["items"] if device["current"]] == ["passkey"]
    # After the password it is the second step.
    await page.get_by_role("button", name="Sign out").click()
    await by_password(page, ada.email)
    await expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    await page.get_by_role("button", name="Use a passkey").click()
    await expect_inside(page)


async def test_a_code_of_an_app_is_the_second_step(page: Page, api: CloudApi, ada: Someone, clock: ManualClock) -> None:
    """[security 59]"""
    await page.goto(f"{site(api)}/#/account")
    await by_password(page, ada.email)
    await page.get_by_role("button", name="Add an app").click()
    app = pyotp.TOTP(await page.locator("main pre").inner_text())
    await page.get_by_label("Code that the app shows").fill(app.at(clock.now()))
    await page.get_by_role("button", name="Turn it on").click()
    recovery = page.locator(".note pre")
    await expect(recovery).to_be_visible()
    assert len((await recovery.inner_text()).split()) == 10
    await page.get_by_role("button", name="Sign out", exact=True).first.click()
    await by_password(page, ada.email)
    code = page.get_by_label("Code of your app")
    await code.fill("000000")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert").first).to_contain_text("wrong")
    clock.advance(timedelta(seconds=30))
    await code.fill(app.at(clock.now()))
    await page.get_by_role("button", name="Continue").click()
    await expect_inside(page)


async def test_a_device_is_signed_out_from_another_after_a_fresh_proof(
    page: Page, browser: Browser, api: CloudApi, ada: Someone, clock: ManualClock
) -> None:
    """[security 34]"""
    other = await browser.new_page()
    for tab in (page, other):
        await tab.goto(site(api))
        await by_password(tab, ada.email)
        await expect_inside(tab)
    clock.advance(timedelta(minutes=11))  # both the access token and the proof are over; the log-in is not
    await page.get_by_role("link", name="Ada").click()
    await expect(page.get_by_text("this device")).to_be_visible()
    await page.get_by_role("button", name="Sign out all others").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Password").fill("wrong password")
    await dialog.get_by_role("button", name="Confirm").click()
    await expect(dialog.get_by_role("alert").first).to_contain_text("wrong")
    await dialog.get_by_label("Password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("button", name="Sign out all others")).to_have_count(0)
    await other.reload()
    await expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("this device")).to_be_visible()


async def test_a_forgotten_password_is_set_anew_by_mail(
    page: Page, api: CloudApi, ada: Someone, postbox: Postbox
) -> None:
    await page.goto(site(api))
    await page.get_by_role("button", name="Forgot your password?").click()
    await page.get_by_label("E-mail").fill(ada.email)
    await page.get_by_role("button", name="Send a mail").click()
    text = await postbox.mail(ada.email, "Set a new password")
    link = next(word for word in text.split() if word.startswith(f"{site(api)}/#reset="))
    await page.goto("about:blank")
    await page.goto(link)
    await page.get_by_label("New password").fill(NEW_PASSWORD)
    await page.get_by_role("button", name="Set it").click()
    await by_password(page, ada.email, NEW_PASSWORD)
    await expect_inside(page)


async def test_who_is_invited_makes_an_account_and_joins(
    page: Page, api: CloudApi, ada: Someone, postbox: Postbox
) -> None:
    workspace = (await ada.http.get("/workspaces")).json()["items"][0]["id"]
    wish = {"email": "eve@example.com", "role": "member"}
    answer = await ada.http.post(f"/workspaces/{workspace}/invites", json=wish)
    assert answer.status_code == 201, answer.text
    text = await postbox.mail("eve@example.com", "Acme")
    link = next(word for word in text.split() if "/#invite=" in word)
    await page.goto(link.replace("127.0.0.1", "localhost"))
    await page.get_by_role("button", name="Make an account").click()
    await expect(page.get_by_label("E-mail")).to_have_value("eve@example.com")
    await page.get_by_label("Name").fill("Eve")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Make it").click()
    await expect(page.get_by_role("heading", name="Acme")).to_be_visible()
    await page.get_by_role("button", name="Accept").click()
    await expect_inside(page)


async def test_a_provider_signs_in(
    page: Page, sqlite_url: str, tmp_path: Path, free_port: int, request: pytest.FixtureRequest
) -> None:
    """[security 61]"""
    assert request.config.cache is not None
    cache = Path(request.config.cache.mkdir("outlast-openid"))
    private, public = make_keys()
    now = datetime.now(UTC)
    licence = License(
        id="lic-1", org="Ministry of Tea", plan="business", seats=50, features=("sso",),
        not_before=now - timedelta(days=1), expires_at=now + timedelta(days=1),
    )  # fmt: skip
    back = f"http://localhost:{free_port}/oidc/corp"
    with openid_provider(cache, [back]) as provider:
        file = tmp_path / "providers.toml"
        file.write_text(
            f'[corp]\ntitle = "Corp"\nissuer = "{provider.issuer}"\n'
            f'client_id = "{CLIENT_ID}"\nclient_secret = "{CLIENT_SECRET}"\n'
        )
        async with serving_cloud(
            sqlite_url, tmp_path, port=free_port, providers_file=file, license=issue(licence, private),
            license_public_key=public,
        ) as api:  # fmt: skip
            await page.goto(site(api))
            await page.get_by_role("button", name="Sign in with Corp").click()
            await page.get_by_placeholder("Enter any login").fill("grace")
            await page.get_by_placeholder("and password").fill("any")
            await page.get_by_role("button", name="Sign-in").click()
            await page.get_by_role("button", name="Continue").click()
            await expect(page.locator("#who")).to_contain_text("grace")
            assert page.url == f"{site(api)}/#/"
            await page.reload()
            await expect(page.get_by_role("alert")).to_contain_text("no workspace yet")
