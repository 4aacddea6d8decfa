"""Answers with the events of sessions: live, several streams in one connection, and as pages.

Every open stream is known to the cloud's viewers, which end it when its reader may no longer see it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from starlette.responses import Response
from typing_extensions import override

from outlast.ee.cloud import events as facts
from outlast.ee.cloud.caller import Caller
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.sessions.access import Access, Level, Sight, access_session, tell_denied
from outlast.ee.cloud.viewers import Viewer, Viewers
from outlast.ee.cloud.work import Work
from outlast.http.bodies import nothing
from outlast.http.streaming import EventStream
from outlast.kit.errors import InvalidInput, SessionNotFound, StreamTrimmed
from outlast.protocol.events import TERMINAL, SessionEvent, decode_event, recorded, shown_to
from outlast.runtime.tracking import stream_of
from outlast.streams.follow import Follow, follow
from outlast.streams.log import Snapshot
from outlast.streams.multiplex import NOW, Multiplex, Part, decode_positions
from outlast.streams.snapshots import snapshot_source
from outlast.streams.sse import OPENING, Feed, SnapshotSource, frame_of, projection

MAX_SEQ = 2**53
PAGE_EVENTS = 1000
ENDS = frozenset(str(kind.__struct_config__.tag) for kind in TERMINAL)
_SESSION, _WORKSPACE = "session", "workspace"


class WatchedFeed(Feed):
    """A feed whose reader is among the viewers for as long as it is open; see `Feed`."""

    __slots__ = ("_viewer", "_viewers")

    def __init__(
        self,
        work: Work,
        following: Follow,
        *,
        level: Level,
        session_id: str,
        snapshot: SnapshotSource | None = None,
        snapshot_first: bool = False,
    ) -> None:
        cloud = work.cloud
        super().__init__(
            following,
            project=projection(owner=level.sees_all),
            snapshot=snapshot,
            snapshot_first=snapshot_first,
            until=ENDS,
            ping=cloud.settings.sse_ping,
            max_age=cloud.settings.sse_max_age,
            stopping=cloud.stopping,
        )
        self._viewers = cloud.viewers
        self._viewer = Viewer(
            caller=work.caller,
            workspace_id=work.workspace_id,
            stream=following.stream,
            end=self.end,
            allowed=_MaySee(cloud.part(Sight), session_id, work.caller, level=level),
        )
        self._viewers.attend(self._viewer)

    @override
    async def aclose(self) -> None:
        self._viewers.leave(self._viewer)
        await super().aclose()


class _MaySee:
    """Whether a reader may still see a session as they saw it first. (A closure takes thrice the memory.)"""

    __slots__ = ("_caller", "_needs", "_session_id", "_sight")

    def __init__(self, sight: Sight, session_id: str, caller: Caller, *, level: Level) -> None:
        self._sight = sight
        self._session_id = session_id
        self._caller = caller
        self._needs = Level.EDIT if level.sees_all else Level.VIEW

    async def __call__(self) -> bool:
        return await self._sight.still_allows(self._session_id, self._caller, self._needs)


class _WatchedStreams:
    """The body of a connection that carries several streams; all end when one of them may no longer be seen."""

    def __init__(self, cloud: Cloud, parts: Sequence[Part], viewers: Sequence[Viewer]) -> None:
        settings = cloud.settings
        self._streams = Multiplex(parts, ping=settings.sse_ping, max_age=settings.sse_max_age, stopping=cloud.stopping)
        self._viewers: Viewers = cloud.viewers
        self._attending = viewers
        for viewer in viewers:
            viewer.end = self._streams.end
            self._viewers.attend(viewer)

    async def __anext__(self) -> bytes:
        return await anext(self._streams)

    async def aclose(self) -> None:
        for viewer in self._attending:
            self._viewers.leave(viewer)
        await self._streams.aclose()


def reader_of(cloud: Cloud, session_id: str, *, after: int = 0) -> Follow:
    """A reader of a session's stream."""
    return follow(cloud.runtime.log, cloud.runtime.bus, stream_of(session_id), after=after)


async def follow_session(
    work: Work, session_id: str, *, after: int, snapshot: bool, last_event_id: str | None
) -> Response:
    """A session's events after a position, then what comes; ends behind the session's end.

    Raises:
        SessionNotFound, AccessTooLow: it is not the caller's to see.
        InvalidInput: the position is none of this stream.
    """
    access = await access_session(work, session_id, Level.VIEW)
    session_id = access.record.id  # one text for all who look at it, instead of each request's own
    if last_event_id:  # who comes back has the document already
        after, snapshot = _position(last_event_id), False
    log, stream, over = work.cloud.runtime.log, stream_of(session_id), access.record.over
    await _check_position(work.cloud, stream, after)
    source = snapshot_source(log, stream, owner=access.level.sees_all)
    if over and snapshot:
        return EventStream(_only(await source()))
    if over and after == await log.head(stream):
        return nothing()
    following = reader_of(work.cloud, session_id, after=after)
    return EventStream(
        WatchedFeed(
            work, following, level=access.level, session_id=session_id, snapshot=source, snapshot_first=snapshot
        )
    )


