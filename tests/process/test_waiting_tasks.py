"""Async apps with several open questions: whether the session is said to wait, and so may sleep."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from outlast.protocol import events as e
from tests.process.stage import running, texts, write_app

VOTE = """
import asyncio
@app
async def vote():
    votes = await asyncio.gather(*(aio.confirm(f"{name}?", key=name) for name in ("Ada", "Bo", "Cy")))
    write(f"{sum(votes)} agree")
"""


async def test_a_session_sleeps_while_the_first_of_its_questions_is_still_open(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, VOTE)) as stage:
        session = await stage.start()
        await stage.until(session, lambda d: len(d.inputs) == 3)
        for name in ("Cy", "Ada"):
            await stage.answer(session, True, f"i:{name}")
        document = await stage.until(session, lambda d: d.state == "waiting" and d.waiting_input == "i:Bo")
        assert [key for key, asked in document.inputs.items() if asked.state == "open"] == ["i:Bo"]
        assert stage.host.awake[session].record.waiting_label == "Bo?"
        await stage.asleep(session)
        await stage.answer(session, False, "i:Bo")
        assert texts(await stage.over(session)) == ["2 agree"]


WORKS = """
import asyncio, threading
from pathlib import Path
@app
async def works(way: str):
    async def work():
        await aio.ask("Go?", key="go")
        go = Path(os.environ["GO"])
        def until_told():
            while not go.exists(): time.sleep(0.01)
        note("begun")
        if way == "in a pool":
            await asyncio.to_thread(until_told)
        elif way == "in a process":
            await (await asyncio.create_subprocess_shell(f"until [ -e {go} ]; do sleep 0.01; done")).wait()
        elif way == "by a timer":
            while not go.exists(): await asyncio.sleep(0.01)
        else:
            done = asyncio.Event()
            loop = asyncio.get_running_loop()
            threading.Thread(target=lambda: (until_told(), loop.call_soon_threadsafe(done.set))).start()
            await done.wait()
    await asyncio.gather(work(), aio.ask("Name?", key="name"))
"""


@pytest.mark.parametrize("way", ["in a pool", "in a process", "by a timer", "in a thread"])
async def test_a_session_that_works_beside_its_question_is_not_said_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    go = tmp_path / "go"
    monkeypatch.setenv("GO", str(go))
    async with running(tmp_path, write_app(tmp_path, WORKS), sandbox=False) as stage:
        session = await stage.start(args={"way": way})
        await stage.until(session, lambda d: len(d.inputs) == 2)
        await stage.answer(session, "yes", "i:go")
        await stage.until(session, lambda d: any(block.kind == "note" for block in d.blocks.values()))
        await asyncio.sleep(0.2)  # sleeps: nothing is to happen
        assert (await stage.document(session)).state == "running"
        go.touch()
        assert (await stage.until(session, lambda d: d.state == "waiting")).waiting_input == "i:name"
        await stage.answer(session, "Ada", "i:name")
        assert (await stage.over(session)).state == "completed"
        waits = [event.input for event in await stage.events(session) if isinstance(event, e.SessionWaiting)]
        assert waits[-1] == "i:name"
