"""Two organisations on one server: no id of one opens or changes anything for the other; reading changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from outlast.ee.cloud.mount import API
from outlast.kit.ids import new_id
from outlast.protocol.codec import Json
from tests.api.cloud import CloudApi, Someone, serving_cloud
from tests.api.tenants import Rows, Tenant, by_an_owner, dump, furnish, settled
from tests.api.test_matrix import CALLS, LEAST

OF_THE_SERVER = ("{digest}", "{provider}", "{app_id}")
"""Pictures go by what is in them, providers and apps are the same for all."""

BODIES: Mapping[str, Json] = {
    "workspace.update": {"name": "Mine now"},
    "workspace.transfer": {"user_id": "-"},
    "member.set_role": {"role": "viewer"},
    "invite.create": {"email": "x@example.com", "role": "viewer"},
    "license.install": {"text": "x"},
    "file.rename": {"name": "mine.txt"},
    "session.start": {"app": "talk:greet", "args": {"name": "Eve"}},
    "session.update": {"title": "Mine now"},
    "session.answer": {"input": "word", "value": "tea"},
    "session.cancel": {},
    "session.branch": {"seq": 1},
    "share.create": {"level": "edit"},
    "passkey.rename": {"name": "mine"},
}
"""What is sent along, so that it is the id alone that is wrong."""

HEADERS = {"if-match": "*", "tus-resumable": "1.0.0", "upload-offset": "0", "x-outlast-request": "1"}
PART = {**HEADERS, "content-type": "application/offset+octet-stream"}


@dataclass
class Stage:
    api: CloudApi
    a: Tenant
    b: Tenant


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with (
        by_an_owner(database_url) as url,
        serving_cloud(url, tmp_path, sse_max_age=timedelta(milliseconds=30)) as api,
    ):
        stage = Stage(api, await furnish(api, "ada"), await furnish(api, "eve"))
        await settled(api.cloud)
        yield stage


def _addresses() -> Iterator[tuple[str, str, str]]:
    """Every method, address and verb with ids in it that are somebody's."""
    for method, path, verb in CALLS:
        whose = LEAST[verb] != "operator" and not any(name in path for name in OF_THE_SERVER)
        if "{" in path and whose:
            yield method, path.removeprefix(API), verb


