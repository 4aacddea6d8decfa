"""The first start of a server, and those after it: who gets in, and by what."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from outlast.client import Client, RunningServer, running_server
from tests.process.command_line import APPS, Place

NO_PAGE = {"x-outlast-request": "1"}
SITE = "https://outlast.example.com"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder in which no server ran yet."""
    return _place(tmp_path)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, str]]:
    """One in which a server runs for the first time, and the link that it printed."""
    place = _place(tmp_path_factory.mktemp("started"))
    with place.serving() as link:
        yield place, link


def _place(folder: Path) -> Place:
    (folder / "apps.py").write_text(APPS, "utf-8")
    return Place(folder)


def _running(place: Place) -> RunningServer:
    running = running_server(place.folder / "data")
    assert running is not None
    return running


def _log_in(place: Place, code: str) -> httpx.Response:
    url = f"{_running(place).url}/api/v1/auth/sessions"
    return httpx.post(url, json={"code": code}, headers=NO_PAGE, trust_env=False)


def _code(link: str) -> str:
    _, mark, code = link.partition("/#code=")
    assert mark, link
    return code


def _owner(place: Place) -> str:
    with Client.to(_running(place)) as client:
        return client.me().id


def _get(running: RunningServer, path: str, *, token: str) -> httpx.Response:
    bearer = {"authorization": f"Bearer {token}"}
    return httpx.get(f"{running.url}/api/v1{path}", headers=bearer, trust_env=False)


def test_the_first_start_makes_an_owner_with_a_workspace(started: tuple[Place, str]) -> None:
    place, link = started
    running = _running(place)
    assert link == running.link
    with Client.to(running) as client:
        assert client.me().active_workspace_id == running.workspace_id
    (home,) = _get(running, "/workspaces", token=running.token).json()["items"]
    assert (home["id"], home["name"], home["role"]) == (running.workspace_id, "Home", "owner")


def test_the_code_of_a_link_works_once_and_opening_the_link_spends_nothing(started: tuple[Place, str]) -> None:
    place, link = started
    for _ in range(2):
        assert httpx.get(link, trust_env=False).status_code == 200
    first, second = _log_in(place, _code(link)), _log_in(place, _code(link))
    assert first.status_code == 201, first.text
    assert second.status_code == 401, second.text
    me = _get(_running(place), "/auth/me", token=first.json()["access_token"])
    assert me.json()["id"] == _owner(place)


def test_commands_on_the_same_machine_work_at_once(started: tuple[Place, str]) -> None:
    place, _ = started
    listed = place.run("sessions", "--json")
    assert (listed.returncode, json.loads(listed.stdout)["items"]) == (0, [])
    assert "apps:trip" in place.run("apps").stdout


def test_what_opens_the_server_is_readable_by_its_user_alone(started: tuple[Place, str]) -> None:
    data = started[0].folder / "data"
    keys = list((data / "keys").iterdir())
    assert (data / "keys" / "local-token") in keys
    assert {stat.S_IMODE(path.stat().st_mode) for path in (data / "server.json", *keys)} == {0o600}
    assert stat.S_IMODE((data / "keys").stat().st_mode) == 0o700


def test_the_owner_and_the_token_of_this_machine_stay_over_restarts(place: Place) -> None:
    with place.serving() as link:
        before, owner = _running(place), _owner(place)
        assert _log_in(place, _code(link)).status_code == 201
    with place.serving() as other:
        after = _running(place)
        assert (after.token, after.workspace_id, _owner(place)) == (before.token, before.workspace_id, owner)
        assert other != link
        assert _log_in(place, _code(link)).status_code == 401
        assert _log_in(place, _code(other)).status_code == 201


def test_with_a_public_address_only_the_first_start_prints_a_link(place: Place) -> None:
    public = Place(place.folder, {"OUTLAST_PUBLIC_URL": SITE})
    with public.serving() as link:
        assert link.startswith(f"{SITE}/#code=")
        first = _owner(public)
    with public.serving() as link:
        assert link == f"{SITE}/"
        assert _owner(public) == first
