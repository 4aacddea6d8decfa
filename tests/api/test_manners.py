"""What every route does: keys that make a request safe to repeat, versions, quotas, words for machines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.ee.cloud.caller import Role
from outlast.kit.clock import ManualClock
from tests.api.cloud import CloudApi, problem, serving_cloud

LATER = timedelta(days=1, seconds=1)


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[CloudApi]:
    async with serving_cloud(database_url, tmp_path) as api:
        yield api


def _invite(number: int = 0) -> dict[str, str]:
    return {"email": f"guest{number}@example.com", "role": "member"}


class TestIdempotencyKey:
    async def test_a_repeated_request_gets_the_answer_of_the_first(self, api: CloudApi) -> None:
        """[security 83]"""
        ada = await api.someone("ada")
        path = f"/workspaces/{await api.workspace(ada)}/invites"
        first, second = [
            await ada.http.post(path, json=_invite(), headers={"idempotency-key": "one"}) for _ in range(2)
        ]
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert len((await ada.http.get(path)).json()["items"]) == 1

    async def test_another_body_with_the_same_key_is_refused(self, api: CloudApi) -> None:
        """[security 83]"""
        ada = await api.someone("ada")
        path = f"/workspaces/{await api.workspace(ada)}/invites"
        await ada.http.post(path, json=_invite(), headers={"idempotency-key": "one"})
        answer = await ada.http.post(path, json=_invite(1), headers={"idempotency-key": "one"})
        problem(answer, 422, "idempotency.key_reused")

    async def test_two_requests_at_once_make_one_thing(self, api: CloudApi) -> None:
        """[security 83]"""
        ada = await api.someone("ada")
        path = f"/workspaces/{await api.workspace(ada)}/invites"
        answers = await asyncio.gather(
            *(ada.http.post(path, json=_invite(), headers={"idempotency-key": "one"}) for _ in range(5))
        )
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len((await ada.http.get(path)).json()["items"]) == 1

    async def test_a_key_is_its_callers_own_and_its_workspaces(self, api: CloudApi) -> None:
        """[security 75, 83]"""
        ada, bob = await api.someone("ada"), await api.someone("bob")
        one, other = await api.workspace(ada), await api.workspace(ada, name="Other")
        await api.join(one, bob, Role.ADMIN)
        made = [
            await who.http.post(f"/workspaces/{place}/invites", json=_invite(n), headers={"idempotency-key": "one"})
            for n, (who, place) in enumerate([(ada, one), (bob, one), (ada, other)])
        ]
        assert [answer.status_code for answer in made] == [201, 201, 201]
        assert len({answer.json()["id"] for answer in made}) == 3

    async def test_a_refused_request_frees_its_key(self, api: CloudApi) -> None:
        ada = await api.someone("ada")
        path = f"/workspaces/{await api.workspace(ada)}/invites"
        headers = {"idempotency-key": "one"}
        assert (await ada.http.post(path, json={"email": "nonsense", "role": "member"}, headers=headers)).is_error
        assert (await ada.http.post(path, json=_invite(), headers=headers)).status_code == 201


async def test_a_key_is_forgotten_after_a_day(sqlite_url: str, tmp_path: Path) -> None:
    clock = ManualClock()
    async with serving_cloud(sqlite_url, tmp_path, clock=clock) as api:
        ada = await api.someone("ada")
        workspace = await api.workspace(ada)
        path = f"/workspaces/{workspace}/invites"
        await ada.http.post(path, json=_invite(), headers={"idempotency-key": "one"})
        clock.advance(LATER)
        again = await api.sign_in(ada.id, ada.email)
        answer = await again.http.post(path, json=_invite(1), headers={"idempotency-key": "one"})
        assert answer.status_code == 201


class TestVersions:
    async def test_a_change_must_say_what_it_changes(self, api: CloudApi) -> None:
        """[security 82]"""
        ada = await api.someone("ada")
        path = f"/workspaces/{await api.workspace(ada)}"
        problem(await ada.http.patch(path, json={"name": "New"}), 428, "precondition_required")
        etag = (await ada.http.get(path)).headers["etag"]
        assert not etag.startswith("W/")
        changed = await ada.http.patch(path, json={"name": "New"}, headers={"if-match": etag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != etag
        stale = await ada.http.patch(path, json={"name": "Newer"}, headers={"if-match": etag})
        problem(stale, 412, "precondition_failed")


class TestQuota:
    async def test_who_asks_too_often_is_told_when_to_come_again(self, sqlite_url: str, tmp_path: Path) -> None:
        """[security 83]"""
        async with serving_cloud(sqlite_url, tmp_path, rate_limit=20) as api:
            ada = await api.someone("ada")
            answers = [await ada.http.get("/auth/me") for _ in range(30)]
            refused = next(answer for answer in answers if answer.status_code == 429)
            problem(refused, 429, "rate_limited")
            assert refused.headers["ratelimit-policy"] == '"default";q=20;w=60'
            assert refused.headers["ratelimit"] == f'"default";r=0;t={refused.headers["retry-after"]}'


class TestWordsForMachines:
    async def test_who_has_not_signed_in_is_told_how(self, api: CloudApi) -> None:
        """[security 81]"""
        answer = await api.client().get("/auth/me")
        problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == 'Bearer realm="outlast"'

    async def test_a_token_that_is_not_good_is_named_so(self, api: CloudApi) -> None:
        """[security 81]"""
        answer = await api.client(authorization="Bearer nonsense").get("/auth/me")
        problem(answer, 401, "invalid_token")
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]

    async def test_a_token_without_the_scope_is_told_which(self, api: CloudApi) -> None:
        """[security 81]"""
        ada = await api.someone("ada")
        workspace = await api.workspace(ada)
        token = await api.token(ada, workspace, scopes=["sessions:read"])
        answer = await api.client(authorization=f"Bearer {token}").get(f"/workspaces/{workspace}/members")
        found = problem(answer, 403, "insufficient_scope")
        assert found["scope"] in answer.headers["www-authenticate"]
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]

    async def test_a_field_that_is_not_known_is_refused_by_name(self, api: CloudApi) -> None:
        """[security 71]"""
        ada = await api.someone("ada")
        answer = await ada.http.post("/workspaces", json={"name": "New", "owner": "me"})
        assert "owner" in str(problem(answer, 422, "invalid")["errors"])

    async def test_a_body_that_is_no_json_is_told_so(self, api: CloudApi) -> None:
        """[security 80]"""
        ada = await api.someone("ada")
        answer = await ada.http.post("/workspaces", content=b"{", headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422)
        assert "Traceback" not in answer.text

    async def test_a_body_that_is_too_large_is_not_read(self, api: CloudApi) -> None:
        ada = await api.someone("ada")
        answer = await ada.http.post("/workspaces", content=b" " * (9 * 1024 * 1024))
        problem(answer, 413, "body_too_large")
