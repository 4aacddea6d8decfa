"""Sharing a session between two people, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from outlast.ee.cloud.caller import Role
from tests.api.cloud import PASSWORD, CloudApi, Someone, serving_cloud


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[CloudApi]:
    async with serving_cloud(sqlite_url, tmp_path) as api:
        yield api


@pytest.fixture
async def ada(api: CloudApi) -> Someone:
    return await api.someone("ada")


@pytest.fixture
async def workspace(api: CloudApi, ada: Someone) -> str:
    return await api.workspace(ada)


@pytest.fixture
async def bob(api: CloudApi, workspace: str) -> Someone:
    bob = await api.someone("bob")
    await api.join(workspace, bob, Role.MEMBER)
    return bob


async def enter(page: Page, api: CloudApi, someone: Someone) -> None:
    """Sign somebody in, in this tab."""
    await page.goto(f"{api.url}/sign-in")
    await page.get_by_label("E-mail").fill(someone.email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("link", name=re.compile("^Sessions")).first).to_be_visible()


async def started(ada: Someone, workspace: str) -> str:
    """A session of Ada's; its path."""
    wanted = {"app": "greet", "args": {"name": "Bob"}, "title": "Greeting"}
    answer = await ada.http.post(f"/workspaces/{workspace}/sessions", json=wanted)
    assert answer.status_code == 201, answer.text
    return f"/w/{workspace}/sessions/{answer.json()['id']}"


async def test_a_member_answers_what_is_shared_with_them(
    page: Page, second: Page, api: CloudApi, ada: Someone, bob: Someone, workspace: str
) -> None:
    path = await started(ada, workspace)
    await enter(page, api, ada)
    await enter(second, api, bob)
    await second.goto(api.url + path)
    await expect(second.get_by_text("This session is not here")).to_be_visible()
    await page.goto(api.url + path)
    await page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this session")
    await dialog.get_by_label("Person").click()
    await page.get_by_role("option", name=re.compile("Bob")).click()
    await dialog.get_by_role("radio", name="Answer").check(force=True)
    await dialog.get_by_role("button", name="Share", exact=True).click()
    await expect(dialog.get_by_role("listitem")).to_contain_text("Bob")
    await page.keyboard.press("Escape")
    await second.reload()
    await second.get_by_role("form", name="Which word?").get_by_role("textbox").fill("owl")
    await second.keyboard.press("Enter")
    await expect(page.get_by_text("owl")).to_be_visible()
    await expect(page.get_by_text(re.compile("Looking at this now: Bob"))).to_be_attached(timeout=20_000)
    await expect(second.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    await expect(second.get_by_role("button", name="Branch from here")).to_be_hidden()


async def test_a_share_taken_back_ends_what_the_other_sees(
    page: Page, second: Page, api: CloudApi, ada: Someone, bob: Someone, workspace: str
) -> None:
    path = await started(ada, workspace)
    await ada.http.post(f"{api_path(path)}/shares", json={"level": "view", "user_id": bob.id})
    await enter(page, api, ada)
    await enter(second, api, bob)
    await second.goto(api.url + path)
    await expect(second.get_by_text("Hello Bob")).to_be_visible()
    await page.goto(api.url + path)
    await page.get_by_role("button", name="Share").click()
    await page.get_by_role("button", name="Take it back from Bob").click()
    await expect(second.get_by_text("This session is not here")).to_be_visible(timeout=20_000)


async def test_a_link_lets_a_member_in(
    page: Page, second: Page, api: CloudApi, ada: Someone, bob: Someone, workspace: str
) -> None:
    path = await started(ada, workspace)
    await enter(page, api, ada)
    await enter(second, api, bob)
    await page.goto(api.url + path)
    await page.get_by_role("button", name="Share").click()
    await page.get_by_role("button", name="Make a link").click()
    shown = page.get_by_role("textbox", name="New link")
    await expect(shown).not_to_have_value("")
    link = await shown.input_value()
    await second.goto(link)
    await expect(second.get_by_text("Hello Bob")).to_be_visible()


async def test_an_admin_manages_what_they_may_not_read(
    second: Page, api: CloudApi, ada: Someone, workspace: str
) -> None:
    carol = await api.someone("carol")
    await api.join(workspace, carol, Role.ADMIN)
    path = await started(ada, workspace)
    await enter(second, api, carol)
    await second.goto(api.url + path)
    await expect(second.get_by_text("You can manage this session, but not read it")).to_be_visible()
    await expect(second.get_by_text("Hello Bob")).to_be_hidden()
    await second.get_by_role("button", name="Stop", exact=True).click()
    await second.get_by_role("dialog").get_by_role("button", name="Stop").click()
    await expect(second.get_by_role("main").get_by_text("Stopped", exact=True)).to_be_visible(timeout=20_000)


def api_path(path: str) -> str:
    """A screen's path as the API's."""
    return path.replace("/w/", "/workspaces/")
