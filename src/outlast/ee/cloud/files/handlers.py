"""What files do about others' facts."""

from __future__ import annotations

from outlast.ee.cloud.context import SERVER_SCOPE, Cloud
from outlast.ee.cloud.events import Fact
from outlast.ee.cloud.files.store import FileStore


async def purge_storage(cloud: Cloud, workspace_id: str) -> None:
    """Delete the bytes of a workspace's files whose rows are gone; doing it again is no error."""
    if workspace_id in ("", SERVER_SCOPE):
        raise ValueError("only the files of one workspace are purged")
    await cloud.part(FileStore).storage.purge(workspace_id)


async def on_workspace_purged(cloud: Cloud, fact: Fact) -> None:
    """A workspace is no more: neither are its files' bytes."""
    await purge_storage(cloud, str(fact.data.get("workspace") or fact.workspace_id))
