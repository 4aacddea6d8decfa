"""The awake sessions of one host: how they get a process, how they are brought back, and what follows when they end."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable, Collection, Coroutine, Mapping
from datetime import timedelta
from pathlib import Path

import msgspec

from outlast.executors.base import Executor, SessionProcess
from outlast.kit.clock import Clock
from outlast.kit.errors import (
    AppBroken,
    AppNotFound,
    OutlastError,
    SessionHeld,
    SessionOver,
    StreamConflict,
    TooMuch,
    Unavailable,
)
from outlast.kit.tracing import traced
from outlast.protocol import events as e
from outlast.protocol.admission import Gate
from outlast.protocol.commands import Limits, Recording, Start
from outlast.protocol.document import Document, apply, recording_of
from outlast.runtime.appetite import Bounds, bounds_of
from outlast.runtime.files import SessionFiles
from outlast.runtime.live import LiveSession, Outcome, Surroundings
from outlast.runtime.records import SessionRecord, SessionRecords, unknown_session
from outlast.runtime.registry import AppEntry, Registry
from outlast.runtime.tracking import OpenInput, SessionLimits, stream_of
from outlast.runtime.turns import Turns
from outlast.runtime.writer import SessionWriter
from outlast.streams.commit import GroupCommit
from outlast.streams.log import StreamLog
from outlast.streams.snapshots import document_at

logger = logging.getLogger(__name__)

_DEATHS_IN_A_ROW = 5
_LOOK_FOR_ROOM_S = 0.5
_RETRY = timedelta(seconds=60)
_DATABASE_RETRY = timedelta(seconds=5)


class HostSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a host treats its sessions; durations are None for never.

    Attributes:
        hibernate_after: how long a session waits before its process ends.
        cancel_grace: how long an app may clean up after a cancel.
        limits: what the host watches of each session.
        process_limits: what the kernel and the session process watch.
        max_awake: how many sessions may have a process at once.
        wakes_at_once: how many are woken at the same time after a restart.
    """

    hibernate_after: timedelta | None = timedelta(seconds=60)
    cancel_grace: timedelta = timedelta(seconds=5)
    limits: SessionLimits = SessionLimits()
    process_limits: Limits = Limits()
    max_awake: int = 1000
    wakes_at_once: int = 8

    @property
    def bounds(self) -> Bounds:
        """What every session may use."""
        return Bounds(limits=self.limits, process_limits=self.process_limits, hibernate_after=self.hibernate_after)


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """What a host stands on.

    Attributes:
        patience: how long sessions of a workspace wait before their process ends, where it is not the host's to say.
    """

    registry: Registry
    executor: Executor
    log: StreamLog
    committer: GroupCommit
    records: SessionRecords
    files: SessionFiles
    clock: Clock
    scratch_root: Path
    secrets: Mapping[str, str] = {}
    patience: dict[str, timedelta] = {}


