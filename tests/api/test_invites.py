"""Invites over HTTP: for one address, one workspace, once, for a week; the secret is in the mail alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from outlast.db.base import metadata
from outlast.ee.cloud.auth import Kind, new_token
from outlast.ee.cloud.caller import Role
from outlast.kit.clock import ManualClock
from outlast.kit.ids import new_id
from tests.api.cloud import CloudApi, Someone, problem, serving_cloud
from tests.api.invitations import invite, mailed_secret

ACCEPT, PREVIEW = "/workspaces/invites/accept", "/workspaces/invites/preview"


@pytest.fixture
def clock() -> ManualClock:
    """Tells the time to the server."""
    return ManualClock()


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[CloudApi]:
    """A server over each kind of database."""
    async with serving_cloud(database_url, tmp_path, clock=clock) as serving:
        yield serving


async def _open(api: CloudApi, by: Someone, name: str = "bob") -> tuple[str, str, str]:
    """A workspace with an open invite: their ids, and the mailed secret."""
    workspace_id = await api.workspace(by)
    invite_id = await invite(api, by, workspace_id, email=f"{name}@example.com")
    return workspace_id, invite_id, await mailed_secret(api, f"{name}@example.com")


async def test_an_invited_person_previews_and_accepts(api: CloudApi) -> None:
    """[security 77]"""
    ada = await api.someone("ada")
    workspace_id, invite_id, secret = await _open(api, ada)
    anonymous = api.client(**{"x-outlast-request": "1"})
    shown = await anonymous.post(PREVIEW, json={"token": secret})
    assert shown.status_code == 200, shown.text
    assert shown.json() | {"expires_at": ""} == {
        "id": invite_id,
        "workspace_id": workspace_id,
        "workspace_name": "Acme",
        "email": "bob@example.com",
        "role": "member",
        "invited_by": "Ada",
        "expires_at": "",
    }
    problem(await anonymous.post(ACCEPT, json={"token": secret}), 401, "unauthenticated")
    bob = await api.someone("bob")
    joined = await bob.http.post(ACCEPT, json={"token": secret})
    assert (joined.status_code, joined.json()["id"], joined.json()["role"]) == (200, workspace_id, "member")
    assert (await bob.http.get(f"/workspaces/{workspace_id}")).headers["etag"] == joined.headers["etag"]
    assert (await bob.http.get("/auth/me")).json()["active_workspace_id"] == workspace_id
    accepted = (await ada.http.get(f"/workspaces/{workspace_id}/invites/{invite_id}")).json()
    assert accepted["state"] == "accepted"
    problem(await anonymous.post(PREVIEW, json={"token": secret}), 410, "invite.over")


async def test_a_verified_address_accepts_without_the_mail(api: CloudApi) -> None:
    """[security 77]"""
    ada, bob, eve = await api.someone("ada"), await api.someone("bob"), await api.someone("eve")
    workspace_id, invite_id, _ = await _open(api, ada)
    mine = (await bob.http.get("/workspaces/invites")).json()["items"]
    assert [(i["id"], i["workspace_name"], i["invited_by"]) for i in mine] == [(invite_id, "Acme", "Ada")]
    assert (await eve.http.get("/workspaces/invites")).json()["items"] == []
    body = {"workspace_id": workspace_id, "invite_id": invite_id}
    problem(await eve.http.post(ACCEPT, json=body), 404, "invite.not_found")
    assert (await bob.http.post(ACCEPT, json=body)).status_code == 200
    assert (await bob.http.get("/workspaces/invites")).json()["items"] == []


async def test_an_invite_serves_its_address_only(api: CloudApi) -> None:
    """[security 77]"""
    ada, eve = await api.someone("ada"), await api.someone("eve")
    workspace_id, _, secret = await _open(api, ada)
    problem(await eve.http.post(ACCEPT, json={"token": secret}), 403, "invite.for_another")
    problem(await eve.http.get(f"/workspaces/{workspace_id}"), 404, "workspace.not_found")


async def test_an_invite_is_used_once(api: CloudApi) -> None:
    """[security 77]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id, invite_id, secret = await _open(api, ada)
    assert (await bob.http.post(ACCEPT, json={"token": secret})).status_code == 200
    problem(await bob.http.post(ACCEPT, json={"token": secret}), 409, "member.exists")
    await api.leave(workspace_id, bob)
    for body in ({"token": secret}, {"workspace_id": workspace_id, "invite_id": invite_id}):
        problem(await bob.http.post(ACCEPT, json=body), 410, "invite.over")


