"""What is said to a session while its process is still on its way reaches it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from typing_extensions import override

from outlast.executors.base import AppInfo, Source
from outlast.protocol import events as e
from outlast.protocol.commands import Answered, Cancel, Start
from outlast.runtime.awake import HostSettings
from outlast.runtime.opening import memory_runtime
from outlast.runtime.registry import AppEntry
from outlast.runtime.tracking import stream_of
from outlast.streams.follow import follow
from outlast.testing.fakes import FakeExecutor, FakeProcess

USER = e.User(id="ada", name="Ada")
APP = AppInfo(name="ask", title="Ask")


class SlowExecutor(FakeExecutor):
    """Gives a process when it is let."""

    def __init__(self, script: Callable[[FakeProcess], Awaitable[None]]) -> None:
        super().__init__(script, apps=[APP])
        self.let = asyncio.Event()
        self.asked = asyncio.Event()

    @override
    async def spawn(self, source: Source) -> FakeProcess:
        self.asked.set()
        await self.let.wait()
        return await super().spawn(source)


async def _ask(process: FakeProcess) -> None:
    start = await process.expect(Start)
    if start.recording is None:
        asked = e.InputRequested(input="i1", block="i1", kind="text")
        await process.emit(asked, e.SessionWaiting(input="i1"))
    answer = await process.expect(Answered)
    await process.emit(e.SessionCompleted(result=answer.value))


async def _be_cancelled(process: FakeProcess) -> None:
    await process.expect(Start)
    cancel = await process.expect(Cancel)
    await process.emit(e.SessionCancelled(by=cancel.by, reason=cancel.reason))


async def test_an_answer_given_while_a_session_wakes_reaches_its_process() -> None:
    executor = SlowExecutor(_ask)
    entry = AppEntry(APP, Source(path=Path("a.py"), module="a", root=Path(), code=""))
    async with await memory_runtime(HostSettings(), executor=executor) as runtime:
        runtime.registry.add_entry(entry)
        executor.let.set()
        session = await runtime.host.start(entry, {}, user=USER)
        live = runtime.host.awake[session]
        reader = follow(runtime.log, runtime.bus, stream_of(session))
        async for events in reader:
            if events[-1].kind == "session.waiting":
                break
        await reader.aclose()
        assert await runtime.host.hibernate(session)
        await live.gone.wait()
        executor.let.clear()
        executor.asked.clear()
        waking = asyncio.create_task(runtime.host.wake(session, "test"))
        await executor.asked.wait()
        await runtime.host.submit(session, "i1", "hello", by=USER)
        executor.let.set()
        await waking
        assert await runtime.host.awake[session].ended == "over"
        assert (await runtime.records.get(session)).state == "completed"


async def test_a_cancel_given_while_a_session_starts_reaches_its_process() -> None:
    executor = SlowExecutor(_be_cancelled)
    entry = AppEntry(APP, Source(path=Path("a.py"), module="a", root=Path(), code=""))
    async with await memory_runtime(HostSettings(), executor=executor) as runtime:
        starting = asyncio.create_task(runtime.host.start(entry, {}, user=USER, session_id="s"))
        await executor.asked.wait()
        live = runtime.host.awake["s"]
        await runtime.host.cancel("s", by=USER, reason="too slow")
        executor.let.set()
        await starting
        assert await live.ended == "over"
        assert live.record.state == "cancelled"
