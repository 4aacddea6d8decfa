"""The audit trail over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, BeforeValidator
from starlette.responses import StreamingResponse

from outlast.ee.cloud.audit import service
from outlast.ee.cloud.audit.schemas import AuditFilter, AuditPage, Result
from outlast.ee.cloud.audit.service import Format
from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.work import In
from outlast.kit.errors import InvalidCursor
from outlast.kit.pages import MAX_LIMIT

router = cloud_router("/workspaces/{workspace_id}/audit", tag="audit")

_MEDIA: dict[Format, str] = {"csv": "text/csv; charset=utf-8", "json": "application/x-ndjson"}


def _is_moment(text: str) -> str:
    if not text[:4].isdecimal() or text[4:5] != "-":  # a number would be taken for seconds since 1970
        raise ValueError("must be a moment: 2026-07-01T12:00:00Z")
    return text


Moment = Annotated[AwareDatetime, BeforeValidator(_is_moment)]
Text = Annotated[str | None, Query(min_length=1, max_length=200)]


@router.get("", **does("audit.list", InvalidCursor))
async def list_entries(
    work: In,
    *,
    actor: Text = None,
    verb: Text = None,
    target: Text = None,
    result: Result | None = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
    cursor: Text = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
) -> AuditPage:
    """What was done and refused in the workspace, the latest first. `verb` may be all of one thing: `member.*`."""
    which = AuditFilter(actor=actor, verb=verb, target=target, result=result, since=since, until=until)
    async with work.reading() as unit:
        return await service.page(unit, which, cursor=cursor, limit=limit)


@router.get("/export", **does("audit.export", gives="text/csv", also="application/x-ndjson"))
async def export_entries(
    work: In,
    *,
    format: Format = "csv",
    actor: Text = None,
    verb: Text = None,
    target: Text = None,
    result: Result | None = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
) -> StreamingResponse:
    """The same as a file: CSV, or one JSON object a line."""
    which = AuditFilter(actor=actor, verb=verb, target=target, result=result, since=since, until=until)
    name = f"audit-{work.workspace_id}.{'csv' if format == 'csv' else 'jsonl'}"
    return StreamingResponse(
        service.export(work, which, format=format),
        media_type=_MEDIA[format],
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )
