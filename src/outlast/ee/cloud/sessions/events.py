"""The facts that the domain of sessions writes. What happens *in* sessions the host's own commit tells
(`outlast.ee.cloud.events.SessionFacts`): ``session.created``, ``session.updated``, ``session.completed`` and the like.
"""

from __future__ import annotations

from collections.abc import Mapping

from outlast.protocol.codec import Json
from outlast.runtime.records import SessionRecord

DELETED = "session.deleted"
RESTORED = "session.restored"
PURGED = "session.purged"
SHARED = "session.shared"
UNSHARED = "session.unshared"


def told(record: SessionRecord, **more: Json) -> Mapping[str, Json]:
    """What is told of a session to who may see it, and to admins: nothing that was said in it."""
    return {
        "session": record.id,
        "owner": record.user_id,
        "app": record.app,
        "title": record.title,
        "state": record.state,
        **more,
    }
