"""Answers with a workspace's stream."""

from __future__ import annotations

from typing_extensions import override

from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.events.sight import projection_for, stream_of
from outlast.ee.cloud.viewers import Viewer
from outlast.ee.cloud.work import Work
from outlast.http.streaming import EventStream
from outlast.kit.errors import InvalidInput
from outlast.streams.follow import Follow, follow
from outlast.streams.sse import Feed, Projection


async def followed(work: Work, *, after: int | None, last_event_id: str | None) -> EventStream:
    """The stream of the work's workspace, as its caller may have it.

    Raises:
        InvalidInput: the position is none of this stream.
    """
    cloud, caller, role = work.cloud, work.caller, work.role
    assert role is not None, "the rule asks for a role"
    stream = stream_of(work.workspace_id)
    head = await cloud.runtime.log.head(stream)
    position = _position(last_event_id, after=after, head=head)
    project = await projection_for(cloud, workspace_id=work.workspace_id, user_id=caller.user_id, role=role)

    async def allowed() -> bool:
        # Who is another role's now gets to see other things: the client comes back, and begins anew.
        return await cloud.gates.memberships.role(caller.user_id, work.workspace_id) == role

    feed = _WatchedFeed(cloud, follow(cloud.runtime.log, cloud.runtime.bus, stream, after=position), project=project)
    feed.viewer = Viewer(caller=caller, workspace_id=work.workspace_id, stream=stream, end=feed.end, allowed=allowed)
    cloud.viewers.attend(feed.viewer)
    return EventStream(feed)


class _WatchedFeed(Feed):
    """A feed whose reader is known to the cloud's viewers for as long as it is open."""

    __slots__ = ("_cloud", "viewer")

    def __init__(self, cloud: Cloud, following: Follow, *, project: Projection) -> None:
        super().__init__(
            following,
            project=project,
            ping=cloud.settings.sse_ping,
            max_age=cloud.settings.sse_max_age,
            stopping=cloud.stopping,
        )
        self._cloud = cloud
        self.viewer: Viewer | None = None

    @override
    async def aclose(self) -> None:
        if self.viewer is not None:
            self._cloud.viewers.leave(self.viewer)
        await super().aclose()


def _position(last_event_id: str | None, *, after: int | None, head: int) -> int:
    if last_event_id:
        if not (last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) <= 16):
            raise InvalidInput(
                "Last-Event-ID is not a position of this stream; leave it out to follow from now on.",
                errors={"last-event-id": "not a position"},
            )
        after = int(last_event_id)
    position = head if after is None else after
    if position > head:
        raise InvalidInput(f"The stream has {head} events so far; none follows {position}.", errors={"after": "large"})
    return position
