"""Workspaces over HTTP: made, read, changed, deleted, restored, handed on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from outlast.ee.cloud.caller import Role
from outlast.kit.clock import ManualClock
from outlast.kit.ids import new_id
from tests.api.cloud import CloudApi, Someone, problem, serving_cloud


@pytest.fixture
def clock() -> ManualClock:
    """Tells the time to the server."""
    return ManualClock()


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[CloudApi]:
    """A server over each kind of database."""
    async with serving_cloud(database_url, tmp_path, clock=clock) as serving:
        yield serving


async def _etag(someone: Someone, path: str) -> str:
    answer = await someone.http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.headers["etag"]


async def test_who_makes_a_workspace_owns_it(api: CloudApi) -> None:
    ada = await api.someone("ada")
    answer = await ada.http.post("/workspaces", json={"name": " Crème & Brûlée "})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["name"], made["slug"], made["role"], made["version"]) == ("Crème & Brûlée", "creme-brulee", "owner", 1)
    assert answer.headers["etag"] == await _etag(ada, f"/workspaces/{made['id']}")
    members = (await ada.http.get(f"/workspaces/{made['id']}/members")).json()["items"]
    assert [(m["user_id"], m["email"], m["role"]) for m in members] == [(ada.id, "ada@example.com", "owner")]
    assert (await ada.http.get("/auth/me")).json()["active_workspace_id"] == made["id"]


async def test_without_a_licence_there_is_one_workspace(api: CloudApi) -> None:
    """[security 79]"""
    ada = await api.someone("ada")
    assert (await ada.http.post("/workspaces", json={"name": "One"})).status_code == 201
    problem(await ada.http.post("/workspaces", json={"name": "Two"}), 403, "license.feature_missing")
    assert [w["name"] for w in (await ada.http.get("/workspaces")).json()["items"]] == ["One"]


async def test_a_repeated_creation_makes_one_workspace(api: CloudApi) -> None:
    """[security 75, 83]"""
    ada, eve = await api.someone("ada"), await api.someone("eve")
    key = {"idempotency-key": "make-it-once"}
    first = await ada.http.post("/workspaces", json={"name": "Acme"}, headers=key)
    again = await ada.http.post("/workspaces", json={"name": "Acme"}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again.headers["etag"]) == (first.json(), first.headers["etag"])
    other = await ada.http.post("/workspaces", json={"name": "Other"}, headers=key)
    problem(other, 422, "idempotency.key_reused")
    # The key is its caller's: another's request is another request.
    problem(await eve.http.post("/workspaces", json={"name": "Acme"}, headers=key), 403, "license.feature_missing")
    assert (await eve.http.get("/workspaces")).json()["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "a\nb"},
        {"name": "Acme", "slug": "Not A Slug"},
        {"name": "Acme", "owner_id": "1"},
        {"name": "Acme", "plan": "enterprise"},
        {"name": "Acme", "id": "1"},
    ],
)
async def test_a_body_that_does_not_fit_makes_nothing(api: CloudApi, body: dict[str, str]) -> None:
    """[security 71]"""
    ada = await api.someone("ada")
    problem(await ada.http.post("/workspaces", json=body), 422, "invalid")
    assert (await ada.http.get("/workspaces")).json()["items"] == []


async def test_everybody_lists_their_own_page_by_page(api: CloudApi) -> None:
    """[security 70]"""
    ada, eve = await api.someone("ada"), await api.someone("eve")
    mine = [await api.workspace(ada, f"Mine {n}") for n in range(3)]
    theirs = await api.workspace(eve, "Theirs")
    await api.join(theirs, ada, Role.VIEWER)
    seen: list[tuple[str, str]] = []
    cursor: str | None = None
    while True:
        params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await ada.http.get("/workspaces", params=params)).json()
        seen += [(w["id"], w["role"]) for w in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [*((w, "owner") for w in mine), (theirs, "viewer")]
    assert [w["id"] for w in (await eve.http.get("/workspaces")).json()["items"]] == [theirs]
    for bad in ("x", "WyJhIl0", "W10"):
        problem(await ada.http.get("/workspaces", params={"cursor": bad}), 422, "page.invalid_cursor")


async def test_a_token_of_one_workspace_sees_only_that_one(api: CloudApi) -> None:
    """[security 70]"""
    ada = await api.someone("ada")
    one, two = await api.workspace(ada, "One"), await api.workspace(ada, "Two")
    token = await api.token(ada, one, scopes=await api.scopes())
    program = api.client(authorization=f"Bearer {token}")
    assert [w["id"] for w in (await program.get("/workspaces")).json()["items"]] == [one]
    assert (await program.get(f"/workspaces/{one}")).status_code == 200
    problem(await program.get(f"/workspaces/{two}"), 404, "workspace.not_found")
    for method, path in (("POST", "/workspaces"), ("DELETE", f"/workspaces/{one}"), ("GET", "/workspaces/invites")):
        problem(await program.request(method, path, json={"name": "Three"}), 403, "insufficient_scope")


async def test_a_change_says_which_version_it_changes(api: CloudApi) -> None:
    """[security 82]"""
    ada = await api.someone("ada")
    path = f"/workspaces/{await api.workspace(ada)}"
    first = await _etag(ada, path)
    problem(await ada.http.patch(path, json={"name": "New"}), 428, "precondition_required")
    changed = await ada.http.patch(path, json={"name": "New"}, headers={"if-match": first})
    assert (changed.status_code, changed.json()["name"], changed.json()["version"]) == (200, "New", 2)
    assert changed.headers["etag"] == await _etag(ada, path) != first
    stale = await ada.http.patch(path, json={"name": "Newer"}, headers={"if-match": first})
    problem(stale, 412, "precondition_failed")
    problem(await ada.http.delete(path, headers={"if-match": first}), 412, "precondition_failed")
    assert (await ada.http.get(path)).json()["name"] == "New"


async def test_settings_change_one_by_one(api: CloudApi) -> None:
    ada = await api.someone("ada")
    path = f"/workspaces/{await api.workspace(ada)}"

    async def change(**settings: object) -> httpx.Response:
        return await ada.http.patch(path, json={"settings": settings}, headers={"if-match": await _etag(ada, path)})

    assert (await change(retention_days=30, allow_invites=False)).status_code == 200
    settings = (await change(max_sessions_per_user=3, retention_days=None)).json()["settings"]
    assert settings == {
        "default_agent": None,
        "allow_invites": False,
        "retention_days": None,
        "hibernate_after_s": None,
        "max_sessions_per_user": 3,
    }
    for wrong in ({"retention_days": 0}, {"hibernate_after_s": "soon"}, {"plan": "enterprise"}):
        problem(await change(**wrong), 422, "invalid")


async def test_a_slug_belongs_to_one_workspace(api: CloudApi) -> None:
    ada, eve = await api.someone("ada"), await api.someone("eve")
    await api.workspace(eve, "Taken")
    path = f"/workspaces/{await api.workspace(ada)}"
    taken = await ada.http.patch(path, json={"slug": "taken"}, headers={"if-match": await _etag(ada, path)})
    problem(taken, 409, "workspace.slug_taken")
    free = await ada.http.patch(path, json={"slug": "free"}, headers={"if-match": await _etag(ada, path)})
    assert (free.status_code, free.json()["slug"]) == (200, "free")


async def test_what_is_deleted_is_gone_for_all_until_its_owner_restores_it(api: CloudApi, clock: ManualClock) -> None:
    """[security 76]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id = await api.workspace(ada)
    await api.join(workspace_id, bob, Role.ADMIN)
    token = await api.token(bob, workspace_id, scopes=await api.scopes())
    program = api.client(authorization=f"Bearer {token}")
    path, back = f"/workspaces/{workspace_id}", f"/workspaces/deleted/{workspace_id}/restore"
    problem(await ada.http.post(back), 404, "workspace.not_deleted")
    assert (await ada.http.delete(path)).status_code == 204
    for http in (ada.http, bob.http, program):
        problem(await http.get(path), 404, "workspace.not_found")
    assert (await bob.http.get("/workspaces")).json()["items"] == []
    assert (await bob.http.get("/workspaces/deleted")).json()["items"] == []
    deleted = (await ada.http.get("/workspaces/deleted")).json()["items"]
    assert [(w["id"], w["name"]) for w in deleted] == [(workspace_id, "Acme")]
    problem(await bob.http.post(back), 404, "workspace.not_deleted")
    problem(await ada.http.post(f"/workspaces/deleted/{new_id()}/restore"), 404, "workspace.not_deleted")
    restored = await ada.http.post(back)
    assert (restored.status_code, restored.json()["role"]) == (200, "owner")
    assert (await bob.http.get(path)).json()["role"] == "admin"
    assert (await ada.http.get("/workspaces/deleted")).json()["items"] == []


