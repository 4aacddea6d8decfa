"""The busy routes of accounts: who asks, and whether a token is good (see `outlast.ee.cloud.hot`)."""

from __future__ import annotations

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from outlast.ee.cloud.auth.router import me, validate
from outlast.ee.cloud.auth.schemas import PresentedToken
from outlast.ee.cloud.hot import BusyRoute
from outlast.ee.cloud.work import Work
from outlast.http.bodies import read_body

_ME = "/api/v1/auth/me"
_VALIDATE = "/api/v1/auth/sessions/validate"


def busy(scope: Scope) -> BusyRoute | None:
    """Whether a request is one of these, and what answers it."""
    path, method = scope["path"], scope["method"]
    if path == _ME and method == "GET":
        return BusyRoute("me.read", _ME, None, _me)
    if path == _VALIDATE and method == "POST" and _is_plain_json(scope):
        return BusyRoute("login_session.validate", _VALIDATE, None, _validate)
    return None


def _is_plain_json(scope: Scope) -> bool:
    given = dict(scope["headers"])
    return given.get(b"content-type") == b"application/json" and b"idempotency-key" not in given


async def _me(work: Work, request: Request) -> Response:
    return await me(work)


async def _validate(work: Work, request: Request) -> Response:
    try:
        body = PresentedToken.model_validate_json(await read_body(request))
    except ValidationError as error:
        raise RequestValidationError([{**e, "loc": ("body", *e["loc"])} for e in error.errors()]) from error
    return await validate(work, body)
