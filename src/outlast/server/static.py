"""The plain page: a few small files without secrets, so that what a browser may do is decided by its cookie alone."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from typing_extensions import override

PAGE = Path(__file__).parent / "page"
PAGES = ("/", "/oidc/{provider}")
"""Addresses at which browsers begin: the server's own, and where OpenID providers send them back to."""
# Asked again each time (a conditional request), so that an update is seen at once.
_CACHE = {"cache-control": "no-cache"}


class _Page(StaticFiles):
    @override
    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update(_CACHE)
        return response


def install(app: FastAPI) -> None:
    """Serve the page. Opening it changes nothing: what a link holds is in its fragment, and the page posts it."""

    async def page() -> Response:
        return FileResponse(PAGE / "index.html", headers=_CACHE)

    for path in PAGES:
        app.get(path, include_in_schema=False)(page)
    app.mount("/static", _Page(directory=os.fspath(PAGE)), name="static")
