"""What a host keeps in mind of an awake session: its record, what it asks, its alarms, what it has used."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from outlast.kit.errors import AlreadyAnswered, AudienceOnly, InputNotFound, LimitExceeded, SessionOver
from outlast.protocol import events as e
from outlast.protocol.codec import Json
from outlast.protocol.document import State
from outlast.protocol.inputs import check
from outlast.runtime.audience import fits
from outlast.runtime.records import SessionRecord

T = TypeVar("T", int, timedelta)

_RATE_WINDOW_S = 10


class SessionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What the host watches of each session; None is no limit."""

    wall_time: timedelta | None = None
    stream_bytes: int | None = None
    bytes_per_s: int | None = None


def tighter(limit: T | None, other: T | None) -> T | None:
    """The smaller of two limits, either of which may be absent."""
    return min((one for one in (limit, other) if one is not None), default=None)


class OpenInput(msgspec.Struct, frozen=True):
    """What is needed to check an answer."""

    kind: str
    spec: Mapping[str, Json]
    label: str = ""
    audience: str | None = None


def stream_of(session_id: str) -> str:
    """The name of a session's stream; one object for all who look at it."""
    return sys.intern(f"session:{session_id}")


class Track:
    """Keeps a record, the open inputs and the timers as the document has them, without keeping the document.

    Args:
        record: changed in place; its ``state`` follows the same rules as `outlast.protocol.document.apply`.
    """

    def __init__(self, record: SessionRecord) -> None:
        self.record = record
        self.inputs: dict[str, OpenInput] = {}
        self.answered: set[str] = set()
        self.timers: dict[str, datetime] = {}
        self.progressed = False

    def follow(self, event: e.SessionEvent) -> bool:
        """Take in one event.

        Returns:
            Whether the record has changed with it.
        """
        record = self.record
        match event:
            case e.BlockOpened() | e.BlockAppended() | e.StepFinished():
                self.progressed = True
                return record.state == "waiting" and self._run()
            case e.InputRequested():
                self.inputs[event.input] = OpenInput(event.kind, event.spec, event.label, event.audience)
                self.progressed = True
                return False
            case e.InputSubmitted() | e.InputWithdrawn():
                self.inputs.pop(event.input, None)
                self.answered.add(event.input)
                self.progressed = True
                return record.waiting_input == event.input and record.state == "waiting" and self._run()
            case e.TimerSet():
                self.timers[event.timer] = event.due_at
                record.due_at = min(self.timers.values())
                return True
            case _:
                return self._follow_state(event)

    def check(self, input_id: str, value: Json, *, by: e.User | None, known_as: Collection[str] = ()) -> Json:
        """Check an answer.

        Args:
            input_id: what is answered.
            value: the answer.
            by, known_as: who gives it (`outlast.runtime.audience.fits`).

        Returns:
            The answer in its canonical form.

        Raises:
            SessionOver, InputNotFound, AlreadyAnswered, AudienceOnly, InvalidAnswer: why it can't be given.
        """
        if self.record.over:
            raise SessionOver("The session has ended; it takes no more answers.")
        if input_id in self.answered:
            raise AlreadyAnswered("This question has been answered already.")
        asked = self.inputs.get(input_id)
        if asked is None:
            raise InputNotFound(f"The session asks no input {input_id!r}.")
        if not fits(asked.audience, by, owner_id=self.record.user_id, known_as=known_as):
            audience = asked.audience or ""
            raise AudienceOnly(f"This question is for {audience}; let them answer it.", audience=audience)
        return check(asked.kind, asked.spec, value)

    def timer_over(self, timer: str) -> None:
        """A timer is due: the session may go on."""
        self.timers.pop(timer, None)
        self.progressed = True

    def _follow_state(self, event: e.SessionEvent) -> bool:
        record = self.record
        match event:
            case e.SessionRetitled():
                record.title = event.title
            case e.SessionWaiting():
                record.state, record.waiting_input = "waiting", event.input
                asked = self.inputs.get(event.input or "")
                record.waiting_label = asked.label if asked else None
                record.waiting_audience = (asked.audience or None) if asked else None
            case e.SessionHibernated():
                record.state = "hibernated"
            case e.SessionStarted() | e.SessionWoken():
                record.attempt = event.attempt
                self._run()
            case e.SessionCompleted():
                self._end("completed")
            case e.SessionFailed():
                self._end("failed")
            case e.SessionCancelled():
                self._end("cancelled")
            case e.SessionExpired():
                self._end("expired")
            case _:
                return False
        return True

    def _run(self) -> bool:
        self.record.state, self.record.waiting_input, self.record.waiting_label = "running", None, None
        self.record.waiting_audience = None
        return True

    def _end(self, state: State) -> None:
        self._run()
        self.record.state, self.record.host, self.record.due_at = state, None, None


