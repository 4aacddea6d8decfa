"""``/workspaces/{workspace_id}/files``: uploads, downloads, and what is known of them."""

from __future__ import annotations

from outlast.ee.cloud.routes import cloud_router

router = cloud_router("/workspaces/{workspace_id}/files", tag="files")
