"""The closed union of session events: names and fields are the wire format (flat JSON with ``seq`` and ``at``).

A session process sends events without ``seq`` and ``at``; its host, the stream's one writer, sets both.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

import msgspec

from outlast.kit.errors import ProtocolViolation
from outlast.protocol.blocks import Rows
from outlast.protocol.codec import Json, encode_json, frame_decoder

Visibility: TypeAlias = Literal["viewers", "owner", "masked"]
"""Who gets an event: everyone, the session's owner alone, or everyone in the form `shown_to` makes."""


class Event(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="event", forbid_unknown_fields=True):
    """One past-tense fact in a session's stream.

    Attributes:
        seq: position in the stream, from 1; 0 while the event has none yet.
        at: when the host wrote it (UTC).
    """

    visibility: ClassVar[Visibility] = "viewers"

    seq: int = 0
    at: datetime | None = None


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who did something."""

    id: str
    name: str = ""
    role: str = ""


class BranchPoint(msgspec.Struct, frozen=True):
    """Where a branch left its parent: it shares the parent's events up to and with ``seq``."""

    session: str
    seq: int


class SessionCreated(Event, tag="session.created"):
    """The first event of a stream. ``code`` is the hash of the app's file; ``seed`` that of its random numbers."""

    app: str
    args: dict[str, Json] = {}
    title: str = ""
    code: str = ""
    seed: int = 0
    by: User | None = None
    branched_from: BranchPoint | None = None


class SessionStarted(Event, tag="session.started"):
    """The app begins to run for the first time."""

    attempt: int = 1
    reason: str = ""


class SessionWoken(Event, tag="session.woken"):
    """The app runs again from its start, as replay: after a hibernation, a crash, a restart or a branch."""

    attempt: int
    reason: str = ""


class SessionRetitled(Event, tag="session.retitled"):
    """The session has a new title."""

    title: str


class SessionWaiting(Event, tag="session.waiting"):
    """The app waits for an answer or a timer; its process is still there."""

    input: str | None = None
    timer: str | None = None


class SessionHibernated(Event, tag="session.hibernated"):
    """The app waits, and its process has been ended; an answer, a timer or a cancel wakes it."""

    input: str | None = None
    timer: str | None = None


class SessionCompleted(Event, tag="session.completed"):
    """The app returned ``result``. Terminal."""

    result: Json = None


class SessionFailed(Event, tag="session.failed"):
    """The app or its process failed. ``error``, the traceback of the app's own frames, is the owner's. Terminal."""

    visibility: ClassVar[Visibility] = "masked"

    code: str
    message: str
    error: str | None = None


class SessionCancelled(Event, tag="session.cancelled"):
    """Somebody cancelled the session. Terminal."""

    by: User | None = None
    reason: str = ""


class SessionExpired(Event, tag="session.expired"):
    """The session went over a limit of time that its host keeps: ``wall_time``. Terminal."""

    limit: str


class BlockOpened(Event, tag="block.opened"):
    """A new block, last in reading order. ``closed`` true: it is whole as it stands, no ``block.closed`` follows."""

    block: str
    kind: str
    parent: str | None = None
    props: dict[str, Json] = {}
    closed: bool = False


class BlockUpdated(Event, tag="block.updated"):
    """``props`` is a merge patch (RFC 7396) of depth one: a null removes a prop, anything else replaces it whole."""

    block: str
    props: dict[str, Json]


class BlockClosed(Event, tag="block.closed"):
    """The block is whole; nothing about it changes any more."""

    block: str


class BlockRemoved(Event, tag="block.removed"):
    """The block and all below it are gone from the document."""

    block: str


class BlockAppended(Event, tag="block.appended"):
    """Text or table rows are added to the end of a block; exactly one of the two is given."""

    block: str
    text: str | None = None
    rows: Rows | None = None


class InputRequested(Event, tag="input.requested"):
    """The app asks. Also opens ``block`` (kind ``input``), which is where the question stands in the document."""

    input: str
    block: str
    kind: str
    label: str = ""
    spec: dict[str, Json] = {}
    audience: str | None = None
    parent: str | None = None


