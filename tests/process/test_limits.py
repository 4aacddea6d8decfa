"""Every limit, from an app's own line through the runtime: an end that names it, and no harm to others."""

from __future__ import annotations

from pathlib import Path

import pytest

from outlast.protocol.api import Measure, SessionUsage
from outlast.protocol.codec import decode_json, encode_json
from outlast.runtime.usage import usage_of
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


THRIFTY = """
import subprocess

@app(limits={"wall_s": 500, "cpu_s": 100, "memory_bytes": 200_000_000, "open_files": 50, "processes": 5,
             "stream_bytes": 1_000_000, "bytes_per_s": 50_000}, hibernate_after=3600)
def thrifty():
    held, opened = bytearray(30_000_000), [open("/dev/null") for _ in range(10)]
    child = subprocess.Popen(["sleep", "1000"])
    ask("More?")
    child.kill()
"""


async def test_what_a_session_uses_is_told_beside_its_limits(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, THRIFTY + GREET)) as stage:
        session_id = await stage.start("thrifty")
        await stage.until(session_id, lambda document: document.state == "waiting")
        found = await usage_of(stage.host, stage.host.awake[session_id].record)
        limits = {
            name: one.limit for name in found.__struct_fields__ if isinstance(one := getattr(found, name), Measure)
        }
        assert limits == {
            "wall_s": 500, "cpu_s": 100, "memory_bytes": 200_000_000, "open_files": 50, "processes": 5,
            "stream_bytes": 1_000_000, "bytes_per_s": 50_000, "waiting_s": 3600, "idle_s": None,
        }  # fmt: skip
        assert found.awake
        assert 30_000_000 <= (found.memory_bytes.used or 0) < 100_000_000
        assert 8 <= (found.open_files.used or 0) <= 20
        assert found.processes.used == 1
        assert 0 < (found.cpu_s.used or 0) < 20
        assert 0 <= (found.waiting_s.used or 0) < 60
        assert 0 < (found.stream_bytes.used or 0) < 10_000
        assert 0 < (found.bytes_per_s.used or 0) <= (found.stream_bytes.used or 0) / 10
        assert 0 < (found.wall_s.used or 0) < 60
        assert found.events == (await stage.document(session_id)).seq

        assert await stage.host.hibernate(session_id)
        await stage.host.awake[session_id].gone.wait()
        asleep = await usage_of(stage.host, await stage.runtime.records.get(session_id))
        assert not asleep.awake
        assert (asleep.memory_bytes.limit, asleep.memory_bytes.used) == (200_000_000, None)
        assert asleep.events == found.events + 1
        assert (asleep.stream_bytes.used or 0) > (found.stream_bytes.used or 0)

        greeting = await stage.start("greet")
        await stage.until(greeting, lambda document: document.state == "waiting")
        sent = encode_json(await usage_of(stage.host, stage.host.awake[greeting].record))
        assert decode_json(sent, SessionUsage).stream_bytes.limit == 64 * 1024**2  # the settings' own
