"""Signing in to the web client, by every way there is, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, expect

from outlast.ee.cloud import auth
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.license.documents import License, issue, make_keys
from outlast.kit.clock import ManualClock
from tests.api.cloud import CloudApi, Someone, serving_cloud
from tests.e2e.signing_in import (
    NEW_PASSWORD,
    by_password,
    expect_inside,
    expect_outside,
    mailed_link,
    open_link,
    sign_out,
    site,
    with_authenticator,
)
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, openid_provider
from tests.smtp_server import Postbox


@pytest.fixture
async def ada(api: CloudApi) -> Someone:
    ada = await api.someone()
    await api.workspace(ada)
    return ada


async def one_time_link(api: CloudApi, someone: Someone) -> str:
    async with units.writing(api.cloud) as unit:
        code = await auth.issue_link(unit, someone.id, expires_in=timedelta(hours=1))
    return f"{site(api)}/#code={code}"


async def test_a_password_signs_in_and_out(page: Page, api: CloudApi, ada: Someone) -> None:
    await page.goto(site(api))
    await by_password(page, ada.email, "wrong password")
    await expect(page.get_by_role("alert").first).to_contain_text("wrong")
    await by_password(page, ada.email)
    await expect_inside(page)
    assert await page.evaluate("document.cookie") == ""  # no script reads them
    await page.reload()
    await expect_inside(page)
    await sign_out(page, site(api))
    assert [cookie["name"] for cookie in await page.context.cookies() if "device" not in cookie["name"]] == []


async def test_signing_in_leads_on_to_what_was_asked_for(page: Page, api: CloudApi, ada: Someone) -> None:
    await page.goto(f"{site(api)}/w/acme/sessions?text=tea")
    await by_password(page, ada.email)
    await expect(page).to_have_url(f"{site(api)}/w/acme/sessions?text=tea")


async def test_no_link_leads_to_another_site_after_signing_in(page: Page, api: CloudApi, ada: Someone) -> None:
    await page.goto(f"{site(api)}/sign-in?next=//evil.example/")
    await by_password(page, ada.email)
    await expect_inside(page)
    assert page.url.startswith(site(api))


async def test_a_link_signs_in_once_and_its_code_leaves_the_address(page: Page, api: CloudApi, ada: Someone) -> None:
    link = await one_time_link(api, ada)
    await page.goto(link)
    await expect_inside(page)
    code = link.partition("=")[2]
    assert code not in page.url
    assert code not in await page.evaluate("JSON.stringify([history.state, {...sessionStorage}, {...localStorage}])")
    await open_link(page, link)  # to who is in already, that it was used before is no news
    await expect_inside(page)
    await sign_out(page, site(api))
    await open_link(page, link)
    await expect(page.get_by_role("status").first).to_contain_text("used before")
    await by_password(page, ada.email)
    await expect_inside(page)


async def test_who_came_by_their_first_link_may_choose_a_password(page: Page, api: CloudApi) -> None:
    async with units.writing(api.cloud) as unit:
        person = await auth.create_person(unit, email="new@example.com", name="New", verified=True)
    newcomer = Someone(person.id, person.email, api.client())
    await api.workspace(newcomer)
    await page.goto(await one_time_link(api, newcomer))
    await expect_inside(page)
    await page.get_by_role("button", name="Choose one now").click()
    dialog = page.get_by_role("dialog", name="Welcome to Outlast")
    await dialog.get_by_label("Your name").fill("Nele")
    await dialog.get_by_label("Password").fill("password1234")
    await dialog.get_by_role("button", name="Set a password").click()
    await expect(dialog.get_by_text("most used of all")).to_be_visible()
    await dialog.get_by_label("Password").fill(NEW_PASSWORD)
    await dialog.get_by_role("button", name="Set a password").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("button", name="Choose one now")).to_have_count(0)
    await sign_out(page, site(api))
    await by_password(page, person.email, NEW_PASSWORD)
    await expect_inside(page)


async def add_passkey(page: Page, api: CloudApi, someone: Someone) -> None:
    """Sign in, and have the tab's device make a passkey."""
    await page.goto(f"{site(api)}/account/security")
    await by_password(page, someone.email)
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("Laptop")
    await page.get_by_role("dialog").get_by_role("button", name="Add").click()
    await expect(page.get_by_role("dialog", name="Keep these codes")).to_be_visible()
    await page.get_by_role("button", name="I have kept them").click()
    await expect(page.get_by_text("Not used yet")).to_be_visible()


