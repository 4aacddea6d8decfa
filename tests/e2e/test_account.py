"""One's own account in the web client: devices, tokens, how one signs in, and the proof that changes ask for."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pyotp
import pytest
from playwright.async_api import Page, expect

from outlast.kit.clock import ManualClock
from tests.api.cloud import PASSWORD, CloudApi, Someone
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
from tests.smtp_server import Postbox

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
async def ada(api: CloudApi) -> Someone:
    ada = await api.someone()
    await api.workspace(ada)
    return ada


async def go(page: Page, api: CloudApi, someone: Someone, *, path: str) -> None:
    """Sign in on the way to a screen."""
    await page.goto(site(api) + path)
    await by_password(page, someone.email, PASSWORD)
    await expect_inside(page, path)


async def test_a_device_is_signed_out_from_another_after_a_fresh_proof(
    page: Page, second: Page, api: CloudApi, ada: Someone, clock: ManualClock
) -> None:
    """[security 34]"""
    await go(second, api, ada, path="/w/acme")
    await go(page, api, ada, path="/account/devices")
    await expect(page.get_by_text("This device")).to_have_count(1)
    clock.advance(timedelta(minutes=11))  # both the access token and the proof are over; the log-in is not
    await page.get_by_role("button", name="Sign out all others").click()
    await page.get_by_role("dialog").get_by_role("button", name="Sign out all others").click()
    proof = page.get_by_role("dialog", name="Is it you?")
    await proof.get_by_label("Password", exact=True).fill("wrong password")
    await proof.get_by_role("button", name="Confirm").click()
    await expect(proof.get_by_role("alert").first).to_contain_text("wrong")
    await proof.get_by_label("Password", exact=True).fill(PASSWORD)
    await proof.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("button", name="Sign out all others")).to_have_count(0)
    await expect_outside(second)  # by itself, and after signing in one is where one was
    await by_password(second, ada.email)
    await expect_inside(second)
    await page.reload()
    await expect(page.get_by_text("This device")).to_have_count(1)
    await page.get_by_role("button", name=re.compile("Sign out .*Chrome")).first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    await expect_outside(second)


async def test_a_proof_that_is_not_given_changes_nothing(
    page: Page, api: CloudApi, ada: Someone, clock: ManualClock
) -> None:
    await go(page, api, ada, path="/account/security")
    clock.advance(timedelta(minutes=11))
    await page.get_by_role("button", name="Add an app").click()
    proof = page.get_by_role("dialog", name="Is it you?")
    await proof.get_by_role("button", name="Cancel").click()
    await expect(proof).to_be_hidden()
    await expect(page.get_by_role("alert").first).to_be_visible()
    await expect(page.get_by_role("button", name="Add an app")).to_be_enabled()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_token_is_made_shown_once_and_revoked(page: Page, api: CloudApi, ada: Someone) -> None:
    await go(page, api, ada, path="/account/tokens")
    await expect(page.get_by_text("No tokens yet")).to_be_visible()
    await page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog", name="New token")
    await dialog.get_by_role("button", name="Make the token").click()
    await expect(dialog.get_by_text("Give it a name.")).to_be_visible()
    await dialog.get_by_role("textbox", name="Name").fill("Nightly import")
    await dialog.get_by_role("button", name="Everything", exact=True).click()
    await dialog.get_by_role("button", name="Make the token").click()
    made = page.get_by_role("dialog", name="Your new token")
    secret = await made.get_by_label("Token", exact=True).input_value()
    await made.get_by_role("button", name="Done").click()
    await expect(page.get_by_text("Nightly import")).to_be_visible()
    await expect(page.get_by_text(secret)).to_have_count(0)
    script = api.client(authorization=f"Bearer {secret}")
    assert (await script.get("/auth/me")).json()["email"] == ada.email
    listed = (await ada.http.get("/auth/tokens")).json()["items"]
    assert sorted(listed[0]["scopes"]) == await api.scopes()  # the dialog offers all that there are
    await page.get_by_role("button", name="Revoke Nightly import").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_text("No tokens yet")).to_be_visible()
    assert (await script.get("/auth/me")).status_code == 401


async def test_a_second_factor_is_turned_on_renewed_and_off(
    page: Page, api: CloudApi, ada: Someone, clock: ManualClock
) -> None:
    await go(page, api, ada, path="/account/security")
    await page.get_by_role("button", name="Add an app").click()
    dialog = page.get_by_role("dialog", name="Add an authenticator app")
    app = pyotp.TOTP(await dialog.get_by_label("Key", exact=True).inner_text())
    await dialog.get_by_label("Code that the app shows").fill("000000")
    await dialog.get_by_role("button", name="Turn it on").click()
    await expect(dialog.get_by_role("alert").first).to_be_visible()
    await dialog.get_by_label("Code that the app shows").fill(app.at(clock.now()))
    await dialog.get_by_role("button", name="Turn it on").click()
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    await expect(codes).to_have_count(10)
    first = await codes.all_inner_texts()
    await page.get_by_role("button", name="I have kept them").click()
    await expect(page.get_by_text("10 are left")).to_be_visible()
    await page.get_by_role("button", name="Make new codes").click()
    await page.get_by_role("dialog").get_by_role("button", name="Make new codes").click()
    await expect(codes).to_have_count(10)
    assert set(first).isdisjoint(await codes.all_inner_texts())
    await page.get_by_role("button", name="I have kept them").click()
    clock.advance(timedelta(minutes=11))
    await page.get_by_role("button", name="Remove the app").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove the app").click()
    proof = page.get_by_role("dialog", name="Is it you?")
    await proof.get_by_role("button", name="Use a code").click()
    await proof.get_by_label("Code of your app, or a recovery code").fill(app.at(clock.now()))
    await proof.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("button", name="Add an app")).to_be_visible()
    await expect(page.get_by_text("10 are left")).to_have_count(0)


async def test_a_passkey_is_renamed_proves_and_is_removed(
    page: Page, api: CloudApi, ada: Someone, clock: ManualClock
) -> None:
    await with_authenticator(page)
    await go(page, api, ada, path="/account/security")
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_role("dialog").get_by_role("button", name="Add").click()
    await page.get_by_role("button", name="I have kept them").click()
    await page.get_by_role("button", name="Rename Passkey").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("Key ring")
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Key ring")).to_be_visible()
    clock.advance(timedelta(minutes=11))
    await page.get_by_role("button", name="Remove Key ring").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await page.get_by_role("dialog", name="Is it you?").get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_text("You have none yet.").first).to_be_visible()


async def test_the_password_is_changed_and_the_other_devices_may_stay(
    page: Page, second: Page, api: CloudApi, ada: Someone
) -> None:
    await go(second, api, ada, path="/account")
    await go(page, api, ada, path="/account/security")
    await page.get_by_role("button", name="Change the password").click()
    await page.get_by_label("Present password").fill(PASSWORD)
    await page.get_by_label("New password").fill("outlast")
    await page.get_by_label("Sign out all my other devices").uncheck()
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_text("Must have 8 to 256 characters.")).to_be_visible()
    await page.get_by_label("New password").fill(NEW_PASSWORD)
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_text("Your password is changed.")).to_be_visible()
    await second.reload()
    await expect(second.get_by_role("heading", level=1, name="Account")).to_be_visible()
    await sign_out(page, site(api))
    await by_password(page, ada.email, NEW_PASSWORD)
    await expect_inside(page)


async def test_the_address_is_changed_by_a_mail_to_the_new_one(
    page: Page, api: CloudApi, ada: Someone, postbox: Postbox
) -> None:
    await go(page, api, ada, path="/account")
    await page.get_by_role("button", name="Change the address").click()
    await page.get_by_label("New e-mail address").fill("lovelace@example.com")
    await page.get_by_role("button", name="Send a mail to it").click()
    await expect(page.get_by_role("status").first).to_contain_text("lovelace@example.com")
    new = "lovelace@example.com"
    link = await mailed_link(postbox, new, "Confirm your new e-mail address", what="change", api=api)
    await open_link(page, link)
    await expect(page.get_by_role("status").first).to_contain_text("Your address is changed")
    await by_password(page, new)
    await expect_inside(page)
    await page.goto(f"{site(api)}/account")
    await expect(page.get_by_text(new).first).to_be_visible()


async def test_name_status_and_picture_are_ones_own_to_choose(page: Page, api: CloudApi, ada: Someone) -> None:
    await go(page, api, ada, path="/account")
    await page.get_by_label("Name").fill("Ada Lovelace")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Account of Ada Lovelace").first).to_be_visible()
    await page.get_by_role("textbox", name="Status").or_(page.get_by_role("combobox", name="Status")).click()
    async with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        await page.get_by_role("option", name="Do not disturb").click()
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Choose a picture").click()
    await (await choosing.value).set_files({"name": "me.png", "mimeType": "image/png", "buffer": PICTURE})
    await page.get_by_role("button", name="Use this picture").click()
    await expect(page.get_by_role("button", name="Remove")).to_be_visible()
    me = (await ada.http.get("/auth/me")).json()
    assert (me["name"], me["status"], me["avatar_url"] is not None) == ("Ada Lovelace", "dnd", True)
    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_role("button", name="Remove")).to_have_count(0)


async def test_who_is_in_no_workspace_accepts_an_invite_here(page: Page, api: CloudApi, ada: Someone) -> None:
    workspace = (await ada.http.get("/workspaces")).json()["items"][0]["id"]
    bob = await api.someone("bob")
    answer = await ada.http.post(f"/workspaces/{workspace}/invites", json={"email": bob.email, "role": "member"})
    assert answer.status_code == 201, answer.text
    await page.goto(site(api))
    await by_password(page, bob.email)
    await expect(page.get_by_role("heading", name="You are in no workspace yet")).to_be_visible()
    await page.get_by_role("button", name="Accept the invite to Acme").click()
    await expect_inside(page, "/w/acme/?")
