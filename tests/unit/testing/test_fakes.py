"""The fakes keep what their ports promise, and break only what those let break."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from outlast.executors.base import AppInfo, Executor, ProcessExit, SessionProcess, Source
from outlast.kit.errors import AppBroken, Unavailable
from outlast.protocol.commands import Acked, Answered, Cancel, Start
from outlast.protocol.events import InputRequested, SessionCompleted
from outlast.streams.bus import Bus
from outlast.streams.follow import follow
from outlast.streams.log import Batch, StoredEvent, StreamLog
from outlast.streams.log_memory import MemoryLog
from outlast.testing.fakes import FakeExecutor, FakeProcess, LossyBus, SlowLog

SOURCE = Source(path=Path("trip.py"), module="trip", root=Path(), code="00")


def _events(first: int, last: int) -> Sequence[StoredEvent]:
    return [StoredEvent(seq=seq, kind="log.written", data=b"{}") for seq in range(first, last + 1)]


class TestLossyBus:
    @pytest.mark.parametrize("seed", range(5))
    async def test_a_follower_gets_each_event_once_all_the_same(self, seed: int) -> None:
        log: StreamLog = MemoryLog()
        bus: Bus = LossyBus(seed=seed, lose=0.4, repeat=0.4, late=0.4)
        reader = follow(log, bus, "s")

        async def read() -> list[int]:
            seen: list[int] = []
            async for batch in reader:
                seen += [event.seq for event in batch]
                if seen[-1] >= 100:
                    break
            return seen

        reading = asyncio.create_task(read())
        for seq in range(1, 101):
            await log.append([Batch(stream="s", events=_events(seq, seq))])
            bus.publish("s", _events(seq, seq))
            await asyncio.sleep(0)
        bus.publish("s", [])
        assert await reading == list(range(1, 101))
        await bus.close()

    async def test_the_same_seed_does_the_same_harm(self) -> None:
        heard: list[list[int]] = []
        for _ in range(2):
            bus = LossyBus(seed=3)
            ear = bus.subscribe("s")
            for seq in range(20):
                bus.publish("s", _events(seq, seq))
            ear.close()
            heard.append([])
            while (hints := await ear.next()) != []:
                heard[-1] += [hint.seq for hint in hints or ()]
        assert heard[0] == heard[1] != list(range(20))

    async def test_a_reader_that_waits_can_be_woken_and_closed(self) -> None:
        ear = LossyBus().subscribe("s")
        waiting = asyncio.create_task(ear.next())
        await asyncio.sleep(0)
        ear.wake()
        assert await waiting == []
        waiting = asyncio.create_task(ear.next())
        await asyncio.sleep(0)
        ear.close()
        ear.close()
        assert await waiting == []


class TestSlowLog:
    async def test_a_commit_waits_at_the_door(self) -> None:
        log = SlowLog(MemoryLog())
        log.hold()
        commit = asyncio.create_task(log.append([Batch(stream="s", events=_events(1, 2))]))
        await log.reached()
        assert await log.head("s") == 0
        log.release()
        assert await commit == {}
        assert await log.head("s") == 2

    async def test_a_commit_fails_when_it_is_told_to_and_changes_nothing(self) -> None:
        log = SlowLog(MemoryLog())
        log.fail_next(Unavailable("The disk is full."))
        with pytest.raises(Unavailable):
            await log.append([Batch(stream="s", events=_events(1, 1))])
        assert await log.head("s") == 0
        assert await log.append([Batch(stream="s", events=_events(1, 1))]) == {}


class TestFakeExecutor:
    async def test_a_script_plays_the_app(self) -> None:
        async def script(process: FakeProcess) -> None:
            start = await process.expect(Start)
            await process.emit(InputRequested(input="i1", block="i1", kind="text", label=start.app))
            answer = await process.expect(Answered)
            await process.emit(SessionCompleted(result=answer.value))

        executor: Executor = FakeExecutor(script, apps=[AppInfo(name="trip", title="Trip")])
        assert [info.name for info in await executor.load(SOURCE)] == ["trip"]
        process: SessionProcess = await executor.spawn(SOURCE)
        process.send(Start(session="s", app="trip"))
        results: list[object] = []
        while (emission := await process.receive()) is not None:
            from_app = emission.events[0]
            if isinstance(from_app, SessionCompleted):
                results.append(from_app.result)
            process.send(Acked(emission=emission.emission))
            if isinstance(from_app, InputRequested):
                process.send(Answered(input="i1", value="Lisbon"))
        assert results == ["Lisbon"]
        assert await process.wait() == ProcessExit(code=0)
        await executor.close()

    async def test_a_script_that_gets_another_command_fails_loudly(self) -> None:
        failed: list[str] = []

        async def script(process: FakeProcess) -> None:
            try:
                await process.expect(Start)
            except AssertionError as error:
                failed.append(str(error))

        executor = FakeExecutor(script)
        process = await executor.spawn(SOURCE)
        process.send(Cancel())
        await process.wait()
        assert "expected Start" in failed[0]
        await executor.close()

    async def test_a_broken_file_and_a_killed_process(self) -> None:
        async def script(process: FakeProcess) -> None:
            await process.expect(Start)

        with pytest.raises(AppBroken):
            await FakeExecutor(script, apps=None).load(SOURCE)
        executor = FakeExecutor(script)
        process = await executor.spawn(SOURCE)
        executor.kill()
        assert await process.receive() is None
        assert await process.output() is None
        assert await process.wait() == ProcessExit(signal=9)
        await executor.close()
