"""Members over HTTP: roles that reach as far as the giver's, an end at once, and always an owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from outlast.ee.cloud.caller import Role
from outlast.kit.ids import new_id
from tests.api.cloud import CloudApi, Someone, problem, serving_cloud

SECOND = 1.0


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[CloudApi]:
    """A server over each kind of database."""
    async with serving_cloud(database_url, tmp_path) as serving:
        yield serving


async def _set_role(by: Someone, workspace_id: str, whom: Someone, *, to: str) -> httpx.Response:
    path = f"/workspaces/{workspace_id}/members/{whom.id}"
    etag = (await by.http.get(path)).headers.get("etag", "")
    return await by.http.patch(path, json={"role": to}, headers={"if-match": etag})


async def _remove(by: Someone, workspace_id: str, whom: Someone) -> httpx.Response:
    return await by.http.delete(f"/workspaces/{workspace_id}/members/{whom.id}")


async def test_members_are_listed_page_by_page(api: CloudApi) -> None:
    people = [await api.someone(name) for name in ("ada", "bob", "cid")]
    workspace_id = await api.workspace(people[0])
    for person in people[1:]:
        await api.join(workspace_id, person, Role.VIEWER)
    path = f"/workspaces/{workspace_id}/members"
    first = (await people[2].http.get(path, params={"limit": 2})).json()
    rest = (await people[2].http.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    listed = first["items"] + rest["items"]
    assert [(m["user_id"], m["name"]) for m in listed] == [(p.id, p.email[:3].title()) for p in people]
    assert rest["next_cursor"] is None
    problem(await people[2].http.get(path, params={"cursor": "x"}), 422, "page.invalid_cursor")


async def test_who_is_no_member_is_not_found_there(api: CloudApi) -> None:
    """[security 68]"""
    ada, eve = await api.someone("ada"), await api.someone("eve")
    workspace_id, elsewhere = await api.workspace(ada), await api.workspace(eve, "Other")
    for user_id in (eve.id, new_id(), "nobody", "%00"):
        path = f"/workspaces/{workspace_id}/members/{user_id}"
        problem(await ada.http.get(path), 404, "member.not_found")
        problem(await ada.http.patch(path, json={"role": "viewer"}, headers={"if-match": "*"}), 404, "member.not_found")
        problem(await ada.http.delete(path), 404, "member.not_found")
    assert (await eve.http.get(f"/workspaces/{elsewhere}")).json()["role"] == "owner"


async def test_a_role_counts_from_the_next_request_on(api: CloudApi) -> None:
    """[security 50]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id = await api.workspace(ada)
    await api.join(workspace_id, bob, Role.VIEWER)
    invites = f"/workspaces/{workspace_id}/invites"
    problem(await bob.http.get(invites), 403, "role.too_low")
    changed = await _set_role(ada, workspace_id, bob, to="admin")
    assert (changed.status_code, changed.json()["role"], changed.json()["version"]) == (200, "admin", 2)
    assert (await bob.http.get(invites)).status_code == 200
    assert (await _set_role(ada, workspace_id, bob, to="member")).status_code == 200
    problem(await bob.http.get(invites), 403, "role.too_low")


