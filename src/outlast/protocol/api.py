"""What the HTTP API takes and gives: one struct a body. The server encodes these, the client decodes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from outlast.protocol.codec import Json
from outlast.protocol.document import Document, State
from outlast.protocol.events import SessionEvent

MAX_TITLE_CHARS = 200

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its offset from UTC (RFC 3339)."""

AccessName: TypeAlias = Literal["manage", "view", "answer", "edit", "owner"]
"""What somebody may do with a session, each also what those before it allow. ``manage``: know that it is there,
retitle, stop, delete and restore it, but see nothing of what is said in it."""

ShareLevel: TypeAlias = Literal["view", "answer", "edit"]
"""What a session can be shared for."""


class Body(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of what is sent to the server; a field it does not know is refused, so a typing error is not lost."""


class StartSession(Body):
    """Start a session of an app.

    Attributes:
        app: id of the app (``trip:trip``), or its function's name where only one app has it.
        args: the app's arguments by parameter name.
        title: shown in lists; the app's title when left out.
        expires_at: when it is ended if it has not ended by then.
    """

    app: str
    args: dict[str, Json] = {}
    title: str | None = None
    expires_at: Moment | None = None


class UpdateSession(Body):
    """Change what is given of a session; ``expires_at`` null takes its end away."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    expires_at: Moment | msgspec.UnsetType | None = msgspec.UNSET


class Interaction(Body):
    """An answer to an input; a form's ``value`` is ``{<input id or field name>: <answer>}``."""

    input: str
    value: Json = None


class CancelSession(Body):
    """Stop a session."""

    reason: str = ""


class BranchSession(Body):
    """Make a new session of the events up to ``seq``.

    Attributes:
        seq: last event that the branch shares; just before an answer to give another one.
        value: the new answer to the input that is open there; left out, the branch waits for one.
    """

    seq: int
    value: Json | msgspec.UnsetType = msgspec.UNSET


class AppItem(msgspec.Struct, kw_only=True):
    """One app that can be started, or, with ``error``, a file that can't be loaded.

    Attributes:
        id: ``module:function``.
        schema: JSON Schema (2020-12) of the arguments, an object schema.
        error: what is wrong with the file; null for an app that can be started.
    """

    id: str
    name: str
    title: str
    doc: str = ""
    icon: str | None = None
    durable: bool = True
    schema: dict[str, Json] = {}
    error: str | None = None


class AppList(msgspec.Struct, kw_only=True):
    """All apps, by id.

    Attributes:
        loading: modules whose file is not loaded yet; ask again for their apps.
    """

    items: list[AppItem]
    loading: list[str] = []


class SessionItem(msgspec.Struct, kw_only=True):
    """One session as lists show it.

    Attributes:
        waiting_input: the input it waits for an answer to.
        waiting_label: that input's question.
        due_at: when a sleeping session goes on by itself.
        user, user_id: name and id of whose it is.
        access: what the caller may do with it; who may only manage it sees no arguments and no question.
        expires_at: when it is ended if it has not ended by then.
        deleted_at: since when it is kept only to be restored.
    """

    id: str
    app: str
    title: str
    state: State
    user: str = ""
    args: dict[str, Json] = {}
    created_at: datetime
    updated_at: datetime
    waiting_input: str | None = None
    waiting_label: str | None = None
    due_at: datetime | None = None
    workspace_id: str = ""
    user_id: str = ""
    access: AccessName = "owner"
    expires_at: datetime | None = None
    deleted_at: datetime | None = None


class SessionDetail(SessionItem, kw_only=True):
    """One session with all that a viewer sees: ``document`` stands at ``seq``. Empty for who may only manage it."""

    seq: int
    document: Document


class Measure(msgspec.Struct, kw_only=True):
    """How much of something a session may use (null for no limit), and how much it uses (null where not known)."""

    limit: float | None = None
    used: float | None = None


class SessionUsage(msgspec.Struct, kw_only=True):
    """What holds for one session, and what it has used of it. The names are those of ``@app(limits=...)``.

    What only a process uses is known of an awake session alone, and counts from its last waking on.

    Attributes:
        awake: whether it has a process now, on the server that answers.
        wall_s: how long it has run, without the time it waited.
        cpu_s: processor time of its process.
        memory_bytes: memory of its process, beyond what its app took when it was imported.
        open_files: what its process has open, beyond what it began with.
        processes: those it has started that still run.
        stream_bytes: size of its events.
        bytes_per_s: how fast it writes events, taken over ten seconds.
        waiting_s: how long it has waited; at the limit its process ends, and it sleeps.
        idle_s: how long nobody and nothing has moved it; at the limit it is ended.
        events: how many it has.
        files_bytes: size of its files.
        ends_at: when it is ended, if nothing moves it before.
        removed_at: when it is removed for good, as its workspace wants it.
    """

    awake: bool = False
    wall_s: Measure
    cpu_s: Measure
    memory_bytes: Measure
    open_files: Measure
    processes: Measure
    stream_bytes: Measure
    bytes_per_s: Measure
    waiting_s: Measure
    idle_s: Measure
    events: int
    files_bytes: int
    ends_at: datetime | None = None
    removed_at: datetime | None = None


class SessionList(msgspec.Struct, kw_only=True):
    """One page of sessions, those changed last first."""

    items: list[SessionItem]
    next_cursor: str | None = None


class ShareSession(Body):
    """Share a session with a member of its workspace, or by a link that members may open.

    Attributes:
        user_id: with whom; left out for a link.
        level: what for. Who may edit also sees what the app printed, and may branch.
        expires_at: until when.
    """

    level: ShareLevel
    user_id: str | None = None
    expires_at: Moment | None = None


class OpenShare(Body):
    """Open what was shared by a link."""

    token: str


class ShareItem(msgspec.Struct, kw_only=True):
    """A share that is in force.

    Attributes:
        kind: with a person, or by a link.
        user_id, user: with whom.
        link_id: the link by which they came, if by one.
    """

    id: str
    kind: Literal["person", "link"]
    level: ShareLevel
    user_id: str | None = None
    user: str | None = None
    link_id: str | None = None
    created_by: str
    created_at: datetime
    expires_at: datetime | None = None


class NewShare(ShareItem, kw_only=True):
    """A share just made.

    Attributes:
        token: of a link: the only time that it is told.
        link: the page that opens it, below the server's address.
    """

    token: str | None = None
    link: str | None = None


class ShareList(msgspec.Struct, kw_only=True):
    """One page of a session's shares, the oldest first."""

    items: list[ShareItem]
    next_cursor: str | None = None


class Participant(msgspec.Struct, kw_only=True):
    """Somebody who looks at a session now; ``streams`` is in how many places."""

    user_id: str
    user: str
    streams: int


class ParticipantList(msgspec.Struct, kw_only=True):
    """Who looks at a session now, by name."""

    items: list[Participant]


class EventList(msgspec.Struct, kw_only=True):
    """Part of a session's stream in order; ``next_after`` is null at its end."""

    items: list[SessionEvent]
    next_after: int | None = None


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What went wrong (RFC 9457); ``code`` is stable and for programs, ``detail`` for people.

    Attributes:
        errors: what is wrong by field (``args.city``), for bodies and answers.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: dict[str, str] = {}
