"""``/apps``: what can be started."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from outlast.http.bodies import answer
from outlast.http.openapi import operation
from outlast.kit.errors import AppBroken, AppNotFound
from outlast.protocol.api import AppItem, AppList
from outlast.runtime.registry import AppEntry
from outlast.server.deps import In

router = APIRouter(prefix="/apps", tags=["apps"])


@router.get("", **operation(AppList))
async def list_apps(context: In) -> Response:
    """List all apps, and the files that can't be loaded with their errors."""
    registry = context.runtime.registry
    broken = [AppItem(id=f.module, name=f.module, title=f.path.name, error=f.message) for f in registry.broken()]
    return answer(AppList(items=[*map(_item, registry.apps()), *broken], loading=list(registry.loading)))


@router.get("/{app_id}", **operation(AppItem, AppNotFound, AppBroken))
async def get_app(context: In, app_id: str) -> Response:
    """One app with the JSON Schema of its arguments; its function's name is enough where that is unique."""
    return answer(_item(await context.runtime.registry.find(app_id)))


def _item(entry: AppEntry) -> AppItem:
    info = entry.info
    return AppItem(
        id=entry.id,
        name=info.name,
        title=info.title,
        doc=info.doc,
        icon=info.icon,
        durable=info.durable,
        schema=info.schema,
    )
