"""What an app says of itself in ``@app``, through a runtime: whether it is replayed, and which secrets it reads."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from outlast.runtime.awake import HostSettings
from outlast.runtime.opening import memory_runtime
from tests.process.stage import Stage, running, texts, write_app

ONCE = "@app(durable=False)\ndef once():\n    write('begun')\n    ask('Well?')\n"
SECRET = """
@app(secrets=["KEY"])
def reads():
    write(session.secrets["KEY"])
    write(str([name for name in os.environ if "KEY" in name]))
    session.secrets["OTHER"]
"""


async def test_a_session_that_is_not_durable_keeps_its_process_and_fails_with_it(tmp_path: Path) -> None:
    async with running(tmp_path, write_app(tmp_path, ONCE), hibernate_after="100ms") as stage:
        session = await stage.start("once")
        await stage.state(session, "waiting")
        assert not await stage.host.hibernate(session)
        os.kill(stage.pid(session), signal.SIGKILL)
        document = await stage.over(session)
    assert (document.state, document.failure_code, texts(document)) == ("failed", "interrupted", ["begun"])


async def test_a_session_that_is_not_durable_has_failed_after_a_restart(tmp_path: Path) -> None:
    app = write_app(tmp_path, ONCE)
    async with running(tmp_path, app) as stage:
        session = await stage.start("once")
        await stage.state(session, "waiting")
    async with running(tmp_path, app) as stage:
        document = await stage.over(session)
    assert (document.state, document.failure_code) == ("failed", "interrupted")


@pytest.mark.parametrize("kept", [True, False])
async def test_an_app_reads_the_secrets_it_names_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    app = write_app(tmp_path, SECRET)
    monkeypatch.setenv("OUTLAST_SECRET_KEY", "xyz")
    if kept:
        async with running(tmp_path, app) as stage:
            document = await stage.over(await stage.start("reads"))
    else:
        async with await memory_runtime(HostSettings(), secrets={"KEY": "xyz", "OTHER": "no"}) as runtime:
            runtime.registry.add(app)
            await runtime.registry.load()
            stage = Stage(runtime)
            document = await stage.over(await stage.start("reads"))
    assert texts(document) == ["xyz", "[]"]
    assert "There is no secret 'OTHER' (there are: KEY)" in str(document.failure_message)
