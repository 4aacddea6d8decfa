"""The settings of a workspace in the web client: general ones, the licence, the audit trail, its end and its return."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from outlast.ee.cloud import events
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.events import Fact
from outlast.ee.cloud.events import service as events_service
from outlast.ee.cloud.events.relay import Relay
from outlast.ee.cloud.license.documents import License, issue, make_keys
from outlast.ee.cloud.license.standing import GRACE
from outlast.kit.clock import ManualClock
from tests.api.cloud import PASSWORD, CloudApi, Someone, serving_cloud
from tests.e2e.signing_in import by_password, site

PRIVATE, PUBLIC = make_keys()


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[CloudApi]:
    async with serving_cloud(sqlite_url, tmp_path, clock=clock, license_public_key=PUBLIC) as api:
        yield api


@pytest.fixture
async def ada(api: CloudApi) -> Someone:
    return await api.someone("ada")


@pytest.fixture
async def workspace(api: CloudApi, ada: Someone) -> str:
    return await api.workspace(ada)


def licence(clock: ManualClock, *, begun: timedelta = timedelta(days=1), key: str = PRIVATE) -> str:
    """The text of a licence with everything in it."""
    begins = clock.now() - begun
    return issue(
        License(
            id="lic-1", org="Ministry of Tea", plan="business", seats=40,
            features=("workspaces", "seats", "audit_export"), not_before=begins, expires_at=begins + timedelta(days=90),
        ),
        key,
    )  # fmt: skip


async def install(ada: Someone, workspace: str, text: str) -> None:
    """Put a licence into force."""
    address = f"/workspaces/{workspace}/license"
    etag = (await ada.http.get(address)).headers["etag"]
    answer = await ada.http.put(address, json={"text": text}, headers={"if-match": etag})
    assert answer.status_code == 200, answer.text


async def open_as(page: Page, api: CloudApi, someone: Someone, *, path: str = "") -> None:
    """Sign somebody in where a screen wants it, and see the screen."""
    await page.goto(f"{site(api)}/w/acme/settings{path}")
    await by_password(page, someone.email)
    await expect(page.get_by_role("heading", level=1, name="Workspace settings")).to_be_visible()


async def prove(page: Page) -> None:
    """Show once more who one is, by the password."""
    proof = page.get_by_role("dialog", name="Is it you?")
    await proof.get_by_label("Password", exact=True).fill(PASSWORD)
    await proof.get_by_role("button", name="Confirm").click()


async def test_settings_are_saved_and_the_address_moves_with_the_name(
    page: Page, api: CloudApi, ada: Someone, workspace: str
) -> None:
    await open_as(page, api, ada)
    await page.get_by_label("Name", exact=True).fill("Tea house")
    await page.get_by_label("Address").fill("Tea House")
    await (
        page.get_by_role("spinbutton", name="Remove sessions after")
        .or_(page.get_by_role("textbox", name="Remove sessions after"))
        .fill("30")
    )
    await page.get_by_role("textbox", name="Put waiting sessions to sleep after").fill("90")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Use small letters, digits and hyphens")).to_be_visible()
    await page.get_by_label("Address").fill("tea-house")
    await expect(page.get_by_text("Links to /w/acme stop working")).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Settings saved.")).to_be_visible()
    await expect(page).to_have_url(f"{site(api)}/w/tea-house/settings")
    await expect(page.get_by_text("Not saved yet")).to_have_count(0)
    saved = (await ada.http.get(f"/workspaces/{workspace}")).json()
    assert saved["settings"] == saved["settings"] | {"retention_days": 30, "hibernate_after_s": 5400}
    await page.reload()
    await expect(page.get_by_role("textbox", name="Put waiting sessions to sleep after")).to_have_value("90")


async def test_what_two_change_at_once_is_not_lost(
    page: Page, second: Page, api: CloudApi, ada: Someone, workspace: str
) -> None:
    bob = await api.someone("bob")
    await api.join(workspace, bob, Role.ADMIN)
    await open_as(page, api, ada)
    await open_as(second, api, bob)
    await page.get_by_label("Name", exact=True).fill("Tea house")
    await second.get_by_role("textbox", name="Sessions of one person at a time").fill("7")
    await second.get_by_role("button", name="Save").click()
    await expect(second.get_by_text("Settings saved.")).to_be_visible()
    await expect(page.get_by_text("Somebody changed this meanwhile")).to_be_visible()
    await page.get_by_role("button", name="Save mine").click()
    await expect(page.get_by_text("Settings saved.")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Sessions of one person at a time")).to_have_value("7")
    await expect(second.get_by_label("Name", exact=True)).to_have_value("Tea house")


async def test_nothing_that_was_typed_is_lost_by_leaving(
    page: Page, api: CloudApi, ada: Someone, workspace: str
) -> None:
    await open_as(page, api, ada)
    await page.get_by_label("Name", exact=True).fill("Tea house")
    await page.get_by_role("link", name="Audit trail").click()
    await page.get_by_role("dialog", name="Leave without saving?").get_by_role("button", name="Stay").click()
    await expect(page.get_by_label("Name", exact=True)).to_have_value("Tea house")
    await page.get_by_role("button", name="Discard").click()
    await page.get_by_role("link", name="Audit trail").click()
    await expect(page.get_by_role("heading", name="Audit trail")).to_be_visible()


async def test_the_audit_trail_is_filtered_in_its_address_and_exported(
    page: Page, api: CloudApi, ada: Someone, workspace: str, clock: ManualClock
) -> None:
    bob = await api.someone("bob")
    await api.join(workspace, bob, Role.VIEWER)
    await install(ada, workspace, licence(clock))
    change = {"settings": {"retention_days": 9}}
    await ada.http.patch(f"/workspaces/{workspace}", json=change, headers={"if-match": "*"})
    await bob.http.patch(f"/workspaces/{workspace}", json=change, headers={"if-match": "*"})
    await open_as(page, api, ada, path="/audit")
    refused = page.get_by_role("row").filter(has_text="bob@example.com").filter(has_text="Refused")
    await expect(refused).to_contain_text("role.too_low")
    await page.get_by_role("combobox", name="Who").click()
    await page.get_by_role("option", name="Ada").click()
    await expect(refused).to_have_count(0)
    await expect(page.get_by_role("row").filter(has_text="Changed the settings")).to_be_visible()
    await expect(page).to_have_url(re.compile(f"actor={ada.id}"))
    await page.get_by_role("button", name="Details: Installed a licence").click()
    entry = page.get_by_role("dialog", name="Installed a licence")
    await expect(entry.get_by_text("license.install", exact=True)).to_be_visible()
    await entry.get_by_role("button", name="Only this kind").click()
    await expect(page.get_by_role("row")).to_have_count(2)
    await page.reload()
    await expect(page.get_by_role("row")).to_have_count(2)
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Export").click()
        await page.get_by_role("menuitem", name="CSV").click()
    lines = (await (await download.value).path()).read_text().splitlines()
    assert len(lines) == 2
    assert ",license.install,ok," in lines[1]


async def test_a_licence_is_installed_and_refused_in_words(
    page: Page, api: CloudApi, ada: Someone, workspace: str, clock: ManualClock
) -> None:
    stranger, _ = make_keys()
    await open_as(page, api, ada, path="/license")
    await expect(page.get_by_text("1 of 5 seats")).to_be_visible()
    text, button = page.get_by_label("Licence text"), page.get_by_role("button", name="Install")
    for wrong, told in (
        ("hello", "not the text of a licence"),
        (licence(clock, key=stranger), "signature does not fit"),
        (licence(clock, begun=timedelta(days=91)), "is over"),
    ):
        await text.fill(wrong)
        await button.click()
        await expect(page.get_by_text(re.compile(told))).to_be_visible()
    await text.fill(licence(clock))
    await button.click()
    await expect(page.get_by_role("heading", name="Business plan")).to_be_visible()
    await expect(page.get_by_text("Ministry of Tea")).to_be_visible()
    await expect(page.get_by_text("1 of 40 seats")).to_be_visible()


async def test_a_lapsed_licence_is_told_on_every_screen_until_a_newer_one_comes(
    page: Page, second: Page, api: CloudApi, ada: Someone, workspace: str, clock: ManualClock
) -> None:
    bob = await api.someone("bob")
    await api.join(workspace, bob, Role.MEMBER)
    await install(ada, workspace, licence(clock))
    clock.advance(timedelta(days=89) + GRACE - timedelta(minutes=30))
    await open_as(page, api, ada)
    banner = page.get_by_role("banner").get_by_role("status").filter(has_text="The licence has run out")
    await expect(banner).to_contain_text("All still works, for a while.")
    await expect(banner).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    clock.advance(timedelta(minutes=30))
    await page.get_by_label("Name", exact=True).fill("Tea house")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert").filter(has_text="licence")).to_be_visible()
    await expect(banner).to_contain_text("You can read, but change nothing.")
    await second.goto(f"{site(api)}/w/acme")
    await by_password(second, bob.email)
    await expect(second.get_by_text("An owner can renew it.")).to_be_visible()
    await page.get_by_role("button", name="Discard").click()
    await banner.get_by_role("link", name="See the licence").click()
    await expect(page.get_by_role("alert").filter(has_text="read-only")).to_be_visible()
    await page.get_by_label("Licence text").fill(licence(clock))
    await page.get_by_role("button", name="Install").click()
    await prove(page)
    await expect(page.get_by_role("heading", name="Business plan")).to_be_visible()
    await expect(banner).to_have_count(0)


async def test_admins_see_the_licence_and_install_none(page: Page, api: CloudApi, workspace: str) -> None:
    bob = await api.someone("bob")
    await api.join(workspace, bob, Role.ADMIN)
    await open_as(page, api, bob, path="/license")
    await expect(page.get_by_text("Only an owner installs a licence.")).to_be_visible()
    await page.get_by_role("link", name="General").click()
    await expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
    await expect(page.get_by_role("heading", name="Danger zone")).to_have_count(0)


async def fail_for_good(api: CloudApi, workspace: str, clock: ManualClock, *, many: int) -> None:
    """Let the time go by after which nothing is tried again by itself."""
    dead = 0
    async with asyncio.timeout(20):
        while dead < many:
            clock.advance(timedelta(minutes=5))
            api.cloud.part(Relay).wake()
            async with units.looking(api.cloud, workspace_id=workspace) as unit:
                dead = len((await events_service.dead_letters(unit, cursor=None, limit=many)).items)


async def test_what_failed_for_good_is_tried_again_or_given_up(
    page: Page, api: CloudApi, ada: Someone, workspace: str, clock: ManualClock
) -> None:
    broken, done = True, asyncio.Event()

    async def handle(_cloud: Cloud, _fact: Fact) -> None:
        if broken:
            raise ConnectionError("the printer does not answer")
        done.set()

    for kind in ("order.made", "order.paid"):
        events.on(api.cloud, kind, handle)
        async with units.writing(api.cloud, workspace_id=workspace) as unit:
            await events.emit(unit, kind, {"order": 7}, audience="nobody")
    await fail_for_good(api, workspace, clock, many=2)
    await open_as(page, api, ada, path="/deliveries")
    failed = page.get_by_role("list", name="Failed deliveries").get_by_role("listitem")
    await expect(failed).to_have_count(2)
    await expect(failed.first).to_contain_text("the printer does not answer")
    broken = False
    await page.get_by_role("button", name="Try again: order.made").click()
    await expect(page.get_by_text("It is tried again now.")).to_be_visible()
    await expect(failed).to_have_count(1)
    async with asyncio.timeout(10):
        await done.wait()
    await page.get_by_role("button", name="Give up: order.paid").click()
    await page.get_by_role("dialog", name="Give this up?").get_by_role("button", name="Give up").click()
    await expect(page.get_by_text("Nothing has failed")).to_be_visible()
    assert (await (await api.sign_in(ada.id, ada.email)).http.get(f"/workspaces/{workspace}/dead-letters")).json()[
        "items"
    ] == []


async def test_a_deleted_workspace_comes_back(
    page: Page, api: CloudApi, ada: Someone, workspace: str, clock: ManualClock
) -> None:
    await install(ada, workspace, licence(clock))
    await api.workspace(ada, name="Other")
    await open_as(page, api, ada)
    clock.advance(timedelta(minutes=11))
    await page.get_by_role("button", name="Delete workspace").click()
    dialog = page.get_by_role("dialog", name="Delete Acme?")
    delete = dialog.get_by_role("button", name="Delete workspace")
    await expect(delete).to_be_disabled()
    await dialog.get_by_label("Type “Acme” to confirm").fill("Acme")
    await delete.click()
    await prove(page)
    await expect(page).to_have_url(f"{site(api)}/w/other")
    await page.goto(f"{site(api)}/w/other/settings")
    await page.get_by_role("button", name="Restore Acme").click()
    await expect(page).to_have_url(f"{site(api)}/w/acme")
    await expect(page.get_by_text("Acme is back.")).to_be_visible()
