"""One workspace on a server in the test's own event loop, over a database and a scripted app."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from outlast.client import AsyncClient
from outlast.client.frames import FrameParser
from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.ee.cloud.caller import Role
from outlast.executors.base import Executor
from outlast.kit.clock import ManualClock, SystemClock
from outlast.protocol.codec import Json
from outlast.runtime import Runtime
from outlast.server.serve import HttpServer
from tests.api.cloud import CloudApi, Someone, problem, serving_cloud

__all__ = ["Api", "problem", "serving"]

IDLE = timedelta(hours=2)
HELLO = {"app": "talk:greet", "args": {"name": "Ada"}}


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the present schema, to be copied: to migrate one for each test takes as long as the test."""
    path = tmp_path_factory.mktemp("migrated") / "outlast.sqlite3"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """The URL of a SQLite file with the present schema and nothing in it."""
    path = tmp_path / migrated_file.name
    shutil.copyfile(migrated_file, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def migrated_database(postgres_socket: Path) -> str:
    """The name of a PostgreSQL database with the present schema, to be copied."""
    name = f"migrated_{uuid.uuid4().hex}"

    async def make() -> None:
        await _execute(postgres_socket, f"CREATE DATABASE {name}")
        await _migrate(f"postgresql+asyncpg://postgres@/{name}?host={postgres_socket}")

    asyncio.run(make())
    return name


@pytest.fixture
async def postgres_url(postgres_socket: Path, migrated_database: str) -> AsyncIterator[str]:
    """The URL of a PostgreSQL database with the present schema and nothing in it, dropped after the test."""
    name = f"test_{uuid.uuid4().hex}"
    await _execute(postgres_socket, f"CREATE DATABASE {name} TEMPLATE {migrated_database}")
    yield f"postgresql+asyncpg://postgres@/{name}?host={postgres_socket}"
    await _execute(postgres_socket, f"DROP DATABASE {name} WITH (FORCE)")


async def _migrate(url: str) -> None:
    engine = create_engine(url)
    try:
        await upgrade(engine)
    finally:
        await engine.dispose()


async def _execute(postgres_socket: Path, statement: str) -> None:
    import asyncpg  # late: the core's tests run without the extra

    admin = await asyncpg.connect(host=str(postgres_socket), user="postgres", database="postgres")
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


@dataclass
class Api:
    """A workspace, as somebody who is signed in sees it.

    Attributes:
        whole: the server.
        me: who is signed in.
        workspace: id.
        http: sends their token; paths are below ``/api/v1/workspaces/{workspace}``.
    """

    whole: CloudApi
    me: Someone
    workspace: str
    http: httpx.AsyncClient

    @property
    def runtime(self) -> Runtime:
        return self.whole.cloud.runtime

    @property
    def server(self) -> HttpServer:
        return self.whole.server

    @property
    def url(self) -> str:
        return self.whole.url

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def base(self) -> str:
        """The path of the workspace."""
        return f"/api/v1/workspaces/{self.workspace}"

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A client without a token; its paths are whole."""
        client = httpx.AsyncClient(base_url=self.url, headers=headers, trust_env=False, verify=False)
        self.whole.clients.append(client)
        return client

    def seen_by(self, someone: Someone) -> Api:
        """The workspace as somebody else sees it, whether or not they may."""
        return _stage(self.whole, someone, self.workspace)

    async def with_member(self, name: str, role: Role = Role.MEMBER) -> Api:
        """The workspace as a new member of it sees it."""
        someone = await self.whole.someone(name)
        await self.whole.join(self.workspace, someone, role)
        return self.seen_by(someone)

    async def start(self, name: str = "Ada") -> str:
        """Start a session and wait until it asks its first question."""
        answer = await self.http.post("/sessions", json={"app": "talk:greet", "args": {"name": name}})
        assert answer.status_code == 201, answer.text
        session_id = str(answer.json()["id"])
        await self.until(session_id, "session.waiting")
        return session_id

    async def answer(self, session_id: str, input: str, value: Json) -> httpx.Response:
        return await self.http.post(f"/sessions/{session_id}/interactions", json={"input": input, "value": value})

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
        async with self.http.stream("GET", f"/sessions/{session_id}/events", params=params) as response:
            assert response.status_code == 200, await response.aread()
            parser = FrameParser()
            async for data in response.aiter_raw():
                for frame in parser.feed(data):
                    yield frame.event, httpx.Response(200, content=frame.data).json()

    async def share(self, session_id: str, with_whom: Api, level: str, **more: Json) -> str:
        """Share a session with a member; the share's id."""
        body = {"user_id": with_whom.me.id, "level": level, **more}
        answer = await self.http.post(f"/sessions/{session_id}/shares", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def calls(self) -> AsyncClient:
        """The client library, signed in as the same."""
        return AsyncClient(self.url, token=self.me.access_token, workspace=self.workspace)


def _stage(whole: CloudApi, someone: Someone, workspace: str) -> Api:
    http = httpx.AsyncClient(
        base_url=f"{whole.url}/api/v1/workspaces/{workspace}",
        headers={"authorization": f"Bearer {someone.access_token}"},
        trust_env=False,
    )
    whole.clients.append(http)
    return Api(whole=whole, me=someone, workspace=workspace, http=http)


@asynccontextmanager
async def serving(
    database_url: str, folder: Path, *, executor: Executor | None = None, **settings: object
) -> AsyncIterator[Api]:
    """Run a server with one workspace and its owner; at the end its streams end, then its sessions.

    Args:
        database_url: empty.
        folder: for the server's data.
        executor: of the scripted app.
        settings: of `outlast.kit.settings.Settings`.
    """
    async with serving_cloud(database_url, folder, executor=executor, **settings) as whole:  # type: ignore[arg-type]
        someone = await whole.someone("ada")
        yield _stage(whole, someone, await whole.workspace(someone))


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with serving(database_url, tmp_path) as api:
        yield api


@pytest.fixture
async def client(api: Api) -> AsyncIterator[AsyncClient]:
    async with api.calls() as client:
        yield client


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SystemClock().now())


@pytest.fixture
async def timed(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Api]:
    """A workspace on a server whose clock the test moves; sessions left alone for two hours are ended."""
    async with serving(database_url, tmp_path, clock=clock, session_max_idle=IDLE) as api:
        yield api