class Alarms:
    """Named alarms of the event loop; setting one again moves it."""

    def __init__(self) -> None:
        self._handles: dict[str, asyncio.TimerHandle] = {}

    def set(self, name: str, delay: timedelta, call: Callable[[], None]) -> None:
        """Call back after the delay, at once if it is over."""
        self.stop(name)
        loop = asyncio.get_running_loop()
        self._handles[name] = loop.call_later(max(0.0, delay.total_seconds()), call)

    def left(self, name: str) -> timedelta | None:
        """How long until it calls; None when it is not set, or called already."""
        handle = self._handles.get(name)
        left_s = 0.0 if handle is None else handle.when() - asyncio.get_running_loop().time()
        return timedelta(seconds=left_s) if left_s > 0 else None

    def stop(self, name: str) -> None:
        """Call it off, if it is set."""
        handle = self._handles.pop(name, None)
        if handle is not None:
            handle.cancel()

    def stop_all(self) -> None:
        """Call all off."""
        for name in list(self._handles):
            self.stop(name)


class Stopwatch:
    """Adds up the time that something runs."""

    def __init__(self) -> None:
        self._ran = timedelta(0)
        self._since: datetime | None = None

    def run(self, now: datetime, *, runs: bool) -> timedelta:
        """Say whether it runs from now on; gives the time it ran until now."""
        self._ran = self.ran(now)
        self._since = now if runs else None
        return self._ran

    def ran(self, now: datetime) -> timedelta:
        """The time it ran until now."""
        return self._ran if self._since is None else self._ran + (now - self._since)


class Meter:
    """Counts what a session writes against its limits.

    Args:
        record: its ``bytes`` are the total.
    """

    def __init__(self, record: SessionRecord) -> None:
        self._record = record
        self._since = asyncio.get_running_loop().time()
        self._recent_bytes = 0

    @property
    def bytes_per_s(self) -> float:
        """What it wrote lately, as the limit counts it."""
        now = asyncio.get_running_loop().time()
        return self._recent_bytes / _RATE_WINDOW_S if now - self._since <= _RATE_WINDOW_S else 0.0

    def count(self, size_bytes: int, limits: SessionLimits) -> None:
        """Take in what was written, after `SessionRecord.bytes` has.

        Raises:
            LimitExceeded: with ``limit`` ``stream_bytes`` or ``bytes_per_s``.
        """
        if limits.stream_bytes is not None and self._record.bytes > limits.stream_bytes:
            raise LimitExceeded(
                f"The session wrote more than {limits.stream_bytes} bytes in all.", limit="stream_bytes"
            )
        now = asyncio.get_running_loop().time()
        if now - self._since > _RATE_WINDOW_S:
            self._since, self._recent_bytes = now, 0
        self._recent_bytes += size_bytes
        if limits.bytes_per_s is not None and self._recent_bytes > limits.bytes_per_s * _RATE_WINDOW_S:
            raise LimitExceeded(
                f"The session wrote more than {limits.bytes_per_s} bytes a second for {_RATE_WINDOW_S} seconds.",
                limit="bytes_per_s",
            )