async def follow_streams(work: Work, wanted: str, *, snapshot: bool) -> Response:
    """Several streams of the workspace in one connection.

    Raises:
        SessionNotFound: one of them is not there, or not the caller's to see.
        InvalidInput: none is named, or at a position that it has not.
    """
    positions = decode_positions(wanted)
    if not positions:
        raise InvalidInput("Name at least one stream: follow=session:<id>@<seq>.", errors={"follow": "empty"})
    parts, viewers = [], []
    for name, seq in positions.items():
        part, viewer = await _part(work, name, seq, snapshot=snapshot)
        parts.append(part)
        viewers.append(viewer)
    return EventStream(_WatchedStreams(work.cloud, parts, viewers))


async def _part(work: Work, name: str, seq: int, *, snapshot: bool) -> tuple[Part, Viewer]:
    kind, _, key = name.partition(":")
    if kind == _SESSION:
        access = await access_session(work, key, Level.VIEW)
        name = stream_of(access.record.id)
        return _session_part(work, access, await _position_in(work.cloud, name, seq), snapshot=snapshot)
    if kind == _WORKSPACE and key == work.workspace_id:
        return await _workspace_part(work, name, await _position_in(work.cloud, name, seq))
    # Another's stream and none at all are told the same, in the same words.
    error = SessionNotFound(f"There is no stream {name[:80]!r}.")
    await tell_denied(work, error)
    raise error


def _session_part(work: Work, access: Access, seq: int, *, snapshot: bool) -> tuple[Part, Viewer]:
    cloud, session_id, level = work.cloud, access.record.id, access.level
    part = Part(
        name=stream_of(session_id),
        following=reader_of(cloud, session_id, after=seq),
        project=projection(owner=level.sees_all),
        snapshot=snapshot_source(cloud.runtime.log, stream_of(session_id), owner=level.sees_all),
        snapshot_first=snapshot and seq == 0,
    )
    may_see = _MaySee(cloud.part(Sight), session_id, work.caller, level=level)
    return part, _viewer(work, part.name, may_see)


async def _workspace_part(work: Work, name: str, seq: int) -> tuple[Part, Viewer]:
    cloud, user_id, workspace_id, role = work.cloud, work.caller.user_id, work.workspace_id, work.role
    assert role is not None, "the rule asks for a role"

    async def same_role() -> bool:
        return await cloud.gates.memberships.role(user_id, workspace_id) == role

    part = Part(
        name=name,
        following=follow(cloud.runtime.log, cloud.runtime.bus, name, after=seq),
        project=await facts.projection_for(cloud, workspace_id=workspace_id, user_id=user_id, role=role),
    )
    return part, _viewer(work, name, same_role)


def _viewer(work: Work, stream: str, allowed: Callable[[], Awaitable[bool]]) -> Viewer:
    return Viewer(caller=work.caller, workspace_id=work.workspace_id, stream=stream, end=lambda: None, allowed=allowed)


async def page_of_events(work: Work, session_id: str, *, after: int, limit: int) -> Response:
    """A page of a session's events, as the caller may see them.

    Raises:
        SessionNotFound, AccessTooLow: it is not the caller's to see.
        StreamTrimmed: the page's beginning is no longer kept.
    """
    access = await access_session(work, session_id, Level.VIEW)
    project = projection(owner=access.level.sees_all)
    stored = await work.cloud.runtime.log.read(stream_of(session_id), after=after, limit=limit)
    # The events are JSON already; to decode and encode them again would only cost.
    items = b",".join(shown.data for event in stored if (shown := project(event)) is not None)
    next_after = str(stored[-1].seq).encode() if len(stored) == limit else b"null"
    return Response(b'{"items":[%b],"next_after":%b}' % (items, next_after), media_type="application/json")


async def all_events(cloud: Cloud, access: Access) -> list[SessionEvent]:
    """Every event that the log keeps of a session: fit to be replayed for who may edit it, else as they saw it."""
    events: list[SessionEvent] = []
    after = 0
    while True:
        try:
            stored = await cloud.runtime.log.read(stream_of(access.record.id), after=after, limit=PAGE_EVENTS)
        except StreamTrimmed as error:
            after = error.first - 1
            continue
        for event in map(decode_event, (one.data for one in stored)):
            kept = recorded(event) if access.level.sees_all else shown_to(event, owner=False)
            if kept is not None:
                events.append(kept)
        if len(stored) < PAGE_EVENTS:
            return events
        after = stored[-1].seq


async def _position_in(cloud: Cloud, stream: str, seq: int) -> int:
    """Where a reader of one of several streams begins."""
    if seq == NOW:
        return await cloud.runtime.log.head(stream)
    await _check_position(cloud, stream, seq)
    return seq


async def _check_position(cloud: Cloud, stream: str, after: int) -> None:
    """Refuse a reader who has seen what is not there: waiting for it would be waiting in silence."""
    if after and after > (head := await cloud.runtime.log.head(stream)):
        raise InvalidInput(f"{stream} has {head} events so far; none follows {after}.", errors={"after": "too large"})


async def _only(snapshot: Snapshot) -> AsyncGenerator[bytes, None]:
    yield OPENING + frame_of("document.snapshot", snapshot.data, id=str(snapshot.seq))


def _position(last_event_id: str) -> int:
    if not (last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) <= 16):
        raise InvalidInput(
            "Last-Event-ID is not a position of this stream; leave it out to read from the start.",
            errors={"last-event-id": "not a position"},
        )
    return int(last_event_id)
