"""Facts survive the death of the server that told them, wherever it dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from outlast.ee.cloud import events
from outlast.ee.cloud.events.relay import LEASE
from outlast.kit.killpoints import VARIABLE
from tests.contract.cloud.part import part_of_cloud, rows_of
from tests.meta.source import ROOT
from tests.process.telling import WORKSPACE

KINDS = ["thing.n0", "thing.n1", "thing.n2"]


def run(url: str, folder: Path, *, count: int = 0, dies_at: str = "") -> int:
    """Run the process to its end; its exit code."""
    later_s = "0" if dies_at else str(int(LEASE.total_seconds()))
    command = [sys.executable, "-m", "tests.process.telling", url, str(folder), str(count), later_s]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {VARIABLE: dies_at}).returncode


@pytest.mark.parametrize("place", ["relay.found", "relay.told", "relay.claimed", "relay.handled"])
async def test_a_fact_outlives_the_server_that_died_before_it_was_delivered(
    database_url: str, tmp_path: Path, place: str
) -> None:
    assert run(database_url, tmp_path, count=3, dies_at=place) == -signal.SIGKILL
    assert run(database_url, tmp_path) == 0
    handled = [line.split() for line in (tmp_path / "handled").read_text().splitlines()]
    assert [kind for kind, _ in handled][-3:] == KINDS, "at least once, and in order"
    assert len({fact_id for _, fact_id in handled}) == 3
    assert len(handled) == (6 if place == "relay.handled" else 3)
    async with part_of_cloud(database_url, tmp_path / "reader") as cloud:
        told = await cloud.runtime.log.read(events.stream_of(WORKSPACE))
        assert [json.loads(event.data)["event"] for event in told] == KINDS, "exactly once in the stream"
        assert await rows_of(cloud, "outbox") == []
