"""What browsers are told about the server's borders: TLS only, other sites' pages, how text is encoded.

Pages of other sites reach nothing unless the setting `cors_origins` names their origin, letter by letter. Even then
they bring a bearer token: the answer never allows credentials, so no cookie comes along (Fetch standard, CORS;
ASVS 3.4.2).
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HSTS = b"max-age=63072000; includeSubDomains"
"""Two years; ASVS 3.4.1 asks for one."""

PREFLIGHT_MAX_AGE_S = 600
ALLOWED_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
ALLOWED_HEADERS = (
    b"accept, authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, range, "
    b"traceparent, x-request-id"
)
EXPOSED_HEADERS = (
    b"accept-ranges, content-disposition, content-range, etag, location, ratelimit, ratelimit-policy, retry-after, "
    b"www-authenticate, x-request-id"
)

_JSON = (b"application/json", b"application/problem+json")

Headers = Sequence[tuple[bytes, bytes]]


class Borders:
    """An ASGI app before another.

    Args:
        app: what answers.
        origins: of the pages that may call it.
        secure: whether browsers reach the server by TLS.
    """

    def __init__(self, app: ASGIApp, *, origins: Iterable[str], secure: bool) -> None:
        self._app = app
        self._origins = frozenset(origin.encode() for origin in origins)
        self._always: Headers = [(b"strict-transport-security", HSTS)] if secure else []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origin = self._origin_of(scope) if self._origins else None
        further = list(self._always)
        if self._origins:
            further.append((b"vary", b"Origin"))
        if origin is not None:
            further += [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", EXPOSED_HEADERS)]
            if scope["method"] == "OPTIONS" and any(n == b"access-control-request-method" for n, _ in scope["headers"]):
                await _answer_preflight(send, further)
                return
        await self._app(scope, receive, _Stamping(send, further))

    def _origin_of(self, scope: Scope) -> bytes | None:
        """The origin of the page that sends the request, if it is one of those that may."""
        given = [value for name, value in scope["headers"] if name == b"origin"]
        return given[0] if len(given) == 1 and given[0] in self._origins else None


class _Stamping:
    """Stands for `send`: puts headers on the answer's beginning, and hands everything on."""

    __slots__ = ("_further", "_send")

    def __init__(self, send: Send, further: Headers) -> None:
        self._send = send
        self._further = further

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            message["headers"] = [*(_encoded(header) for header in message["headers"]), *self._further]
        return self._send(message)


def _encoded(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """JSON is UTF-8 whatever it says (RFC 8259 §8.1); some readers guess unless they are told (ASVS 4.1.1)."""
    name, value = header
    return (name, value + b"; charset=utf-8") if value in _JSON and name.lower() == b"content-type" else header


async def _answer_preflight(send: Send, further: Headers) -> None:
    headers = [
        *further,
        (b"access-control-allow-methods", ALLOWED_METHODS),
        (b"access-control-allow-headers", ALLOWED_HEADERS),
        (b"access-control-max-age", str(PREFLIGHT_MAX_AGE_S).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
