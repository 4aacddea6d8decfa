"""The people of a workspace in the web client: from the invite to the answer in a shared session, and what roles do."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from outlast.ee.cloud import auth
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.kit.clock import ManualClock
from tests.api.cloud import PASSWORD, CloudApi, Someone, serving_cloud
from tests.e2e.signing_in import by_password, expect_inside, mailed_link, open_link, site
from tests.smtp_server import Postbox


@pytest.fixture
async def ada(api: CloudApi) -> Someone:
    return await api.someone("ada")


@pytest.fixture
async def workspace(api: CloudApi, ada: Someone) -> str:
    return await api.workspace(ada)


async def member(api: CloudApi, workspace: str, name: str, *, role: Role = Role.MEMBER) -> Someone:
    """Somebody who belongs to the workspace."""
    someone = await api.someone(name)
    await api.join(workspace, someone, role)
    return someone


async def open_as(page: Page, api: CloudApi, someone: Someone, *, path: str) -> None:
    """Sign somebody in where a screen wants it, and see the screen."""
    await page.goto(f"{site(api)}/w/acme{path}")
    await by_password(page, someone.email)
    await expect(page).to_have_url(f"{site(api)}/w/acme{path}")


def row(page: Page, text: str) -> Locator:
    """What the list says of somebody."""
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=text)


async def invite(page: Page, *emails: str) -> None:
    """Fill in the addresses, and send."""
    await page.get_by_role("button", name="Invite people").click()
    dialog = page.get_by_role("dialog", name="Invite people")
    for email in emails:
        await dialog.get_by_role("combobox", name="E-mail addresses").fill(email)
        await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name=re.compile("^Send")).click()


async def choose_role(page: Page, of: str, role: str) -> None:
    """Give a member another role."""
    await page.get_by_role("combobox", name=f"Role of {of}").click()
    await page.get_by_role("option", name=re.compile(f"^{role}")).click()


async def test_who_is_invited_joins_and_answers_what_is_shared_with_them(
    page: Page, second: Page, api: CloudApi, ada: Someone, workspace: str, postbox: Postbox
) -> None:
    await open_as(page, api, ada, path="/people")
    await invite(page, "eve@example.com")
    await expect(page.get_by_text("1 invite is on its way")).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    link = await mailed_link(postbox, "eve@example.com", "Acme", what="invite", api=api)
    await open_link(second, link)
    await second.get_by_role("button", name="Make an account").click()
    await second.get_by_label("Name").fill("Eve")
    await second.get_by_label("Password", exact=True).fill(PASSWORD)
    await second.get_by_role("button", name="Make the account").click()
    await second.get_by_role("button", name="Accept").click()
    await expect_inside(second)
    await expect(row(page, "eve@example.com")).to_contain_text("Eve")  # without being asked anew

    begun = await ada.http.post(f"/workspaces/{workspace}/sessions", json={"app": "greet", "args": {"name": "Eve"}})
    path = f"{site(api)}/w/acme/sessions/{begun.json()['id']}"
    await page.goto(path)
    await page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this session")
    await dialog.get_by_label("Person").click()
    await page.get_by_role("option", name=re.compile("Eve")).click()
    await dialog.get_by_role("button", name="Share", exact=True).click()
    await expect(dialog.get_by_role("listitem")).to_contain_text("Eve")
    await page.keyboard.press("Escape")

    await second.goto(path)
    await second.get_by_role("form", name="Which word?").get_by_role("textbox").fill("owl")
    await second.keyboard.press("Enter")
    document = page.get_by_role("region", name="Document")
    await expect(document.get_by_text("owl")).to_be_visible()
    await expect(document.get_by_role("img", name="Eve")).to_be_visible()


async def test_many_addresses_are_invited_at_once_and_refusals_say_why(
    page: Page, api: CloudApi, ada: Someone, workspace: str
) -> None:
    await member(api, workspace, "bob")
    await open_as(page, api, ada, path="/people")
    await invite(page, "Cy <cy@example.com>, bob@example.com")
    dialog = page.get_by_role("dialog", name="Invite people")
    await expect(dialog.get_by_role("alert")).to_contain_text("bob@example.com is a member of this workspace")
    await expect(dialog.get_by_text("1 invite is on its way")).to_be_visible()
    await dialog.get_by_role("button", name="Cancel").click()
    await page.get_by_role("tab", name="Invites").click()
    await expect(row(page, "cy@example.com")).to_contain_text("Open")
    await page.get_by_role("button", name="Revoke the invite to cy@example.com").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_text("No open invites")).to_be_visible()
    await page.get_by_text("All", exact=True).click()
    await expect(row(page, "cy@example.com")).to_contain_text("Revoked")


async def test_a_changed_role_takes_effect_in_the_other_browser(
    page: Page, second: Page, api: CloudApi, ada: Someone, workspace: str
) -> None:
    bob = await member(api, workspace, "bob")
    await open_as(second, api, bob, path="/settings")
    await expect(second.get_by_text("Only admins change the settings")).to_be_visible()
    await open_as(page, api, ada, path="/people")
    await choose_role(page, "Bob", "Admin")
    await expect(page.get_by_text("Bob is admin now.")).to_be_visible()
    await expect(second.get_by_role("heading", name="Name and address")).to_be_visible()
    await choose_role(page, "Bob", "Viewer")
    await expect(second.get_by_text("Only admins change the settings")).to_be_visible()


async def test_members_see_who_is_there_and_change_nobody(
    page: Page, api: CloudApi, ada: Someone, workspace: str
) -> None:
    bob = await member(api, workspace, "bob")
    await open_as(page, api, bob, path="/people")
    await expect(row(page, "ada@example.com")).to_contain_text("Owner")
    await expect(page.get_by_role("combobox", name=re.compile("Role of"))).to_have_count(0)
    await expect(page.get_by_role("button", name="Invite people")).to_have_count(0)
    await page.get_by_label("Search people").fill("own")
    await expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)


async def test_who_is_removed_is_out_at_once(
    page: Page, second: Page, api: CloudApi, ada: Someone, workspace: str
) -> None:
    bob = await member(api, workspace, "bob")
    await open_as(second, api, bob, path="/people")
    await expect(row(second, "ada@example.com")).to_be_visible()
    await open_as(page, api, ada, path="/people")
    await page.get_by_role("button", name="More about Bob").click()
    await page.get_by_role("menuitem", name="Remove from the workspace").click()
    await page.get_by_role("dialog", name="Remove Bob?").get_by_role("button", name="Remove").click()
    await expect(row(page, "bob@example.com")).to_have_count(0)
    await expect(second.get_by_role("heading", name="There is nothing here")).to_be_visible()


async def test_ownership_is_handed_over_after_a_fresh_proof_and_then_one_may_leave(
    page: Page, api: CloudApi, ada: Someone, workspace: str, clock: ManualClock
) -> None:
    await member(api, workspace, "bob")
    await open_as(page, api, ada, path="/people")
    more = page.get_by_role("button", name="More about Ada")
    await more.click()
    await page.get_by_role("menuitem", name="Leave workspace").click()
    await page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    await expect(page.get_by_text("You are the only owner")).to_be_visible()
    clock.advance(timedelta(minutes=11))
    await page.get_by_role("button", name="More about Bob").click()
    await page.get_by_role("menuitem", name="Make owner in my place").click()
    await page.get_by_role("dialog", name="Make Bob the owner?").get_by_role("button", name="Hand over").click()
    proof = page.get_by_role("dialog", name="Is it you?")
    await proof.get_by_label("Password", exact=True).fill(PASSWORD)
    await proof.get_by_role("button", name="Confirm").click()
    await expect(row(page, "bob@example.com")).to_contain_text("Owner")
    await more.click()
    await page.get_by_role("menuitem", name="Leave workspace").click()
    await page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    await expect(page).to_have_url(re.compile(r"/account$"))


async def test_a_full_server_says_that_no_seat_is_left(page: Page, api: CloudApi, ada: Someone, workspace: str) -> None:
    for name in ("bob", "cy", "dan", "eli"):
        await member(api, workspace, name)
    await open_as(page, api, ada, path="/people")
    await expect(page.get_by_text("5 of 5 seats taken")).to_be_visible()
    await page.get_by_role("link", name="See the licence").click()
    await expect(page.get_by_role("heading", name="Community plan")).to_be_visible()


async def test_without_a_mail_server_the_operator_copies_the_link(
    page: Page, second: Page, sqlite_url: str, tmp_path: Path
) -> None:
    async with serving_cloud(sqlite_url, tmp_path) as api:
        hashed = await auth.hash_password(api.cloud, PASSWORD)
        async with units.writing(api.cloud) as unit:
            person = await auth.create_person(
                unit, email="root@example.com", name="Root", password_hash=hashed, verified=True, operator=True
            )
        root = await api.sign_in(person.id, person.email)
        await api.workspace(root)
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await open_as(page, api, root, path="/people")
        await invite(page, "eve@example.com")
        await page.get_by_role("button", name="Copy link for eve@example.com").click()
        await expect(page.get_by_text("Copied")).to_be_visible()
        link = str(await page.evaluate("navigator.clipboard.readText()"))
        await open_link(second, link.replace(api.url, site(api)))
        await expect(second.get_by_text("to join Acme")).to_be_visible()
        await page.goto(f"{site(api)}/w/acme/settings/mails")
        await page.get_by_role("button", name="Invite to Acme").click()
        await expect(page.get_by_role("link", name=link)).to_be_visible()
