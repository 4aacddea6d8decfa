"""The ready-made router of a `SessionService`, for any FastAPI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Header, Request, Response
from fastapi.responses import StreamingResponse

from outlast.kit.errors import AppNotFound, OutlastError, SessionNotFound, SessionOver
from outlast.protocol.codec import Json, encode_json
from outlast.runtime.service import SessionService
from outlast.sdk.app import App

JsonObject = Annotated[Mapping[str, Json], Body()]


def router(service: SessionService, *, apps: Sequence[App[Json, Json]] = (), prefix: str = "") -> APIRouter:
    """Make the routes of a service.

    Args:
        service: runs the sessions.
        apps: what ``POST /sessions`` may start, by name.
        prefix: put before every path.

    Returns:
        ``POST /sessions`` ``{"app": name, "args": {...}}``, ``GET /sessions/{id}`` (the document),
        ``GET /sessions/{id}/events`` (SSE; resumes after ``Last-Event-ID``), ``POST /sessions/{id}/interactions``
        ``{"input": id, "value": answer}`` and ``DELETE /sessions/{id}``. Errors are problem details (RFC 9457).
    """
    routes = APIRouter(prefix=prefix)
    known = {app.name: app for app in apps}

    @routes.post("/sessions", status_code=201)
    async def create(body: JsonObject) -> Response:
        name, args = body.get("app"), body.get("args", {})
        try:
            if not isinstance(name, str) or name not in known or not isinstance(args, dict):
                raise AppNotFound(f"There is no app {name!r}. Known apps: {', '.join(known) or 'none'}.")
            return _json({"session_id": service.create_session(known[name], (), args)}, status=201)
        except OutlastError as error:
            return _problem(error)

    _add_session_routes(routes, service)
    return routes


def _add_session_routes(routes: APIRouter, service: SessionService) -> None:
    @routes.get("/sessions/{session_id}")
    async def document(session_id: str) -> Response:
        try:
            return _json(await service.document(session_id))
        except KeyError:
            return _problem(_unknown(session_id))

    @routes.get("/sessions/{session_id}/events")
    async def events(session_id: str, last_event_id: Annotated[str | None, Header()] = None) -> Response:
        try:
            await service.start(session_id)
        except KeyError:
            return _problem(_unknown(session_id))
        except OutlastError as error:
            return _problem(error)
        after = int(last_event_id) if last_event_id and last_event_id.isdecimal() else 0
        return StreamingResponse(
            _stream(service, session_id, after), media_type="text/event-stream", headers={"cache-control": "no-cache"}
        )

    @routes.post("/sessions/{session_id}/interactions", status_code=204)
    async def interact(session_id: str, body: JsonObject) -> Response:
        try:
            service.add_interaction(session_id, body)
        except KeyError:
            return _problem(_unknown(session_id))
        except RuntimeError as error:
            return _problem(SessionOver(str(error)))
        except OutlastError as error:
            return _problem(error)
        return Response(status_code=204)

    @routes.delete("/sessions/{session_id}", status_code=204)
    async def delete(request: Request, session_id: str) -> Response:
        try:
            service.cleanup_session(session_id)
        except KeyError:
            return _problem(_unknown(session_id))
        return Response(status_code=204)


async def _stream(service: SessionService, session_id: str, after: int) -> AsyncIterator[bytes]:
    async for frame in service.follow(session_id, after=after):
        yield frame.encode()


def _unknown(session_id: str) -> SessionNotFound:
    return SessionNotFound(f"There is no session {session_id!r}.")


def _json(value: object, *, status: int = 200) -> Response:
    return Response(encode_json(value), status_code=status, media_type="application/json")


def _problem(error: OutlastError) -> Response:
    problem = {"type": "about:blank", "title": error.code, "status": error.status, "detail": error.message}
    return Response(
        encode_json({**problem, "code": error.code, **error.details}),
        status_code=error.status,
        media_type="application/problem+json",
    )
