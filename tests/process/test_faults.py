"""Apps that fail, hang, flood or are killed: a clear end, or none at all, and no harm to others."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from outlast.protocol import events as e
from outlast.protocol.document import Document, fold
from tests.process.stage import USER, running, texts, write_app

GREET = """
@app
def greet(name: str = "you"):
    write(f"Hello {name}")
    age = ask("How old are you?", int, min=0)
    write(f"{age} it is")
    return age
"""


STEPS = """
@step
def charge(amount):
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write(f"{amount}\\n")
    return amount * 2

@app
def pays():
    write("begin")
    first = charge(1)
    write(f"paid {first}")
    time.sleep(float(os.environ["PAUSE"]))
    second = charge(2)
    write(f"paid {second}")
"""


async def test_a_killed_process_is_replayed_and_its_steps_are_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "ledger"
    monkeypatch.setenv("LEDGER", str(ledger))
    monkeypatch.setenv("PAUSE", "0.3")
    async with running(tmp_path, write_app(tmp_path, STEPS), sandbox=False) as stage:
        session = await stage.start("pays")
        await stage.until(session, lambda document: len(texts(document)) == 2)
        os.kill(stage.pid(session), signal.SIGKILL)
        document = await stage.over(session)
        assert (document.state, document.attempt) == ("completed", 2)
        assert texts(document) == ["begin", "paid 2", "paid 4"]
        assert ledger.read_text().split() == ["1", "2"]


async def test_a_process_that_is_always_killed_fails_its_session_in_the_end(tmp_path: Path) -> None:
    app = write_app(tmp_path, "@app\ndef doomed():\n    os.kill(os.getpid(), signal.SIGKILL)\n")
    async with running(tmp_path, app) as stage:
        document = await stage.over(await stage.start("doomed"))
        assert (document.state, document.failure_code) == ("failed", "killed")


@pytest.mark.parametrize(
    ("code", "failure", "words"),
    [
        ("raise ValueError('no good')", "app_error", "no good"),
        ("sys.exit(3)", "app_exited", "3"),
        ("os._exit(4)", "exited", "4"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "killed", "SIGSEGV"),
        ("write('x' * 10_000_000)", "limit_stream_bytes", "1000000 bytes"),
        ("[os.write(1, b'x' * 65536) for _ in range(1000)]", "limit_stream_bytes", "1000000 bytes"),
    ],
)
async def test_each_fault_is_a_clear_end_and_harms_no_neighbour(
    tmp_path: Path, code: str, failure: str, words: str
) -> None:
    paths = write_app(tmp_path, f"@app\ndef faulty():\n    {code}\n"), write_app(tmp_path, GREET, "other")
    async with running(tmp_path, *paths, limit_stream_bytes=1_000_000) as stage:
        neighbour = await stage.start("greet")
        document = await stage.over(await stage.start("faulty"))
        assert (document.state, document.failure_code) == ("failed", failure)
        assert words in str(document.failure_message)
        await stage.answer(neighbour, 1)
        assert (await stage.over(neighbour)).result == 1


async def test_an_endless_loop_does_not_delay_the_session_next_door(tmp_path: Path) -> None:
    paths = write_app(tmp_path, "@app\ndef spins():\n    while True: pass\n"), write_app(tmp_path, GREET, "other")
    async with running(tmp_path, *paths) as stage:
        spinning = await stage.start("spins")
        for age in range(5):
            session = await stage.start("greet")
            await stage.answer(session, age)
            assert (await stage.over(session)).result == age
        await stage.host.cancel(spinning, by=USER)
        assert (await stage.over(spinning)).state == "cancelled"


async def test_a_running_session_that_lasts_too_long_expires(tmp_path: Path) -> None:
    app = write_app(tmp_path, "@app\ndef spins():\n    while True: pass\n")
    async with running(tmp_path, app, limit_wall_time="200ms") as stage:
        document = await stage.over(await stage.start("spins"))
        assert (document.state, document.ended_reason) == ("expired", "wall_time")


VARIED = """
@step
def note(number):
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write(f"{number}\\n")
    return number * random.random()

@app
def varied():
    total = 0.0
    rows = table([], columns=["number", "value"])
    with progress(8, label="Work") as bar:
        for number in range(8):
            value = note(number)
            total += value
            rows.append([number, value])
            bar.advance()
            time.sleep(0.01)
    with section("Text"):
        text = write(f"word {number} " for number in range(30))
    metric("Total", total)
    sleep(0.05)
    name = ask("Name?")
    write(f"{name} {len(text)} {uuid()} {now().isoformat()}")
    return total
"""


@pytest.mark.parametrize("seed", range(6))
async def test_sessions_killed_at_random_end_as_if_nothing_had_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    ledger = tmp_path / "ledger"
    monkeypatch.setenv("LEDGER", str(ledger))
    async with running(tmp_path, write_app(tmp_path, VARIED), sandbox=False) as stage:
        session = await stage.start("varied")
        kills = 0
        for _ in range(5):
            after = (await stage.document(session)).seq + chance.randrange(1, 6)
            await stage.until(session, lambda d, after=after: d.seq >= after or "i1" in d.inputs)  # type: ignore[misc]
            live = stage.host.awake.get(session)
            if live is not None and live.pid is not None:
                os.kill(live.pid, signal.SIGKILL)
                kills += 1
                await live.gone.wait()
        await stage.answer(session, "Ada")
        document = await stage.over(session)
        events = await stage.events(session)
    assert document.state == "completed", document.failure_message
    assert fold(Document(), events) == document
    finished = [event.name for event in events if isinstance(event, e.StepFinished)]
    assert finished == ["note"] * 8 + ["now"]
    noted = ledger.read_text().split()
    assert set(noted) == {str(number) for number in range(8)}
    assert len(noted) <= 8 + kills, "a step ran again only where a kill fell inside it"
    blocks = [block for block in document.blocks.values() if block.kind != "input"]
    assert [block.kind for block in blocks] == ["table", "progress", "section", "markdown", "metric", "markdown"]
    assert [row[0] for row in blocks[0].props["rows"]] == list(range(8))
    assert blocks[3].props["text"] == "".join(f"word {number} " for number in range(30))
    assert blocks[4].props["value"] == document.result
