"""The contract of `SessionService`, in an application without a database and without a server of ours."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
from fastapi import FastAPI

from outlast import app, ask, form, write
from outlast.kit.errors import InvalidAnswer, InvalidArguments
from outlast.protocol.codec import Json
from outlast.runtime import SessionService, router
from outlast.sdk.app import App

CODE = """
import os
from outlast import app, ask, form, write

@app
def hello(name: str = "you", *, loud: bool = False):
    write(f"Hello {name}" + "!" * loud)
    write(str(os.getpid()))
    age = ask("Age?", int)
    person = form("Who?", {"first": str, "last": str})
    return [age, person["first"], person["last"]]
"""


@pytest.fixture
def hello(tmp_path: Path) -> App[Json, Json]:
    path = tmp_path / "greetings.py"
    path.write_text(CODE)
    spec = importlib.util.spec_from_file_location("greetings", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = module.hello
    assert isinstance(found, App)
    return found


@pytest.fixture
async def service() -> AsyncIterator[SessionService]:
    service = SessionService()
    yield service
    service.cleanup_all()
    closing = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*closing, return_exceptions=True)


async def _next(frames: AsyncIterator[str], kind: str) -> dict[str, object]:
    async for frame in frames:
        lines = dict(line.split(": ", 1) for line in frame.strip().splitlines())
        if lines.get("event") == kind:
            event = json.loads(lines["data"])
            assert str(event["seq"]) == lines["id"]
            return dict(event)
    raise AssertionError(f"no {kind} came")


async def test_ids_are_uuids_and_differ(service: SessionService) -> None:
    ids = {service.generate_session_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(str(uuid.UUID(one)) == one for one in ids)


async def test_a_session_goes_from_start_to_end_in_a_process_of_its_own(
    service: SessionService, hello: App[Json, Json]
) -> None:
    session = service.create_session(hello, ("Ada",), {"loud": True})
    assert service.get_session(session).args == {"name": "Ada", "loud": True}
    frames = service.generate_events(session)
    assert (await _next(frames, "block.opened"))["props"] == {"text": "Hello Ada!"}
    pid = int(str((await _next(frames, "block.opened"))["props"]["text"]))  # type: ignore[index]
    assert pid != os.getpid()
    await _next(frames, "session.waiting")
    service.add_interaction(session, {"input": "i1", "value": 36})
    asked = await _next(frames, "input.requested")
    fields = [field["input"] for field in asked["spec"]["fields"]]  # type: ignore[index]
    service.add_interaction(session, {"input": asked["input"], "value": dict(zip(fields, ["A", "L"], strict=True))})
    assert (await _next(frames, "session.completed"))["result"] == [36, "A", "L"]
    with pytest.raises(StopAsyncIteration):
        await anext(frames)
    with pytest.raises(RuntimeError):
        service.add_interaction(session, {"input": "i1", "value": 1})
    assert len(service.get_session(session).interactions) == 3


async def test_each_reader_gets_all_events(service: SessionService, hello: App[Json, Json]) -> None:
    session = service.create_session(hello)
    first, second = service.generate_events(session), service.generate_events(session)
    events = await asyncio.gather(_next(first, "session.waiting"), _next(second, "session.waiting"))
    assert events[0] == events[1]


async def test_unknown_sessions_are_key_errors_everywhere(service: SessionService) -> None:
    for call in (service.get_session, service.cleanup_session):
        with pytest.raises(KeyError):
            call("nobody")
    with pytest.raises(KeyError):
        service.add_interaction("nobody", {"input": "i1", "value": 1})
    with pytest.raises(KeyError):
        await anext(service.generate_events("nobody"))


async def test_what_does_not_fit_is_refused_and_kept_for_debugging(
    service: SessionService, hello: App[Json, Json]
) -> None:
    with pytest.raises(InvalidArguments):
        service.create_session(hello, (1, 2, 3))
    session = service.create_session(hello)
    with pytest.raises(RuntimeError):
        service.add_interaction(session, {"input": "i1", "value": 1})
    frames = service.generate_events(session)
    await _next(frames, "session.waiting")
    for wrong in ({"input": "i1", "value": "old"}, {"value": 3}, {"input": "i1"}):
        with pytest.raises(InvalidAnswer):
            service.add_interaction(session, wrong)
    assert len(service.get_session(session).interactions) == 4


async def test_a_cleaned_up_session_is_forgotten_with_its_process(
    service: SessionService, hello: App[Json, Json]
) -> None:
    session = service.create_session(hello)
    frames = service.generate_events(session)
    await _next(frames, "block.opened")
    pid = int(str((await _next(frames, "block.opened"))["props"]["text"]))  # type: ignore[index]
    service.cleanup_session(session)
    with pytest.raises(KeyError):
        service.get_session(session)
    service.cleanup_all()
    assert not _runs(pid)


async def test_a_function_that_no_import_reaches_runs_all_the_same(service: SessionService) -> None:
    @app
    def local() -> str:
        write("from inside a test")
        return ask("Name?")

    session = service.create_session(local)
    frames = service.generate_events(session)
    await _next(frames, "session.waiting")
    service.add_interaction(session, {"input": "i1", "value": "Ada"})
    assert (await _next(frames, "session.completed"))["result"] == "Ada"


async def test_an_older_spelling_of_a_form_is_spread_over_its_inputs(service: SessionService) -> None:
    @app
    def local() -> str:
        answers = form("Who?", {"first": str, "last": str})
        return f"{answers['first']} {answers['last']}"

    session = service.create_session(local)
    frames = service.generate_events(session)
    asked = await _next(frames, "input.requested")
    parts = [{"sub_block_id": field["input"], "value": field["name"]} for field in asked["spec"]["fields"]]  # type: ignore[index]
    service.add_interaction(session, {"blockId": asked["input"], "blockType": "form", "value": parts})
    assert (await _next(frames, "session.completed"))["result"] == "first last"


async def test_the_router_serves_a_whole_session(service: SessionService, hello: App[Json, Json]) -> None:
    api = FastAPI()
    api.include_router(router(service, apps=[hello]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
        assert (await client.post("/sessions", json={"app": "nope"})).status_code == 404
        created = await client.post("/sessions", json={"app": "hello", "args": {"name": "Ada"}})
        session = created.json()["session_id"]
        early = await client.post(f"/sessions/{session}/interactions", json={"input": "i1", "value": 1})
        assert early.status_code == 409
        frames = service.generate_events(session)
        await _next(frames, "session.waiting")
        wrong = await client.post(f"/sessions/{session}/interactions", json={"input": "i1", "value": "x"})
        assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")
        assert (await client.post(f"/sessions/{session}/interactions", json={"input": "i1", "value": 1})).is_success
        who = (await _next(frames, "input.requested"))["input"]
        right = await client.post(
            f"/sessions/{session}/interactions", json={"input": who, "value": {"first": "A", "last": "B"}}
        )
        assert right.status_code == 204
        await _next(frames, "session.completed")
        streamed = await client.get(f"/sessions/{session}/events", headers={"Last-Event-ID": "2"})
        assert streamed.text.startswith("id: 3\n")
        assert "session.completed" in streamed.text
        document = (await client.get(f"/sessions/{session}")).json()
        assert document["result"] == [1, "A", "B"]
        assert (await client.delete(f"/sessions/{session}")).status_code == 204
        assert (await client.get(f"/sessions/{session}")).status_code == 404


def _runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