async def test_an_invite_ends_after_a_week(api: CloudApi, clock: ManualClock) -> None:
    """[security 77]"""
    ada = await api.someone("ada")
    workspace_id, invite_id, secret = await _open(api, ada)
    clock.advance(timedelta(days=7))
    ada, bob = await api.sign_in(ada.id, ada.email), await api.someone("bob")
    over = problem(await bob.http.post(ACCEPT, json={"token": secret}), 410, "invite.over")
    assert over["state"] == "expired"
    assert (await bob.http.get("/workspaces/invites")).json()["items"] == []
    path = f"/workspaces/{workspace_id}/invites"
    assert (await ada.http.get(path)).json()["items"] == []
    assert [i["state"] for i in (await ada.http.get(path, params={"state": "all"})).json()["items"]] == ["expired"]
    # It stands in nobody's way, and can be sent again.
    again = await ada.http.post(f"{path}/{invite_id}/resend")
    assert (again.status_code, again.json()["state"], again.json()["sent"]) == (200, "open", 2)
    assert (await bob.http.post(ACCEPT, json={"token": secret})).status_code == 404
    assert (await bob.http.post(ACCEPT, json={"token": await mailed_secret(api, bob.email, nth=2)})).status_code == 200


async def test_a_revoked_or_resent_secret_opens_nothing(api: CloudApi) -> None:
    """[security 77]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id, invite_id, secret = await _open(api, ada)
    path = f"/workspaces/{workspace_id}/invites/{invite_id}"
    assert (await ada.http.post(f"{path}/resend")).status_code == 200
    problem(await bob.http.post(ACCEPT, json={"token": secret}), 404, "invite.not_found")
    second = await mailed_secret(api, bob.email, nth=2)
    assert second != secret
    for _ in range(2):  # what is revoked stays so
        assert (await ada.http.delete(path)).status_code == 204
    problem(await bob.http.post(ACCEPT, json={"token": second}), 410, "invite.over")
    problem(await ada.http.post(f"{path}/resend"), 410, "invite.over")
    # The address may be invited anew.
    await invite(api, ada, workspace_id, email=bob.email)


async def test_a_secret_opens_the_workspace_of_its_invite_only(api: CloudApi) -> None:
    """[security 68, 77]"""
    ada, bob, eve = await api.someone("ada"), await api.someone("bob"), await api.someone("eve")
    workspace_id, invite_id, secret = await _open(api, ada)
    theirs = await api.workspace(eve, "Other")
    token = secret.partition(".")[0]
    for forged in (
        f"{token}.{theirs}",
        f"{token}.{new_id()}",
        f"{new_token(Kind.INVITE)}.{workspace_id}",
        f"{new_token(Kind.PROOF)}.{workspace_id}",
        token,
        f".{workspace_id}",
        f"{token}.{workspace_id}x",
        bob.refresh_token,
        bob.access_token[:150],
        "\x00",
    ):
        for path in (ACCEPT, PREVIEW):
            problem(await bob.http.post(path, json={"token": forged}), 404, "invite.not_found")
    # Another workspace's admin finds no such invite either.
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/resend")):
        answer = await eve.http.request(method, f"/workspaces/{theirs}/invites/{invite_id}{path}")
        problem(answer, 404, "invite.not_found")
    body = {"workspace_id": theirs, "invite_id": invite_id}
    problem(await bob.http.post(ACCEPT, json=body), 404, "invite.not_found")
    assert (await bob.http.post(ACCEPT, json={"token": secret})).status_code == 200


async def test_an_invites_secret_opens_nothing_else(api: CloudApi) -> None:
    """[security 30]"""
    ada = await api.someone("ada")
    _, _, secret = await _open(api, ada)
    for token in (secret, secret.partition(".")[0]):
        problem(await api.client(authorization=f"Bearer {token}").get("/workspaces"), 401, "invalid_token")


async def test_the_secret_is_in_the_mail_alone(api: CloudApi) -> None:
    """[security 5, 77]"""
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id, invite_id, secret = await _open(api, ada)
    path = f"/workspaces/{workspace_id}"
    answers = [await ada.http.get(f"{path}/{rest}") for rest in ("invites", f"invites/{invite_id}", "audit")]
    answers += [await bob.http.post(ACCEPT, json={"token": secret})]
    assert all(answer.status_code == 200 for answer in answers)
    token = secret.partition(".")[0]
    assert not any(token in answer.text for answer in answers)
    async with api.cloud.engine.connect() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(text(f"SELECT * FROM {table.name}"))).all()
            assert token not in str(rows), table.name


async def test_only_whom_the_settings_let_invite_do(api: CloudApi) -> None:
    ada, bob = await api.someone("ada"), await api.someone("bob")
    workspace_id = await api.workspace(ada)
    await api.join(workspace_id, bob, Role.ADMIN)
    path, body = f"/workspaces/{workspace_id}", {"email": "cid@example.com"}
    etag = (await ada.http.get(path)).headers["etag"]
    off = await ada.http.patch(path, json={"settings": {"allow_invites": False}}, headers={"if-match": etag})
    assert off.status_code == 200
    problem(await bob.http.post(f"{path}/invites", json=body), 403, "invite.off")
    assert (await ada.http.post(f"{path}/invites", json=body)).status_code == 201


async def test_one_address_has_one_open_invite_and_no_member_gets_one(api: CloudApi) -> None:
    ada = await api.someone("ada")
    workspace_id, _, _ = await _open(api, ada)
    path = f"/workspaces/{workspace_id}/invites"
    problem(await ada.http.post(path, json={"email": "BOB@example.com"}), 409, "invite.open")
    problem(await ada.http.post(path, json={"email": ada.email}), 409, "member.exists")
    for wrong in ("", "x", "a b@example.com", "a@b@c", "two@example.com,more@example.com", "a@\r\nb"):
        answer = await ada.http.post(path, json={"email": wrong})
        assert answer.status_code == 422, wrong


async def test_a_repeated_invite_is_one_invite_and_one_mail(api: CloudApi) -> None:
    """[security 83]"""
    ada = await api.someone("ada")
    workspace_id, other = await api.workspace(ada), await api.workspace(ada, "Other")
    key, path = {"idempotency-key": "once"}, f"/workspaces/{workspace_id}/invites"
    first = await ada.http.post(path, json={"email": "bob@example.com"}, headers=key)
    again = await ada.http.post(path, json={"email": "bob@example.com"}, headers=key)
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (201, first.json())
    changed = await ada.http.post(path, json={"email": "eve@example.com"}, headers=key)
    problem(changed, 422, "idempotency.key_reused")
    # The key is the workspace's own, too.
    elsewhere = await ada.http.post(f"/workspaces/{other}/invites", json={"email": "bob@example.com"}, headers=key)
    assert elsewhere.status_code == 201
    await mailed_secret(api, "bob@example.com", nth=2)
    assert len((await ada.http.get(path)).json()["items"]) == 1


async def test_no_one_joins_beyond_the_seats(api: CloudApi) -> None:
    """[security 78]"""
    ada = await api.someone("ada")
    workspace_id = await api.workspace(ada)
    for n in range(4):
        await api.join(workspace_id, await api.someone(f"member{n}"), Role.MEMBER)
    bob = await api.someone("bob")
    await invite(api, ada, workspace_id, email=bob.email)
    secret = await mailed_secret(api, bob.email)
    problem(await bob.http.post(ACCEPT, json={"token": secret}), 402, "license.seat_limit")
    problem(await bob.http.get(f"/workspaces/{workspace_id}"), 404, "workspace.not_found")
    gone = (await ada.http.get(f"/workspaces/{workspace_id}/members")).json()["items"][1]["user_id"]
    assert (await ada.http.delete(f"/workspaces/{workspace_id}/members/{gone}")).status_code == 204
    assert (await bob.http.post(ACCEPT, json={"token": secret})).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"token": ""}, {"workspace_id": "1"}, {"token": "x", "role": "owner"}, {"token": "x", "user_id": "1"}]
)
async def test_an_acceptance_says_nothing_of_role_or_person(api: CloudApi, body: dict[str, str]) -> None:
    """[security 71]"""
    bob = await api.someone("bob")
    problem(await bob.http.post(ACCEPT, json=body), 422, "invalid")
