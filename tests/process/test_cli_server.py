"""The commands that talk to a server, against a real one."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from outlast.client import Client, follow, running_server
from outlast.protocol.codec import encode_json
from tests.process.command_line import APPS, LIMIT_S, Place, wait_for


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "apps.py").write_text(APPS, "utf-8")
    place = Place(folder)
    with place.serving():
        yield place


@pytest.fixture
def session(place: Place) -> str:
    """A session of the app `trip` that waits for its first answer."""
    with _client(place) as client:
        return client.start("apps:trip", {"city": "Porto"}).id


def _follow_until(place: Place, session: str, text: str) -> None:
    """Wait until a session's stream holds a text."""
    with _client(place) as client:
        for each in follow(client, session, give_up=timedelta(seconds=LIMIT_S)):
            if text in encode_json(each).decode():
                return
    raise AssertionError(f"the session ended without {text!r}")


def _client(place: Place) -> Client:
    running = running_server(place.folder / "data")
    assert running is not None
    return Client.to(running)


def test_serve_prints_a_link_that_opens(place: Place) -> None:
    running = running_server(place.folder / "data")
    assert running is not None
    assert running.link.startswith("http://127.0.0.1:")


def test_a_second_server_on_the_port_says_what_to_do(place: Place) -> None:
    running = running_server(place.folder / "data")
    assert running is not None
    port = running.url.rpartition(":")[2]
    ended = place.run("serve", "apps.py", "--port", port)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"Error: Can't listen on 127.0.0.1:{port}: another program does")
    assert "--port " in ended.stderr
    assert running_server(place.folder / "data") == running


def test_a_server_that_is_stopped_ends_calmly(tmp_path: Path) -> None:
    (tmp_path / "apps.py").write_text(APPS, "utf-8")
    process = Place(tmp_path).start("serve", "apps.py", "--port", "0")
    wait_for(process, "Stop ")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, output, errors) == (0, "Stopped.\n", "")


def test_questions_are_answered_one_by_one(place: Place, session: str) -> None:
    _follow_until(place, session, '"input.requested"')
    assert place.run("answer", session, "2").returncode == 0
    _follow_until(place, session, '"label":"Style"')
    assert place.run("answer", session[-8:], "1", "--input", "Style").returncode == 0
    _follow_until(place, session, '"value":"relaxed"')


def test_an_export_is_read_by_people_and_by_replay(place: Place, session: str) -> None:
    with _client(place) as client:
        for key, value in (("i1", 2), ("i2", "relaxed"), ("i3", True)):
            _follow_until(place, session, f'"input":"{key}"')
            client.answer(session, key, value)
    _follow_until(place, session, "session.completed")
    markdown = place.run("export", session).stdout
    assert "# Porto" in markdown
    assert "| 2 | Porto 2 |" in markdown
    assert "> [!TIP]\n> Booked, relaxed." in markdown
    place.run("export", session, "--format", "json", "-o", "kept.json")
    replayed = place.run("replay", "kept.json", "apps.py")
    assert "It replays" in replayed.stdout, replayed.stderr


def test_an_answer_that_does_not_fit_is_refused_with_the_reason(place: Place, session: str) -> None:
    _follow_until(place, session, '"input.requested"')
    refused = place.run("answer", session, "99")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "at most 14" in refused.stderr


def test_attach_shows_what_was_said_and_answers_the_rest(place: Place, session: str) -> None:
    _follow_until(place, session, '"input.requested"')
    place.run("answer", session, "1")
    ended = place.run("attach", session, answers="packed\nno\n")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[:3] == ["Porto", "? How many days?  1", "? Style  packed"]


def test_watch_writes_the_stream_as_json_and_answers_nothing(place: Place, session: str) -> None:
    process = place.start("attach", session, "--watch", "--json")
    try:
        printed = wait_for(process, '"input.requested"')
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT_S)
    events = [json.loads(line) for line in printed.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


def test_a_branch_goes_another_way(place: Place, session: str) -> None:
    _follow_until(place, session, '"input.requested"')
    with _client(place) as client:
        asked = client.get(session).document.inputs["i1"].seq
    ended = place.run("branch", session, "--seq", str(asked), "--value", "5", "--json")
    assert ended.returncode == 0, ended.stderr
    other = json.loads(ended.stdout)["id"]
    assert other != session
    _follow_until(place, other, '"label":"Style"')


def test_cancel_stops_a_session_and_a_second_one_is_a_conflict(place: Place, session: str) -> None:
    assert place.run("cancel", session, "--reason", "enough").returncode == 0
    _follow_until(place, session, '"session.cancelled"')
    again = place.run("cancel", session)
    assert (again.returncode, again.stdout) == (4, "")
    attached = place.run("attach", session)
    assert attached.returncode == 130
    assert "enough" in attached.stderr


def test_a_deleted_session_is_gone(place: Place, session: str) -> None:
    assert place.run("delete", session).returncode == 2
    assert place.run("delete", session, "--yes").returncode == 0
    assert place.run("export", session).returncode == 3


def test_ctrl_c_leaves_an_attached_session_as_it_is(place: Place, session: str) -> None:
    process = place.start("attach", session)
    wait_for(process, "Porto")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    assert "it goes on" in errors
    assert json.loads(place.run("sessions", "--json").stdout)["items"][0]["state"] == "waiting"


def test_sessions_come_in_pages(place: Place, session: str) -> None:
    with _client(place) as client:
        client.start("apps:trip")
    first = json.loads(place.run("sessions", "--limit", "1", "--json").stdout)
    second = json.loads(place.run("sessions", "--limit", "1", "--cursor", first["next_cursor"], "--json").stdout)
    assert first["items"][0]["id"] != second["items"][0]["id"]
    assert "More: outlast sessions --cursor" in place.run("sessions", "--limit", "1").stdout


def test_apps_of_the_server_are_listed(place: Place) -> None:
    ended = place.run("apps")
    assert ended.returncode == 0, ended.stderr
    assert "apps:trip" in ended.stdout


def test_what_ran_without_a_server_is_the_owners_of_the_server_that_comes(tmp_path: Path) -> None:
    (tmp_path / "apps.py").write_text(APPS, "utf-8")
    place = Place(tmp_path)
    assert place.run("run", "apps.py:trip", "--title", "Before").returncode == 6
    with place.serving(), _client(place) as client:
        (item,) = client.sessions().items
        assert (item.title, item.user_id, item.access) == ("Before", client.me().id, "owner")


def test_what_runs_beside_a_server_is_shown_by_it(place: Place) -> None:
    assert place.run("run", "apps.py:trip", "--title", "Beside").returncode == 6
    with _client(place) as client:
        (item,) = client.sessions(text="beside").items
        assert item.user_id == client.me().id
        client.answer(item.id, "i1", 2)
