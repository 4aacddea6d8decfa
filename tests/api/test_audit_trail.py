"""The audit trail over HTTP."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.license.documents import License, issue, make_keys
from outlast.kit.ids import new_id
from tests.api.cloud import CloudApi, Someone, problem, serving_cloud

PRIVATE, PUBLIC = make_keys()


def licence() -> str:
    """A licence that includes the export."""
    now = datetime.now(UTC)
    return issue(
        License(
            id="lic-1",
            org="Ministry of Tea",
            plan="business",
            seats=50,
            features=("workspaces", "seats", "audit_export"),
            not_before=now - timedelta(days=1),
            expires_at=now + timedelta(days=1),
        ),
        PRIVATE,
    )


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[CloudApi]:
    async with serving_cloud(database_url, tmp_path, license=licence(), license_public_key=PUBLIC) as api:
        yield api


@pytest.fixture
async def ada(api: CloudApi) -> Someone:
    return await api.someone("ada")


@pytest.fixture
async def place(api: CloudApi, ada: Someone) -> str:
    return await api.workspace(ada)


async def member(api: CloudApi, place: str, role: Role) -> Someone:
    someone = await api.someone(role.label)
    await api.join(place, someone, role)
    return someone


class TestListing:
    """``GET /workspaces/{id}/audit``."""

    async def test_who_has_not_signed_in_is_asked_to(self, api: CloudApi, place: str) -> None:
        problem(await api.client().get(f"/workspaces/{place}/audit"), 401, "unauthenticated")

    async def test_strangers_and_members_of_other_workspaces_find_nothing(self, api: CloudApi, place: str) -> None:
        bob = await api.someone("bob")
        await api.workspace(bob, "Other")
        problem(await bob.http.get(f"/workspaces/{place}/audit"), 404, "workspace.not_found")
        problem(await bob.http.get(f"/workspaces/{new_id()}/audit"), 404, "workspace.not_found")

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
    async def test_members_may_not_read_it_and_that_they_tried_stands_there(
        self, api: CloudApi, ada: Someone, place: str, role: Role
    ) -> None:
        """[security 84] Denials, with who, what, where and when."""
        someone = await member(api, place, role)
        problem(await someone.http.get(f"/workspaces/{place}/audit"), 403, "role.too_low")
        answer = await ada.http.get(f"/workspaces/{place}/audit", params={"result": "denied"})
        (entry,) = answer.json()["items"]
        assert (entry["verb"], entry["code"]) == ("audit.list", "role.too_low")
        assert entry["actor"] == {"id": someone.id, "name": someone.email}
        assert entry["ip"] == "127.0.0.1"
        assert entry["login_session_id"]
        assert datetime.fromisoformat(entry["at"]).tzinfo is not None

    async def test_an_admin_reads_and_filters_it(self, api: CloudApi, ada: Someone, place: str) -> None:
        bob = await member(api, place, Role.ADMIN)
        problem(await bob.http.put(f"/workspaces/{place}/license", json={"text": "x"}), 403, "role.too_low")
        for params, found in (
            ({"actor": bob.id}, True),
            ({"actor": ada.id, "verb": "license.*"}, False),
            ({"verb": "license.*"}, True),
            ({"verb": "license.install", "result": "denied"}, True),
            ({"from": "2999-01-01T00:00:00Z"}, False),
            ({"to": "2000-01-01T00:00:00Z"}, False),
        ):
            answer = await bob.http.get(f"/workspaces/{place}/audit", params=params)
            assert (answer.status_code, bool(answer.json()["items"])) == (200, found), params
            assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(
        "params", [{"limit": 0}, {"limit": 101}, {"from": "yesterday"}, {"to": "2030-01-01T00:00:00"}, {"cursor": "x"}]
    )
    async def test_what_can_not_be_asked_is_refused(
        self, ada: Someone, place: str, params: dict[str, str | int]
    ) -> None:
        assert (await ada.http.get(f"/workspaces/{place}/audit", params=params)).status_code == 422


class TestExport:
    """``GET /workspaces/{id}/audit/export``."""

    async def test_an_owner_takes_it_as_csv_and_as_json(self, api: CloudApi, ada: Someone, place: str) -> None:
        bob = await member(api, place, Role.MEMBER)
        problem(await bob.http.get(f"/workspaces/{place}/audit/export"), 403, "role.too_low")
        answer = await ada.http.get(f"/workspaces/{place}/audit/export")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"].startswith("attachment")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        answer = await ada.http.get(f"/workspaces/{place}/audit/export", params={"format": "json"})
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert [row["id"] for row in rows] == [line["id"] for line in lines]
        assert "audit.export" in {row["verb"] for row in rows}

    async def test_without_the_feature_there_is_no_export(self, database_url: str, tmp_path: Path) -> None:
        async with serving_cloud(database_url, tmp_path) as api:
            ada = await api.someone("ada")
            place = await api.workspace(ada)
            found = problem(await ada.http.get(f"/workspaces/{place}/audit/export"), 403, "license.feature_missing")
            assert found["feature"] == "audit_export"
            assert (await ada.http.get(f"/workspaces/{place}/audit")).status_code == 200
