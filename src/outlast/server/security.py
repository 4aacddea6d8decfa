"""Who may talk to the server: one local user who has the token, from pages of the server itself.

A pure ASGI middleware, as it stands before every request, the long streams included. Three walls:

- **Host**: only known names, so a site whose name is made to resolve to 127.0.0.1 reaches nothing (DNS rebinding).
- **Origin**: a request that another site's page sent is refused (ASVS 3.5.1; CSRF cheat sheet, Fetch Metadata).
- **Token**: everything below ``/api/`` needs it, as bearer or as the cookie that opening ``/?token=...`` sets.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outlast.http.problems import HostNotAllowed, OriginNotAllowed, problem_response
from outlast.kit.errors import OutlastError, Unauthenticated

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE_MAX_AGE_S = 30 * 24 * 3600
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Keys:
    """The token, and the cookie that stands for it in a browser.

    Args:
        token: at least 128 bits of randomness.
        port: of the server; cookies are shared by all ports of a host, so the cookie's name tells servers apart.
    """

    def __init__(self, token: str, *, port: int = 0) -> None:
        self.token = token
        self.cookie_name = f"outlast_{port}"
        # Not the token itself: what a browser stores opens only what a browser needs.
        self.cookie_value = hmac.new(token.encode(), b"outlast cookie", hashlib.sha256).hexdigest()

    def opens(self, token: str) -> bool:
        """Whether this is the token; takes the same time for every wrong one."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())

    def opens_by_cookie(self, header: str) -> bool:
        """Whether a Cookie header holds the right cookie."""
        if self.cookie_name not in header:
            return False
        try:
            morsel = SimpleCookie(header).get(self.cookie_name)
        except CookieError:
            return False
        return morsel is not None and hmac.compare_digest(morsel.value.encode(), self.cookie_value.encode())

    @property
    def set_cookie(self) -> str:
        """The Set-Cookie header of who opened the link."""
        return f"{self.cookie_name}={self.cookie_value}; Path=/; Max-Age={COOKIE_MAX_AGE_S}; HttpOnly; SameSite=Strict"


def write_private(path: Path, data: bytes) -> None:
    """Replace a file at once with one that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    draft.replace(path)


def secured(response: Response) -> Response:
    """The response with the headers that every one has."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


class Wall:
    """Tells which requests may come in.

    Args:
        keys: the token.
        hosts: host names that are answered to, without ports, besides those of this machine.
    """

    def __init__(self, *, keys: Keys, hosts: Iterable[str] = ()) -> None:
        self._keys = keys
        self._hosts = LOCAL_HOSTS | {host.lower() for host in hosts}

    def check(self, scope: Scope) -> None:
        """Let a request in, or raise.

        Raises:
            HostNotAllowed, OriginNotAllowed, Unauthenticated: see above.
        """
        given = {name: value.decode("latin-1") for name, value in scope["headers"] if name in _READ}
        host = given.get(b"host", "")
        if _name_of(host) not in self._hosts:
            raise HostNotAllowed("This server does not answer to that host name; open the link that it printed.")
        if (origin := given.get(b"origin")) is not None and origin.partition("://")[2] != host:
            raise OriginNotAllowed("This request comes from another site's page; open the server's own page.")
        if not scope["path"].startswith("/api/"):
            return
        scheme, _, token = given.get(b"authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if not self._keys.opens(token.strip()):
                raise Unauthenticated("The token is wrong; take the one of the link that the server printed.")
        elif self._keys.opens_by_cookie(given.get(b"cookie", "")):
            _check_site(scope["method"], origin=origin, site=given.get(b"sec-fetch-site"))
        else:
            raise Unauthenticated("Open the link that the server printed, or send its token: Authorization: Bearer.")


class Guard:
    """The middleware.

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
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._wall.check(scope)
        except OutlastError as error:
            await problem_response(error, path=scope["path"])(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)


_READ = frozenset({b"host", b"origin", b"authorization", b"cookie", b"sec-fetch-site"})


def _check_site(method: str, *, origin: str | None, site: str | None) -> None:
    """A cookie is sent by the browser on whosever behalf; so the browser must say that it was our page's."""
    if site not in (None, "same-origin", "none"):
        raise OriginNotAllowed("This request comes from another site's page; open the server's own page.")
    if method not in SAFE_METHODS and site is None and origin is None:
        raise OriginNotAllowed("This request does not say where it comes from; send the token as a bearer instead.")


def _name_of(host: str) -> str:
    """The name in a Host header, without the port: ``[::1]:8000`` gives ``[::1]``."""
    name = host.lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]
