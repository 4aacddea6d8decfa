"""An answer never tells of the server's insides, whatever went wrong in it."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError, ProgrammingError

from outlast.http import problems
from outlast.kit.settings import load_settings
from outlast.protocol.codec import decode_json
from outlast.server.logs import configure

SECRET = "olr_c2VjcmV0LXNlY3JldC1zZWNyZXQ"
STATEMENT = "SELECT password_hash FROM users WHERE email = :email"
FAULTS: list[Exception] = [
    RuntimeError(f"token {SECRET} in /var/lib/outlast/keys"),
    ProgrammingError(STATEMENT, {"email": "ada@example.org"}, Exception("no such table: users")),
    IntegrityError(STATEMENT, {"token": SECRET}, Exception("UNIQUE constraint failed: users.email_key")),
    KeyError(SECRET),
    RecursionError("maximum recursion depth exceeded"),
    UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates not allowed"),
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The server's log, in place of the root logger's handlers."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    out = io.StringIO()
    configure(load_settings(log_format="json"), stream=out)
    yield out
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
async def test_a_fault_of_the_server_tells_nothing_but_that_it_is_one(fault: Exception, log: io.StringIO) -> None:
    """[security 80]"""
    app = FastAPI()
    problems.install(app)

    @app.get("/faulty")
    async def faulty() -> None:
        raise fault

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/faulty")
    assert (answer.status_code, answer.headers["content-type"]) == (500, problems.PROBLEM_TYPE)
    assert answer.json() == {
        "type": "urn:outlast:problem:internal",
        "title": answer.json()["title"],
        "status": 500,
        "detail": "Something went wrong in the server; its log tells what.",
        "instance": "/faulty",
        "code": "internal",
    }
    records = [decode_json(line.encode(), dict) for line in log.getvalue().splitlines()]
    assert any("exception" in record for record in records)
    assert "c2VjcmV0" not in log.getvalue()
