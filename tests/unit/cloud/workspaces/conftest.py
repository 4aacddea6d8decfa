"""What the tests of workspaces share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.cloud.workspaces.desk import Desk, open_desk


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """The domains up to workspaces over an empty database of each kind."""
    async with open_desk(database_url, tmp_path) as opened:
        yield opened
