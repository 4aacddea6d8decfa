"""The same sessions over PostgreSQL."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from outlast.runtime import open_runtime, upgrade_database
from outlast.runtime.opening import SchemaOutdated
from tests.process.stage import running, settings_for, texts, write_app

GREET = """
@step
def note(name):
    return name.upper()

@app
def greet():
    write("Hello " + note(ask("Name?")))
    sleep(0.2)
    write("Bye")
"""


@pytest.mark.postgres
async def test_a_session_runs_sleeps_and_survives_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    settings = settings_for(tmp_path, database_url=postgres_url)
    with pytest.raises(SchemaOutdated, match="outlast db upgrade"):
        await open_runtime(settings)
    assert await upgrade_database(settings) == await upgrade_database(settings)
    async with running(tmp_path, write_app(tmp_path, GREET), database_url=postgres_url) as stage:
        session, other = await stage.start("greet"), await stage.start("greet")
        await stage.asleep(session)
        await stage.state(other, "waiting")
        os.kill(stage.pid(other), signal.SIGKILL)
        await stage.answer(session, "Ada")
        await stage.answer(other, "Grace")
        assert texts(await stage.over(session)) == ["Hello ADA", "Bye"]
        assert texts(await stage.over(other)) == ["Hello GRACE", "Bye"]