async def method(page: Page) -> str:
    """How one signed in."""
    listed = json.loads(await page.evaluate("fetch('/api/v1/auth/sessions').then((answer) => answer.text())"))
    return next(str(device["method"]) for device in listed["items"] if device["current"])


async def test_a_passkey_of_the_browser_signs_in_alone(page: Page, api: CloudApi, ada: Someone) -> None:
    """[security 59]"""
    device = await with_authenticator(page)
    await add_passkey(page, api, ada)
    await device.hold(held=False)
    await sign_out(page, site(api))
    await device.hold(held=True)
    await page.get_by_role("button", name="Use a passkey").click()
    await expect_inside(page)
    assert await method(page) == "passkey"
    # After the password it is the second step.
    await device.hold(held=False)
    await sign_out(page, site(api))
    await by_password(page, ada.email)
    await expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    await device.hold(held=True)
    await page.get_by_role("button", name="Use a passkey").click()
    await expect_inside(page)


async def test_a_passkey_is_offered_where_the_address_is_filled_in(page: Page, api: CloudApi, ada: Someone) -> None:
    """[security 59]"""
    await with_authenticator(page)
    await add_passkey(page, api, ada)
    await page.goto(f"{site(api)}/account")
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await expect_inside(page)  # nothing is pressed: the device chooses what the browser offers
    assert await method(page) == "passkey"


async def test_a_code_of_an_app_is_the_second_step(page: Page, api: CloudApi, ada: Someone, clock: ManualClock) -> None:
    """[security 59]"""
    await page.goto(f"{site(api)}/account/security")
    await by_password(page, ada.email)
    await page.get_by_role("button", name="Add an app").click()
    dialog = page.get_by_role("dialog", name="Add an authenticator app")
    await expect(dialog.get_by_role("img", name="QR code of the key")).to_be_visible()
    app = pyotp.TOTP(await dialog.get_by_label("Key", exact=True).inner_text())
    await dialog.get_by_label("Code that the app shows").fill(app.at(clock.now()))
    await dialog.get_by_role("button", name="Turn it on").click()
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    await expect(codes).to_have_count(10)
    recovery = await codes.first.inner_text()
    await page.get_by_role("button", name="I have kept them").click()
    await sign_out(page, site(api))
    await by_password(page, ada.email)
    code = page.get_by_label("Code of your app, or a recovery code")
    await code.fill("000000")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert").first).to_contain_text("wrong")
    clock.advance(timedelta(seconds=30))
    await code.fill(app.at(clock.now()))
    await page.get_by_role("button", name="Continue").click()
    await expect_inside(page)
    await sign_out(page, site(api))
    await by_password(page, ada.email)
    await code.fill(recovery)
    await page.get_by_role("button", name="Continue").click()
    await expect_inside(page)


async def test_a_forgotten_password_is_set_anew_by_mail(
    page: Page, api: CloudApi, ada: Someone, postbox: Postbox
) -> None:
    await page.goto(site(api))
    await page.get_by_role("button", name="Forgot your password?").click()
    await page.get_by_label("E-mail").fill(ada.email)
    await page.get_by_role("button", name="Send a mail").click()
    await expect(page.get_by_role("heading", name="A mail is on its way")).to_be_visible()
    link = await mailed_link(postbox, ada.email, "Set a new password", what="reset", api=api)
    await open_link(page, link)
    new = page.get_by_label("New password")
    await new.fill("12345678")
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("Is one of the most used of all.")).to_be_visible()
    await new.fill(NEW_PASSWORD)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_role("status").first).to_contain_text("Your password is set")
    await by_password(page, ada.email, NEW_PASSWORD)
    await expect_inside(page)
    await open_link(page, link)
    await page.get_by_label("New password").fill(NEW_PASSWORD)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_role("alert").first).to_contain_text("not good any more")
    await expect(page.get_by_role("button", name="Ask for a new mail")).to_be_visible()


