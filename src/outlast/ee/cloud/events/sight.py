"""What of a workspace's stream a reader may have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Protocol

import msgspec
from msgspec.structs import force_setattr
from sqlalchemy import RowMapping

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.context import Cloud
from outlast.protocol.codec import Json, encode_json
from outlast.streams.log import StoredEvent
from outlast.streams.sse import Projection

RESERVED = frozenset({"event", "seq", "at", "id", "audience"})
"""Names of the stream's own fields."""

_PREFIX = "workspace:"


class SharedSessions(Protocol):
    """Tells which sessions of others somebody may see (domain sessions)."""

    async def __call__(self, cloud: Cloud, /, *, workspace_id: str, user_id: str) -> Collection[str]:
        """Their ids. What changes later is told by the facts ``session.shared`` and ``session.unshared``, whose data
        name ``session``, ``owner`` and ``user``."""
        ...


class Sharing:
    """Where `SharedSessions` is registered."""

    def __init__(self) -> None:
        self.shared: SharedSessions | None = None


class _Head(msgspec.Struct, frozen=True):
    """As much of a fact as decides who may read it."""

    audience: str = "nobody"
    session: str = ""
    owner: str = ""
    user: str = ""


_head_of = msgspec.json.Decoder(_Head).decode


def stream_of(workspace_id: str) -> str:
    """The name of a workspace's stream."""
    return _PREFIX + workspace_id


def is_workspace_stream(stream: str) -> bool:
    """Whether a stream is a workspace's."""
    return stream.startswith(_PREFIX)


def stored(row: RowMapping, data: Mapping[str, Json], *, seq: int) -> StoredEvent:
    """A fact as the workspace's stream keeps it."""
    at: datetime = row["created_at"]
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    fields = {"event": row["kind"], "seq": seq, "at": at, "id": row["id"], "audience": row["audience"], **data}
    return StoredEvent(seq, row["kind"], encode_json(fields))


async def projection_for(cloud: Cloud, *, workspace_id: str, user_id: str, role: Role) -> Projection:
    """What a member may have of the workspace's stream: of sessions only what they may see, as far as the stream has
    come; an admin sees the facts of all.

    Args:
        role: theirs now; a reader whose role changes must begin anew.
    """
    if role >= Role.ADMIN:
        return _for_admin
    find = cloud.part(Sharing).shared
    shared = set(await find(cloud, workspace_id=workspace_id, user_id=user_id)) if find is not None else set()

    def project(event: StoredEvent) -> StoredEvent | None:
        head = _head(event)
        if head.audience == "members":
            return event
        if head.audience != "session":
            return None
        sees = head.owner == user_id or head.session in shared
        if head.user == user_id and event.kind == "session.shared":
            shared.add(head.session)
            return event
        if head.user == user_id and event.kind == "session.unshared":
            shared.discard(head.session)
        return event if sees else None

    return project


def _for_admin(event: StoredEvent) -> StoredEvent | None:
    return event if _head(event).audience != "nobody" else None


def _head(event: StoredEvent) -> _Head:
    """Read once for all readers in the process."""
    head: _Head | None = event.__dict__.get("head")
    if head is None:
        try:
            head = _head_of(event.data)
        except msgspec.DecodeError:
            head = _Head()
        force_setattr(event, "head", head)
    return head
