"""The web client: files without secrets, so that what a browser may do is decided by its cookie alone.

Its addresses are its own affair: whatever a browser asks for that is no address of the server gets the client's page,
which shows a screen or says that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

CLIENT = Path(__file__).parent / "client"
"""Made by the build hook (``hatch_build.py``), and part of every wheel."""

SCREENS = (
    "/",
    "/sign-in",
    "/arrive",
    "/oidc/{provider}",
    "/w/{rest:path}",
    "/account",
    "/account/{rest:path}",
    "/dev/blocks",
)
NOT_BUILT = "The web client is not built. Install Outlast again, or run `python hatch_build.py` in its sources.\n"

# The page is asked for again each time (a conditional request), so that an update is seen at once; the files that it
# names have their content's hash in their names, and never change.
_ASK_AGAIN: Mapping[str, str] = {"cache-control": "no-cache"}
_FOR_EVER: Mapping[str, str] = {"cache-control": "public, max-age=31536000, immutable"}
_NOT_SCREENS = ("/api/", "/static/")


_COPIES: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}
"""Endings of the compressed copies of a file by their encodings, the smallest first."""


class _Assets(StaticFiles):
    """Sends the smallest compressed copy of a file that a client takes."""

    @override
    async def get_response(self, path: str, scope: Scope) -> Response:
        given = Headers(scope=scope).get("accept-encoding", "").split(",")
        takes = {each.partition(";")[0].strip() for each in given}
        copies = ((each, f"{path}{ending}") for each, ending in _COPIES.items() if each in takes)
        encoding, copy = next(((each, at) for each, at in copies if self.lookup_path(at)[1]), ("", path))
        response = await super().get_response(copy, scope)
        if encoding:
            response.headers["content-encoding"] = encoding
        response.headers.update(_FOR_EVER)
        response.headers.add_vary_header("accept-encoding")
        return response


class _Unrouted:
    """What answers where no route does: browsers get the client's page, which says that there is nothing.

    Args:
        client: the folder of the built client.
        otherwise: answers everybody else.
    """

    def __init__(self, client: Path, otherwise: ASGIApp) -> None:
        self._client = client
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        browser = scope["type"] == "http" and scope["method"] == "GET" and not scope["path"].startswith(_NOT_SCREENS)
        if browser and "text/html" in Headers(scope=scope).get("accept", ""):
            await _page(self._client, 404)(scope, receive, send)
        else:
            await self._otherwise(scope, receive, send)


def install(app: FastAPI, *, client: Path = CLIENT) -> None:
    """Serve the client. Opening it changes nothing: what a link holds is in its fragment, and the client posts it.

    Args:
        app: gets the routes.
        client: the folder of the built client.
    """

    async def page() -> Response:
        return _page(client)

    async def icon() -> Response:
        return FileResponse(client / "icon.svg", headers=_ASK_AGAIN)

    for path in SCREENS:
        app.get(path, include_in_schema=False)(page)
    if client.is_dir():
        app.get("/icon.svg", include_in_schema=False)(icon)
    app.mount("/static", _Assets(directory=client / "static", check_dir=False), name="static")
    app.router.default = _Unrouted(client, app.router.default)


def _page(client: Path, status: int = 200) -> Response:
    page = client / "index.html"
    if not page.is_file():
        return PlainTextResponse(NOT_BUILT, status_code=503)
    return FileResponse(page, status_code=status, headers=_ASK_AGAIN)
