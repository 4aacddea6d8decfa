"""Every limit, from an app's own line through the runtime: an end that names it, and no harm to others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.process.stage import running, write_app

GREEDY = """
import subprocess

@app(limits={"cpu_s": 1})
def cpu():
    while True: pass

@app(limits={"memory_bytes": 50_000_000})
def memory():
    held = []
    while True: held.append(bytearray(1_000_000))

@app(limits={"open_files": 20})
def files():
    held = []
    while True: held.append(open("/dev/null"))

@app(limits={"processes": 5})
def processes():
    while True: subprocess.Popen(["sleep", "1000"])

@app(limits={"stream_bytes": 100_000})
def stream():
    while True: write("x" * 1000)

@app(limits={"bytes_per_s": 10_000})
def rate():
    while True: write("x" * 10_000)
"""
GREET = "@app\ndef greet():\n    return ask('Name?')\n"


@pytest.mark.parametrize(
    ("app", "failure", "words"),
    [
        ("cpu", "limit_cpu", "CPU time"),
        ("memory", "limit_memory", "50000000 bytes of memory"),
        ("files", "limit_open_files", "20 files"),
        ("processes", "limit_processes", "5 processes"),
        ("stream", "limit_stream_bytes", "100000 bytes in all"),
        ("rate", "limit_bytes_per_s", "10000 bytes a second"),
    ],
)
async def test_a_greedy_session_meets_its_limit_and_its_neighbour_nothing(
    tmp_path: Path, app: str, failure: str, words: str
) -> None:
    async with running(tmp_path, write_app(tmp_path, GREEDY), write_app(tmp_path, GREET, "other")) as stage:
        neighbour = await stage.start("greet")
        document = await stage.over(await stage.start(app))
        assert (document.state, document.failure_code) == ("failed", failure)
        assert words in str(document.failure_message)
        await stage.answer(neighbour, "Ada")
        assert (await stage.over(neighbour)).result == "Ada"


async def test_an_apps_own_wall_time_is_the_tighter_one(tmp_path: Path) -> None:
    code = '@app(limits={"wall_s": 0.2})\ndef spins():\n    while True: pass\n'
    async with running(tmp_path, write_app(tmp_path, code), limit_wall_time="60s") as stage:
        document = await stage.over(await stage.start("spins"))
        assert (document.state, document.ended_reason) == ("expired", "wall_time")
