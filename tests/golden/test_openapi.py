"""The HTTP API as committed: a change to it is a change note, and changes this file with
``OUTLAST_GOLDEN=write pytest tests/golden/test_openapi.py``."""

from __future__ import annotations

import json
import os
from pathlib import Path

from outlast.db.engine import create_engine
from outlast.ee.cloud.mount import open_cloud
from outlast.kit.settings import load_settings
from outlast.runtime.awake import HostSettings
from outlast.runtime.opening import Runtime
from outlast.runtime.records_sql import SqlRecords
from outlast.server.app import create_app
from outlast.streams.log_sql import SqlLog
from outlast.testing.fakes import FakeExecutor, FakeProcess

GOLDEN = Path(__file__).with_name("openapi.json")


async def _nothing(process: FakeProcess) -> None:
    return None


async def test_the_api_is_what_its_document_says(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'unused.sqlite3'}")
    log, records, executor = SqlLog(engine), SqlRecords(engine), FakeExecutor(_nothing)
    runtime = Runtime(log=log, records=records, executor=executor, settings=HostSettings(), env={}, engine=engine)
    document = create_app(open_cloud(runtime, load_settings(data_dir=tmp_path))).openapi()
    await engine.dispose()
    if os.environ.get("OUTLAST_GOLDEN") == "write":
        GOLDEN.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    assert json.loads(json.dumps(document)) == json.loads(GOLDEN.read_text("utf-8"))
