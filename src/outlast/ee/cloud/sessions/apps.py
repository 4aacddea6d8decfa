"""``/workspaces/{workspace_id}/apps``: what can be started."""

from __future__ import annotations

from starlette.responses import Response

from outlast.ee.cloud.routes import cloud_router, does
from outlast.ee.cloud.work import In
from outlast.http.bodies import answer
from outlast.kit.errors import AppBroken, AppNotFound
from outlast.protocol.api import AppItem, AppList
from outlast.runtime.registry import AppEntry

router = cloud_router("/workspaces/{workspace_id}/apps", tag="apps")


@router.get("", **does("app.list", gives=AppList))
async def list_apps(work: In) -> Response:
    """List all apps, and the files that can't be loaded with their errors."""
    registry = work.cloud.runtime.registry
    broken = [AppItem(id=f.module, name=f.module, title=f.path.name, error=f.message) for f in registry.broken()]
    return answer(AppList(items=[*map(_item, registry.apps()), *broken], loading=list(registry.loading)))


@router.get("/{app_id}", **does("app.get", AppNotFound, AppBroken, gives=AppItem))
async def get_app(work: In, app_id: str) -> Response:
    """One app with the JSON Schema of its arguments; its function's name is enough where that is unique."""
    return answer(_item(await work.cloud.runtime.registry.find(app_id)))


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
