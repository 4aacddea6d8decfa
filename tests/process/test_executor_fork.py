"""Forked sessions: what a session process is given, and what it may do."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from outlast.executors.base import ProcessExit
from outlast.executors.connection import Connection
from outlast.executors.fork import ForkExecutor
from outlast.kit.errors import ProtocolViolation
from outlast.protocol import events as e
from outlast.protocol.commands import emissions
from outlast.worker import landlock
from tests.process.running import begin, descendants, open_descriptors, write_app


@pytest.fixture
async def executor() -> AsyncIterator[ForkExecutor]:
    """A fork executor; afterwards nothing of it is left."""
    descriptors = open_descriptors()
    before = set(descendants(os.getpid()))
    executor = ForkExecutor(load_timeout=timedelta(seconds=10))
    yield executor
    await executor.close()
    await asyncio.sleep(0)
    assert set(descendants(os.getpid())) == before
    assert open_descriptors() == descriptors


async def test_a_session_is_played_from_its_start_to_its_result(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        @app
        def main(who: str = "you") -> int:
            r = recorder()
            print("hello", who)
            r.open("markdown", {"text": "Hi"}, closed=True)
            name = r.request("text", "Name?", {}).wait().value
            r.open("markdown", {"text": name}, closed=True)
            return 5
        """,
    )
    infos = await executor.load(source)
    assert [info.name for info in infos] == ["main"]
    outcome = await (await begin(executor, source, args={"who": "Bo"}, answers={"Name?": "Ada"})).ended()
    assert outcome.last == e.SessionCompleted(result=5)
    assert outcome.exit == ProcessExit(code=0)
    assert outcome.log("stdout") == "hello Bo\n"
    assert [block.props for block in outcome.document.blocks.values()] == [
        {"text": "Hi"}, {"input": "i1"}, {"text": "Ada"},
    ]  # fmt: skip


async def test_the_environment_is_what_the_source_says(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import os, sys
        @app
        def main(): return [dict(os.environ), sys.path[0], os.getcwd(), sys.argv]
        """,
        env={"PATH": "/bin", "OUTLAST_TOKEN": "secret", "outlast_x": "y", "MINE": "1"},
    )
    outcome = await (await begin(executor, source, scratch=tmp_path / "scratch")).ended()
    assert isinstance(outcome.last, e.SessionCompleted)
    env, first, cwd, argv = outcome.last.result
    assert {name for name in env if name.upper().startswith("OUTLAST")} == set()
    assert env["MINE"] == "1"
    assert env["TMPDIR"] == str(tmp_path / "scratch")
    assert first == cwd == str(tmp_path)
    assert argv == [str(source.path)]


@pytest.fixture
def on_disk() -> Iterator[Path]:
    """A folder that is not in /dev/shm, where the tests' own may be: there every process may write."""
    with tempfile.TemporaryDirectory(prefix="outlast-") as folder:
        yield Path(folder)


async def test_sealed_folders_can_not_be_read_and_only_scratch_be_written(
    executor: ForkExecutor, on_disk: Path
) -> None:
    if not landlock.abi():
        pytest.skip("this kernel has no Landlock")
    sealed, scratch = on_disk / "data", on_disk / "scratch"
    sealed.mkdir()
    scratch.mkdir()
    (sealed / "db").write_text("secret")
    source = write_app(
        on_disk,
        """
        import os, pathlib, signal
        def tried(what):
            try: what()
            except PermissionError: return "refused"
            return "done"
        @app
        def main(data: str, scratch: str, host: int):
            here = pathlib.Path(__file__)
            return [
                tried(lambda: pathlib.Path(data, "db").read_text()),
                tried(lambda: os.listdir(data)),
                tried(lambda: here.with_name("new").write_text("x")),
                tried(lambda: here.unlink()),
                tried(lambda: pathlib.Path(scratch, "new").write_text("x")),
                tried(lambda: open("/dev/null", "w").write("x")),
                tried(lambda: here.read_text()),
                tried(lambda: os.kill(host, 0)),
                tried(lambda: os.kill(os.getpid(), 0)),
            ]
        """,
    )
    source = msgspec.structs.replace(source, sealed=[sealed])
    args = {"data": str(sealed), "scratch": str(scratch), "host": os.getpid()}
    outcome = await (await begin(executor, source, args=args, scratch=scratch)).ended()
    assert isinstance(outcome.last, e.SessionCompleted), outcome.last
    signals = "refused" if landlock.abi() >= 6 else "done"
    assert outcome.last.result == ["refused"] * 4 + ["done"] * 3 + [signals, "done"]


async def test_the_spare_is_used_and_followed_by_another(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import os
        @app
        def main(): return os.getpid()
        """,
    )
    await executor.load(source)
    seen = set()
    for _ in range(5):
        running = await begin(executor, source)
        assert running.process.pid is not None
        outcome = await running.ended()
        assert outcome.last == e.SessionCompleted(result=running.process.pid)
        seen.add(running.process.pid)
    assert len(seen) == 5


async def test_many_sessions_may_start_at_once(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        @app
        def main(n: int): return n
        """,
    )
    started = await asyncio.gather(*(begin(executor, source, args={"n": n}) for n in range(30)))
    outcomes = await asyncio.gather(*(running.ended() for running in started))
    assert [o.last for o in outcomes] == [e.SessionCompleted(result=n) for n in range(30)]


async def test_sessions_do_not_share_what_random_gives(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import random
        import numpy
        @app
        def main(): return [random.random(), float(numpy.random.random())]
        """,
    )
    results = []
    for _ in range(3):
        last = (await (await begin(executor, source)).ended()).last
        assert isinstance(last, e.SessionCompleted)
        results += last.result
    assert len(set(results)) == 6


async def test_bytes_of_any_kind_are_a_violation_and_nothing_worse() -> None:
    dice = random.Random(1)
    for _ in range(10_000):
        body = dice.randbytes(dice.randrange(0, 60))
        with pytest.raises(ProtocolViolation):
            emissions.decode(body)


async def test_a_process_that_writes_junk_is_told_from_one_that_ended(executor: ForkExecutor, tmp_path: Path) -> None:
    source = write_app(
        tmp_path,
        """
        import os, socket, stat
        @app
        def main():
            for fd in range(3, 20):
                try:
                    if stat.S_ISSOCK(os.fstat(fd).st_mode): os.write(fd, b"\\xff" * 100)
                except OSError: pass
            recorder().request("text", "Name?", {}).wait()
        """,
    )
    running = await begin(executor, source)
    with pytest.raises(ProtocolViolation):
        await running.ended()
    running.process.kill()
    assert await running.process.wait() == ProcessExit(signal=signal.SIGKILL)
    while await running.process.output() is not None:
        pass


async def test_a_connection_stops_reading_from_one_that_floods() -> None:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    connection = Connection(ours, asyncio.get_running_loop())
    frame = b"\x00\x00\x40\x00" + b"x" * 0x4000
    sent = 0
    for _ in range(300):
        await asyncio.sleep(0)
        try:
            sent += theirs.send(frame)
        except BlockingIOError:
            continue
    assert sent < 100 * len(frame)
    assert await connection.next_body() == b"x" * 0x4000
    connection.close()
    theirs.close()
