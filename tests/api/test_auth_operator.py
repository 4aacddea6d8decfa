"""What who runs the server may do with accounts, and one's own account."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outlast.ee.cloud import auth
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import repository
from outlast.kit.ids import new_id
from tests.api.auth_stage import NO_PAGE, Stage, clock, stage
from tests.api.cloud import Someone, problem

__all__ = ["clock", "stage"]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
async def operator(stage: Stage) -> Someone:
    someone = await stage.api.someone("grace")
    async with units.writing(stage.api.cloud) as unit:
        await repository.change(unit, someone.id, is_operator=True)
    return await stage.api.sign_in(someone.id, someone.email)


class TestOperator:
    async def test_nobody_else_may(self, stage: Stage, operator: Someone) -> None:
        """[security 67]"""
        for method, path, body in (
            ("GET", "/auth/users", None),
            ("PUT", f"/auth/users/{operator.id}/access", {"disabled": True}),
            ("DELETE", f"/auth/users/{operator.id}/sessions", None),
            ("DELETE", "/auth/users/sessions", None),
            ("POST", f"/auth/users/{operator.id}/impersonation", None),
        ):
            problem(await stage.ada.http.request(method, path, json=body), 403, "role.too_low")
        assert await stage.is_good(operator.access_token)

    async def test_a_disabled_account_opens_nothing_any_more(self, stage: Stage, operator: Someone) -> None:
        """[security 37]"""
        workspace_id = await stage.api.workspace(stage.ada)
        wish = {"name": "ci", "workspace_id": workspace_id, "scopes": ["account:read"]}
        token = (await stage.ada.http.post("/auth/tokens", json=wish)).json()["token"]
        async with units.writing(stage.api.cloud) as unit:
            link = await auth.issue_link(unit, stage.ada.id, expires_in=timedelta(hours=1))
        path = f"/auth/users/{stage.ada.id}/access"
        answer = await operator.http.put(path, json={"disabled": True})
        assert answer.json()["disabled"] is True
        for secret in (stage.ada.access_token, token):
            assert not await stage.is_good(secret)
        problem(await stage.refresh(stage.ada.refresh_token), 400, "invalid_grant")
        client = stage.api.client(**NO_PAGE)
        problem(await stage.log_in(client), 401, "auth.wrong_credentials")
        problem(await client.post("/auth/sessions", json={"code": link}), 401, "auth.link_spent")
        assert (await operator.http.put(path, json={"disabled": False})).json()["disabled"] is False
        assert not await stage.is_good(stage.ada.access_token)
        assert not await stage.is_good(token)
        assert (await stage.log_in(client)).status_code == 201
        problem(
            await operator.http.put(f"/auth/users/{operator.id}/access", json={"disabled": True}), 409, "user.is_you"
        )
        problem(
            await operator.http.put(f"/auth/users/{new_id()}/access", json={"disabled": True}), 404, "user.not_found"
        )

    async def test_sessions_of_one_user_and_of_all_can_be_ended(self, stage: Stage, operator: Someone) -> None:
        """[security 38]"""
        eve = await stage.api.someone("eve")
        assert (await operator.http.delete(f"/auth/users/{eve.id}/sessions")).json() == {"ended": 1}
        assert not await stage.is_good(eve.access_token)
        assert await stage.is_good(stage.ada.access_token)
        assert (await operator.http.delete("/auth/users/sessions")).json()["ended"] >= 1
        assert not await stage.is_good(stage.ada.access_token)
        assert await stage.is_good(operator.access_token)

    async def test_all_accounts_are_listed_in_pages(self, stage: Stage, operator: Someone) -> None:
        first = (await operator.http.get("/auth/users", params={"limit": 1})).json()
        rest = (await operator.http.get("/auth/users", params={"cursor": first["next_cursor"]})).json()
        assert [item["email"] for item in first["items"] + rest["items"]] == [stage.ada.email, operator.email]
        assert "hash" not in str(rest)


class TestImpersonation:
    async def test_it_reads_as_another_and_changes_nothing(self, stage: Stage, operator: Someone) -> None:
        """[security 43]"""
        answer = await operator.http.post(f"/auth/users/{stage.ada.id}/impersonation")
        assert answer.status_code == 201, answer.text
        assert "refresh_token" not in answer.json()
        http = stage.api.client(authorization=f"Bearer {answer.json()['access_token']}")
        assert (await http.get("/auth/me")).json()["id"] == stage.ada.id
        for method, path, body in (
            ("POST", "/auth/password", {"new_password": "another quiet harbour"}),
            ("POST", "/auth/reauthenticate", {"password": "x"}),
            ("DELETE", "/auth/sessions", None),
            ("DELETE", "/auth/sessions/current", None),
            ("PATCH", "/auth/me", {"name": "Eve"}),
        ):
            problem(await http.request(method, path, json=body), 403, "impersonation.read_only")
        (entry,) = [row for row in await stage.rows("audit_entries") if row["verb"] == "user.impersonate"]
        assert (entry["actor_id"], entry["target_id"]) == (operator.id, stage.ada.id)
        denied = [row for row in await stage.rows("audit_entries") if row["code"] == "impersonation.read_only"]
        assert {(row["actor_id"], row["act_as_id"]) for row in denied} == {(operator.id, stage.ada.id)}

    async def test_it_ends_by_itself_and_with_its_operator(self, stage: Stage, operator: Someone) -> None:
        """[security 43]"""
        path = f"/auth/users/{stage.ada.id}/impersonation"
        one = (await operator.http.post(path)).json()["access_token"]
        assert "impersonation" in (await stage.ada.http.get("/auth/sessions")).text
        assert (await operator.http.delete("/auth/sessions?others=true")).status_code == 200
        assert not await stage.is_good(one)
        two = (await operator.http.post(path)).json()["access_token"]
        stage.clock.advance(timedelta(minutes=9, seconds=59))
        assert await stage.is_good(two)
        stage.clock.advance(timedelta(seconds=1))
        assert not await stage.is_good(two)

    async def test_it_is_nobody_and_never_a_way_up(self, stage: Stage, operator: Someone) -> None:
        """[security 43]"""
        other = await stage.api.someone("root")
        async with units.writing(stage.api.cloud) as unit:
            await repository.change(unit, other.id, is_operator=True)
        problem(await operator.http.post(f"/auth/users/{operator.id}/impersonation"), 409, "user.is_you")
        problem(await operator.http.post(f"/auth/users/{new_id()}/impersonation"), 404, "user.not_found")
        token = (await operator.http.post(f"/auth/users/{other.id}/impersonation")).json()["access_token"]
        problem(await stage.api.client(authorization=f"Bearer {token}").get("/auth/users"), 403, "role.too_low")


class TestMe:
    async def test_a_change_names_the_version_it_changes(self, stage: Stage) -> None:
        """[security 82]"""
        http = stage.ada.http
        etag = (await http.get("/auth/me")).headers["etag"]
        problem(await http.patch("/auth/me", json={"name": "Ada L."}), 428, "precondition_required")
        changed = await http.patch("/auth/me", json={"name": "Ada L.", "status": "dnd"}, headers={"if-match": etag})
        assert (changed.status_code, changed.json()["name"], changed.json()["status"]) == (200, "Ada L.", "dnd")
        problem(
            await http.patch("/auth/me", json={"name": "X"}, headers={"if-match": etag}), 412, "precondition_failed"
        )
        fresh = await http.get("/auth/me")
        assert (fresh.headers["etag"], fresh.json()["name"]) == (changed.headers["etag"], "Ada L.")
        assert changed.headers["etag"] != etag

    async def test_what_is_not_ones_own_to_set_is_refused(self, stage: Stage) -> None:
        """[security 71]"""
        headers = {"if-match": "*"}
        for body in (
            {"email": "x@example.com"},
            {"verified": True},
            {"is_operator": True},
            {"operator": True},
            {"id": "x"},
            {"status": "king"},
            {"name": ""},
            {"name": "a\nb"},
        ):
            problem(await stage.ada.http.patch("/auth/me", json=body, headers=headers), 422, "invalid")
        assert (await stage.ada.http.get("/auth/me")).json()["operator"] is False

    async def test_one_looks_at_workspaces_of_ones_own(self, stage: Stage) -> None:
        """[security 68]"""
        headers = {"if-match": "*"}
        own = await stage.api.workspace(stage.ada)
        foreign = await stage.api.workspace(await stage.api.someone("eve"))
        patch = stage.ada.http.patch
        for workspace_id in (foreign, new_id(), "x"):
            answer = await patch("/auth/me", json={"active_workspace_id": workspace_id}, headers=headers)
            problem(answer, 404, "workspace.not_found")
        answer = await patch("/auth/me", json={"active_workspace_id": own}, headers=headers)
        assert answer.json()["active_workspace_id"] == own
        answer = await patch("/auth/me", json={"active_workspace_id": None}, headers=headers)
        assert answer.json()["active_workspace_id"] is None

    async def test_a_picture_is_shown_and_runs_nothing(self, stage: Stage) -> None:
        http = stage.ada.http
        for content in (b"<svg onload=alert(1)>", b"<html>", b"", b"RIFFxxxxWAVE"):
            problem(await http.put("/auth/me/avatar", content=content), 422, "avatar.refused")
        problem(await http.put("/auth/me/avatar", content=PNG * 5000), 413, "body_too_large")
        url = (await http.put("/auth/me/avatar", content=PNG)).json()["avatar_url"]
        picture = await http.get(url.removeprefix("/api/v1"))
        assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
        assert "sandbox" in picture.headers["content-security-policy"]
        problem(await stage.api.client().get(url.removeprefix("/api/v1")), 401, "unauthenticated")
        assert (await http.delete("/auth/me/avatar")).json()["avatar_url"] is None
        problem(await http.get(url.removeprefix("/api/v1")), 404, "avatar.not_found")


async def test_the_keys_are_public_and_their_secrets_are_not(stage: Stage) -> None:
    """[security 47]"""
    answer = await stage.api.client().get("/auth/keys")
    (jwk,) = answer.json()["keys"]
    assert set(jwk) == {"kty", "crv", "x", "kid", "use", "alg"}
    stage.clock.advance(timedelta(days=31))
    await stage.api.sign_in(stage.ada.id, stage.ada.email)
    kids = [key["kid"] for key in (await stage.api.client().get("/auth/keys")).json()["keys"]]
    assert len(kids) == 2
    assert kids[1] == jwk["kid"]
    stage.clock.advance(timedelta(minutes=11))
    assert [key["kid"] for key in (await stage.api.client().get("/auth/keys")).json()["keys"]] == kids[:1]
