"""What stands before every request: whether it may come in at all, whose it says it is by its address, and the headers
that every answer has.

- **Host**: only known names, so a site whose name is made to resolve to this machine reaches nothing (DNS rebinding).
- **Origin of the request**: the client's address, as far as trusted proxies tell it.
- **Other sites' pages** may read answers only where the operator named their origin; who asks is proved by a bearer
  token there, as cookies are never asked for (ASVS 3.4.2). Cookies themselves are the domain auth's to check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outlast.ee.cloud.caller import Origin
from outlast.http.addresses import client_address
from outlast.http.correlation import request_id
from outlast.http.problems import HostNotAllowed, problem_response
from outlast.kit.errors import OutlastError
from outlast.kit.settings import Settings

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
MAX_AGENT_CHARS = 400
HSTS = "max-age=31536000; includeSubDomains"
# Styles may be inline: the components' library sets colours and sizes so. Nothing that an app says becomes a style.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_PREFLIGHT: Mapping[str, str] = {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": "accept, authorization, content-type, idempotency-key, if-match, if-none-match, "
    "last-event-id, range, tus-resumable, upload-length, upload-metadata, upload-offset, x-outlast-request",
    "access-control-max-age": "600",
}
_EXPOSED = (
    "etag, location, ratelimit, ratelimit-policy, retry-after, tus-resumable, upload-expires, upload-offset, "
    "www-authenticate, x-request-id"
)


class Wall:
    """Tells which requests may come in, and what their answers must say.

    Args:
        settings: of the server: names, proxies, other origins, whether browsers come by TLS.
        hosts: further host names that are answered to, without ports.
    """

    def __init__(self, settings: Settings, *, hosts: Iterable[str] = ()) -> None:
        public = urlsplit(settings.public_url)
        names = (*hosts, *settings.allowed_hosts, public.netloc and _name_of(public.netloc))
        self._hosts = LOCAL_HOSTS | {name.lower() for name in names if name}
        self._proxies = settings.trusted_proxies
        self._origins = frozenset(settings.cors_origins)
        self._headers = {**HEADERS, "strict-transport-security": HSTS} if public.scheme == "https" else HEADERS

    def check(self, scope: Scope) -> None:
        """Let a request in, and note where it comes from.

        Raises:
            HostNotAllowed: it names a host that this server is not.
        """
        host, agent, forwarded = "", "", []
        for name, value in scope["headers"]:
            if name == b"host":
                host = value.decode("latin-1")
            elif name == b"user-agent":
                agent = value[:MAX_AGENT_CHARS].decode("utf-8", "replace")
            elif name == b"x-forwarded-for":
                forwarded.append(value.decode("latin-1"))
        if _name_of(host) not in self._hosts:
            raise HostNotAllowed("This server does not answer to that host name; open the link that it printed.")
        peer = scope["client"][0] if scope.get("client") else ""
        ip = client_address(peer, forwarded, self._proxies)
        scope["outlast.origin"] = Origin(ip=ip, user_agent=agent, request_id=request_id.get())

    def preflight(self, scope: Scope) -> Response | None:
        """The answer to a browser that asks on another site's behalf; None to all other requests."""
        if scope["method"] != "OPTIONS" or self._origin_of(scope) is None:
            return None
        return self.secured(Response(status_code=204, headers=_PREFLIGHT), scope)

    def secured(self, response: Response, scope: Scope) -> Response:
        """The response with the headers that every one has."""
        self.add_headers(response.headers, scope)
        return response

    def add_headers(self, headers: MutableHeaders, scope: Scope) -> None:
        """Put in the headers that every answer has, where it has none of its own."""
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if self._origins:
            headers.add_vary_header("origin")
            if (origin := self._origin_of(scope)) is not None:
                headers["access-control-allow-origin"] = origin
                headers["access-control-expose-headers"] = _EXPOSED

    def _origin_of(self, scope: Scope) -> str | None:
        """The other site whose page sends this request, if it may read the answer."""
        if not self._origins:
            return None
        given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)
        return given if given in self._origins else None


class Guard:
    """The middleware, pure ASGI.

    Args:
        app: what it guards.
        wall: tells what comes in.
    """

    def __init__(self, app: ASGIApp, *, wall: Wall) -> None:
        self._app = app
        self._wall = wall

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._wall.add_headers(MutableHeaders(scope=message), scope)
            await send(message)

        try:
            self._wall.check(scope)
        except OutlastError as error:
            await problem_response(error, path=scope["path"])(scope, receive, send_with_headers)
            return
        preflight = self._wall.preflight(scope)
        await (preflight or self._app)(scope, receive, send if preflight is not None else send_with_headers)


def _name_of(host: str) -> str:
    """The name in a Host header, without the port: ``[::1]:8000`` gives ``[::1]``."""
    name = host.lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]
