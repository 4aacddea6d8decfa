"""`outlast run` and what needs no server, as a person or a script starts them."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.process.command_line import APPS, LIMIT_S, Place, wait_for

ANSWERS = "3\npacked\nyes\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "apps.py").write_text(APPS, "utf-8")
    return Place(tmp_path)


def test_a_session_is_answered_from_standard_input(place: Place) -> None:
    ended = place.run("run", "apps.py:trip", "--city", "Porto", answers=ANSWERS)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[:3] == ["Porto", "? How many days?  3", "? Style  packed"]
    assert "  3 ┃ Porto 3" in lines or "  3 │ Porto 3" in lines
    assert lines[-2:] == ["? Book it?  Yes", "✓ Booked, packed."]
    assert "Done: 3" in ended.stderr


def test_a_wrong_answer_is_told_and_asked_again(place: Place) -> None:
    ended = place.run("run", "apps.py:trip", answers="20\nmany\n2\nwild\n1\nmaybe\nno\n")
    assert ended.returncode == 0, ended.stderr
    assert "How many days?: Please give a number of at most 14." in ended.stderr
    assert "Style: Please choose one of: relaxed, packed." in ended.stderr
    assert "Book it?: Please answer yes or no; 'maybe' is neither." in ended.stderr
    assert "? Style  relaxed" in ended.stdout


def test_forms_secrets_files_and_approvals_have_their_line_too(place: Place) -> None:
    (place.folder / "note.txt").write_text("twelve bytes")
    answers = "Ada\n36\nhidden\nmissing.txt\nnote.txt\napprove looks fine\n"
    ended = place.run("run", "apps.py:talk", answers=answers)
    assert ended.returncode == 0, ended.stderr
    assert "Ada is 36" in ended.stdout
    assert "note.txt has 12 bytes" in ended.stdout
    assert "? Password  ••••••" in ended.stdout
    assert "hidden" not in ended.stdout + ended.stderr
    assert "? Go?  Approve: looks fine" in ended.stdout
    assert "There is no file 'missing.txt'." in ended.stderr


def test_json_is_the_stream_and_replays(place: Place) -> None:
    ended = place.run("run", "apps.py:trip", "--json", "--no-keep", answers=ANSWERS)
    assert ended.returncode == 0, ended.stderr
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert (events[0]["event"], events[-1]["event"]) == ("session.created", "session.completed")
    (place.folder / "recording.jsonl").write_text(ended.stdout)
    replayed = place.run("replay", "recording.jsonl")
    assert (replayed.returncode, replayed.stdout) == (0, f"It replays: {len(events)} events, no difference.\n")


def test_a_changed_question_makes_a_recording_diverge(place: Place) -> None:
    recorded = place.run("run", "apps.py:trip", "--json", "--no-keep", answers=ANSWERS)
    (place.folder / "recording.jsonl").write_text(recorded.stdout)
    (place.folder / "changed.py").write_text(APPS.replace('"Style"', '"Pace"'))
    ended = place.run("replay", "recording.jsonl", "changed.py", "--json")
    outcome = json.loads(ended.stdout)
    assert (ended.returncode, outcome["replays"], outcome["differences"][0]["where"]) == (1, False, "i2")


def test_an_app_that_fails_ends_with_one_and_says_where(place: Place) -> None:
    ended = place.run("run", "apps.py:fails")
    assert ended.returncode == 1
    assert "about to fail" in ended.stdout
    assert "Failed (app_error): ValueError: broken on purpose" in ended.stderr
    assert 'raise ValueError("broken on purpose")' in ended.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("run", "nowhere.py"), 3, "There is no file 'nowhere.py'."),
        (("run", "apps.py"), 3, "apps.py has several apps"),
        (("run", "apps.py:bogus"), 3, "apps.py has no app 'bogus'"),
        (("run", "apps.py:trip", "--town", "Porto"), 2, "The app has no parameter --town. It takes --city."),
        (("run", "."), 3, "'.' is a folder"),
        (("run", "apps.py:patient"), 2, "Error: --marker: This is needed. See `outlast run apps.py:patient --help`."),
        (("run", "broken.py"), 1, "NameError"),
        (("bogus",), 2, "No such command 'bogus'. See `outlast --help`."),
        (("sessions",), 5, "No server runs on"),
        (("sessions", "--server", "http://127.0.0.1:9", "--token", "x"), 5, "can't be reached"),
        (("sessions", "--state", "asleep"), 2, "There is no state 'asleep'"),
        (("replay", "apps.py"), 1, "apps.py, line 2 is not an event"),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_code(place: Place, words: tuple[str, ...], code: int, said: str) -> None:
    (place.folder / "broken.py").write_text("from outlast import app\nundefined\n")
    ended = place.run(*words)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_the_app_s_own_parameters_are_shown_by_help(place: Place) -> None:
    ended = place.run("run", "apps.py:trip", "--help")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split("\n", 2)[0].split() == ["Trip", "apps:trip"]
    assert "--city  TEXT  [default: Lisbon]" in ended.stdout


def test_a_question_without_an_answer_ends_with_six_and_the_session_waits(place: Place) -> None:
    ended = place.run("run", "apps.py:trip", answers="3\n")
    assert ended.returncode == 6
    assert "The app asks 'Style'" in ended.stderr
    assert "outlast serve apps.py" in ended.stderr
    with place.serving():
        (item,) = json.loads(place.run("sessions", "--json").stdout)["items"]
        assert (item["state"], item["waiting_label"]) == ("hibernated", "Style")


def test_ctrl_c_cancels_and_the_app_cleans_up(place: Place) -> None:
    process = place.start("run", "apps.py:patient", "--marker", "x")
    wait_for(process, "working")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130
    assert "cleaned up" in output
    assert "Cancelled" in errors


def test_a_second_ctrl_c_kills_an_app_that_does_not_stop(place: Place) -> None:
    process = place.start("run", "apps.py:stubborn")
    wait_for(process, "working")
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert "again" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130


def test_doctor_says_what_holds(place: Place) -> None:
    ended = place.run("doctor", "apps.py", "--json")
    report = json.loads(ended.stdout)
    assert (ended.returncode, report["ok"]) == (0, True)
    names = {check["name"] for check in report["checks"]}
    assert {"python", "fork", "landlock", "database", "disk", "open_files", "app"} <= names
    assert {check["found"].split(",")[0] for check in report["checks"] if check["name"] == "app"} >= {"apps:trip"}


def test_doctor_counts_a_broken_app_as_a_problem(place: Place) -> None:
    (place.folder / "broken.py").write_text("from outlast import app\nundefined\n")
    ended = place.run("doctor", "broken.py")
    assert ended.returncode == 1
    assert "NameError" in ended.stdout


def test_apps_of_files_are_listed_without_a_server(place: Place) -> None:
    ended = place.run("apps", "apps.py", "--json")
    items = {item["id"]: item for item in json.loads(ended.stdout)["items"]}
    assert ended.returncode == 0
    assert items["apps:trip"]["doc"] == "Plan a trip."
