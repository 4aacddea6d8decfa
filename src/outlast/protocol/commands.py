"""What a host and a session process say to each other over their socket (one struct a frame, `codec`)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from outlast.protocol.blocks import FileRef
from outlast.protocol.codec import Json, frame_decoder
from outlast.protocol.events import StepError, User, WorkerEvent


class Message(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="message"):
    """Base of every frame."""


class RecordedBlock(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A block that viewers already have. ``props`` only while it is open or where its text was streamed:

    a closed block is never compared, but ``write(chunks)`` gives its whole text back without starting again.
    ``removed``: it was taken out of the document, so it is not to be opened, nor removed, again.
    """

    kind: str
    closed: bool = False
    removed: bool = False
    props: dict[str, Json] = {}


class RecordedInput(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An input that was asked. ``answered`` tells a null answer from none; ``withdrawn`` inputs count as not there."""

    kind: str
    label: str = ""
    spec: dict[str, Json] = {}
    answered: bool = False
    value: Json = None
    by: User | None = None
    withdrawn: bool = False


class RecordedStep(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A step that finished."""

    name: str
    result: Json = None
    pickled: str | None = None
    error: StepError | None = None


class RecordedTimer(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A durable sleep; ``over`` once its time has come."""

    due_at: datetime
    over: bool = False


class Recording(msgspec.Struct, kw_only=True, omit_defaults=True):
    """All that a run must find again when it starts from the beginning (architecture §5), by id."""

    blocks: dict[str, RecordedBlock] = {}
    inputs: dict[str, RecordedInput] = {}
    steps: dict[str, RecordedStep] = {}
    timers: dict[str, RecordedTimer] = {}


class Limits(msgspec.Struct, kw_only=True, omit_defaults=True, frozen=True):
    """What one session may use; None is no limit. Wall time and stream bytes are the host's to watch."""

    cpu_s: int | None = None
    memory_bytes: int | None = None
    open_files: int | None = None
    processes: int | None = None


class AppInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a template tells of one app.

    Attributes:
        name: of the function.
        title: for people; the function's name in words unless ``@app(title=...)``.
        doc: the docstring, Markdown.
        schema: JSON Schema (2020-12) of the arguments, an object schema.
        durable, icon, secrets, limits, resources: as given to ``@app``.
        hibernate_after_s: how long a waiting session keeps its process; None leaves it to the host.
        line: where the function starts.
    """

    name: str
    title: str
    doc: str = ""
    schema: dict[str, Json] = {}
    durable: bool = True
    icon: str | None = None
    secrets: list[str] = []
    limits: dict[str, float] = {}
    resources: dict[str, float] = {}
    hibernate_after_s: float | None = None
    line: int = 0


class Start(Message, tag="start"):
    """Run the app. ``recording`` is there when the session was awake before."""

    session: str
    app: str
    args: dict[str, Json] = {}
    title: str = ""
    user: User | None = None
    seed: int = 0
    attempt: int = 1
    secrets: dict[str, str] = {}
    scratch: str = ""
    limits: Limits = Limits()
    recording: Recording | None = None


class Acked(Message, tag="acked"):
    """Every emission up to ``emission`` is committed."""

    emission: int


class Answered(Message, tag="answered"):
    """An answer that is committed. Files of it (uploads) lie in the scratch folder under their ``sha256``."""

    input: str
    value: Json = None
    by: User | None = None


class TimerDue(Message, tag="timer_due"):
    """A durable sleep is over."""

    timer: str


class Cancel(Message, tag="cancel"):
    """Stop: `SessionCancelled` is raised in the app, and the process ends with that event."""

    by: User | None = None
    reason: str = ""


class Emission(Message, tag="emission"):
    """Events that a session process wants in its stream; at most one is not yet acked at any time.

    ``files`` are new in the scratch folder under their ``sha256`` and are stored before the events are committed.
    """

    emission: int
    events: list[WorkerEvent]
    files: list[FileRef] = []


commands = frame_decoder(Start | Acked | Answered | TimerDue | Cancel)
"""Decodes what a session process receives."""

emissions = frame_decoder(Emission)
"""Decodes what a host receives."""