class AwakeSessions:
    """The sessions that have a process here, by id.

    Args:
        name: the id of the host's lease.
        ports: see `Ports`.
        settings: see `HostSettings`.

    Attributes:
        live: the awake sessions.
        turns: whoever changes who runs a session takes the session's turn first.
        timer_set: called when a session fell asleep with a timer.
        closing: nothing is woken any more.
    """

    def __init__(self, name: str, ports: Ports, settings: HostSettings) -> None:
        self.name = name
        self.ports = ports
        self.settings = settings
        self.live: dict[str, LiveSession] = {}
        self.turns = Turns()
        self.timer_set: Callable[[], None] = lambda: None
        self.closing = False
        self._around = Surroundings(
            committer=ports.committer,
            files=ports.files,
            clock=ports.clock,
            bounds=settings.bounds,
            cancel_grace=settings.cancel_grace,
            on_idle=self._on_idle,
        )
        self._deaths: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def make_room(self, *, wait: bool = False) -> None:
        """See that one more session can be awake: the one that waits longest for somebody sleeps, if it must.

        Args:
            wait: rather than refuse, wait until a session ends or waits.

        Raises:
            TooMuch: all are at work.
        """
        while len(self.live) >= self.settings.max_awake or self.closing:
            waiting = [live for live in self.live.values() if live.record.state == "waiting" and not live.stopping]
            for live in sorted(waiting, key=lambda live: live.record.updated_at):
                if await live.hibernate():
                    await live.gone.wait()
                    break
            else:
                if not wait or self.closing:
                    raise TooMuch(f"{len(self.live)} sessions are at work, which is the limit; try again in a while.")
                await asyncio.sleep(_LOOK_FOR_ROOM_S)

    async def settled(self, session_id: str) -> LiveSession | None:
        """The awake session, if there is one; one that is about to end is waited for first."""
        live = self.live.get(session_id)
        while live is not None and live.stopping:
            await live.gone.wait()
            live = self.live.get(session_id)
        return live

    async def wake(self, session_id: str, reason: str) -> None:
        """Bring a sleeping session back; nothing happens to one that is awake or over."""
        async with self.turns.of(session_id):
            if not self.closing and await self.settled(session_id) is None:
                record = await self.ports.records.get(session_id)
                if not record.over:
                    await self.replay(session_id, reason)

    @traced("session.wake", "session_id")
    async def replay(
        self, session_id: str, reason: str, *, answer: e.InputSubmitted | None = None, known_as: Collection[str] = ()
    ) -> LiveSession | None:
        """Claim a sleeping session and run it again from its start, with all that is recorded.

        Args:
            session_id: whose turn the caller holds.
            reason: for `SessionWoken`.
            answer: committed together with the waking.
            known_as: further names of who answers.

        Returns:
            The awake session; None when its app can't be loaded now: then all is kept, and tried again later.
        """
        ports = self.ports
        _check_goes_on(await ports.records.get(session_id))
        record = await ports.records.claim(session_id, host=self.name, now=ports.clock.now())
        try:
            _check_goes_on(record)  # it may have ended meanwhile
            document = await document_at(ports.log, stream_of(session_id))
            live = self.make(record, document.seq)
            _take_over(live, document)
            events: list[e.SessionEvent] = [] if answer is None else [_checked(live, answer, known_as)]
            try:
                entry = await ports.registry.find(record.app)
            except (AppNotFound, AppBroken) as error:
                await self._put_back(live, events, error)
                return None
            return await self._run_again(live, document, entry, events=events, reason=reason)
        except SessionHeld:
            raise  # it was taken over meanwhile: its record is the other host's to write
        except OutlastError:
            record.host = None
            await self._writer(record, 0).put_record()
            raise

    async def write_asleep(self, session_id: str, event: e.SessionEvent) -> None:
        """Write an event to the stream of a session that has no process, without giving it one."""
        record = await self.ports.records.claim(session_id, host=self.name, now=self.ports.clock.now())
        writer = self._writer(record, await self.ports.log.head(stream_of(session_id)))
        record.host = None
        await writer.put([event])

    def make(self, record: SessionRecord, seq: int) -> LiveSession:
        """Make the pump of a session that is not running yet."""
        return LiveSession(record, seq=seq, around=self._around)

    async def spawn(self, entry: AppEntry, live: LiveSession) -> SessionProcess:
        """Get a process for a session, with the session's files in its scratch folder."""
        process = await self.ports.executor.spawn(entry.source)
        live.scratch = process.scratch or self.ports.scratch_root / live.record.id
        live.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        await self.ports.files.give(live.record.id, live.scratch)
        return process

    def run(
        self, live: LiveSession, process: SessionProcess, entry: AppEntry, *, seed: int,
        recording: Recording | None = None,
    ) -> None:  # fmt: skip
        """Start the app in its process."""
        record = live.record
        bounds = bounds_of(self.settings.bounds, entry.info, patience=self.ports.patience.get(record.workspace_id))
        start = Start(
            session=record.id,
            app=entry.info.name,
            args=record.args,
            title=record.title,
            user=record.user,
            seed=seed,
            attempt=record.attempt,
            secrets={name: self.ports.secrets[name] for name in entry.info.secrets if name in self.ports.secrets},
            scratch=str(live.scratch),
            limits=bounds.process_limits,
            recording=recording,
        )
        live.around = msgspec.structs.replace(self._around, bounds=bounds)
        process.send(start)
        live.attach(process)
        self._spawn_task(self._see_off(live))

    def let_go(self, live: LiveSession) -> None:
        """Count a session as awake no more, and tell who waits for that."""
        if self.live.get(live.record.id) is live:
            del self.live[live.record.id]
        live.gone.set()

    async def close(self) -> None:
        """End all processes; running sessions go on at the next start, or on another host."""
        self.closing = True
        for live in list(self.live.values()):
            live.stop()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _run_again(
        self, live: LiveSession, document: Document, entry: AppEntry, *, events: list[e.SessionEvent], reason: str
    ) -> LiveSession | None:
        record = live.record
        if not entry.info.durable:
            message = "The session was interrupted, and its app is not durable."
            await live.put([*events, e.SessionFailed(code="interrupted", message=message)])
            return None
        events.append(e.SessionWoken(attempt=document.attempt + 1, reason=reason))
        self.live[record.id] = live
        committed = live.put(events)
        for event in events:
            apply(document, event)
        try:
            process, _ = await asyncio.gather(self.spawn(entry, live), committed)
        except StreamConflict:
            self.let_go(live)
            raise SessionHeld(f"Session {record.id} is awake on another host; send the command there.") from None
        except OutlastError as error:
            self.let_go(live)
            await self._put_back(live, [], error)
            return None
        live.gate = Gate(document)
        recording = recording_of(document, now=self.ports.clock.now())
        self.run(live, process, entry, seed=document.seed, recording=recording)
        return live

    def _writer(self, record: SessionRecord, seq: int) -> SessionWriter:
        return SessionWriter(record, seq=seq, committer=self.ports.committer, clock=self.ports.clock)

    async def _put_back(self, writer: SessionWriter, events: list[e.SessionEvent], error: OutlastError) -> None:
        logger.warning("Session %s sleeps on: %s", writer.record.id, error.message)
        writer.record.host = None
        writer.record.due_at = writer.now() + _RETRY
        await writer.put([*events, e.SessionHibernated()])
        self.timer_set()

    async def _see_off(self, live: LiveSession) -> None:
        """Wait for the end of being awake, clean up, and decide whether the session goes on."""
        outcome: Outcome = await live.ended
        session_id = live.record.id
        await asyncio.to_thread(shutil.rmtree, live.scratch, True)
        self.let_go(live)
        if live.track.progressed or outcome != "died":
            self._deaths.pop(session_id, None)
        if outcome == "asleep" and live.record.due_at is not None:
            self.timer_set()
        if outcome in ("died", "lost"):
            await self._revive(live, outcome)

    async def _revive(self, live: LiveSession, outcome: Outcome) -> None:
        """A process that was killed from outside is no fault of the app: replay it, but not for ever."""
        session_id = live.record.id
        deaths = self._deaths.get(session_id, 0) + (outcome == "died")
        try:
            while not self.closing:
                self._deaths[session_id] = deaths
                if deaths >= _DEATHS_IN_A_ROW:
                    message = f"The session process was killed {deaths} times without getting further."
                    await self.write_asleep(session_id, e.SessionFailed(code="killed", message=message))
                    del self._deaths[session_id]
                    return
                try:
                    await self.wake(session_id, "process_died" if outcome == "died" else "database_back")
                    return
                except Unavailable:
                    await asyncio.sleep(_DATABASE_RETRY.total_seconds())
        except OutlastError as error:
            logger.warning("Session %s could not be revived: %s", session_id, error.message)

    def _on_idle(self, session_id: str) -> None:
        self._spawn_task(self._hibernate(session_id))

    async def _hibernate(self, session_id: str) -> None:
        live = self.live.get(session_id)
        if live is not None:
            try:
                await live.hibernate()
            except Unavailable as error:
                logger.warning("Session %s could not be put to sleep: %s", session_id, error.message)

    def _spawn_task(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _take_over(live: LiveSession, document: Document) -> None:
    """Give a session that wakes what it had in mind when it fell asleep."""
    live.track.inputs = {
        key: OpenInput(asked.kind, asked.spec, asked.label, asked.audience)
        for key, asked in document.inputs.items()
        if asked.state == "open"
    }
    live.track.answered = {key for key, asked in document.inputs.items() if asked.state != "open"}
    live.track.timers = {key: due for key, due in document.timers.items() if due > live.now()}


def _check_goes_on(record: SessionRecord) -> None:
    if record.deleted_at is not None:
        raise unknown_session(record.id)
    if record.over:
        raise SessionOver("The session has ended.")


def _checked(live: LiveSession, answer: e.InputSubmitted, known_as: Collection[str]) -> e.SessionEvent:
    value = live.track.check(answer.input, answer.value, by=answer.by, known_as=known_as)
    secret = bool(live.track.inputs[answer.input].spec.get("secret"))
    return msgspec.structs.replace(answer, value=value, secret=secret)