async def test_a_change_of_role_says_which_version_it_changes(api: CloudApi) -> None:
    """[security 82]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id = await api.workspace(ada)
    await api.join(workspace_id, bob, Role.MEMBER)
    path = f"/workspaces/{workspace_id}/members/{bob.id}"
    etag = (await ada.http.get(path)).headers["etag"]
    problem(await ada.http.patch(path, json={"role": "admin"}), 428, "precondition_required")
    changed = await ada.http.patch(path, json={"role": "admin"}, headers={"if-match": etag})
    assert changed.headers["etag"] == (await ada.http.get(path)).headers["etag"] != etag
    stale = await ada.http.patch(path, json={"role": "viewer"}, headers={"if-match": etag})
    problem(stale, 412, "precondition_failed")
    problem(await ada.http.delete(path, headers={"if-match": etag}), 412, "precondition_failed")
    assert (await ada.http.get(path)).json()["role"] == "admin"


async def test_nobody_reaches_above_their_own_role(api: CloudApi) -> None:
    """[security 72]"""
    ada, bob, cid = await api.someone("ada"), await api.someone("bob"), await api.someone("cid")
    workspace_id = await api.workspace(ada)
    await api.join(workspace_id, bob, Role.ADMIN)
    await api.join(workspace_id, cid, Role.MEMBER)
    for answer in (
        await _set_role(bob, workspace_id, cid, to="owner"),
        await _set_role(bob, workspace_id, bob, to="owner"),
        await _set_role(bob, workspace_id, ada, to="viewer"),
        await _remove(bob, workspace_id, ada),
        await bob.http.post(f"/workspaces/{workspace_id}/invites", json={"email": "x@example.com", "role": "owner"}),
    ):
        problem(answer, 403, "role.above_own")
    assert (await _set_role(bob, workspace_id, cid, to="admin")).status_code == 200
    # Among admins each reaches the other; what follows the first is done as less than an admin.
    assert (await _set_role(cid, workspace_id, bob, to="member")).status_code == 200
    problem(await _set_role(bob, workspace_id, cid, to="member"), 403, "role.too_low")


@pytest.mark.parametrize("body", [{}, {"role": "god"}, {"role": "owner", "user_id": "1"}, {"workspace_id": "1"}])
async def test_a_member_is_changed_in_nothing_but_the_role(api: CloudApi, body: dict[str, str]) -> None:
    """[security 71]"""
    ada = await api.someone("ada")
    path = f"/workspaces/{await api.workspace(ada)}/members/{ada.id}"
    problem(await ada.http.patch(path, json=body, headers={"if-match": "*"}), 422, "invalid")


async def test_the_last_owner_stays(api: CloudApi) -> None:
    """[security 72]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id = await api.workspace(ada)
    await api.join(workspace_id, bob, Role.ADMIN)
    for answer in (
        await ada.http.post(f"/workspaces/{workspace_id}/leave"),
        await _set_role(ada, workspace_id, ada, to="admin"),
        await _remove(ada, workspace_id, ada),
    ):
        problem(answer, 409, "workspace.last_owner")
    assert (await _set_role(ada, workspace_id, bob, to="owner")).status_code == 200
    results = await asyncio.gather(
        ada.http.post(f"/workspaces/{workspace_id}/leave"), bob.http.post(f"/workspaces/{workspace_id}/leave")
    )
    assert sorted(answer.status_code for answer in results) == [204, 409]


async def test_a_removed_members_access_ends_there_at_once_and_nowhere_else(api: CloudApi) -> None:
    """[security 39]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    here, elsewhere = await api.workspace(ada), await api.workspace(bob, "Other")
    await api.join(here, bob, Role.ADMIN)
    scopes = await api.scopes()
    tokens = {
        w: api.client(authorization=f"Bearer {await api.token(bob, w, scopes=scopes)}") for w in (here, elsewhere)
    }
    assert (await tokens[here].get(f"/workspaces/{here}")).status_code == 200
    assert (await _remove(ada, here, bob)).status_code == 204
    problem(await bob.http.get(f"/workspaces/{here}"), 404, "workspace.not_found")
    problem(await tokens[here].get(f"/workspaces/{here}"), 401, "invalid_token")
    assert [w["id"] for w in (await bob.http.get("/workspaces")).json()["items"]] == [elsewhere]
    assert (await bob.http.get(f"/workspaces/{elsewhere}")).json()["role"] == "owner"
    assert (await tokens[elsewhere].get(f"/workspaces/{elsewhere}")).status_code == 200
    # Who comes back finds no old token alive.
    await api.join(here, bob, Role.MEMBER)
    assert (await bob.http.get(f"/workspaces/{here}")).json()["role"] == "member"
    problem(await tokens[here].get(f"/workspaces/{here}"), 401, "invalid_token")


async def test_a_removed_members_open_stream_ends_within_a_second(api: CloudApi) -> None:
    """[security 39]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id = await api.workspace(ada)
    await api.join(workspace_id, bob, Role.MEMBER)
    path = f"/workspaces/{workspace_id}/events"
    async with bob.http.stream("GET", path) as theirs, ada.http.stream("GET", path) as mine:
        assert (theirs.status_code, mine.status_code) == (200, 200)
        assert (await _remove(ada, workspace_id, bob)).status_code == 204
        async with asyncio.timeout(SECOND):
            async for _ in theirs.aiter_bytes():
                pass
        seen = ""
        async with asyncio.timeout(5):
            async for text in mine.aiter_text():  # who stays is told
                seen += text
                if "member.removed" in seen:
                    break
    problem(await bob.http.get(path), 404, "workspace.not_found")


async def test_who_leaves_is_gone_and_may_be_invited_again(api: CloudApi) -> None:
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id = await api.workspace(ada)
    await api.join(workspace_id, bob, Role.VIEWER)
    assert (await bob.http.post(f"/workspaces/{workspace_id}/leave")).status_code == 204
    problem(await bob.http.post(f"/workspaces/{workspace_id}/leave"), 404, "workspace.not_found")
    await api.join(workspace_id, bob, Role.MEMBER)
    assert (await bob.http.get(f"/workspaces/{workspace_id}")).json()["role"] == "member"
