"""Answers who starts a session: with its record, or with its stream from the first event on."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from outlast.ee.cloud.idempotency import answered_once
from outlast.ee.cloud.sessions import service
from outlast.ee.cloud.sessions.access import Level, Sight
from outlast.ee.cloud.sessions.attachments import names_files
from outlast.ee.cloud.sessions.following import WatchedFeed, reader_of
from outlast.ee.cloud.sessions.schemas import item_of
from outlast.ee.cloud.work import Work
from outlast.http.bodies import answer, parse
from outlast.http.openapi import EVENTS
from outlast.http.streaming import EventStream
from outlast.kit.ids import new_id
from outlast.protocol.api import StartSession


async def start_session(work: Work, request: Request, body: bytes) -> Response:
    """Start a session, and answer as the request accepts it."""
    wanted, session_id = parse(body, StartSession), new_id()

    async def started(_: Request) -> Response:
        await service.start(work, wanted, session_id=session_id, with_files=names_files(body))
        record = await work.cloud.part(Sight).record(session_id)
        headers = {"location": location_of(work, session_id)}
        return answer(item_of(record, Level.OWNER), status=201, headers=headers)

    if EVENTS not in request.headers.get("accept", ""):
        return await started(request)
    reader = reader_of(work.cloud, session_id)
    reader.await_birth()  # saves the first event a read of the log
    try:
        first = await answered_once(work, request, started)
    except BaseException:  # broad: whatever ended it, nobody listens any more
        await reader.aclose()
        raise
    location = first.headers["location"]
    if location != location_of(work, session_id):  # the answer to a key that was sent before
        await reader.aclose()
        session_id = location.rpartition("/")[2]
        reader = reader_of(work.cloud, session_id)
    feed = WatchedFeed(work, reader, level=Level.OWNER, session_id=session_id)
    return EventStream(feed, status=201, headers={"location": location})


def location_of(work: Work, session_id: str) -> str:
    """Where a session is."""
    return f"/api/v1/workspaces/{work.workspace_id}/sessions/{session_id}"
