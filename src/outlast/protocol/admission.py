"""What a host lets into a session's stream from its process, which runs code that nobody has vouched for."""

from __future__ import annotations

from outlast.kit.errors import ProtocolViolation
from outlast.protocol import events as e
from outlast.protocol.blocks import TEXT_KINDS, check_patch, check_props
from outlast.protocol.document import Document
from outlast.protocol.requests import check_request

MAX_ID_CHARS = 200
MAX_LABEL_CHARS = 10_000


class Gate:
    """Checks the events of one session, in their order, and remembers of each what later ones need.

    Args:
        document: what the session's events so far fold into; none for a new session.
    """

    def __init__(self, document: Document | None = None) -> None:
        document = document or Document()
        self._kinds = {block_id: block.kind for block_id, block in document.blocks.items()}
        self._slots = {input_id: asked.block for input_id, asked in document.inputs.items()}
        self._withdrawn = {input_id for input_id, asked in document.inputs.items() if asked.state == "withdrawn"}

    def admit(self, event: e.WorkerEvent) -> None:
        """Check one event before it gets its ``seq``.

        Args:
            event: as it came; not changed.

        Raises:
            ProtocolViolation: it does not fit its block's kind, asks what can't be asked, or names nothing. Events
                about blocks that the document does not hold pass: folding leaves them out.
        """
        if isinstance(event, e.BlockOpened):
            self._admit_block(event)
        elif isinstance(event, e.InputRequested):
            self._admit_input(event)
        elif isinstance(event, (e.BlockUpdated, e.BlockAppended)):
            self._admit_change(event)
        elif isinstance(event, e.BlockRemoved):
            self._kinds.pop(event.block, None)
        elif isinstance(event, e.InputWithdrawn):
            self._withdrawn.add(event.input)
        elif isinstance(event, e.StepFinished):
            _require_name(event.step, "step")
        elif isinstance(event, e.TimerSet):
            _require_name(event.timer, "timer")
            if event.due_at.tzinfo is None:
                raise ProtocolViolation("The time of a timer has no offset.")

    def _admit_block(self, event: e.BlockOpened) -> None:
        if event.kind == "input":
            raise ProtocolViolation("A block of kind 'input' is opened by its 'input.requested' alone.")
        self._require_place(event)
        check_props(event.kind, event.props)
        self._kinds[event.block] = event.kind

    def _admit_input(self, event: e.InputRequested) -> None:
        _require_name(event.input, "input")
        slot = self._slots.get(event.input)
        if slot is not None and event.input not in self._withdrawn:
            raise ProtocolViolation(f"The input {event.input!r} was asked already.")
        if slot != event.block:
            self._require_place(event)
        if len(event.label) > MAX_LABEL_CHARS:
            raise ProtocolViolation(f"A label has {len(event.label)} characters; {MAX_LABEL_CHARS} are allowed.")
        check_request(event.kind, event.spec)
        self._slots[event.input], self._kinds[event.block] = event.block, "input"
        self._withdrawn.discard(event.input)

    def _require_place(self, event: e.BlockOpened | e.InputRequested) -> None:
        _require_name(event.block, "block")
        if event.block in self._kinds:
            raise ProtocolViolation(f"The block {event.block!r} was opened already.")

    def _admit_change(self, event: e.BlockUpdated | e.BlockAppended) -> None:
        kind = self._kinds.get(event.block)
        if isinstance(event, e.BlockAppended) and (event.text is None) == (event.rows is None):
            raise ProtocolViolation("An event that appends has either text or rows.")
        if kind is None:
            return
        if isinstance(event, e.BlockUpdated):
            check_patch(kind, event.props)
        elif kind not in (TEXT_KINDS if event.rows is None else {"table"}):
            raise ProtocolViolation(f"To a block of kind {kind!r} this can't be appended.")


def _require_name(name: str, of: str) -> None:
    if not 0 < len(name) <= MAX_ID_CHARS:
        raise ProtocolViolation(f"The id of a {of} has 1 to {MAX_ID_CHARS} characters; this one has {len(name)}.")