class InputSubmitted(Event, tag="input.submitted"):
    """An answer came. ``secret`` true: no reader ever gets the value, only a replay does."""

    visibility: ClassVar[Visibility] = "masked"

    input: str
    value: Json = None
    by: User | None = None
    secret: bool = False


class InputWithdrawn(Event, tag="input.withdrawn"):
    """The input takes no answer any more; ``reason`` is ``timeout`` when its time was over."""

    input: str
    reason: str = ""


class StepError(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a step failed for good. ``pickled`` (base64) holds the exception itself where it could be pickled."""

    type: str
    message: str
    pickled: str | None = None


class StepFinished(Event, tag="step.finished"):
    """A step has its result, for good.

    It is in ``result`` where JSON gives back the same value, else in ``pickled`` (base64, opened only in a session
    process).
    """

    visibility: ClassVar[Visibility] = "masked"

    step: str
    name: str
    result: Json = None
    pickled: str | None = None
    error: StepError | None = None
    attempts: int = 1


class TimerSet(Event, tag="timer.set"):
    """A durable sleep, or the time limit of an input (its timer is called ``t:<input>``), ends at ``due_at``."""

    timer: str
    due_at: datetime


class LogWritten(Event, tag="log.written"):
    """What the app printed, warned of or logged."""

    visibility: ClassVar[Visibility] = "owner"

    channel: Literal["stdout", "stderr", "warning", "log"]
    text: str


LifecycleEvent: TypeAlias = (
    SessionCreated | SessionStarted | SessionWoken | SessionHibernated | InputSubmitted | SessionExpired
)
"""What only a host may write."""

WorkerEvent: TypeAlias = (
    SessionRetitled
    | SessionWaiting
    | SessionCompleted
    | SessionFailed
    | SessionCancelled
    | BlockOpened
    | BlockUpdated
    | BlockClosed
    | BlockRemoved
    | BlockAppended
    | InputRequested
    | InputWithdrawn
    | StepFinished
    | TimerSet
    | LogWritten
)
"""What a session process may send; its host refuses everything else."""

SessionEvent: TypeAlias = LifecycleEvent | WorkerEvent
"""The closed union."""

TERMINAL = (SessionCompleted, SessionFailed, SessionCancelled, SessionExpired)
"""Nothing follows one of these in a stream, but for a branch, which is a stream of its own."""

_decoder: msgspec.json.Decoder[SessionEvent] = msgspec.json.Decoder(SessionEvent)
worker_events = frame_decoder(list[WorkerEvent])


def kind_of(event: Event) -> str:
    """The event's name on the wire (``block.opened``)."""
    return str(type(event).__struct_config__.tag)


def encode_event(event: SessionEvent) -> bytes:
    """Encode one event as it is stored and sent.

    Fold what `decode_event` makes of it rather than the event itself where it comes from a session process: its
    frames may hold what JSON does not (NaN, bytes), and all documents must fold from the same values.

    Raises:
        ProtocolViolation: it holds what JSON can't.
    """
    try:
        return encode_json(event)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ProtocolViolation(f"This event can't be stored: {error}.") from error


def decode_event(data: bytes | str) -> SessionEvent:
    """Decode one stored event.

    Raises:
        msgspec.ValidationError: it is not an event of this version's union.
    """
    return _decoder.decode(data)


def recorded(event: SessionEvent) -> SessionEvent:
    """Give an event as its owner may keep it, to replay it: whole, but for the answers of secret inputs."""
    if isinstance(event, InputSubmitted) and event.secret:
        return msgspec.structs.replace(event, value=None)
    return event


def shown_to(event: SessionEvent, *, owner: bool) -> SessionEvent | None:
    """Give the form of an event that a reader may have.

    Args:
        event: as it stands in the stream; not changed.
        owner: whether the reader owns the session.

    Returns:
        The event, a copy without what the reader may not have, or None when it is not for them at all. What is
        pickled is for session processes alone.
    """
    if isinstance(event, StepFinished):
        error = event.error and msgspec.structs.replace(event.error, pickled=None)
        return msgspec.structs.replace(event, pickled=None, error=error) if owner else None
    if isinstance(event, SessionFailed) and not owner:
        return msgspec.structs.replace(event, error=None)
    return recorded(event) if owner or event.visibility != "owner" else None
