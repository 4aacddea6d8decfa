"""The one handler: every error becomes a problem document (RFC 9457).

OutlastError
├── NotFound
│   └── RouteNotFound           404  no such address
├── Refused
│   └── HostNotAllowed          403  a name that this server does not answer to
├── Conflict
│   └── RequestInFlight         409  the first request with this Idempotency-Key has not been answered yet
├── InvalidInput
│   └── IdempotencyKeyReused    422  the key came with another body before
├── MethodNotAllowed            405
├── PreconditionFailed          412  If-Match names a version that is no longer the present one
├── PreconditionRequired        428  a change must say which version it changes
├── BodyTooLarge                413
└── TooMuch
    └── RateLimited             429  too many requests; says when to come again
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import compile_path

from outlast.kit.errors import Conflict, InvalidInput, NotFound, OutlastError, ProtocolViolation, Refused, TooMuch
from outlast.protocol.api import Problem
from outlast.protocol.codec import encode_json

log = logging.getLogger("outlast.server")

PROBLEM_TYPE = "application/problem+json"


class RouteNotFound(NotFound):
    """There is nothing at this address."""

    code = "route.not_found"


class MethodNotAllowed(OutlastError):
    """This address does not take the request's method."""

    code = "method_not_allowed"
    status = 405


class HostNotAllowed(Refused):
    """The server does not answer to this host name (a wall against DNS rebinding)."""

    code = "host_not_allowed"


class PreconditionFailed(OutlastError):
    """It has changed since the version that If-Match names (RFC 9110 §13.1.1)."""

    code = "precondition_failed"
    status = 412


class BodyTooLarge(OutlastError):
    """The request's body is over the limit."""

    code = "body_too_large"
    status = 413


class PreconditionRequired(OutlastError):
    """The change must name the version that it changes, in If-Match (RFC 6585 §3)."""

    code = "precondition_required"
    status = 428


class RateLimited(TooMuch):
    """Too many requests; Retry-After says when to come again (RFC 6585 §4)."""

    code = "rate_limited"


class RequestInFlight(Conflict):
    """The first request with this Idempotency-Key is still at work."""

    code = "idempotency.in_flight"


class IdempotencyKeyReused(InvalidInput):
    """This Idempotency-Key came with another body before."""

    code = "idempotency.key_reused"


def title_of(error: type[OutlastError]) -> str:
    """A short, stable name of a problem type for people: the first sentence of the class's docstring."""
    line = (error.__doc__ or error.code).strip().splitlines()[0]
    return line.split(";", 1)[0].split(" (", 1)[0].rstrip(".:")


def install(app: FastAPI) -> None:
    """Make every error of an app's routes a problem document."""
    for kind in (OutlastError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    response = problem_response(error, path=request.url.path)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["allow"] = ", ".join(_methods_of(request))
    return response


def _methods_of(request: Request) -> Iterable[str]:
    """What an address takes, over all its routes; the one that refused knows only of itself.

    Where several templates fit, as ``/tokens/{id}`` and ``/tokens/mine``, the one of the fewest parameters is meant.
    """
    path, found = request.scope["path"], dict[str, set[str]]()
    for route in iter_route_contexts(request.app.routes):
        if route.path and route.methods and compile_path(route.path)[0].match(path):
            found.setdefault(route.path, set()).update(route.methods)
    return sorted(found[min(found, key=lambda template: template.count("{"))]) if found else ("GET", "HEAD")


def problem_response(error: Exception, *, path: str, logged: bool = True) -> Response:
    """Answer an error.

    Args:
        error: any; what is not an `OutlastError` becomes a 500 that tells nothing of the server's insides.
        path: of the request.
        logged: whether the log is told of one of the server's own.
    """
    known = _translate(error)
    if logged and known.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s failed: %s", path, known.message, exc_info=error)
    return Response(
        encode_json(_problem(known, path=path)),
        status_code=known.status,
        headers={"content-type": PROBLEM_TYPE, "cache-control": "no-store", **_headers(known)},
    )


def _problem(error: OutlastError, *, path: str) -> Problem | Mapping[str, object]:
    problem = Problem(
        type=f"urn:outlast:problem:{error.code}",
        title=title_of(type(error)),
        status=error.status,
        detail=error.message,
        instance=path,
        code=error.code,
    )
    if not error.details:
        return problem
    # Members of the problem itself are never overridden by an error's further facts.
    facts = {name: getattr(problem, name) for name in ("type", "title", "status", "detail", "instance", "code")}
    return {**error.details, **facts}


def _headers(known: OutlastError) -> Mapping[str, str]:
    if known.headers:
        return known.headers
    if known.status == HTTPStatus.UNAUTHORIZED:
        return {"www-authenticate": 'Bearer realm="outlast", error="invalid_token"'}
    if known.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return {"retry-after": "1"}
    return {}


# What FastAPI says of a body that it can't decode; of other requests it says nothing of the kind.
_NOT_JSON = ProtocolViolation("The body is not JSON, or not UTF-8.")


def _translate(error: Exception) -> OutlastError:
    if isinstance(error, OutlastError):
        return error
    if isinstance(error, ClientDisconnect):
        return ProtocolViolation("The connection ended before the request was whole.")
    if isinstance(error, RequestValidationError):
        if any(e["type"] == "json_invalid" for e in error.errors()):
            return _NOT_JSON
        errors = {".".join(str(part) for part in e["loc"]): str(e["msg"]) for e in error.errors()}
        where = next(iter(errors), "request")
        return InvalidInput(f"The request does not fit: {where}: {errors.get(where, 'invalid')}.", errors=errors)
    if isinstance(error, HTTPException):
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return MethodNotAllowed("This address does not take that method; see /openapi.json.")
        if error.status_code == HTTPStatus.NOT_FOUND:
            return RouteNotFound("There is nothing at this address; see /openapi.json.")
        if error.status_code == HTTPStatus.BAD_REQUEST:
            return _NOT_JSON
        other = OutlastError(f"The request can't be answered: {error.detail}.")
        other.status, other.code = error.status_code, "bad_request" if error.status_code < 500 else "internal"
        return other
    return OutlastError("Something went wrong in the server; its log tells what.")
