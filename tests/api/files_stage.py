"""The files of two workspaces behind gates of the tests' own: who a request says that it is, it is."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI
from sqlalchemy import Select, cast, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from starlette.requests import HTTPConnection

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.ee.cloud import audit, events, files
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.box import SecretBox
from outlast.ee.cloud.caller import Caller, Origin, Role
from outlast.ee.cloud.context import ALL_WORKSPACES, Cloud, Gates
from outlast.ee.cloud.files.storage import open_storage
from outlast.ee.cloud.files.tables import file_links
from outlast.ee.cloud.files.tables import files as files_table
from outlast.ee.cloud.policy import Rule
from outlast.ee.cloud.unit import Unit
from outlast.http import problems
from outlast.kit.clock import ManualClock
from outlast.kit.errors import OutlastError
from outlast.kit.ids import new_id
from outlast.kit.settings import load_settings
from outlast.protocol.codec import Json
from outlast.runtime.awake import HostSettings
from outlast.runtime.opening import Runtime
from outlast.runtime.records_sql import SqlRecords
from outlast.server.serve import HttpServer, config_of
from outlast.streams.log_sql import SqlLog
from outlast.testing.fakes import FakeExecutor
from tests.api.conversation import GREETER, converse

USER = "x-test-user"


@dataclass
class OpenGates:
    """Believes what a request says of its caller; tells roles from a table."""

    clock: ManualClock
    roles: dict[tuple[str, str], Role] = field(default_factory=dict)

    async def authenticate(self, connection: HTTPConnection, origin: Origin) -> Caller | None:
        user = connection.headers.get(USER)
        if user is None:
            return None
        return Caller(user_id=user, email=f"{user}@example.com", name=user, proved_at=self.clock.now())

    async def still_good(self, caller: Caller) -> bool:
        return True

    async def role(self, user_id: str, workspace_id: str) -> Role | None:
        return self.roles.get((user_id, workspace_id))

    async def role_in(self, unit: Unit) -> Role | None:
        return self.roles.get((unit.caller.user_id, unit.workspace_id))

    async def check(self, rule: Rule, *, writes: bool, workspace_id: str | None = None) -> None:
        return

    async def denied(
        self, caller: Caller | None, rule: Rule, *, workspace_id: str | None, origin: Origin, error: OutlastError
    ) -> None:
        return


@dataclass
class FilesStage:
    """Two workspaces, and what a test does in them."""

    cloud: Cloud
    app: FastAPI
    gates: OpenGates
    clock: ManualClock
    folder: Path
    home: str = field(default_factory=new_id)
    other: str = field(default_factory=new_id)
    sessions: dict[str, set[str]] = field(default_factory=dict)
    clients: dict[tuple[str, str], httpx.AsyncClient] = field(default_factory=dict)

    def person(self, name: str, role: Role = Role.MEMBER, *, workspace_id: str | None = None) -> httpx.AsyncClient:
        """A member's client; paths are below their workspace."""
        place = workspace_id or self.home
        self.gates.roles[name, place] = role
        return self.client(name, place)

    def client(self, name: str, workspace_id: str) -> httpx.AsyncClient:
        """A client of anybody, member or not."""
        key = name, workspace_id
        if key not in self.clients:
            self.clients[key] = httpx.AsyncClient(
                transport=httpx.ASGITransport(self.app),
                base_url=f"http://test/api/v1/workspaces/{workspace_id}",
                headers={USER: name},
            )
        return self.clients[key]

    def seen(self, unit: Unit) -> Select[str]:
        """The sessions that a caller sees: those that a test said."""
        ids = sorted(self.sessions.get(unit.caller.user_id, ()))
        if unit.connection.dialect.name == "postgresql":
            return select(func.jsonb_array_elements_text(cast(ids, JSONB)).table_valued("value").c.value)
        return select(func.json_each(json.dumps(ids)).table_valued("value").c.value)

    async def rows(self, table: str = "files") -> list[dict[str, Json]]:
        """All rows of a table, whatever the workspace."""
        source = {"files": files_table, "file_links": file_links}[table]
        async with units.looking(self.cloud, workspace_id=ALL_WORKSPACES) as unit:
            found = (await unit.connection.execute(select(source))).mappings().all()
        return [dict(row) for row in found]

    async def objects(self, workspace_id: str = "") -> list[str]:
        """Keys of what is stored."""
        storage = self.cloud.part(files.FileStore).storage
        return sorted([found.key async for found in storage.list(workspace_id)])

    async def link(self, file_id: str, session_id: str) -> None:
        """Have a session of home use a file."""
        async with units.writing(self.cloud, workspace_id=self.home) as unit:
            values = {"workspace_id": self.home, "file_id": file_id, "session_id": session_id}
            await unit.connection.execute(insert(file_links).values(values))

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve on a real socket; its address."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            stopping, started = asyncio.Event(), asyncio.Event()
            server = HttpServer(config_of(self.app), stopping=stopping, on_started=started.set)
            task = asyncio.create_task(server.serve(sockets=[listener]))
            await started.wait()
            try:
                yield f"127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True
                await task


@asynccontextmanager
async def files_stage(database_url: str, folder: Path, **settings: object) -> AsyncIterator[FilesStage]:
    """Open the domain over a database."""
    given = load_settings(**{"data_dir": folder / "data", "rate_limit": None, **settings})
    engine = create_engine(database_url)
    await upgrade(engine)
    clock = ManualClock()
    runtime = Runtime(
        log=SqlLog(engine),
        records=SqlRecords(engine),
        executor=FakeExecutor(converse, apps=[GREETER]),
        settings=HostSettings(hibernate_after=None, cancel_grace=timedelta(seconds=1)),
        env={},
        data=given.data_dir,
        engine=engine,
        clock=clock,
    )
    cloud = Cloud(engine=engine, runtime=runtime, settings=given, clock=clock, box=SecretBox(bytes(32)))
    gates = OpenGates(clock)
    for domain in (audit, events):
        cloud.policy.add(domain.RULES)
        domain.install(cloud)
    cloud.policy.add(files.RULES)
    cloud.add(files.FileStore(open_storage(given.storage_url, given.data_dir / "storage")))
    cloud.gates = Gates(authenticator=gates, memberships=gates, licence=gates, denials=gates)
    app = FastAPI()
    problems.install(app)
    app.state.cloud = cloud
    app.include_router(files.router, prefix="/api/v1")
    stage = FilesStage(cloud=cloud, app=app, gates=gates, clock=clock, folder=folder)
    files.see_sessions(cloud, stage.seen)
    try:
        yield stage
    finally:
        for client in stage.clients.values():
            await client.aclose()
        await runtime.close()
        await engine.dispose()
