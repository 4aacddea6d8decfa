"""A server of the API in the test's own event loop, over a runtime in memory and a scripted app."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from outlast.client import AsyncClient
from outlast.client.frames import FrameParser
from outlast.executors.base import AppInfo, Source
from outlast.protocol.codec import Json
from outlast.runtime.awake import HostSettings
from outlast.runtime.opening import Runtime, memory_runtime
from outlast.runtime.registry import AppEntry
from outlast.server.app import create_app
from outlast.server.deps import HttpLimits
from outlast.server.serve import HttpServer, config_of
from outlast.testing.fakes import FakeExecutor
from tests.api.conversation import GREETER, converse

TOKEN = "a-token-of-the-tests-alone-0123456789"


@dataclass
class Api:
    """One server, and what a test does with it."""

    runtime: Runtime
    app: FastAPI
    server: HttpServer
    url: str
    http: httpx.AsyncClient
    stopping: asyncio.Event
    serving: asyncio.Task[None]
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def client(self, **headers: str) -> httpx.AsyncClient:
        """Another client, without the token."""
        client = httpx.AsyncClient(base_url=self.url, headers=headers, trust_env=False)
        self.clients.append(client)
        return client

    async def start(self, name: str = "Ada") -> str:
        """Start a session and wait until it asks its first question."""
        answer = await self.http.post("/api/v1/sessions", json={"app": "talk:greet", "args": {"name": name}})
        assert answer.status_code == 201, answer.text
        session_id = str(answer.json()["id"])
        await self.until(session_id, "session.waiting")
        return session_id

    async def answer(self, session_id: str, input: str, value: Json) -> httpx.Response:
        return await self.http.post(
            f"/api/v1/sessions/{session_id}/interactions", json={"input": input, "value": value}
        )

    async def finish(self, session_id: str) -> None:
        """Answer both questions and wait for the end."""
        assert (await self.answer(session_id, "word", "tea")).status_code == 204
        await self.until(session_id, "session.waiting", count=2)
        assert (await self.answer(session_id, "number", 3)).status_code == 204
        await self.until(session_id, "session.completed")

    async def until(self, session_id: str, kind: str, *, count: int = 1) -> list[tuple[str, dict[str, Json]]]:
        """Read the session's stream from its start until an event of this kind has come ``count`` times."""
        seen: list[tuple[str, dict[str, Json]]] = []
        async for event, data in self.events(session_id):
            seen.append((event, data))
            if sum(event == kind for event, _ in seen) == count:
                return seen
        raise AssertionError(f"the stream ended without {kind}: {[event for event, _ in seen]}")

    async def events(self, session_id: str, **params: str) -> AsyncIterator[tuple[str, dict[str, Json]]]:
        """The events of a session's stream as they come: kind and data."""
        path = f"/api/v1/sessions/{session_id}/events"
        async with self.http.stream("GET", path, params=params) as response:
            assert response.status_code == 200, await response.aread()
            parser = FrameParser()
            async for data in response.aiter_raw():
                for frame in parser.feed(data):
                    yield frame.event, httpx.Response(200, content=frame.data).json()


@asynccontextmanager
async def serving(
    executor: FakeExecutor, *, apps: tuple[AppInfo, ...] = (GREETER,), limits: HttpLimits | None = None
) -> AsyncIterator[Api]:
    """Run a server; at the end its streams end, then its sessions."""
    runtime = await memory_runtime(
        HostSettings(hibernate_after=None, cancel_grace=timedelta(seconds=1)), executor=executor
    )
    source = Source(path=Path("talk.py"), module="talk", root=Path(), code="0" * 64)
    for info in apps:
        runtime.registry.add_entry(AppEntry(info, source))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        stopping, started = asyncio.Event(), asyncio.Event()
        app = create_app(runtime, token=TOKEN, port=port, stopping=stopping, limits=limits)
        server = HttpServer(config_of(app.state.front), stopping=stopping, on_started=started.set)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await started.wait()
        url = f"http://127.0.0.1:{port}"
        http = httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, trust_env=False)
        api = Api(runtime=runtime, app=app, server=server, url=url, http=http, stopping=stopping, serving=task)
        try:
            yield api
        finally:
            for client in (http, *api.clients):
                await client.aclose()
            server.should_exit = True
            await task
            await runtime.close()


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with serving(FakeExecutor(converse, apps=[GREETER])) as api:
        yield api


@pytest.fixture
async def client(api: Api) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(api.url, token=TOKEN) as client:
        yield client


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Json]:
    """Check that an answer is this problem, and give it."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    found: dict[str, Json] = response.json()
    assert (response.status_code, found["status"], found["code"]) == (status, status, code), found
    assert found["type"] == f"urn:outlast:problem:{code}"
    assert found["title"]
    assert found["detail"]
    assert found["instance"] == response.request.url.path
    return found
