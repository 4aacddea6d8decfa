"""The pytest plugin, in a test run of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TESTS = """
from outlast import ask, write
from outlast.protocol.events import SessionWoken
from outlast.testing import AppTest

made = []


def hello():
    write("# Hello")
    return ask("Name")


def woken(t):
    return sum(isinstance(event, SessionWoken) for event in t.events)


def test_by_the_fixture(app_test):
    t = app_test(hello).run().answer("Ada")
    made.append(t)
    assert t.result == "Ada"
    print("woken by the fixture:", woken(t))


def test_by_the_class():
    t = AppTest(hello).run().answer("Ada")
    assert t.result == "Ada"
    print("woken by the class:", woken(t))
    t.close()


def test_the_fixture_closed_what_it_made():
    assert not made[0]._stage.files.folder.parent.exists()
"""


def _run(folder: Path, *options: str) -> str:
    (folder / "test_hello.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *options, "test_hello.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_sessions_live_undisturbed_unless_the_option_is_given(tmp_path: Path) -> None:
    printed = _run(tmp_path)
    assert "woken by the fixture: 0" in printed
    assert "woken by the class: 0" in printed


def test_the_option_crashes_the_sessions_of_every_test(tmp_path: Path) -> None:
    printed = _run(tmp_path, "--outlast-crash-everywhere")
    assert "woken by the fixture: 3" in printed
    assert "woken by the class: 3" in printed
