"""What browsers are told: TLS only, which other sites' pages may call, how text is encoded."""

from __future__ import annotations

import pytest
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from outlast.kit.settings import InvalidSettings, load_settings
from outlast.server.access import FrontDoor
from outlast.server.security import Guard, Wall
from tests.unit.server.asgi import Answer, ask, scope_of

OURS = "https://tools.example.org"
THEIRS = ["https://evil.example.com", "https://tools.example.org.evil.com", "http://tools.example.org", "null", ""]


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"method": scope["method"]})(scope, receive, send)


async def _asked(origin: str = "", *, method: str = "GET", asks_for: str = "", **settings: object) -> Answer:
    headers = [("Host", "localhost:8000"), ("Origin", origin)]
    if asks_for:
        headers.append(("Access-Control-Request-Method", asks_for))
    guard = Guard(_app, wall=Wall(load_settings(**settings)))
    return await ask(FrontDoor(guard, pages={}), scope_of("/api/v1/x", method=method, headers=headers))


def _cors(answer: Answer) -> set[str]:
    return {name for name in answer.headers if name.startswith("access-control-")}


@pytest.mark.parametrize("origin", [OURS, *THEIRS])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_without_the_setting_no_site_may_call(origin: str, method: str) -> None:
    """[security 65]"""
    assert _cors(await _asked(origin, method=method, asks_for="POST")) == set()


@pytest.mark.parametrize("origin", THEIRS)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_an_origin_that_is_not_named_is_never_reflected(origin: str, method: str) -> None:
    """[security 65]"""
    answer = await _asked(origin, method=method, asks_for="POST", cors_origins=OURS)
    assert _cors(answer) == set()
    assert "origin" in answer.headers["vary"].lower()


async def test_a_named_origin_may_call_without_cookies() -> None:
    """[security 65]"""
    answer = await _asked(OURS, cors_origins=OURS)
    assert answer.headers["access-control-allow-origin"] == OURS
    assert "etag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    assert "origin" in answer.headers["vary"].lower()


async def test_a_preflight_of_a_named_origin_is_answered_without_the_app() -> None:
    """[security 65]"""
    answer = await _asked(OURS, method="OPTIONS", asks_for="PATCH", cors_origins=f"https://other.example.org,{OURS}")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == OURS
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", ["*", "https://*.example.org", "https://a.example.org/", "a.example.org", "null"])
def test_a_wildcard_or_what_is_no_origin_stops_the_start(origin: str) -> None:
    """[security 65]"""
    with pytest.raises(InvalidSettings, match="OUTLAST_CORS_ORIGINS"):
        load_settings(cors_origins=origin)


async def test_a_server_behind_tls_tells_browsers_to_stay_there() -> None:
    """[security 66]"""
    answer = await _asked(public_url="https://apps.example.org")
    value = answer.headers["strict-transport-security"]
    directives = dict(part.strip().partition("=")[::2] for part in value.split(";"))
    assert int(directives["max-age"]) >= 365 * 24 * 3600
    assert "includeSubDomains" in directives
    assert "strict-transport-security" not in (await _asked()).headers


async def test_every_answer_tells_browsers_to_guess_frame_and_leak_nothing() -> None:
    """[security 66]"""
    for path in ("/api/v1/x", "/"):
        for host in ("localhost", "evil.example.com"):
            guard = Guard(_app, wall=Wall(load_settings()))
            headers = (await ask(FrontDoor(guard, pages={}), scope_of(path, headers=[("Host", host)]))).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["content-type"].endswith("; charset=utf-8")


@pytest.mark.parametrize("kind", ["application/json", "application/problem+json"])
async def test_json_says_how_it_is_encoded(kind: str) -> None:
    """[security 66]"""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(b"{}", media_type=kind)(scope, receive, send)

    answer = await ask(FrontDoor(app, pages={}), scope_of("/"))
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"


async def test_other_media_types_stay_as_they_are() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(b"", media_type="image/png")(scope, receive, send)

    assert (await ask(FrontDoor(app, pages={}), scope_of("/"))).headers["content-type"] == "image/png"
