"""What was recorded, compared with what the run says now (architecture §5)."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import TypeVar

from outlast.kit.errors import ReplayDiverged
from outlast.protocol.blocks import Rows
from outlast.protocol.codec import Json, to_json
from outlast.protocol.commands import RecordedBlock, RecordedInput, RecordedStep, RecordedTimer, Recording
from outlast.protocol.events import BlockAppended, BlockUpdated, WorkerEvent

_GROWS = ("text", "rows")
_Sequence = TypeVar("_Sequence", str, Rows)


class OpenBlock:
    """A block that was recorded open: what it held then, and how far the run has said the same again.

    Args:
        block: its id.
        recorded: as it stood.
        props: what it is opened with now.
    """

    __slots__ = ("_block", "_held", "_row_at", "_rows", "_said", "_text", "_text_at")

    def __init__(self, block: str, recorded: RecordedBlock, props: Mapping[str, Json]) -> None:
        self._block = block
        self._text: str | None = recorded.props.get("text") or None
        self._rows: Rows | None = recorded.props.get("rows") or None
        self._text_at = self._row_at = 0
        self._held = {name: value for name, value in recorded.props.items() if name not in _GROWS}
        self._said: dict[str, Json] = {}

    @property
    def passed(self) -> bool:
        """Whether text and rows have gone past what was recorded, so nothing is left to compare."""
        return self._text is None and self._rows is None

    def say(self, patch: Mapping[str, Json]) -> list[WorkerEvent]:
        """Set props. Text and rows are compared at once, all else by `difference`.

        Returns:
            What must be emitted now.
        """
        events: list[WorkerEvent] = []
        for name, value in patch.items():
            if name == "text" and self._text is not None:
                self._text_at = 0
                events += self._more_text(str(value or ""))
            elif name == "rows" and self._rows is not None:
                self._row_at = 0
                events += self._more_rows(value or [])
            elif name in _GROWS:
                events.append(BlockUpdated(block=self._block, props={name: value}))
            elif value is None:
                self._said.pop(name, None)
            else:
                self._said[name] = to_json(value)
        return events

    def add_text(self, text: str) -> list[WorkerEvent]:
        """Append text; gives what was not recorded."""
        if self._text is None:
            return [BlockAppended(block=self._block, text=text)]
        return self._more_text(text)

    def add_rows(self, rows: Rows) -> list[WorkerEvent]:
        """Append rows; gives what was not recorded."""
        if self._rows is None:
            return [BlockAppended(block=self._block, rows=rows)]
        return self._more_rows(rows)

    def _more_text(self, text: str) -> list[WorkerEvent]:
        recorded = self._text or ""
        if recorded.startswith(text, self._text_at):
            self._text_at += len(text)
            return []
        same, self._text = _same(recorded, self._text_at, text), None
        if same is None:
            return [BlockUpdated(block=self._block, props={"text": recorded[: self._text_at] + text})]
        return [BlockAppended(block=self._block, text=text[same:])]

    def _more_rows(self, rows: Rows) -> list[WorkerEvent]:
        recorded, rows = self._rows or [], to_json(rows)
        if recorded[self._row_at : self._row_at + len(rows)] == rows:
            self._row_at += len(rows)
            return []
        same, self._rows = _same(recorded, self._row_at, rows), None
        if same is None:
            return [BlockUpdated(block=self._block, props={"rows": recorded[: self._row_at] + rows})]
        return [BlockAppended(block=self._block, rows=rows[same:])]

    def difference(self) -> list[WorkerEvent]:
        """What the props say now that was not recorded; afterwards it counts as recorded."""
        patch: dict[str, Json] = {
            name: value for name, value in self._said.items() if name not in self._held or self._held[name] != value
        }
        patch.update({name: None for name, value in self._held.items() if value is not None and name not in self._said})
        self._held = dict(self._said)
        return [BlockUpdated(block=self._block, props=patch)] if patch else []

    def settle(self) -> list[WorkerEvent]:
        """The run has said all it had to say: text or rows that were recorded beyond it go."""
        patch: dict[str, Json] = {}
        if self._text is not None and self._text_at < len(self._text):
            patch["text"] = self._text[: self._text_at]
        if self._rows is not None and self._row_at < len(self._rows):
            patch["rows"] = self._rows[: self._row_at]
        self._text = self._rows = None
        events: list[WorkerEvent] = [BlockUpdated(block=self._block, props=patch)] if patch else []
        return events + self.difference()


def _same(recorded: _Sequence, at: int, said: _Sequence) -> int | None:
    """How much of ``said`` was recorded, when all that is left of the record begins it; else None."""
    rest = len(recorded) - at
    return rest if said[:rest] == recorded[at:] else None


class Replay:
    """The recording of a session, and what of it the run has met.

    Args:
        recording: None for a session that never ran.

    Attributes:
        live: the run has come to something new; from now on all it says is emitted.
        blocks: those that were recorded open and that the run has opened again.
    """

    def __init__(self, recording: Recording | None) -> None:
        self._recording = recording or Recording()
        parts: Sequence[Mapping[str, object]] = (
            self._recording.blocks, self._recording.inputs, self._recording.steps, self._recording.timers,
        )  # fmt: skip
        self._unmet = {key for part in parts for key in part}
        self.live = not self._unmet
        self.blocks: dict[str, OpenBlock] = {}
        self._divergence: ReplayDiverged | None = None

    def check(self) -> None:
        """Fail again where the run went on after it had diverged.

        Raises:
            ReplayDiverged: the first one.
        """
        if self._divergence is not None:
            raise self._divergence

    @property
    def divergence(self) -> ReplayDiverged | None:
        """How the run left the record, if it did."""
        return self._divergence

    def go_live(self) -> list[WorkerEvent]:
        """From now on all is new; gives what differs in the blocks that stand open."""
        self.live = True
        events = [event for found in self.blocks.values() for event in found.difference()]
        for block in list(self.blocks):
            self.release(block)
        return events

    def release(self, block: str) -> None:
        """Forget a block that has nothing left to compare."""
        if self.live and self.blocks[block].passed:
            del self.blocks[block]

    @property
    def caught_up(self) -> bool:
        """Whether all that was recorded was met: what is not kept in the record (the log) is new from here on."""
        return self.live or not self._unmet

    def block(self, block: str, kind: str) -> RecordedBlock | None:
        """The record of a block that is opened now.

        Raises:
            ReplayDiverged: it was of another kind.
        """
        recorded = self._recording.blocks.get(block)
        self._meet(block)
        if recorded is not None and recorded.kind != kind:
            raise self._diverged(f"the block {block!r} of kind {recorded.kind!r}", f"for one of kind {kind!r}")
        return recorded

    def was_removed(self, block: str) -> bool:
        """Whether the record has the block taken out of the document."""
        recorded = self._recording.blocks.get(block)
        return recorded is not None and recorded.removed

    def recorded_text(self, block: str) -> str | None:
        """The whole text of a block that was recorded to its end."""
        recorded = self._recording.blocks.get(block)
        return str(recorded.props.get("text", "")) if recorded is not None and recorded.closed else None

    def input(self, input_id: str, kind: str, *, label: str, spec: Mapping[str, Json]) -> RecordedInput | None:
        """The record of an input that is requested now.

        Raises:
            ReplayDiverged: another question was asked.
        """
        recorded = self._recording.inputs.get(input_id)
        self._meet(input_id)
        if recorded is None:
            return None
        then, now = _shape(recorded.kind, recorded.label, recorded.spec), _shape(kind, label, spec)
        if then != now:
            raise self._diverged(f"the question {input_id!r}, {then}", f"for {now}")
        return recorded

    def step(self, step: str, name: str) -> RecordedStep | None:
        """The record of a step that begins now.

        Raises:
            ReplayDiverged: it had another name.
        """
        recorded = self._recording.steps.get(step)
        self._meet(step)
        if recorded is not None and recorded.name != name:
            raise self._diverged(f"the step {step!r}, named {recorded.name!r}", f"for one named {name!r}")
        return recorded

    def timer(self, timer: str) -> RecordedTimer | None:
        """The record of a timer that is set now."""
        self._meet(timer)
        return self._recording.timers.get(timer)

    def _meet(self, key: str) -> None:
        self._unmet.discard(key)

    def _diverged(self, recorded: str, now: str) -> ReplayDiverged:
        where = _callers_line()
        self._divergence = ReplayDiverged(
            f"The session's record holds {recorded}; here the code now asks {now} ({where}). The app was changed "
            "under the session: put the code back, or branch the session before this point.",
            line=where,
        )
        return self._divergence


def _shape(kind: str, label: str, spec: Mapping[str, Json]) -> str:
    """Kind and label, and a form's fields: what must be the same for an old answer to fit."""
    fields = to_json(spec.get("fields") or []) if kind == "form" else []
    parts = ", ".join(f"{f.get('kind')} {f.get('label') or f.get('name')!r}" for f in fields)
    return f"a {kind} {label!r}" + (f" of {parts}" if parts else "")


def _callers_line() -> str:
    frame = inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] == "outlast":
        frame = frame.f_back
    return f"{frame.f_code.co_filename}, line {frame.f_lineno}" if frame is not None else "line unknown"