def _names(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def _ids(tenant: Tenant, path: str) -> dict[str, str]:
    ids = dict(tenant.ids)
    if path.startswith("/auth/"):
        ids["session_id"] = tenant.login_session_id
    return {name: ids[name] for name in _names(path)}


async def _refusal(who: Someone, method: str, path: str, *, verb: str, ids: Mapping[str, str]) -> tuple[Json, ...]:
    """What somebody is told, with the ids taken out of it; or, of another answer than a refusal, its status."""
    address = path.format(**ids)
    given: dict[str, object] = {}
    if method in ("POST", "PUT", "PATCH"):
        given = (
            {"content": b"x", "headers": PART, "params": {"name": "x"}}
            if "upload" in verb
            else {"json": BODIES.get(verb, {})}
        )
    answer = await who.http.request(method, address, **{"headers": HEADERS, **given})  # type: ignore[arg-type]
    if answer.status_code != 404:
        return answer.status_code, answer.text
    if method == "HEAD":
        return (404,)
    told = answer.text
    for name in sorted(ids, key=lambda name: -len(ids[name])):
        told = told.replace(ids[name], "<id>")
    return 404, told


@pytest.mark.timeout(60)
async def test_ids_of_another_tenant_are_as_unknown_as_made_up_ones(stage: Stage) -> None:
    """[security 35] [security 68] [security 69] [security 75]"""
    before, leaks = _of(stage.a, await dump(stage.api.cloud)), []
    for method, path, verb in _addresses():
        own, others = _ids(stage.b, path), _ids(stage.a, path)
        made_up = {name: new_id() for name in own}
        names = list(own)
        for count in range(1, len(names) + 1):
            for chosen in itertools.combinations(names, count):
                theirs = {name: (others if name in chosen else own)[name] for name in names}
                nobodys = {name: (made_up if name in chosen else own)[name] for name in names}
                told = await _refusal(stage.b.owner, method, path, verb=verb, ids=theirs)
                if told[0] != 404 or told != await _refusal(stage.b.owner, method, path, verb=verb, ids=nobodys):
                    leaks.append((method, path, chosen, told))
    assert leaks == []
    await settled(stage.api.cloud)
    assert _of(stage.a, await dump(stage.api.cloud)) == before


def _of(tenant: Tenant, rows: Rows) -> Rows:
    """The rows in which a tenant's ids stand; what the server's own trail says of knocking strangers is its own."""
    known = {*tenant.ids.values(), tenant.owner.id, tenant.login_session_id}
    return {
        table: [
            row
            for row in found
            if any(id in cell for cell in row for id in known) and not (table == "audit_entries" and row[0] == "-")
        ]
        for table, found in rows.items()
    }


async def test_ids_of_another_tenant_in_bodies_and_queries_open_nothing(stage: Stage) -> None:
    """[security 68] [security 69] [security 71]"""
    a, b, api = stage.a, stage.b, stage.api
    before, eve, mine = _of(a, await dump(api.cloud)), b.owner.http, f"/workspaces/{b.workspace}"
    with_file = {"app": "talk:greet", "args": {"name": {"file_id": "{}"}}}
    pairs = [
        ("POST", f"{mine}/transfer", {"user_id": "{}"}, a.member.id),
        ("POST", f"{mine}/sessions", with_file, a.ids["file_id"]),
        ("POST", f"{mine}/sessions/{b.ids['session_id']}/shares", {"user_id": "{}", "level": "view"}, a.member.id),
        ("POST", "/auth/tokens", {"name": "x", "workspace_id": "{}", "scopes": ["sessions:read"]}, a.workspace),
        ("PATCH", "/auth/me", {"active_workspace_id": "{}"}, a.workspace),
        ("POST", "/workspaces/invites/accept", {"workspace_id": a.workspace, "invite_id": "{}"}, a.ids["invite_id"]),
        ("POST", "/workspaces/invites/accept", {"workspace_id": "{}", "invite_id": a.ids["invite_id"]}, a.workspace),
        ("GET", f"{mine}/streams?follow=session:{{}}@0", None, a.ids["session_id"]),
        ("GET", f"{mine}/streams?follow=workspace:{{}}@0", None, a.workspace),
        ("GET", f"{mine}/files?session={{}}", None, a.ids["session_id"]),
        ("GET", f"{mine}/audit?target={{}}", None, a.workspace),
        ("GET", f"{mine}/audit?actor={{}}", None, a.owner.id),
    ]
    for method, path, body, theirs in pairs:
        told = [await _said(eve, method, path, body=body, id=id) for id in (theirs, new_id())]
        assert told[0] == told[1], (method, path)
    opened = await eve.post("/shares/open", json={"token": a.secrets["link"]})
    assert (opened.status_code, opened.json()["code"]) == (404, "share.not_found")
    await settled(api.cloud)
    assert _of(a, await dump(api.cloud)) == before


async def _said(http: httpx.AsyncClient, method: str, path: str, *, body: Json, id: str) -> tuple[int, str]:
    answer = await http.request(method, path.replace("{}", id), json=_filled(body, id), headers=HEADERS)
    return answer.status_code, answer.text.replace(id, "<id>")


def _filled(body: Json, id: str) -> Json:
    if isinstance(body, dict):
        return {name: _filled(value, id) for name, value in body.items()}
    return id if body == "{}" else body


async def test_reading_everything_changes_nothing(stage: Stage) -> None:
    """[security 64]"""

    before, unread = await dump(stage.api.cloud), []
    for method, path, verb in CALLS:
        if method in ("GET", "HEAD") and LEAST[verb] != "operator" and verb not in ("avatar.read", "audit.export"):
            address = path.removeprefix(API)
            ids = {"app_id": "talk:greet", **_ids(stage.a, address.replace("{app_id}", ""))}
            follow = {"follow": f"session:{stage.a.ids['session_id']}@0"} if verb == "stream.follow" else None
            answer = await stage.a.owner.http.request(
                method, address.format(**ids), params=follow, headers={"tus-resumable": "1.0.0"}
            )
            unread += [(method, path, answer.text)] if answer.is_error else []
    assert unread == []
    await settled(stage.api.cloud)
    assert await dump(stage.api.cloud) == before
