"""The HTTP API as committed: a change to it is a change note, and changes this file with
``OUTLAST_GOLDEN=write pytest tests/golden/test_openapi.py``."""

from __future__ import annotations

import json
import os
from pathlib import Path

from outlast.runtime.awake import HostSettings
from outlast.runtime.opening import make_memory_runtime
from outlast.server.app import create_app
from outlast.testing.fakes import FakeExecutor, FakeProcess

GOLDEN = Path(__file__).with_name("openapi.json")


async def _nothing(process: FakeProcess) -> None:
    return None


async def test_the_api_is_what_its_document_says() -> None:
    runtime = make_memory_runtime(HostSettings(), executor=FakeExecutor(_nothing))
    document = create_app(runtime, token="x" * 32).openapi()
    await runtime.close()
    if os.environ.get("OUTLAST_GOLDEN") == "write":
        GOLDEN.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    assert json.loads(json.dumps(document)) == json.loads(GOLDEN.read_text("utf-8"))