async def test_a_deletion_is_final_after_thirty_days(api: CloudApi, clock: ManualClock) -> None:
    ada = await api.someone("ada")
    workspace_id = await api.workspace(ada)
    assert (await ada.http.delete(f"/workspaces/{workspace_id}")).status_code == 204
    clock.advance(timedelta(days=30))
    ada = await api.sign_in(ada.id, ada.email)
    assert (await ada.http.get("/workspaces/deleted")).json()["items"] == []
    problem(await ada.http.post(f"/workspaces/deleted/{workspace_id}/restore"), 410, "workspace.gone")


async def test_a_restored_workspace_needs_its_place_in_the_licence(api: CloudApi) -> None:
    """[security 79]"""
    ada = await api.someone("ada")
    workspace_id = await api.workspace(ada)
    assert (await ada.http.delete(f"/workspaces/{workspace_id}")).status_code == 204
    assert (await ada.http.post("/workspaces", json={"name": "Next"})).status_code == 201
    back = await ada.http.post(f"/workspaces/deleted/{workspace_id}/restore")
    problem(back, 403, "license.feature_missing")
    problem(await ada.http.get(f"/workspaces/{workspace_id}"), 404, "workspace.not_found")


async def test_deleting_and_handing_on_need_a_fresh_proof(api: CloudApi, clock: ManualClock) -> None:
    """[security 81]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id = await api.workspace(ada)
    await api.join(workspace_id, bob, Role.MEMBER)
    clock.advance(timedelta(minutes=10, seconds=1))
    refresh = {"refresh_token": ada.refresh_token}
    renewed = await api.client(**{"x-outlast-request": "1"}).post("/auth/sessions/refresh", json=refresh)
    assert renewed.status_code == 200, renewed.text
    ada.http.headers["authorization"] = f"Bearer {renewed.json()['access_token']}"
    for answer in (
        await ada.http.delete(f"/workspaces/{workspace_id}"),
        await ada.http.post(f"/workspaces/{workspace_id}/transfer", json={"user_id": bob.id}),
    ):
        problem(answer, 401, "insufficient_user_authentication")
        assert 'error="insufficient_user_authentication"' in answer.headers["www-authenticate"]
    assert (await ada.http.get(f"/workspaces/{workspace_id}")).json()["role"] == "owner"


async def test_a_workspace_is_handed_on_to_a_member(api: CloudApi) -> None:
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id = await api.workspace(ada)
    path = f"/workspaces/{workspace_id}/transfer"
    problem(await ada.http.post(path, json={"user_id": bob.id}), 404, "member.not_found")
    await api.join(workspace_id, bob, Role.VIEWER)
    answer = await ada.http.post(path, json={"user_id": bob.id})
    assert (answer.status_code, answer.json()["role"]) == (200, "owner")
    assert (await ada.http.get(f"/workspaces/{workspace_id}")).json()["role"] == "admin"
    problem(await ada.http.post(path, json={"user_id": ada.id}), 403, "role.too_low")
    # To oneself it changes nothing.
    assert (await bob.http.post(path, json={"user_id": bob.id})).json()["role"] == "owner"


async def test_what_happens_to_a_workspace_is_in_its_audit_trail(api: CloudApi) -> None:
    """[security 84]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id = await api.workspace(ada)
    path = f"/workspaces/{workspace_id}"
    await api.join(workspace_id, bob, Role.MEMBER)
    await ada.http.patch(path, json={"name": "Two\u2028lines"}, headers={"if-match": await _etag(ada, path)})
    await ada.http.patch(path, json={"name": "New"}, headers={"if-match": await _etag(ada, path)})
    member = f"{path}/members/{bob.id}"
    await ada.http.patch(member, json={"role": "admin"}, headers={"if-match": await _etag(ada, member)})
    await ada.http.delete(member)
    entries = (await ada.http.get(f"{path}/audit")).json()["items"]
    told = [(e["verb"], e["target"]["id"]) for e in reversed(entries) if e["actor"] and e["actor"]["id"] == ada.id]
    assert told == [("workspace.update", workspace_id), ("member.set_role", bob.id), ("member.remove", bob.id)]
    role = next(e for e in entries if e["verb"] == "member.set_role")
    assert (role["details"]["was"], role["details"]["role"], role["ip"]) == ("member", "admin", "127.0.0.1")
