"""Every route by every role and tenant: the cells that `permissions.toml` lists pass, all others are refused."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.mount import API, DOMAINS
from outlast.ee.cloud.policy import Policy, Who
from outlast.ee.cloud.routes import check_verbs, served
from outlast.kit.ids import new_id
from outlast.protocol.codec import Json
from tests.api.cloud import CloudApi, Someone, serving_cloud

LEAST: dict[str, str] = tomllib.loads(Path(__file__).with_name("permissions.toml").read_text("utf-8"))
"""The least role of each verb, or `anyone`, or `signed in`: written by hand, not taken from the code."""

ROLES = ("viewer", "member", "admin", "owner")
REFUSALS = {(401, "unauthenticated"), (401, "invalid_token"), (403, "role.too_low"), (404, "workspace.not_found")}


def _app() -> FastAPI:
    app = FastAPI()
    for domain in DOMAINS:
        app.include_router(domain.router, prefix=API)
    return app


CALLS = list(served(_app()))
IN_WORKSPACE = [call for call in CALLS if "{workspace_id}" in call[1]]
OUTSIDE = [call for call in CALLS if "{workspace_id}" not in call[1]]


@dataclass
class Stage:
    """A server with people of two organisations."""

    api: CloudApi
    people: dict[str, Someone]

    async def workspace(self) -> str:
        """A fresh workspace with a member of each role, and one who was removed."""
        workspace_id = await self.api.workspace(self.people["owner"])
        for role in ("viewer", "member", "admin", "removed"):
            await self.api.join(workspace_id, self.people[role], Role.named("member" if role == "removed" else role))
        await self.api.leave(workspace_id, self.people["removed"])
        return workspace_id


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("matrix")
    async with serving_cloud(f"sqlite+aiosqlite:///{folder / 'matrix.sqlite3'}", folder) as api:
        names = (*ROLES, "removed", "stranger", "foreigner")
        people = {name: await api.someone(name) for name in names}
        await api.workspace(people["foreigner"], name="Other")
        yield Stage(api, people)


def _path(path: str, workspace_id: str) -> str:
    """The address with ids that belong to nobody, below ``/api/v1``."""
    filled = path.removeprefix(API).replace("{workspace_id}", workspace_id)
    while "{" in filled:
        head, _, rest = filled.partition("{")
        filled = head + new_id() + rest.partition("}")[2]
    return filled


async def _call(http: httpx.AsyncClient, method: str, path: str) -> tuple[int, str]:
    body: dict[str, Json] = {} if method in ("GET", "HEAD", "DELETE") else {"json": {}}
    async with http.stream(method, path, headers={"x-outlast-request": "1"}, **body) as answer:
        if answer.headers.get("content-type") != "application/problem+json":
            return answer.status_code, ""
        if method == "HEAD":  # tells its status alone
            return answer.status_code, {401: "unauthenticated", 404: "workspace.not_found"}.get(answer.status_code, "")
        await answer.aread()
        return answer.status_code, str(answer.json()["code"])


def test_every_verb_has_its_row_and_every_row_its_verb() -> None:
    """[security 67]"""
    policy = Policy()
    for domain in DOMAINS:
        policy.add(domain.RULES)
    known = check_verbs(_app(), policy)
    assert CALLS
    assert {rule.verb: _least(rule.needs) for rule in policy if rule.verb in known} == LEAST


def _least(needs: Role | Who) -> str:
    return needs.label if isinstance(needs, Role) else needs.value


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("method", "path", "verb"), IN_WORKSPACE, ids=[f"{m} {p}" for m, p, _ in IN_WORKSPACE])
async def test_only_members_of_the_role_pass(stage: Stage, method: str, path: str, verb: str) -> None:
    """[security 67, 68, 69]"""
    least = LEAST[verb]
    workspace_id = await stage.workspace()
    address = _path(path, workspace_id)
    assert await _call(stage.api.client(), method, address) == (401, "unauthenticated")
    unknown = _path(path, new_id())
    for outsider in ("stranger", "foreigner", "removed"):
        http = stage.people[outsider].http
        assert await _call(http, method, address) == (404, "workspace.not_found"), outsider
        assert await _call(http, method, unknown) == (404, "workspace.not_found"), outsider
    for role in ROLES:  # the owner comes last: what an owner does may end the workspace
        result = await _call(stage.people[role].http, method, address)
        if ROLES.index(role) < ROLES.index(least):
            assert result == (403, "" if method == "HEAD" else "role.too_low"), role
        else:
            assert method == "HEAD" or result not in REFUSALS, role
            assert result[0] not in (401, 403) or result[1] in ("license.feature_missing", ""), role
            assert result[0] < 500, role


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("method", "path", "verb"), IN_WORKSPACE, ids=[f"{m} {p}" for m, p, _ in IN_WORKSPACE])
async def test_a_token_of_another_workspace_opens_nothing(stage: Stage, method: str, path: str, verb: str) -> None:
    """[security 67, 70]"""
    owner = stage.people["owner"]
    token = await stage.api.token(owner, await stage.workspace(), scopes=await stage.api.scopes())
    http = stage.api.client(authorization=f"Bearer {token}")
    assert await _call(http, method, _path(path, await stage.workspace())) == (404, "workspace.not_found")


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("method", "path", "verb"), OUTSIDE, ids=[f"{m} {p}" for m, p, _ in OUTSIDE])
async def test_outside_of_workspaces_only_who_is_listed_passes(stage: Stage, method: str, path: str, verb: str) -> None:
    """[security 67]"""
    address = _path(path, "")
    result = await _call(stage.api.client(), method, address)
    if LEAST[verb] == "anyone":
        assert result[0] < 500
        assert result != (401, "unauthenticated")
        return
    assert result == (401, "unauthenticated")
    # Another device each time: what a route does may end the session that asks.
    stranger = stage.people["stranger"]
    device = await stage.api.sign_in(stranger.id, stranger.email)
    result = await _call(device.http, method, address)
    if LEAST[verb] == "operator":
        assert result[0] in (403, 404)
        return
    assert result not in REFUSALS
    assert result[0] < 500
