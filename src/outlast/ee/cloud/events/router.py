"""A workspace's facts over HTTP: live, and those that could not be handled."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Path, Query
from starlette.responses import Response

from outlast.ee.cloud import audit
from outlast.ee.cloud.events import service
from outlast.ee.cloud.events.errors import DeadLetterNotFound
from outlast.ee.cloud.events.following import followed
from outlast.ee.cloud.events.schemas import DeadLetterPage
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.work import In
from outlast.http.openapi import EVENTS
from outlast.kit.errors import InvalidCursor
from outlast.kit.pages import MAX_LIMIT

MAX_SEQ = 2**53

router = cloud_router("/workspaces/{workspace_id}", tag="events")

FactId = Annotated[str, Path(max_length=64)]


@router.get("/events", **does("workspace.follow", gives=EVENTS))
async def follow_workspace(
    work: In,
    *,
    after: Annotated[int | None, Query(ge=0, le=MAX_SEQ)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """What happens in the workspace, as server-sent events: what followed `Last-Event-ID` or `after`, then what
    comes; without either, what comes from now on. Of sessions only those are told of that the caller may see.
    """
    return await followed(work, after=after, last_event_id=last_event_id)


@router.get("/dead-letters", **does("dead_letter.list", InvalidCursor))
async def list_dead_letters(
    work: In,
    *,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
) -> DeadLetterPage:
    """Facts that could not be handled, the oldest first."""
    async with work.reading() as unit:
        return await service.dead_letters(unit, cursor=cursor, limit=limit)


@router.post("/dead-letters/{fact_id}/retry", **does("dead_letter.retry", DeadLetterNotFound, status=204))
async def retry_dead_letter(work: In, fact_id: FactId) -> None:
    """Have a dead letter handled again."""
    async with work.writing() as unit:
        await service.retry(unit, fact_id)
        await audit.record(unit, "dead_letter.retry", target="dead_letter", target_id=fact_id)


@router.delete("/dead-letters/{fact_id}", **does("dead_letter.delete", DeadLetterNotFound, status=204))
async def delete_dead_letter(work: In, fact_id: FactId) -> None:
    """Give up a dead letter."""
    async with work.writing() as unit:
        await service.discard(unit, fact_id)
        await audit.record(unit, "dead_letter.delete", target="dead_letter", target_id=fact_id)