async def test_an_account_is_made_and_its_address_confirmed_by_mail(
    page: Page, api: CloudApi, postbox: Postbox
) -> None:
    await page.goto(site(api))
    await page.get_by_role("button", name="Make an account").click()
    await page.get_by_label("Name").fill("Eve")
    await page.get_by_label("E-mail").fill("eve@example.com")
    await page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    await page.get_by_role("button", name="Make the account").click()
    await expect(page.get_by_role("heading", name="A mail is on its way")).to_be_visible()
    link = await mailed_link(postbox, "eve@example.com", "Confirm your e-mail address", what="verify", api=api)
    await open_link(page, link)
    await expect(page.get_by_role("status").first).to_contain_text("your address is confirmed")
    await by_password(page, "eve@example.com", NEW_PASSWORD)
    await expect_inside(page, "/account")
    await expect(page.get_by_role("heading", name="You are in no workspace yet")).to_be_visible()
    await page.get_by_label("Name of the workspace").fill("Eve's place")
    await page.get_by_role("button", name="Make the workspace").click()
    await expect_inside(page)


async def test_who_is_invited_makes_an_account_and_joins(
    page: Page, api: CloudApi, ada: Someone, postbox: Postbox
) -> None:
    workspace = (await ada.http.get("/workspaces")).json()["items"][0]["id"]
    wish = {"email": "eve@example.com", "role": "member"}
    answer = await ada.http.post(f"/workspaces/{workspace}/invites", json=wish)
    assert answer.status_code == 201, answer.text
    link = await mailed_link(postbox, "eve@example.com", "Acme", what="invite", api=api)
    await page.goto(link)
    await page.get_by_role("button", name="Make an account").click()
    await expect(page.get_by_label("E-mail")).to_have_value("eve@example.com")
    await page.get_by_label("Name").fill("Eve")
    await page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    await page.get_by_role("button", name="Make the account").click()
    await expect(page.get_by_role("heading", name="Join Acme")).to_be_visible()
    await page.get_by_role("button", name="Accept").click()
    await expect_inside(page, "/w/acme/?")
    await open_link(page, link)
    await expect(page.get_by_role("alert").first).to_be_visible()
    await expect(page.get_by_text("Ask who invited you to send it again.")).to_be_visible()


async def test_a_shared_session_opens_after_signing_in(page: Page, api: CloudApi, ada: Someone) -> None:
    workspace = (await ada.http.get("/workspaces")).json()["items"][0]["id"]
    bob = await api.someone("bob")
    await api.join(workspace, bob, Role.MEMBER)
    started = await ada.http.post(
        f"/workspaces/{workspace}/sessions", json={"app": "talk:greet", "args": {"name": "B"}}
    )
    session = started.json()["id"]
    shared = await ada.http.post(f"/workspaces/{workspace}/sessions/{session}/shares", json={"level": "view"})
    assert shared.status_code == 201, shared.text
    await page.goto(site(api) + shared.json()["link"])
    await expect(page.get_by_text("Sign in to open what was shared with you.")).to_be_visible()
    await by_password(page, bob.email)
    await expect(page).to_have_url(re.compile(f"/sessions/{session}"))


@pytest.fixture
async def corp(
    sqlite_url: str, tmp_path: Path, free_port: int, clock: ManualClock, request: pytest.FixtureRequest
) -> AsyncIterator[CloudApi]:
    """A server whose people may come by a provider, too; a proof is fresh for a minute."""
    assert request.config.cache is not None
    cache = Path(request.config.cache.mkdir("outlast-openid"))
    private, public = make_keys()
    now = datetime.now(UTC)
    licence = License(
        id="lic-1", org="Ministry of Tea", plan="business", seats=50, features=("sso",),
        not_before=now - timedelta(days=1), expires_at=now + timedelta(days=1),
    )  # fmt: skip
    with openid_provider(cache, [f"http://localhost:{free_port}/oidc/corp"]) as provider:
        file = tmp_path / "providers.toml"
        file.write_text(
            f'[corp]\ntitle = "Corp"\nissuer = "{provider.issuer}"\n'
            f'client_id = "{CLIENT_ID}"\nclient_secret = "{CLIENT_SECRET}"\n'
        )
        async with serving_cloud(
            sqlite_url, tmp_path, port=free_port, providers_file=file, license=issue(licence, private),
            license_public_key=public, clock=clock, fresh_for=timedelta(minutes=1),
        ) as api:  # fmt: skip
            yield api


