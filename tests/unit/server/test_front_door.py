"""What stands before all: request ids, the access log, measures."""

from __future__ import annotations

import asyncio
import io
import re

import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from outlast.http.correlation import request_id
from outlast.protocol.codec import Json, decode_json
from outlast.server.access import DURATION, REQUESTS, STREAMS, FrontDoor
from outlast.server.logs import AccessLog
from tests.unit.server.asgi import Answer, ask, scope_of


def _app() -> FastAPI:
    inner = APIRouter()

    @inner.get("/things/{thing_id}")
    async def thing(thing_id: str) -> str:
        return request_id.get()

    outer = APIRouter(prefix="/api/v1/workspaces/{workspace_id}")
    outer.include_router(inner)
    app = FastAPI()
    app.include_router(outer)
    return app


def _door(app: object = None) -> tuple[FrontDoor, io.StringIO]:
    out = io.StringIO()
    return FrontDoor(app or _app(), pages={}, log=AccessLog(out)), out  # type: ignore[arg-type]


def _records(out: io.StringIO) -> list[dict[str, Json]]:
    return [decode_json(line.encode(), dict) for line in out.getvalue().splitlines()]


async def test_a_request_is_told_of_by_its_template_and_never_by_its_path_or_query() -> None:
    """[security 7]"""
    door, out = _door()
    scope = scope_of("/api/v1/workspaces/w1/things/t1")
    scope["query_string"] = b"token=olt_secretsecret"
    answer = await ask(door, scope)
    (record,) = _records(out)
    assert record["route"] == "/api/v1/workspaces/{workspace_id}/things/{thing_id}"
    assert (record["method"], record["status"], record["event"]) == ("GET", 200, "request")
    assert record["duration_ms"] >= 0
    assert record["request_id"] == answer.headers["x-request-id"]
    assert "t1" not in out.getvalue()
    assert "secretsecret" not in out.getvalue()


async def test_what_no_route_takes_is_counted_as_one() -> None:
    door, out = _door()
    for path in ("/wp-login.php", "/.git/config"):
        await ask(door, scope_of(path, method="BREW"))
    assert {(record["route"], record["method"], record["status"]) for record in _records(out)} == {
        ("unmatched", "other", 404)
    }
    assert not any("wp-login" in label for labels in REQUESTS.values for label in labels)


@pytest.mark.parametrize("given", ["4bf92f3577b34da6", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "req.2024_01"])
async def test_a_sane_request_id_is_taken_over(given: str) -> None:
    door, _ = _door()
    answer = await ask(door, scope_of("/api/v1/workspaces/w/things/t", headers=[("X-Request-Id", given)]))
    assert answer.headers["x-request-id"] == given
    assert answer.body == f'"{given}"'.encode()


@pytest.mark.parametrize(
    "given", ["short", "a" * 65, "12345678\r\nset-cookie: a=b", "olt_abcdefghijkl", "ünïcode-id", ""]
)
async def test_any_other_request_id_is_replaced_by_a_new_one(given: str) -> None:
    """[security 84]"""
    door, _ = _door()
    answer = await ask(door, scope_of("/api/v1/workspaces/w/things/t", headers=[("X-Request-Id", given)]))
    assert re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]+", answer.headers["x-request-id"])


async def test_an_app_that_fails_counts_as_an_error_of_the_server() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("broken on purpose")

    door, out = _door(broken)
    with pytest.raises(RuntimeError):
        await ask(door, scope_of("/"))
    assert [record["status"] for record in _records(out)] == [500]


async def test_a_stream_is_counted_while_it_is_open_and_told_of_at_its_end() -> None:
    go_on = asyncio.Event()
    begun = asyncio.Event()

    async def frames() -> object:
        yield b"data: 1\n\n"
        begun.set()
        await go_on.wait()
        yield b"data: 2\n\n"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(frames(), media_type="text/event-stream")(scope, receive, send)  # type: ignore[arg-type]

    door, out = _door(app)
    before = STREAMS.values[()]
    answer = Answer()

    async def receive() -> Message:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    async def send(message: Message) -> None:
        answer.messages.append(message)

    running = asyncio.create_task(_run(door, scope_of("/"), receive, send=send))
    await begun.wait()
    assert STREAMS.values[()] == before + 1
    assert out.getvalue() == ""
    go_on.set()
    await running
    assert STREAMS.values[()] == before
    assert [(record["stream"], record["status"]) for record in _records(out)] == [(True, 200)]
    assert answer.body == b"data: 1\n\ndata: 2\n\n"


async def _run(door: FrontDoor, scope: Scope, receive: Receive, *, send: Send) -> None:
    await door(scope, receive, send)


async def test_requests_are_counted_by_template_and_status() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["outlast.route"] = "/counted/{id}"
        await Response(status_code=204)(scope, receive, send)

    door, _ = _door(app)
    for number in range(3):
        await ask(door, scope_of(f"/counted/{number}", method="DELETE"))
    assert REQUESTS.values["DELETE", "/counted/{id}", "204"] == 3
    assert sum(DURATION.values["DELETE", "/counted/{id}"].counts) == 3
