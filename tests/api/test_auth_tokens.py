"""Personal access tokens, and that no secret of any kind is kept in clear."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx

from outlast.ee.cloud import auth
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import opaque
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.kit.ids import new_id
from tests.api.auth_stage import NO_PAGE, Stage, clock, stage
from tests.api.cloud import PASSWORD, problem

__all__ = ["clock", "stage"]


async def make(stage: Stage, workspace_id: str, **wish: object) -> httpx.Response:
    body = {"name": "ci", "workspace_id": workspace_id, "scopes": ["account:read"], **wish}
    return await stage.ada.http.post("/auth/tokens", json=body)


def using(stage: Stage, token: str) -> httpx.AsyncClient:
    return stage.api.client(authorization=f"Bearer {token}")


async def test_its_secret_is_shown_once(stage: Stage) -> None:
    """[security 4, 5]"""
    workspace_id = await stage.api.workspace(stage.ada)
    answer = await make(stage, workspace_id)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert opaque.is_token(opaque.Kind.PERSONAL, made["token"])
    listed = await stage.ada.http.get("/auth/tokens")
    assert [item["id"] for item in listed.json()["items"]] == [made["id"]]
    got = await stage.ada.http.get(f"/auth/tokens/{made['id']}")
    assert {**got.json(), "token": made["token"]} == made
    for text in (listed.text, got.text, await stage.dump()):
        assert made["token"] not in text
        assert opaque.digest(made["token"]) not in listed.text


async def test_it_opens_what_its_scopes_say_and_no_more(stage: Stage) -> None:
    """[security 29]"""
    token = (await make(stage, await stage.api.workspace(stage.ada))).json()["token"]
    http = using(stage, token)
    assert (await http.get("/auth/me")).json()["login_session_id"] is None
    for method, path in (
        ("GET", "/auth/sessions"),
        ("DELETE", "/auth/sessions"),
        ("PATCH", "/auth/me"),
        ("POST", "/auth/tokens"),
        ("GET", "/auth/tokens"),
        ("POST", "/auth/reauthenticate"),
        ("POST", "/auth/password"),
    ):
        answer = await http.request(method, path, json={})
        problem(answer, 403, "insufficient_scope")
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


async def test_it_is_made_for_a_workspace_of_ones_own_with_scopes_that_are_there(stage: Stage) -> None:
    """[security 69, 70]"""
    eve = await stage.api.someone("eve")
    foreign = await stage.api.workspace(eve)
    for workspace_id in (foreign, new_id(), "x", ""):
        problem(await make(stage, workspace_id), 404, "workspace.not_found")
    own = await stage.api.workspace(stage.ada)
    problem(await make(stage, own, scopes=["everything"]), 422, "token.unknown_scope")
    wishes: list[dict[str, object]] = [
        {"scopes": []}, {"expires_in": -5}, {"name": ""}, {"kind": "local"}, {"user_id": eve.id},
    ]  # fmt: skip
    for wish in wishes:
        problem(await make(stage, own, **wish), 422, "invalid")


async def test_it_ends_at_its_time(stage: Stage) -> None:
    workspace_id = await stage.api.workspace(stage.ada)
    token = (await make(stage, workspace_id, expires_in="PT1H")).json()["token"]
    stage.clock.advance(timedelta(minutes=59, seconds=59))
    assert (await using(stage, token).get("/auth/me")).status_code == 200
    stage.clock.advance(timedelta(seconds=1))
    problem(await using(stage, token).get("/auth/me"), 401, "invalid_token")


async def test_a_revoked_one_is_refused_at_once(stage: Stage) -> None:
    """[security 33, 40]"""
    workspace_id = await stage.api.workspace(stage.ada)
    one, two = [(await make(stage, workspace_id)).json() for _ in range(2)]
    assert await stage.is_good(one["token"])
    assert (await stage.ada.http.delete(f"/auth/tokens/{one['id']}")).status_code == 204
    assert not await stage.is_good(one["token"])
    problem(await stage.ada.http.delete(f"/auth/tokens/{one['id']}"), 404, "token.not_found")
    revoked = await stage.api.client(**NO_PAGE).post("/auth/revoke", json={"token": two["token"]})
    assert revoked.status_code == 200
    assert not await stage.is_good(two["token"])
    assert (await stage.ada.http.get("/auth/tokens")).json()["items"] == []


async def test_anothers_is_like_one_that_is_not(stage: Stage) -> None:
    """[security 35, 68]"""
    made = (await make(stage, await stage.api.workspace(stage.ada))).json()
    eve = await stage.api.someone("eve")
    for method in ("GET", "DELETE"):
        for token_id in (made["id"], new_id(), "x", "%00"):
            problem(await eve.http.request(method, f"/auth/tokens/{token_id}"), 404, "token.not_found")
    assert await stage.is_good(made["token"])


async def test_it_needs_a_fresh_proof_to_make_one(stage: Stage) -> None:
    """[security 60]"""
    workspace_id = await stage.api.workspace(stage.ada)
    renewed = await stage.refresh(stage.ada.refresh_token)
    stage.clock.advance(stage.api.cloud.settings.fresh_for * 1.01)
    renewed = await stage.refresh(renewed.json()["refresh_token"])
    body = {"name": "ci", "workspace_id": workspace_id, "scopes": ["account:read"]}
    answer = await using(stage, renewed.json()["access_token"]).post("/auth/tokens", json=body)
    problem(answer, 401, "insufficient_user_authentication")


async def test_a_member_who_is_removed_keeps_no_way_in(stage: Stage) -> None:
    """[security 39]"""
    eve = await stage.api.someone("eve")
    left, kept = await stage.api.workspace(eve), await stage.api.workspace(eve)
    for workspace_id in (left, kept):
        await stage.api.join(workspace_id, stage.ada, Role.MEMBER)
    tokens = [(await make(stage, where, scopes=["workspaces:read"])).json()["token"] for where in (left, kept)]
    await stage.api.leave(left, stage.ada)
    problem(await using(stage, tokens[0]).get(f"/workspaces/{left}"), 401, "invalid_token")
    problem(await stage.ada.http.get(f"/workspaces/{left}"), 404, "workspace.not_found")
    assert (await using(stage, tokens[1]).get(f"/workspaces/{kept}")).status_code == 200


async def test_the_local_one_lives_on_and_is_known_again(stage: Stage) -> None:
    workspace_id = await stage.api.workspace(stage.ada)
    async with units.writing(stage.api.cloud, workspace_id=ALL_WORKSPACES) as unit:
        token = await auth.issue_local_token(unit, stage.ada.id, workspace_id)
        assert await auth.is_good_token(unit, token, user_id=stage.ada.id, workspace_id=workspace_id)
        assert not await auth.is_good_token(unit, token, user_id=stage.ada.id, workspace_id=new_id())
        assert not await auth.is_good_token(unit, token[:-1], user_id=stage.ada.id, workspace_id=workspace_id)
    assert (await using(stage, token).get(f"/workspaces/{workspace_id}")).status_code == 200


async def test_pages_of_tokens_hold_each_once(stage: Stage) -> None:
    workspace_id = await stage.api.workspace(stage.ada)
    made = [(await make(stage, workspace_id)).json()["id"] for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params: dict[str, str | int] = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await stage.ada.http.get("/auth/tokens", params=params)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
    problem(await stage.ada.http.get("/auth/tokens", params={"cursor": "x"}), 422, "page.invalid_cursor")


async def test_a_dump_of_the_database_holds_no_secret_that_was_issued(stage: Stage) -> None:
    """[security 5]"""
    workspace_id = await stage.api.workspace(stage.ada)
    browser = await stage.logged_in_browser()
    issued = [PASSWORD, stage.ada.access_token, stage.ada.refresh_token, *browser.cookies.values()]
    renewed = (await stage.refresh(stage.ada.refresh_token)).json()
    issued += [renewed["access_token"], renewed["refresh_token"]]
    key = (await stage.ada.http.post("/auth/tokens", headers={"idempotency-key": "k"}, json={
        "name": "ci", "workspace_id": workspace_id, "scopes": ["account:read"]})).json()  # fmt: skip
    issued.append(key["token"])
    async with units.writing(stage.api.cloud) as unit:
        issued.append(await auth.issue_link(unit, stage.ada.id, expires_in=timedelta(hours=1)))
    body = {"email": "new@example.com", "name": "New", "password": "another quiet harbour"}
    await stage.api.client(**NO_PAGE).post("/auth/users", json=body)
    (verify,) = await stage.mails("new@example.com")
    issued.append(verify.text.partition("#verify=")[2].split()[0])
    dump = await stage.dump()
    assert len(issued) == 11
    for secret in issued:
        assert len(secret) > 20
        assert secret not in dump
        assert secret.rpartition("_")[2][:40] not in dump
    assert json.dumps(key["id"]).strip('"') in dump
