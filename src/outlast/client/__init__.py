"""Talks to a running server: calls, and streams that resume by themselves."""

from outlast.client.aio import AsyncClient
from outlast.client.calls import WorkspaceFile
from outlast.client.http import Client
from outlast.client.running import RunningServer, running_server
from outlast.client.stream import Snapshot, afollow, follow

__all__ = ["AsyncClient", "Client", "RunningServer", "Snapshot", "WorkspaceFile", "afollow", "follow", "running_server"]
