"""The host: what can be done with sessions, whether they are awake or asleep.

Every verb may be called at any time for any session; what is asleep is woken when the verb needs its process.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import msgspec

from outlast.kit.errors import SessionOver
from outlast.kit.ids import new_id
from outlast.kit.killpoints import reach
from outlast.kit.tracing import traced
from outlast.protocol import events as e
from outlast.protocol.codec import Json
from outlast.runtime.awake import AwakeSessions, HostSettings, Ports
from outlast.runtime.branching import branched_events
from outlast.runtime.ending import end
from outlast.runtime.live import LiveSession
from outlast.runtime.records import SessionRecord, SessionRecords, unknown_session
from outlast.runtime.registry import AppEntry
from outlast.runtime.resuming import Resuming
from outlast.runtime.tracking import stream_of

UNSET: Json = msgspec.UNSET
"""No value given, where null is one."""


class Host:
    """Owns the sessions that are awake in one process.

    Args:
        name: the id of its lease.
        ports: see `Ports`.
        settings: see `HostSettings`.
    """

    def __init__(self, name: str, ports: Ports, settings: HostSettings) -> None:
        self.name = name
        self.settings = settings
        self.ports = ports
        self._sessions = AwakeSessions(name, ports, settings)
        self._resuming = Resuming(self._sessions)

    def on_timer_set(self, call: Callable[[], None]) -> None:
        """Have a function called whenever a session falls asleep with a timer."""
        self._sessions.timer_set = call

    @property
    def awake(self) -> Mapping[str, LiveSession]:
        """The sessions that have a process now."""
        return self._sessions.live

    @traced("session.start", "app")
    async def start(
        self,
        app: str | AppEntry,
        args: Mapping[str, Json],
        *,
        user: e.User,
        title: str | None = None,
        session_id: str | None = None,
        workspace_id: str = "",
        expires_at: datetime | None = None,
    ) -> str:
        """Start a session.

        Args:
            app: its name (see `Registry.find`) or entry.
            args: JSON values by parameter.
            user: who starts it.
            title: shown in lists; the app's title unless given.
            session_id: to be used instead of a new one.
            workspace_id: whose it is.
            expires_at: when it is to be ended, by who calls `expire`.

        Returns:
            The session's id; its record and first events are committed.

        Raises:
            AppNotFound, AppBroken, InvalidArguments, TooMuch, Unavailable: nothing was started.
        """
        entry = app if isinstance(app, AppEntry) else await self.ports.registry.find(app)
        entry.check(args)
        await self._sessions.make_room()
        now = self.ports.clock.now()
        record = msgspec.structs.replace(
            _record_of(entry, args, user=user, now=now),
            id=session_id or new_id(), title=title or entry.info.title, host=self.name, epoch=1, attempt=1,
            workspace_id=workspace_id, expires_at=expires_at,
        )  # fmt: skip
        seed = secrets.randbits(53)
        live = self._sessions.live[record.id] = self._sessions.make(record, 0)
        try:
            process = await self._sessions.spawn(entry, live)
        except BaseException:  # broad: whatever it was, there is no session
            self._sessions.let_go(live)
            raise
        # The process begins while its session is committed; what it says is queued behind that.
        self._sessions.run(live, process, entry, seed=seed)
        created = e.SessionCreated(
            app=record.app, args=record.args, title=record.title, code=record.code, seed=seed, by=user
        )
        await live.put([created, e.SessionStarted(attempt=1)], created=True)
        reach("host.started")
        return record.id

    @traced("session.answer", "session_id")
    async def submit(
        self, session_id: str, input_id: str, value: Json, *, by: e.User | None, known_as: Collection[str] = ()
    ) -> None:
        """Give an answer; wakes the session if it sleeps. ``by`` must be of the input's audience (`audience.fits`).

        Raises:
            SessionNotFound, SessionOver, InputNotFound, AlreadyAnswered, AudienceOnly, InvalidAnswer, SessionHeld,
            Unavailable.
        """
        live = self.awake.get(session_id)
        if live is not None and not live.stopping:
            await live.submit(input_id, value, by=by, known_as=known_as)
            return
        async with self._sessions.turns.of(session_id):
            live = await self._sessions.settled(session_id)
            if live is None:
                answer = e.InputSubmitted(input=input_id, value=value, by=by)
                await self._sessions.replay(session_id, "answer", answer=answer, known_as=known_as)
                return
        await live.submit(input_id, value, by=by, known_as=known_as)

    @traced("session.cancel", "session_id")
    async def cancel(self, session_id: str, *, by: e.User | None, reason: str = "") -> None:
        """Cancel a session: ``finally`` blocks of the app run, also when it slept.

        Raises:
            SessionNotFound, SessionOver, SessionHeld, Unavailable.
        """
        async with self._sessions.turns.of(session_id):
            live = await self._sessions.settled(session_id)
            if live is None:
                live = await self._sessions.replay(session_id, "cancel")
            if live is None:  # its app can't be loaded: there is nothing to clean up
                await self._sessions.write_asleep(session_id, e.SessionCancelled(by=by, reason=reason))
                return
        live.cancel(by=by, reason=reason)

    async def hibernate(self, session_id: str) -> bool:
        """Let a waiting session sleep now; False when it does not wait."""
        live = self.awake.get(session_id)
        return live is not None and await live.hibernate()

    async def wake(self, session_id: str, reason: str) -> None:
        """Bring a sleeping session back by replay; nothing happens to one that is awake or over.

        Raises:
            SessionNotFound, SessionHeld, Unavailable.
        """
        await self._sessions.wake(session_id, reason)

    async def retitle(self, session_id: str, title: str) -> None:
        """Change a session's title.

        Raises:
            SessionNotFound, SessionHeld, Unavailable.
        """
        async with self._sessions.turns.of(session_id):
            live = await self._sessions.settled(session_id)
            if live is None:
                await _there(self.ports.records, session_id)
                await self._sessions.write_asleep(session_id, e.SessionRetitled(title=title))
            else:
                await live.put([e.SessionRetitled(title=title)])

    async def branch(
        self, session_id: str, *, seq: int, by: e.User, value: Json = UNSET, expires_at: datetime | None = None
    ) -> str:
        """Make a new session of the same workspace that shares another's history up to ``seq``, and wake it there.

        Args:
            session_id: the session to branch.
            seq: the last event that is shared.
            by: whose the new session is.
            value: another answer to the last input asked by then.
            expires_at: when the new session is to be ended.

        Returns:
            The new session's id.

        Raises:
            SessionNotFound, BranchImpossible, InvalidAnswer, Unavailable.
        """
        await self._sessions.make_room()
        parent = await _there(self.ports.records, session_id)
        events = await branched_events(self.ports.log, session_id, seq=seq, by=by, value=value)
        now = self.ports.clock.now()
        record = msgspec.structs.replace(
            parent, id=new_id(), user_id=by.id, user_name=by.name, created_at=now, updated_at=now, bytes=0,
            host=self.name, epoch=1, attempt=0, state="created",
            waiting_input=None, waiting_label=None, waiting_audience=None, due_at=None, expires_at=expires_at,
        )  # fmt: skip
        await self.ports.files.copy(session_id, record.id)
        live = self._sessions.make(record, 0)
        await live.put(events, created=True, copied=True)
        async with self._sessions.turns.of(record.id):
            await self._sessions.replay(record.id, "branch")
        return record.id

    async def expire(self, session_id: str, *, limit: str = "expires_at") -> None:
        """End a session whose time is over, awake or asleep; ``limit`` says which time.

        Raises:
            SessionNotFound, SessionOver, SessionHeld, Unavailable.
        """
        async with self._sessions.turns.of(session_id):
            if not await self._end(await _there(self.ports.records, session_id), e.SessionExpired(limit=limit)):
                raise SessionOver("The session has ended.")

    async def bury(self, session_id: str, *, by: e.User) -> None:
        """Delete a session, but so that it can be restored: it is cancelled at once if it had not ended.

        Raises:
            SessionNotFound, SessionHeld, Unavailable.
        """
        async with self._sessions.turns.of(session_id):
            await self._end(await _there(self.ports.records, session_id), e.SessionCancelled(by=by, reason="deleted"))
            await self.ports.records.bury(session_id, at=self.ports.clock.now(), by=by.id)

    async def restore(self, session_id: str) -> None:
        """Take a deleted session back; it has ended.

        Raises:
            SessionNotFound, Unavailable.
        """
        await self.ports.records.unbury(session_id)

    async def _end(self, record: SessionRecord, event: e.SessionEvent) -> bool:
        """Write an end, unless there is one already: then False."""
        live = await self._sessions.settled(record.id)
        if live is not None:
            await end(live, event)
            return True
        if (await self.ports.records.get(record.id)).over:
            return False
        await self._sessions.write_asleep(record.id, event)
        return True

    async def delete(self, session_id: str) -> None:
        """Stop a session and forget everything of it.

        Raises:
            SessionNotFound, SessionHeld.
        """
        async with self._sessions.turns.of(session_id):
            live = self.awake.get(session_id)
            if live is not None:
                live.stop()
                await live.gone.wait()
            else:
                await self.ports.records.claim(session_id, host=self.name, now=self.ports.clock.now())
            await self.ports.records.delete(session_id)
            await self.ports.log.drop(stream_of(session_id))
            await self.ports.files.drop(session_id)

    async def resume(self) -> None:
        """Wake every session that was running when its host ended, a bounded number at a time.

        A session that waited is left asleep, but for those whose app is not durable: those have failed.
        """
        await self._resuming.run()

    async def close(self) -> None:
        """End all processes; running sessions go on at the next start, or on another host."""
        await self._sessions.close()


def _record_of(entry: AppEntry, args: Mapping[str, Json], *, user: e.User, now: datetime) -> SessionRecord:
    return SessionRecord(
        id="",
        app=entry.id,
        user_id=user.id,
        user_name=user.name,
        args=dict(args),
        code=entry.source.code,
        created_at=now,
        updated_at=now,
    )


async def _there(records: SessionRecords, session_id: str) -> SessionRecord:
    record = await records.get(session_id)
    if record.deleted_at is not None:
        raise unknown_session(session_id)
    return record
