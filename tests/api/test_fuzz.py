"""The whole OpenAPI under fuzzing, by two people of different workspaces who must not see what is the other's."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.cloud import CloudApi, Someone, serving_cloud

PATIENCE_S = 280
ENDS = "/(leave|transfer|log-?out|reauthenticate|revoke|refresh|password)$"
"""What may end the session or the membership that the others go by; they are fuzzed by people of their own."""

CONFIG = """
[checks]
positive_data_acceptance.enabled = false  # ids that are made up are unknown, however well-formed
ensure_resource_availability.enabled = false  # what one call creates another of the same run may delete
missing_required_header.enabled = false  # If-Match is answered 428
negative_data_rejection.expected-statuses = ["4xx"]
unsupported_method.enabled = false  # the page answers GET on any address
[generation]
max-examples = {examples}
deterministic = true
[auth.wfc]
path = "{auth}"
peers = ["ada", "eve"]
[parameters]
"path.workspace_id" = "{workspace}"
"header.x-outlast-request" = "1"
"""


async def _fuzz(api: CloudApi, folder: Path, people: dict[str, Someone], *, workspace: str, choose: list[str]) -> str:
    """Run schemathesis against the server; what it says, empty when it finds nothing."""
    folder.mkdir()
    auth, config = folder / "auth.json", folder / "schemathesis.toml"
    auth.write_text(
        json.dumps(
            {
                "auth": [
                    {
                        "name": name,
                        "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {person.access_token}"}],
                    }
                    for name, person in people.items()
                ]
            }
        )
    )
    config.write_text(CONFIG.format(auth=auth, workspace=workspace, examples=12))
    command = [
        str(Path(sys.executable).with_name("st")),
        "--config-file",
        str(config),
        "run",
        f"{api.url}/openapi.json",
    ]
    command += ["--phases", "examples,coverage,fuzzing", "--request-timeout", "10", "--no-color", *choose]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return said.decode() if process.returncode else ""


@pytest.mark.timeout(PATIENCE_S)
async def test_fuzzing_finds_nothing(tmp_path: Path, sqlite_url: str) -> None:
    """[security 68, 80]"""
    async with serving_cloud(sqlite_url, tmp_path, sse_max_age=timedelta(seconds=1)) as api:
        people = {"ada": await api.someone("ada"), "eve": await api.someone("eve")}
        workspace = await api.workspace(people["ada"])
        await api.workspace(people["eve"], name="Other")
        choose = ["--exclude-path-regex", ENDS, "--exclude-method", "DELETE"]
        assert await _fuzz(api, tmp_path / "fuzz", people, workspace=workspace, choose=choose) == ""


@pytest.mark.timeout(PATIENCE_S)
async def test_fuzzing_what_ends_things_finds_nothing(tmp_path: Path, sqlite_url: str) -> None:
    """[security 68, 80]"""
    async with serving_cloud(sqlite_url, tmp_path, sse_max_age=timedelta(seconds=1)) as api:
        people = {"ada": await api.someone("ada"), "eve": await api.someone("eve")}
        workspace = await api.workspace(people["ada"])
        for number, choose in enumerate((["--include-path-regex", ENDS], ["--include-method", "DELETE"])):
            assert await _fuzz(api, tmp_path / f"fuzz{number}", people, workspace=workspace, choose=choose) == ""
