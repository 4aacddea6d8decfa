"""A whole server in the test's own event loop: the cloud over a database, a scripted app, real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from starlette.types import ASGIApp

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.ee.cloud import auth, events, workspaces
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.mount import open_cloud
from outlast.executors.base import AppInfo, Executor, Source
from outlast.kit.clock import Clock
from outlast.kit.settings import load_settings
from outlast.protocol.codec import Json
from outlast.runtime.awake import HostSettings
from outlast.runtime.opening import Runtime
from outlast.runtime.records_sql import SqlRecords
from outlast.runtime.registry import AppEntry
from outlast.server.app import create_app
from outlast.server.serve import HttpServer, config_of
from outlast.streams.log_sql import SqlLog
from outlast.testing.fakes import FakeExecutor
from tests.api.conversation import GREETER, converse

PASSWORD = "correct horse battery staple 41"
PLAIN = "127.0.0.1"


@dataclass
class Someone:
    """A person, signed in on one device.

    Attributes:
        http: sends their bearer token; paths are below ``/api/v1``.
    """

    id: str
    email: str
    http: httpx.AsyncClient
    access_token: str = ""
    refresh_token: str = ""


@dataclass
class CloudApi:
    """One server, and what a test does with it."""

    cloud: Cloud
    url: str
    server: HttpServer
    serving: asyncio.Task[None]
    front: ASGIApp
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A client that has not signed in; paths are below ``/api/v1``."""
        client = httpx.AsyncClient(base_url=f"{self.url}/api/v1", headers=headers, trust_env=False, verify=False)
        self.clients.append(client)
        return client

    async def someone(self, name: str = "ada", *, password: str = PASSWORD) -> Someone:
        """A new person with a verified address, signed in."""
        email = f"{name}@example.com"
        state = await auth.hash_password(self.cloud, password)
        async with units.writing(self.cloud) as unit:
            person = await auth.create_person(unit, email=email, name=name.title(), password_hash=state, verified=True)
        return await self.sign_in(person.id, email, password=password)

    async def sign_in(self, user_id: str, email: str, *, password: str = PASSWORD) -> Someone:
        """Another device of a person."""
        http = self.client()
        answer = await http.post(
            "/auth/sessions", json={"email": email, "password": password}, headers={"x-outlast-request": "1"}
        )
        assert answer.status_code == 201, answer.text
        http.cookies.clear()
        tokens = answer.json()
        http.headers["authorization"] = f"Bearer {tokens['access_token']}"
        return Someone(user_id, email, http, access_token=tokens["access_token"], refresh_token=tokens["refresh_token"])

    async def workspace(self, owner: Someone, name: str = "Acme") -> str:
        """A new workspace; its id. Beyond the first it needs a licence, which this does not ask for."""
        async with units.writing(self.cloud) as unit:
            made = await workspaces.create_workspace(unit, name=name, owner_id=owner.id)
        return made.id

    async def join(self, workspace_id: str, someone: Someone, role: Role) -> None:
        """Make a person a member."""
        async with units.writing(self.cloud, workspace_id=workspace_id) as unit:
            await workspaces.add_member(unit, user_id=someone.id, role=role)

    async def leave(self, workspace_id: str, someone: Someone) -> None:
        """Have a member leave."""
        answer = await someone.http.post(f"/workspaces/{workspace_id}/leave")
        assert answer.status_code == 204, answer.text

    async def scopes(self) -> list[str]:
        """All that a token may be given."""
        return sorted({rule.scope for rule in self.cloud.policy if rule.scope is not None})

    async def token(self, someone: Someone, workspace_id: str, *, scopes: list[str]) -> str:
        """A personal access token of a workspace."""
        answer = await someone.http.post(
            "/auth/tokens", json={"name": "test", "workspace_id": workspace_id, "scopes": scopes}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])


@asynccontextmanager
async def serving_cloud(
    database_url: str,
    folder: Path,
    *,
    executor: Executor | None = None,
    apps: tuple[AppInfo, ...] = (GREETER,),
    clock: Clock | None = None,
    port: int = 0,
    **settings: object,
) -> AsyncIterator[CloudApi]:
    """Run a server over a database that is empty or of a test before.

    Args:
        database_url: of SQLite or PostgreSQL.
        folder: for the server's data.
        executor: of the scripted apps.
        apps: what can be started.
        clock: tells the time to the cloud and the engine.
        port: to listen on; 0 for any.
        settings: of `outlast.kit.settings.Settings`.
    """
    given = load_settings(**{"data_dir": folder / "data", "database_url": database_url, "rate_limit": None, **settings})
    given.data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_engine(database_url)
    await upgrade(engine)
    records = SqlRecords(engine)
    facts = events.SessionFacts(records)
    runtime = Runtime(
        log=SqlLog(engine, facts),
        records=records,
        executor=executor or FakeExecutor(converse, apps=[GREETER]),
        settings=HostSettings(hibernate_after=None, cancel_grace=timedelta(seconds=1)),
        env={},
        data=given.data_dir,
        engine=engine,
        clock=clock,
    )
    source = Source(path=Path("talk.py"), module="talk", root=Path(), code="0" * 64)
    for info in apps:
        runtime.registry.add_entry(AppEntry(info, source))
    await runtime.start()
    with socket.create_server((PLAIN, port)) as listener:
        port = listener.getsockname()[1]
        stopping, started = asyncio.Event(), asyncio.Event()
        cloud = open_cloud(runtime, given, clock=clock, stopping=stopping)
        front = create_app(cloud).state.front
        server = HttpServer(config_of(front), stopping=stopping, on_started=started.set)
        cloud.start()
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await started.wait()
        api = CloudApi(cloud=cloud, url=f"http://{PLAIN}:{port}", server=server, serving=task, front=front)
        try:
            yield api
        finally:
            for client in api.clients:
                await client.aclose()
            server.should_exit = True
            await task
            await cloud.close()
            await runtime.close()


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
