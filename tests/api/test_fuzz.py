"""The whole OpenAPI under fuzzing, by two people of different workspaces who must not see what is the other's."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.cloud import CloudApi, serving_cloud
from tests.api.tenants import Tenant, furnish

PATIENCE_S = 280
ENDING = "/(leave|transfer|reauthenticate|revoke|refresh|password)$"
"""What may end the log-in or the membership that the others go by; it is fuzzed on a server of its own."""

CONFIG = """
[checks]
positive_data_acceptance.enabled = false  # ids that are made up are unknown, however well-formed
ensure_resource_availability.enabled = false  # what one call makes another of the same run may delete
missing_required_header.enabled = false  # the one that is required, If-Match, is missed with 428
unsupported_method.enabled = false  # a made-up id may be another route's word: GET /auth/sessions/passkey
negative_data_rejection.expected-statuses = ["4xx"]
[generation]
max-examples = {examples}
deterministic = true
database = "none"
[auth.wfc]
path = "{auth}"
peers = ["ada", "eve"]
[dictionaries]
{dictionaries}
[parameters]
"path.workspace_id" = "{workspace}"
"header.x-outlast-request" = "1"
"header.if-match" = "*"
{parameters}
"""
OFTEN = 0.7
"""How often an id is one that there is."""


def _config(auth: Path, tenant: Tenant) -> str:
    known = {f"path.{name}": value for name, value in tenant.ids.items() if name != "workspace_id"}
    known |= {
        "body.app": "talk:greet",
        "body.user_id": tenant.member.id,
        "body.workspace_id": tenant.workspace,
        "body.invite_id": tenant.ids["invite_id"],
        "body.token": tenant.secrets["invite"],
        "query.follow": f"session:{tenant.ids['session_id']}@0",
    }
    names = {place: place.replace(".", "_") for place in known}
    return CONFIG.format(
        auth=auth,
        workspace=tenant.workspace,
        examples=6,
        dictionaries="\n".join(f"{names[place]}.values = {json.dumps([value])}" for place, value in known.items()),
        parameters="\n".join(
            f'"{place}" = {{ dictionary = "{name}", probability = {OFTEN} }}' for place, name in names.items()
        ),
    )


async def _fuzz(api: CloudApi, folder: Path, *choose: str) -> str:
    """Run schemathesis against the server; what it says, empty when it finds nothing."""
    ada, eve = await furnish(api, "ada"), await furnish(api, "eve")
    auth, config = folder / "auth.json", folder / "schemathesis.toml"
    headers = {"ada": ada.owner.access_token, "eve": eve.owner.access_token}
    entries = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
        for name, token in headers.items()
    ]
    auth.write_text(json.dumps({"auth": entries}))
    config.write_text(_config(auth, ada))
    command = [str(Path(sys.executable).with_name("st")), "--config-file", str(config), "run"]
    command += [f"{api.url}/openapi.json", "--phases", "coverage,fuzzing", "--request-timeout", "10"]
    process = await asyncio.create_subprocess_exec(
        *command, "--no-color", *choose, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return said.decode() if process.returncode else ""


PARTS = {
    "accounts": ["--include-path-regex", "^/api/v1/(auth|dev|license)", "--exclude-method", "DELETE"],
    "workspaces": ["--include-path-regex", "^/api/v1/(workspaces|shares)", "--exclude-method", "DELETE"],
    "sessions": ["--include-path-regex", "/sessions/{session_id}|/files|/uploads", "--exclude-method", "DELETE"],
    "endings": ["--include-path-regex", ENDING],
    "deletions": ["--include-method", "DELETE"],
}
LEFT_OUT = {
    "accounts": ENDING,
    "workspaces": f"/sessions/{{session_id}}|/files|/uploads|{ENDING}",
    "sessions": f"^/api/v1/auth|{ENDING}",
}


@pytest.mark.timeout(PATIENCE_S)
@pytest.mark.parametrize("part", PARTS)
async def test_fuzzing_finds_nothing(tmp_path: Path, sqlite_url: str, part: str) -> None:
    """No fault of the server, no answer that is not described, nothing of another's. [security 68] [security 80]"""
    choose = [*PARTS[part], *(["--exclude-path-regex", LEFT_OUT[part]] if part in LEFT_OUT else [])]
    async with serving_cloud(sqlite_url, tmp_path, sse_max_age=timedelta(milliseconds=30)) as api:
        if said := await _fuzz(api, tmp_path, *choose):
            pytest.fail(said, pytrace=False)