async def at_the_provider(page: Page, login: str = "grace", *, known: bool = False) -> None:
    """Sign in there; who is known there has agreed before that Corp tells who they are."""
    await page.get_by_placeholder("Enter any login").fill(login)
    await page.get_by_placeholder("and password").fill("any")
    await page.get_by_role("button", name="Sign-in").click()
    if not known:
        await page.get_by_role("button", name="Continue").click()


async def test_a_provider_signs_in(page: Page, corp: CloudApi) -> None:
    """[security 61]"""
    await page.goto(f"{site(corp)}/account/security")
    await page.get_by_role("button", name="Sign in with Corp").click()
    await at_the_provider(page)
    await expect_inside(page, "/account/security")  # where one was going, and nothing of the provider's
    await expect(page.get_by_text("Linked as")).to_be_visible()
    await page.goto(f"{site(corp)}/oidc/corp?error=access_denied&state=x")
    await expect(page.get_by_role("heading", name="That did not work")).to_be_visible()
    assert "state" not in page.url
    await page.get_by_role("button", name="Back to sign in").click()
    await expect_outside(page)


async def test_a_provider_is_linked_to_an_account_and_unlinked(page: Page, corp: CloudApi) -> None:
    ada = await corp.someone()
    await corp.workspace(ada)
    await page.goto(f"{site(corp)}/account/security")
    await by_password(page, ada.email)
    await page.get_by_role("button", name="Link Corp").click()
    await at_the_provider(page)
    await expect_inside(page, "/account/security")
    await expect(page.get_by_text("Your account is linked.")).to_be_visible()
    await sign_out(page, site(corp))
    await page.get_by_role("button", name="Sign in with Corp").click()  # where one is still signed in
    await expect_inside(page)
    await page.goto(f"{site(corp)}/account/security")
    await page.get_by_role("button", name="Unlink Corp").click()
    await page.get_by_role("dialog").get_by_role("button", name="Unlink Corp").click()
    await expect(page.get_by_role("button", name="Link Corp", exact=True)).to_be_visible()


async def _asked_for_a_proof(page: Page, corp: CloudApi, clock: ManualClock) -> None:
    """Sign in by a provider, and do later what takes a fresh proof."""
    await page.goto(f"{site(corp)}/account/security")
    await page.get_by_role("button", name="Sign in with Corp").click()
    await at_the_provider(page)
    await expect_inside(page, "/account/security")
    clock.advance(timedelta(seconds=61))
    await page.get_by_role("button", name="Add an app").click()


async def test_a_provider_proves_once_more_who_one_is(page: Page, corp: CloudApi, clock: ManualClock) -> None:
    await _asked_for_a_proof(page, corp, clock)
    proof = page.get_by_role("dialog", name="Is it you?")
    await expect(proof.get_by_role("button", name="Use Corp")).to_be_visible()
    await expect(proof.get_by_label("Password")).to_have_count(0)  # there is none
    await proof.get_by_role("button", name="Use Corp").click()
    await at_the_provider(page, known=True)
    await expect_inside(page, "/account/security")
    await expect(page.get_by_text("Now do again what you were about to do.")).to_be_visible()
    await page.get_by_role("button", name="Add an app").click()
    await expect(page.get_by_role("dialog", name="Add an authenticator app")).to_be_visible()


async def test_somebody_else_at_the_provider_proves_nothing(page: Page, corp: CloudApi, clock: ManualClock) -> None:
    await _asked_for_a_proof(page, corp, clock)
    await page.get_by_role("dialog", name="Is it you?").get_by_role("button", name="Use Corp").click()
    await at_the_provider(page, "somebody-else")
    await expect(page.get_by_role("heading", name="That did not work")).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text("Somebody else signed in")
    await page.get_by_role("button", name="Back to where you were").click()
    await expect_inside(page, "/account/security")
