"""The plain page: three small files without secrets, so that the cookie alone decides what it can do."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from typing_extensions import override

from outlast.kit.errors import Unauthenticated
from outlast.server.security import Keys

PAGE = Path(__file__).parent / "page"
# Asked again each time (a conditional request), so that an update is seen at once.
_CACHE = {"cache-control": "no-cache"}


class _Page(StaticFiles):
    @override
    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update(_CACHE)
        return response


def install(app: FastAPI, keys: Keys) -> None:
    """Serve the page, and turn the token of an opened link into the cookie."""

    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> Response:
        token = request.query_params.get("token")
        if token is None:
            return FileResponse(PAGE / "index.html", headers=_CACHE)
        if not keys.opens(token):
            raise Unauthenticated("The link's token is wrong; open the link that the server printed at its start.")
        # Off the address bar at once: the token is neither kept in the history nor sent on as a referrer.
        return RedirectResponse("/", status_code=303, headers={"set-cookie": keys.set_cookie})

    app.mount("/static", _Page(directory=os.fspath(PAGE)), name="static")
