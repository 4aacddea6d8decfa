"""Cookies of a browser that is logged in: the access token, the refresh token, and that the browser is known.

None is readable by scripts. With TLS their names begin with what browsers enforce: ``__Host-`` (this host alone, the
whole of it, by TLS alone), ``__Secure-`` for the refresh token, which travels to the log-in routes only. On plain
HTTP, which is for one's own machine, the names claim nothing, and hold the port: cookies don't tell ports apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from outlast.ee.cloud.context import Cloud

REFRESH_PATH = "/api/v1/auth"
DEVICE_LASTS = timedelta(days=400)  # as long as browsers keep any


@dataclass(frozen=True, slots=True)
class Jar:
    """The names of one server's cookies.

    Attributes:
        secure: whether browsers reach the server by TLS.
    """

    access: str
    refresh: str
    device: str
    secure: bool

    def put(self, response: Response, name: str, value: str, *, lasts: timedelta) -> None:
        """Set a cookie."""
        response.set_cookie(
            name,
            value,
            max_age=max(int(lasts.total_seconds()), 0),
            path=self._path(name),
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def clear(self, response: Response) -> None:
        """Delete what a log-in has set; that the browser is known stays known, for the next one."""
        for name in self.session_names():
            self.put(response, name, "", lasts=timedelta(0))
        # Not "cache": it would empty other tabs of what they are still showing.
        response.headers["clear-site-data"] = '"storage"'

    def session_names(self) -> Iterator[str]:
        """Those that a log-in sets and a log-out deletes."""
        yield self.access
        yield self.refresh

    def _path(self, name: str) -> str:
        return REFRESH_PATH if name == self.refresh else "/"


def jar_of(cloud: Cloud, connection: HTTPConnection) -> Jar:
    """The names as this connection's browser knows them."""
    if cloud.settings.public_url.startswith("https://") or connection.scope.get("scheme") == "https":
        return Jar("__Host-outlast", "__Secure-outlast-refresh", "__Host-outlast-device", secure=True)
    server = connection.scope.get("server")
    port = server[1] if server else 0
    return Jar(f"outlast-{port}", f"outlast-refresh-{port}", f"outlast-device-{port}", secure=False)
