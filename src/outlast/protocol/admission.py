"""What a host lets into a session's stream from its process, which runs code that nobody has vouched for."""

from __future__ import annotations

from outlast.kit.errors import ProtocolViolation
from outlast.protocol import events as e
from outlast.protocol.blocks import TEXT_KINDS, check_patch, check_props
from outlast.protocol.document import Document
from outlast.protocol.requests import check_request

MAX_ID_CHARS = 200
MAX_LABEL_CHARS = 10_000


def admit(document: Document, event: e.WorkerEvent) -> None:
    """Check one event before it gets its ``seq``.

    Args:
        document: what the events before it fold into.
        event: as it came; not changed.

    Raises:
        ProtocolViolation: it does not fit its block's kind, asks what can't be asked, or names nothing. Events
            about blocks that the document does not hold pass: folding leaves them out.
    """
    if isinstance(event, (e.BlockOpened, e.InputRequested)):
        _admit_new(document, event)
    elif isinstance(event, (e.BlockUpdated, e.BlockAppended)):
        block = document.blocks.get(event.block)
        if block is None:
            return
        if isinstance(event, e.BlockUpdated):
            check_patch(block.kind, event.props)
        elif (event.text is None) == (event.rows is None):
            raise ProtocolViolation("An event that appends has either text or rows.")
        elif block.kind not in (TEXT_KINDS if event.rows is None else {"table"}):
            raise ProtocolViolation(f"To a block of kind {block.kind!r} this can't be appended.")
    elif isinstance(event, e.StepFinished):
        _require_name(event.step, "step")
    elif isinstance(event, e.TimerSet):
        _require_name(event.timer, "timer")
        if event.due_at.tzinfo is None:
            raise ProtocolViolation("The time of a timer has no offset.")


def _admit_new(document: Document, event: e.BlockOpened | e.InputRequested) -> None:
    _require_name(event.block, "block")
    if event.parent is not None and (event.parent == event.block or event.parent not in document.blocks):
        raise ProtocolViolation(f"The parent {event.parent[:MAX_ID_CHARS]!r} is no block of the document.")
    if isinstance(event, e.BlockOpened):
        if event.block in document.blocks:
            raise ProtocolViolation(f"The block {event.block!r} was opened already.")
        if event.kind == "input":
            raise ProtocolViolation("A block of kind 'input' is opened by its 'input.requested' alone.")
        check_props(event.kind, event.props)
        return
    _require_name(event.input, "input")
    if len(event.label) > MAX_LABEL_CHARS:
        raise ProtocolViolation(f"A label has {len(event.label)} characters; {MAX_LABEL_CHARS} are allowed.")
    asked = document.inputs.get(event.input)
    if asked is not None and asked.state != "withdrawn":
        raise ProtocolViolation(f"The input {event.input!r} was asked already.")
    if event.block in document.blocks and (asked is None or asked.block != event.block):
        raise ProtocolViolation(f"The block {event.block!r} was opened already.")
    check_request(event.kind, event.spec)


def _require_name(name: str, of: str) -> None:
    if not 0 < len(name) <= MAX_ID_CHARS:
        raise ProtocolViolation(f"The id of a {of} has 1 to {MAX_ID_CHARS} characters; this one has {len(name)}.")
