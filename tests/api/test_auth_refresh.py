"""Refresh tokens: good once, forgiving for seconds, and an alarm after that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from outlast.ee.cloud import auth
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import service
from outlast.ee.cloud.auth.rotation import GRACE
from tests.api.auth_stage import NO_PAGE, Stage, clock, gather, stage
from tests.api.cloud import problem

__all__ = ["clock", "stage"]

SECOND = timedelta(seconds=1)


async def rotated(stage: Stage, token: str) -> Mapping[str, str]:
    answer = await stage.refresh(token)
    assert answer.status_code == 200, answer.text
    body: Mapping[str, str] = answer.json()
    return body


async def test_each_refresh_gives_another_token_and_voids_the_one_before(stage: Stage) -> None:
    """[security 20]"""
    first = stage.ada.refresh_token
    second = await rotated(stage, first)
    assert second["refresh_token"] != first
    assert await stage.is_good(second["access_token"])
    stage.clock.advance(GRACE)
    problem(await stage.refresh(first), 400, "invalid_grant")


async def test_a_token_used_again_ends_the_whole_family_at_once(stage: Stage) -> None:
    """[security 21, 25]"""
    second = await rotated(stage, stage.ada.refresh_token)
    stage.clock.advance(GRACE)
    third = await rotated(stage, second["refresh_token"])
    bystander = await stage.api.sign_in(stage.ada.id, stage.ada.email)
    problem(await stage.refresh(stage.ada.refresh_token), 400, "invalid_grant")
    for access in (stage.ada.access_token, second["access_token"], third["access_token"]):
        assert not await stage.is_good(access)
    problem(await stage.refresh(third["refresh_token"]), 400, "invalid_grant")
    assert await stage.is_good(bystander.access_token)


async def test_fifty_at_once_leave_one_live_token_and_log_nobody_out(stage: Stage) -> None:
    """[security 22]"""
    answers = await gather(*(stage.refresh(stage.ada.refresh_token) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    stage.clock.advance(GRACE)
    after = await rotated(stage, answers[0].json()["refresh_token"])
    assert await stage.is_good(after["access_token"])


async def test_a_lost_answer_is_given_again(stage: Stage) -> None:
    """[security 23]"""
    lost = await rotated(stage, stage.ada.refresh_token)
    rows = await stage.rows("login_sessions")
    stage.clock.advance(GRACE - SECOND)
    again = await rotated(stage, stage.ada.refresh_token)
    assert again["refresh_token"] == lost["refresh_token"]
    names = ("refresh_current", "refresh_parent", "refresh_salt", "ended_at")
    after = await stage.rows("login_sessions")
    assert [[row[name] for name in names] for row in after] == [[row[name] for name in names] for row in rows]
    assert await stage.is_good(again["access_token"])


async def test_after_the_successor_was_used_a_retry_is_refused_and_the_family_lives(stage: Stage) -> None:
    """[security 24]"""
    second = await rotated(stage, stage.ada.refresh_token)
    third = await rotated(stage, second["refresh_token"])
    problem(await stage.refresh(stage.ada.refresh_token), 400, "invalid_grant")
    assert await stage.is_good(third["access_token"])
    await rotated(stage, third["refresh_token"])


async def test_a_token_of_three_generations_back_is_an_attack_however_soon(stage: Stage) -> None:
    """[security 26]"""
    body: Mapping[str, str] = {"refresh_token": stage.ada.refresh_token}
    for _ in range(3):
        body = await rotated(stage, body["refresh_token"])
    problem(await stage.refresh(stage.ada.refresh_token), 400, "invalid_grant")
    assert not await stage.is_good(body["access_token"])


async def test_an_attack_is_recorded_told_and_mailed(stage: Stage) -> None:
    """[security 27]"""
    await rotated(stage, stage.ada.refresh_token)
    stage.clock.advance(GRACE)
    await stage.refresh(stage.ada.refresh_token)
    entries = [row for row in await stage.rows("audit_entries") if row["code"] == "refresh_token_reused"]
    assert [(row["verb"], row["actor_id"], row["ip"]) for row in entries] == [
        ("login_session.refresh", stage.ada.id, "127.0.0.1")
    ]
    (told,) = await stage.mails(stage.ada.email)
    assert "signed out" in told.subject
    assert "127.0.0.1" in told.text
    assert "python-httpx" in told.text


@pytest.mark.parametrize("end", ["disabled", "password"])
async def test_a_refresh_looks_at_the_account_again(stage: Stage, end: str) -> None:
    """[security 28]"""
    hashed = await auth.hash_password(stage.api.cloud, "another quiet harbour")
    async with units.writing(stage.api.cloud) as unit:
        if end == "disabled":
            await service.disable(unit, stage.ada.id)
        else:
            await service.set_password(unit, stage.ada.id, password_hash=hashed)
    problem(await stage.refresh(stage.ada.refresh_token), 400, "invalid_grant")
    assert not await stage.is_good(stage.ada.access_token)


async def test_a_refresh_gives_no_more_than_there_was(stage: Stage) -> None:
    """[security 29]"""
    client = stage.api.client(**NO_PAGE)
    for more in ({"level": 2}, {"scope": "all"}, {"user_id": "x"}, {"workspace_id": "x"}):
        answer = await client.post("/auth/sessions/refresh", json={"refresh_token": stage.ada.refresh_token, **more})
        problem(answer, 422, "invalid")
    before = (await stage.ada.http.get("/auth/sessions")).json()["items"][0]
    after = (await stage.refresh(stage.ada.refresh_token)).json()["session"]
    same = ("id", "level", "method", "proved_at", "ends_at", "created_at")
    assert {name: before[name] for name in same} == {name: after[name] for name in same}


async def test_each_token_is_good_for_its_own_use_alone(stage: Stage) -> None:
    """[security 30]"""
    workspace_id = await stage.api.workspace(stage.ada)
    answer = await stage.ada.http.post(
        "/auth/tokens", json={"name": "ci", "workspace_id": workspace_id, "scopes": ["account:read"]}
    )
    async with units.writing(stage.api.cloud) as unit:
        link = await auth.issue_link(unit, stage.ada.id, expires_in=timedelta(hours=1))
    browser = await stage.logged_in_browser()
    device = next(value for name, value in browser.cookies.items() if "device" in name)
    tokens = {
        "access": stage.ada.access_token,
        "refresh": stage.ada.refresh_token,
        "personal": answer.json()["token"],
        "link": link,
        "device": device,
    }
    opens = {name for name, token in tokens.items() if await stage.is_good(token)}
    assert opens == {"access", "personal"}
    renews = {name for name, token in tokens.items() if (await stage.refresh(token)).status_code == 200}
    assert renews == {"refresh"}
    client = stage.api.client(**NO_PAGE)
    lets_in = set()
    for name, token in tokens.items():
        answer = await client.post("/auth/sessions", json={"code": token})
        if answer.status_code == 201:
            lets_in.add(name)
        else:
            problem(answer, 401, "auth.link_spent")
    assert lets_in == {"link"}


@pytest.mark.parametrize("token", ["", "olr_", "olr_" + "0" * 71, "nonsense", "é", "x" * 16_000])
async def test_what_is_no_refresh_token_is_refused_and_changes_nothing(stage: Stage, token: str) -> None:
    before = await stage.rows("login_sessions")
    answer = await stage.refresh(token)
    assert answer.status_code in (400, 422)
    assert await stage.rows("login_sessions") == before
