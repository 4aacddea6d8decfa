"""Files that sessions make, or are sent directly, shown among the files of their workspace."""

from __future__ import annotations

import logging
from collections import OrderedDict

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.files.sessions import record_session_file
from outlast.kit.errors import SessionNotFound, Unavailable
from outlast.protocol.blocks import FileRef
from outlast.runtime.records import SessionRecord

logger = logging.getLogger(__name__)

REMEMBERED = 10_000
"""Files of which this process knows that they are listed: an app may show one again and again."""


class SessionOutputs:
    """Lists what the engine stores (the port `outlast.runtime.files.Stored`)."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._listed: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def stored(self, session_id: str, file: FileRef) -> None:
        """List a file. What can't be listed now is in its session all the same."""
        key = session_id, file.sha256
        if key in self._listed:
            return
        try:
            record = await self._record(session_id)
            if not record.workspace_id:
                return
            async with units.writing(self._cloud, workspace_id=record.workspace_id) as unit:
                await record_session_file(unit, session_id, file, owner_id=record.user_id)
        except SessionNotFound:
            return  # it is about to start, with the files of its arguments
        except Unavailable:
            logger.warning("A file of the session %s could not be listed", session_id, exc_info=True)
            return
        self._listed[key] = None
        if len(self._listed) > REMEMBERED:
            self._listed.popitem(last=False)

    async def _record(self, session_id: str) -> SessionRecord:
        live = self._cloud.runtime.host.awake.get(session_id)
        return live.record if live is not None else await self._cloud.runtime.records.get(session_id)
