"""When a log-in ends by itself: unused, too old, and never later than its tokens say."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from pathlib import Path

from outlast.kit.clock import ManualClock
from outlast.kit.settings import Settings
from tests.api.auth_stage import Stage, clock, stage
from tests.api.cloud import PASSWORD, problem, serving_cloud

__all__ = ["clock", "stage"]

IDLE = Settings.model_fields["login_idle"].default
LIFETIME = Settings.model_fields["login_lifetime"].default
SECOND = timedelta(seconds=1)


async def ends(stage: Stage, token: str) -> datetime:
    """The end in any case, as the device's record tells it."""
    answer = await stage.api.client(authorization=f"Bearer {token}").get("/auth/sessions")
    return datetime.fromisoformat(answer.json()["items"][0]["ends_at"])


async def test_use_just_before_the_idle_end_keeps_a_session_and_silence_ends_it(stage: Stage) -> None:
    """[security 13]"""
    token = stage.ada.refresh_token
    stage.clock.advance(IDLE - SECOND)
    answer = await stage.refresh(token)
    assert answer.status_code == 200
    stage.clock.advance(IDLE - SECOND)
    answer = await stage.refresh(answer.json()["refresh_token"])
    assert answer.status_code == 200
    bearer = answer.json()["access_token"]
    other = await stage.api.sign_in(stage.ada.id, stage.ada.email)
    stage.clock.advance(IDLE + SECOND)
    assert not await stage.is_good(bearer)
    assert not await stage.is_good(other.access_token)
    problem(await stage.refresh(answer.json()["refresh_token"]), 400, "invalid_grant")
    fresh = await stage.api.sign_in(stage.ada.id, stage.ada.email)
    assert [item["current"] for item in (await fresh.http.get("/auth/sessions")).json()["items"]] == [True]


async def test_any_authenticated_request_is_a_use(stage: Stage) -> None:
    """[security 13]"""
    answer = await stage.refresh(stage.ada.refresh_token)
    for _ in range(4):
        stage.clock.advance(timedelta(minutes=9))
        bearer = stage.api.client(authorization=f"Bearer {answer.json()['access_token']}")
        listed = (await bearer.get("/auth/sessions")).json()["items"]
        used = {datetime.fromisoformat(item["last_used_at"]) for item in listed if item["current"]}
        assert used == {stage.clock.now()}
        answer = await stage.refresh(answer.json()["refresh_token"])


async def test_use_does_not_move_the_end_in_any_case(stage: Stage) -> None:
    """[security 14]"""
    answer = await stage.refresh(stage.ada.refresh_token)
    end = await ends(stage, answer.json()["access_token"])
    while stage.clock.now() + IDLE / 2 < end:
        stage.clock.advance(IDLE / 2)
        answer = await stage.refresh(answer.json()["refresh_token"])
        assert answer.status_code == 200
        assert await ends(stage, answer.json()["access_token"]) == end
    stage.clock.advance(end - stage.clock.now() - SECOND)
    answer = await stage.refresh(answer.json()["refresh_token"])
    assert answer.status_code == 200
    stage.clock.advance(SECOND)
    problem(await stage.refresh(answer.json()["refresh_token"]), 400, "invalid_grant")
    assert not await stage.is_good(answer.json()["access_token"])


async def test_no_access_token_outlives_its_session(stage: Stage) -> None:
    """[security 15]"""
    token = stage.ada.refresh_token
    for _ in range(7):
        stage.clock.advance(IDLE - SECOND)
        if (answer := await stage.refresh(token)).status_code != 200:
            break
        token = answer.json()["refresh_token"]
        body = answer.json()
        claims = json.loads(urlsafe_b64decode(body["access_token"].split(".")[1] + "==="))
        assert claims["exp"] <= datetime.fromisoformat(body["session"]["ends_at"]).timestamp()
        assert claims["exp"] - claims["iat"] <= 600
    other = await stage.api.sign_in(stage.ada.id, stage.ada.email)
    stage.clock.advance(timedelta(minutes=9))
    assert await stage.is_good(other.access_token)
    stage.clock.advance(timedelta(minutes=1))
    assert not await stage.is_good(other.access_token)


async def test_a_new_proof_begins_both_clocks_anew(stage: Stage) -> None:
    """[security 16]"""
    first = await ends(stage, stage.ada.access_token)
    stage.clock.advance(timedelta(minutes=9))
    answer = await stage.ada.http.post("/auth/reauthenticate", json={"password": PASSWORD})
    session = answer.json()["session"]
    assert datetime.fromisoformat(session["ends_at"]) == stage.clock.now() + LIFETIME > first
    assert datetime.fromisoformat(session["idle_ends_at"]) == stage.clock.now() + IDLE
    assert datetime.fromisoformat(session["proved_at"]) == stage.clock.now()


async def test_a_cookie_that_is_kept_too_long_is_refused_by_the_server(stage: Stage) -> None:
    """[security 17]"""
    browser = await stage.logged_in_browser()
    kept = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    stage.clock.advance(LIFETIME + SECOND)
    hoarder = stage.browser(cookie=kept)
    problem(await hoarder.get("/auth/me"), 401, "unauthenticated")
    problem(await hoarder.post("/auth/sessions/refresh"), 400, "invalid_grant")


async def test_a_busy_device_is_written_down_once_a_minute(stage: Stage) -> None:
    """[security 18]"""

    async def used() -> set[object]:
        return {row["last_used_at"] for row in await stage.rows("login_sessions")}

    before = await used()
    for step in range(60):
        stage.clock.advance(SECOND)
        answer = await stage.ada.http.post("/auth/sessions/validate", json={"token": stage.ada.access_token})
        assert answer.json()["active"]
        if step < 59:
            assert await used() == before
    assert len(await used() - before) == 1


def test_the_limits_are_settings_that_say_what_they_are() -> None:
    """[security 19]"""
    for name in ("login_idle", "login_lifetime", "refresh_grace", "max_devices"):
        assert Settings.model_fields[name].description
    assert Settings(max_devices=3, login_idle="1h").max_devices == 3


async def test_the_device_longest_unused_makes_room_for_a_new_one(
    sqlite_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    """[security 19]"""
    async with serving_cloud(sqlite_url, tmp_path, clock=clock, max_devices=3) as api:
        stage = Stage(api, clock, await api.someone("ada"))
        others = []
        for _ in range(3):
            assert await stage.is_good(stage.ada.access_token)
            clock.advance(SECOND)
            others.append(await api.sign_in(stage.ada.id, stage.ada.email))
        assert not await stage.is_good(stage.ada.access_token)
        assert [await stage.is_good(other.access_token) for other in others] == [True] * 3
