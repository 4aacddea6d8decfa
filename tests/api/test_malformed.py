"""10,000 requests that make no sense: each gets a clear refusal, none harms the server."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable, Mapping
from urllib.parse import quote

import pytest
from starlette.types import Message

from tests.api.conftest import Api

REQUESTS = 5_000  # on each database
PARTS = 5

_VALUES: list[Callable[[random.Random], object]] = [
    lambda _: None,
    lambda dice: dice.choice([True, False]),
    lambda dice: dice.choice([0, -1, 1, 2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 10**40]),
    lambda dice: dice.choice([0.0, -0.0, 1e308, 5e-324, 1.5]),
    lambda dice: "".join(dice.choices(string.printable + "é\u0000\u200b\U0001f600", k=dice.randrange(30))),
    lambda dice: dice.choice(["word", "number", "talk:greet", "greet", "../x", "%00", "\u202e", "x" * 5000]),
    lambda dice: [_value(dice) for _ in range(dice.randrange(4))],
    lambda dice: {_word(dice): _value(dice) for _ in range(dice.randrange(4))},
    lambda dice: json.loads("[" * (n := dice.randrange(150)) + "]" * n or "0"),
]
_WORDS = ["app", "args", "name", "title", "input", "value", "seq", "reason", "word", "number", "approved", ""]


def _word(dice: random.Random) -> str:
    return dice.choice([*_WORDS, str(_VALUES[4](dice))])


def _value(dice: random.Random) -> object:
    return dice.choice(_VALUES)(dice)


def _body(dice: random.Random) -> bytes:
    if dice.random() < 0.15:
        return dice.randbytes(dice.randrange(60))
    body = json.dumps({dice.choice(_WORDS): _value(dice) for _ in range(dice.randrange(4))}).encode()
    if dice.random() < 0.3:  # almost JSON
        at = dice.randrange(len(body))
        body = body[:at] + dice.choice([b"", b"\x00", b"\xff", b"}", b'"', b",", b"\\ud83d", b"NaN"]) + body[at + 1 :]
    return body


def _request(dice: random.Random, base: str, session_id: str) -> tuple[str, str, str, bytes]:
    path = base + dice.choice(
        ["/apps", "/apps/{x}", "/sessions", "/sessions/{s}", "/sessions/{x}", "/streams", "/{x}"]
        + [f"/sessions/{{s}}/{what}" for what in ("interactions", "branch", "files", "files/{x}", "events", "history")]
        * 2
        + ["/sessions/{s}/export", "/sessions/{s}/{x}"]
    ).format(s=session_id, x=quote(_word(dice)) or "x")
    query = "&".join(
        f"{dice.choice(['after', 'limit', 'cursor', 'state', 'app', 'format', 'snapshot', 'follow', 'name'])}"
        f"={quote(str(_value(dice))[:200])}"
        for _ in range(dice.randrange(3))
    )
    method = dice.choice(["GET", "POST", "POST", "POST", "PATCH", "PUT", "OPTIONS", "TRACE", "GETT"])
    return method, path, query, _body(dice)


async def _call(api: Api, method: str, path: str, *, query: str, body: bytes, headers: Mapping[str, str]) -> Message:
    given = {"host": "localhost", "authorization": f"Bearer {api.me.access_token}", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("utf-8", "replace")) for name, value in given.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await api.whole.front(scope, receive, send)
    start = sent[0]
    start["text"] = b"".join(message.get("body", b"") for message in sent[1:])
    return start


@pytest.mark.parametrize("part", range(PARTS))
async def test_ten_thousand_malformed_requests_get_clear_refusals(api: Api, part: int) -> None:
    dice = random.Random(part)
    session_id = await api.start()
    statuses: dict[int, int] = {}
    for _ in range(REQUESTS // PARTS):
        method, path, query, body = _request(dice, api.base, session_id)
        headers = {"last-event-id": _word(dice).replace("\n", "")} if dice.random() < 0.2 else {}
        answer = await _call(api, method, path, query=query, body=body, headers=headers)
        status = answer["status"]
        statuses[status] = statuses.get(status, 0) + 1
        said = f"{method} {path}?{query} {body!r} -> {status} {answer['text'][:500]!r}"
        assert status < 500, said
        if status >= 400:
            problem = json.loads(answer["text"])
            assert problem["status"] == status, said
            assert problem["code"], said
            assert "Traceback" not in answer["text"].decode(), said
    assert set(statuses) >= {400, 404, 405, 422}, statuses
    assert (await api.http.get(f"/sessions/{session_id}")).status_code == 200
