"""The document: what the events of a session fold into.

Law: a snapshot at any ``seq`` plus the later events equals a fresh snapshot (property-tested).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from outlast.protocol import events as e
from outlast.protocol.blocks import TEXT_KINDS
from outlast.protocol.codec import Json
from outlast.protocol.commands import RecordedBlock, RecordedInput, RecordedStep, RecordedTimer, Recording

State: TypeAlias = Literal["created", "running", "waiting", "hibernated", "completed", "failed", "cancelled", "expired"]
OVER: frozenset[State] = frozenset({"completed", "failed", "cancelled", "expired"})


class Block(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One block as it stands. Reading order is the order of `Document.blocks`; ``streamed``: text that grew."""

    kind: str
    parent: str | None = None
    props: dict[str, Json] = {}
    closed: bool = False
    streamed: bool = False


class Input(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One input as it stands."""

    block: str
    kind: str
    label: str = ""
    spec: dict[str, Json] = {}
    audience: str | None = None
    state: Literal["open", "submitted", "withdrawn"] = "open"
    value: Json = None
    secret: bool = False
    by: e.User | None = None
    asked_at: datetime | None = None
    at: datetime | None = None
    seq: int = 0


class Document(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a viewer sees, at ``seq``; ``steps``, ``timers`` and ``removed`` are what a replay needs besides."""

    seq: int = 0
    state: State = "created"
    app: str = ""
    args: dict[str, Json] = {}
    title: str = ""
    code: str = ""
    seed: int = 0
    by: e.User | None = None
    branched_from: e.BranchPoint | None = None
    attempt: int = 0
    waiting_input: str | None = None
    waiting_timer: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    blocks: dict[str, Block] = {}
    inputs: dict[str, Input] = {}
    steps: dict[str, RecordedStep] = {}
    timers: dict[str, datetime] = {}
    removed: dict[str, RecordedBlock] = {}
    result: Json = None
    failure_code: str | None = None
    failure_message: str | None = None
    failure_error: str | None = None
    ended_by: e.User | None = None
    ended_reason: str | None = None

    @property
    def over(self) -> bool:
        """Whether the session has ended."""
        return self.state in OVER


def apply(document: Document, event: e.SessionEvent) -> None:
    """Fold one event into the document, in place.

    An event about a block or input that the document does not hold changes nothing but ``seq``: what a
    session process gets wrong must not make its document unreadable.
    """
    if isinstance(event, (e.BlockOpened, e.BlockUpdated, e.BlockAppended, e.BlockClosed, e.BlockRemoved)):
        _apply_block(document, event)
    elif isinstance(event, (e.InputRequested, e.InputSubmitted, e.InputWithdrawn)):
        _apply_input(document, event)
    elif isinstance(event, e.StepFinished):
        document.steps[event.step] = RecordedStep(
            name=event.name, result=event.result, pickled=event.pickled, error=event.error
        )
    elif isinstance(event, e.TimerSet):
        document.timers[event.timer] = event.due_at
    elif isinstance(event, e.SessionCreated):
        _apply_created(document, event)
    elif isinstance(event, e.TERMINAL):
        _apply_end(document, event)
    elif not isinstance(event, e.LogWritten):
        _apply_lifecycle(document, event)
    if document.state == "waiting" and isinstance(event, (e.BlockOpened, e.BlockAppended, e.StepFinished)):
        _run(document)
    document.seq = event.seq
    document.updated_at = event.at


def fold(document: Document, events: Iterable[e.SessionEvent]) -> Document:
    """Fold many events, in place, in time linear in their size.

    Neighbouring texts of one block are joined first: appending each to a long text would copy it each time.
    """
    pending: list[e.BlockAppended] = []
    for event in events:
        if isinstance(event, e.BlockAppended) and event.text is not None:
            if pending and pending[-1].block != event.block:
                _apply_texts(document, pending)
            pending.append(event)
            continue
        if pending:
            _apply_texts(document, pending)
        apply(document, event)
    if pending:
        _apply_texts(document, pending)
    return document


def _apply_texts(document: Document, pending: list[e.BlockAppended]) -> None:
    text = "".join(event.text or "" for event in pending)
    apply(document, msgspec.structs.replace(pending[-1], text=text))
    pending.clear()


def _apply_block(
    document: Document, event: e.BlockOpened | e.BlockUpdated | e.BlockAppended | e.BlockClosed | e.BlockRemoved
) -> None:
    if isinstance(event, e.BlockOpened):
        if event.parent is not None and event.parent not in document.blocks:
            return  # what is below a removed block is gone with it
        document.blocks[event.block] = Block(
            kind=event.kind,
            parent=event.parent,
            props=_own(event.props),
            closed=event.closed,
            streamed=not event.closed and event.kind in TEXT_KINDS,
        )
        return
    block = document.blocks.get(event.block)
    if block is None:
        return
    if isinstance(event, e.BlockAppended):
        _append(block, event)
    elif isinstance(event, e.BlockUpdated):
        for name, value in _own(event.props).items():
            if value is None:
                block.props.pop(name, None)
            else:
                block.props[name] = value
    elif isinstance(event, e.BlockClosed):
        block.closed = True
    else:
        _remove(document, event.block)


def _append(block: Block, event: e.BlockAppended) -> None:
    if event.text is not None:
        text = block.props.get("text")
        text = text if isinstance(text, str) else ""
        block.props["text"] = ""  # `text` is now the only reference, so CPython extends it in place: no quadratic copy
        text += event.text
        block.props["text"] = text
    if event.rows is not None:
        rows = block.props.get("rows")
        if isinstance(rows, list):
            rows.extend(event.rows)
        else:
            block.props["rows"] = list(event.rows)


def _own(props: dict[str, Json]) -> dict[str, Json]:
    """Copy props as deep as folding changes them, so that it never changes an event."""
    return {name: list(value) if name == "rows" and isinstance(value, list) else value for name, value in props.items()}


def _remove(document: Document, root: str) -> None:
    gone = {root: True} if root in document.blocks else {}
    for block_id, block in document.blocks.items():  # parents come before children
        if block.parent in gone:
            gone[block_id] = True
    for block_id in gone:
        block = document.blocks.pop(block_id)
        if block.kind != "input":
            document.removed[block_id] = RecordedBlock(
                kind=block.kind, closed=True, removed=True, props=block.props if block.streamed else {}
            )


def _apply_input(document: Document, event: e.InputRequested | e.InputSubmitted | e.InputWithdrawn) -> None:
    if isinstance(event, e.InputRequested):
        document.inputs[event.input] = Input(
            block=event.block,
            kind=event.kind,
            label=event.label,
            spec=event.spec,
            audience=event.audience,
            asked_at=event.at,
            seq=event.seq,
        )
        # A question must be seen to be answered, so it outlives a removed parent.
        parent = event.parent if event.parent in document.blocks else None
        document.blocks[event.block] = Block(kind="input", parent=parent, props={"input": event.input})
        return
    asked = document.inputs.get(event.input)
    if asked is None:
        return
    asked.at = event.at
    if isinstance(event, e.InputSubmitted):
        asked.state, asked.value, asked.by, asked.secret = "submitted", event.value, event.by, event.secret
    else:
        asked.state = "withdrawn"
    if (block := document.blocks.get(asked.block)) is not None:
        block.closed = True
    if document.waiting_input == event.input:
        _run(document)


def _apply_created(document: Document, event: e.SessionCreated) -> None:
    document.app, document.args, document.title = event.app, event.args, event.title
    document.code, document.seed, document.by = event.code, event.seed, event.by
    document.branched_from, document.created_at = event.branched_from, event.at


def _apply_lifecycle(
    document: Document,
    event: e.SessionStarted | e.SessionWoken | e.SessionRetitled | e.SessionWaiting | e.SessionHibernated,
) -> None:
    if isinstance(event, e.SessionRetitled):
        document.title = event.title
    elif isinstance(event, (e.SessionStarted, e.SessionWoken)):
        document.attempt = event.attempt
        _run(document)
    else:
        document.state = "waiting" if isinstance(event, e.SessionWaiting) else "hibernated"
        document.waiting_input, document.waiting_timer = event.input, event.timer


def _apply_end(
    document: Document, event: e.SessionCompleted | e.SessionFailed | e.SessionCancelled | e.SessionExpired
) -> None:
    _run(document)
    if isinstance(event, e.SessionCompleted):
        document.state, document.result = "completed", event.result
    elif isinstance(event, e.SessionFailed):
        document.state = "failed"
        document.failure_code, document.failure_message = event.code, event.message
        document.failure_error = event.error
    elif isinstance(event, e.SessionCancelled):
        document.state, document.ended_by, document.ended_reason = "cancelled", event.by, event.reason
    else:
        document.state, document.ended_reason = "expired", event.limit
    for block in document.blocks.values():
        block.closed = True
    for asked in document.inputs.values():
        if asked.state == "open":
            asked.state = "withdrawn"


def _run(document: Document) -> None:
    document.state = "running"
    document.waiting_input = document.waiting_timer = None


def recording_of(document: Document, *, now: datetime) -> Recording:
    """What a process must be given to run the session again from its start.

    Args:
        document: folded from all events of the stream (the owner's view, not a viewer's).
        now: timers due by then count as over.
    """
    return Recording(
        blocks={
            key: RecordedBlock(kind=b.kind, closed=b.closed, props={} if b.closed and not b.streamed else b.props)
            for key, b in document.blocks.items()
            if b.kind != "input"
        }
        | document.removed,
        inputs={
            key: RecordedInput(
                kind=i.kind,
                label=i.label,
                spec=i.spec,
                answered=i.state == "submitted",
                value=i.value,
                by=i.by,
                withdrawn=i.state == "withdrawn",
            )
            for key, i in document.inputs.items()
        },
        steps=document.steps,
        timers={key: RecordedTimer(due_at=due, over=due <= now) for key, due in document.timers.items()},
    )


def shown_document(document: Document, *, owner: bool) -> Document:
    """The form of a document that a reader may have; shares what it does not change.

    Step results, timers and removed blocks never leave the server this way; secret answers go to nobody.
    """
    inputs = {key: msgspec.structs.replace(i, value=None) if i.secret else i for key, i in document.inputs.items()}
    return msgspec.structs.replace(
        document,
        inputs=inputs,
        steps={},
        timers={},
        removed={},
        failure_error=document.failure_error if owner else None,
    )
