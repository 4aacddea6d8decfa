"""What browsers are told: TLS only, which other sites' pages may call, how text is encoded."""

from __future__ import annotations

import pytest
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from outlast.kit.settings import InvalidSettings, load_settings
from outlast.server.borders import Borders
from tests.unit.server.asgi import Answer, ask, scope_of

OURS = "https://tools.example.org"
THEIRS = ["https://evil.example.com", "https://tools.example.org.evil.com", "http://tools.example.org", "null", ""]


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"method": scope["method"]}, status_code=200)(scope, receive, send)


async def _asked(origin: str, *, method: str = "GET", origins: tuple[str, ...] = (OURS,), **headers: str) -> Answer:
    given = [("Origin", origin), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return await ask(Borders(_app, origins=origins, secure=True), scope_of("/api/v1/x", method=method, headers=given))


def _cors(answer: Answer) -> set[str]:
    return {name for name in answer.headers if name.startswith("access-control-")}


@pytest.mark.parametrize("origin", [OURS, *THEIRS])
async def test_without_the_setting_no_site_may_call(origin: str) -> None:
    """[security 65]"""
    for method in ("GET", "OPTIONS"):
        answer = await _asked(origin, method=method, origins=(), access_control_request_method="POST")
        assert _cors(answer) == set()


@pytest.mark.parametrize("origin", THEIRS)
async def test_an_origin_that_is_not_named_is_never_reflected(origin: str) -> None:
    """[security 65]"""
    for method in ("GET", "POST", "OPTIONS"):
        answer = await _asked(origin, method=method, access_control_request_method="POST")
        assert _cors(answer) == set()
        assert answer.headers["vary"] == "Origin"


async def test_a_named_origin_may_call_without_cookies() -> None:
    """[security 65]"""
    answer = await _asked(OURS)
    assert answer.headers["access-control-allow-origin"] == OURS
    assert "etag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["vary"] == "Origin"


async def test_a_preflight_of_a_named_origin_is_answered_without_the_app() -> None:
    """[security 65]"""
    answer = await _asked(OURS, method="OPTIONS", access_control_request_method="PATCH")
    assert (answer.status, answer.body) == (204, b"")
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


async def test_two_origins_in_one_request_are_none() -> None:
    """[security 65]"""
    scope = scope_of("/", headers=[("Origin", OURS), ("Origin", "https://evil.example.com")])
    assert _cors(await ask(Borders(_app, origins=[OURS], secure=False), scope)) == set()


@pytest.mark.parametrize("origin", ["*", "https://*.example.org", "https://a.example.org/", "a.example.org", "null"])
def test_a_wildcard_or_what_is_no_origin_stops_the_start(origin: str) -> None:
    """[security 65]"""
    with pytest.raises(InvalidSettings, match="OUTLAST_CORS_ORIGINS"):
        load_settings(cors_origins=origin)


async def test_a_server_behind_tls_tells_browsers_to_stay_there() -> None:
    """[security 66]"""
    answer = await ask(Borders(_app, origins=[], secure=True), scope_of("/"))
    directives = dict(
        part.strip().partition("=")[::2] for part in answer.headers["strict-transport-security"].split(";")
    )
    assert int(directives["max-age"]) >= 365 * 24 * 3600
    assert "includeSubDomains" in directives
    plain = await ask(Borders(_app, origins=[], secure=False), scope_of("/"))
    assert "strict-transport-security" not in plain.headers


@pytest.mark.parametrize("kind", ["application/json", "application/problem+json"])
async def test_json_says_how_it_is_encoded(kind: str) -> None:
    """[security 66]"""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(b"{}", media_type=kind)(scope, receive, send)

    answer = await ask(Borders(app, origins=[], secure=False), scope_of("/"))
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"


async def test_other_media_types_stay_as_they_are() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(b"", media_type="image/png")(scope, receive, send)

    answer = await ask(Borders(app, origins=[], secure=False), scope_of("/"))
    assert answer.headers["content-type"] == "image/png"
