"""The command line in real processes, and the apps that its tests run."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

OUTLAST = str(Path(sys.executable).parent / "outlast")
LIMIT_S = 18

APPS = '''
import time
from pathlib import Path
from typing import Literal

from outlast import app, approve, ask, choose, confirm, form, markdown, note, progress, step, table, upload, write


@step
def plan(city: str, days: int) -> list[dict[str, object]]:
    return [{"day": day, "what": f"{city} {day}"} for day in range(1, days + 1)]


@app
def trip(city: str = "Lisbon"):
    """Plan a trip."""
    write(f"# {city}")
    days = ask("How many days?", int, min=1, max=14)
    style = choose("Style", ["relaxed", "packed"])
    table(plan(city, days))
    if confirm("Book it?"):
        note(f"Booked, {style}.", level="success")
    return days


@app
def talk():
    """Several kinds of questions."""
    who = form("You", {"name": str, "age": int})
    write(f"{who.name} is {who.age}")
    secret = ask("Password", secret=True)
    picture = upload("A file")
    write(f"{picture.name} has {picture.size_bytes} bytes")
    return bool(approve("Go?"))


@app
def fails():
    print("about to fail")
    raise ValueError("broken on purpose")


@app
def patient(marker: str):
    """Runs until it is stopped, and tells that it cleaned up."""
    try:
        write("working")
        while True:
            time.sleep(0.05)
    finally:
        markdown("cleaned up")


@app
def stubborn():
    write("working")
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
'''


@dataclass(frozen=True)
class Place:
    """A folder with the apps, and a data folder beside.

    Attributes:
        settings: further variables for the commands.
    """

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        """What commands are started with."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAST_")}
        here = {"OUTLAST_DATA_DIR": str(self.folder / "data"), "NO_COLOR": "1", "COLUMNS": "100"}
        return {**kept, **here, **self.settings}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [OUTLAST, *words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(*words)
        try:
            output, errors = process.communicate(answers, timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            raise AssertionError(f"outlast {' '.join(words)} did not end:\n{output}\n{errors}") from None
        return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def serving(self) -> contextlib.AbstractContextManager[str]:
        """A server of the apps while inside; gives the link that it printed."""
        return _serving(self)


@contextlib.contextmanager
def _serving(place: Place) -> Iterator[str]:
    process = place.start("serve", "apps.py", "--port", "0")
    assert process.stdout is not None
    link = ""
    for line in process.stdout:
        if "Open" in line:
            link = line.split()[-1]
        if "Stop" in line:
            break
    else:
        raise AssertionError(f"the server did not start:\n{process.stderr.read() if process.stderr else ''}")
    try:
        yield link
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0


def wait_for(process: subprocess.Popen[str], text: str) -> str:
    """Read what a process prints up to the line with a text."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if text in line:
            return printed
    raise AssertionError(f"it ended before it printed {text!r}:\n{printed}")
