"""A recorder in memory: what an app emits, with answers from a script and a second run from the first one's record."""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from outlast.protocol.answers import check
from outlast.protocol.blocks import FileRef, Rows, check_props
from outlast.protocol.codec import Json, encode_json
from outlast.protocol.commands import Answered, RecordedStep, Start
from outlast.protocol.events import StepError, User
from outlast.sdk.context import AnswerTimeout, enter

T = TypeVar("T")
NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)
TIMEOUT = object()
"""As an answer: nobody gives one in time."""


@dataclass
class FakeBlock:
    """A block as it stands, and how often it was changed."""

    kind: str
    props: dict[str, Json]
    parent: str | None
    closed: bool
    patches: int = 0
    appends: int = 0


@dataclass
class FakeInput:
    """An input, and its canonical answer."""

    kind: str
    label: str
    spec: Mapping[str, Json]
    audience: str | None
    parent: str | None
    timeout: timedelta | None
    value: Json = None


class Settled:
    """A wait that is over already."""

    def __init__(self, answered: Answered | None = None, error: Exception | None = None) -> None:
        self._answered = answered or Answered(input="")
        self._error = error

    def wait(self) -> Answered:
        """Give the answer."""
        if self._error is not None:
            raise self._error
        return self._answered

    def __await__(self) -> Generator[object, None, Answered]:
        yield from asyncio.sleep(0).__await__()
        return self.wait()


@dataclass
class FakeRecorder:
    """Implements `outlast.sdk.context.Recorder`.

    Attributes:
        answers: given to the inputs in their order; a form's by field name; `TIMEOUT` for none.
        by: who answers.
    """

    answers: list[Json] = field(default_factory=list)
    folder: Path | None = None
    by: User | None = None
    start: Start = field(default_factory=lambda: Start(session="s-1", app="apps:trip", seed=7, title="Trip"))
    cancelled: bool = False
    blocks: dict[str, FakeBlock] = field(default_factory=dict)
    inputs: dict[str, FakeInput] = field(default_factory=dict)
    steps: dict[str, RecordedStep] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    sleeps: dict[str, timedelta] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    former: FakeRecorder | None = None
    _counts: dict[str, int] = field(default_factory=dict)

    __hash__ = object.__hash__

    def run(self, work: Callable[[], T]) -> T:
        """Run code as in a session."""

        def inside() -> T:
            enter(self, process_wide=False)
            return work()

        return contextvars.copy_context().run(inside)

    def run_async(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run async code as in a session."""

        async def main() -> T:
            return await work()

        return self.run(lambda: asyncio.run(main()))

    def replayed(self, *answers: Json) -> FakeRecorder:
        """A recorder of a run from the start that finds what this one recorded."""
        return FakeRecorder(answers=list(answers), folder=self.folder, start=self.start, former=self)

    def shown(self, kind: str) -> Sequence[FakeBlock]:
        """The blocks of a kind."""
        return [block for block in self.blocks.values() if block.kind == kind]

    def props(self, kind: str) -> Mapping[str, Json]:
        """The props of the only block of a kind."""
        (block,) = self.shown(kind)
        return block.props

    def asked(self) -> FakeInput:
        """The only input."""
        (asked,) = self.inputs.values()
        return asked

    def _id(self, letter: str, key: str | None) -> str:
        if key is not None:
            return f"{letter}:{key}"
        self._counts[letter] = self._counts.get(letter, 0) + 1
        return f"{letter}{self._counts[letter]}"

    def open(
        self,
        kind: str,
        props: Mapping[str, Json],
        *,
        parent: str | None = None,
        key: str | None = None,
        closed: bool = False,
    ) -> str:
        """Open a block; its props must fit its kind, and go over the wire."""
        check_props(kind, props)
        encode_json(props)
        block = self._id("b", key)
        assert block not in self.blocks, f"{block} is opened twice"
        assert parent is None or parent in self.blocks
        self.blocks[block] = FakeBlock(kind, dict(props), parent, closed)
        return block

    def update(self, block: str, patch: Mapping[str, Json]) -> None:
        """Merge-patch a block."""
        found = self.blocks[block]
        found.patches += 1
        for name, value in patch.items():
            found.props[name] = value
            if value is None and name != "value":
                del found.props[name]
        check_props(found.kind, found.props)

    def append_text(self, block: str, text: str) -> None:
        """Append text."""
        assert not self.blocks[block].closed
        self.blocks[block].props["text"] += text
        self.blocks[block].appends += 1

    def append_rows(self, block: str, rows: Rows) -> None:
        """Append rows."""
        encode_json(rows)
        self.blocks[block].props.setdefault("rows", []).extend(rows)
        self.blocks[block].appends += 1

    def close(self, block: str) -> None:
        """Close a block."""
        self.blocks[block].closed = True

    def remove(self, block: str) -> None:
        """Remove a block."""
        del self.blocks[block]

    def recorded_text(self, block: str) -> str | None:
        """The text of a block that the former run closed."""
        recorded = self.former.blocks.get(block) if self.former else None
        if recorded is None or not recorded.closed:
            return None
        self.blocks[block] = recorded
        return str(recorded.props["text"])

    def input_ids(self, count: int) -> list[str]:
        """Reserve ids."""
        return [self._id("i", None) for _ in range(count)]

    def request(
        self,
        kind: str,
        label: str,
        spec: Mapping[str, Json],
        *,
        audience: str | None = None,
        parent: str | None = None,
        key: str | None = None,
        timeout: timedelta | None = None,
    ) -> Settled:
        """Ask, and take the next answer of the script as a server would: checked."""
        encode_json(spec)
        name = self._id("i", key)
        asked = self.inputs[name] = FakeInput(kind, label, spec, audience, parent, timeout)
        recorded = self.former.inputs.get(name) if self.former else None
        if recorded is not None:
            asked.value = recorded.value
            return Settled(Answered(input=name, value=recorded.value, by=self.by))
        answer = self.answers.pop(0)
        if answer is TIMEOUT:
            return Settled(error=AnswerTimeout())
        asked.value = check(kind, spec, answer)
        return Settled(Answered(input=name, value=asked.value, by=self.by))

    def sleep(self, duration: timedelta, *, key: str | None = None) -> Settled:
        """Sleep, at once."""
        self.sleeps[self._id("t", key)] = duration
        return Settled()

    def begin_step(self, name: str, *, key: str | None = None) -> tuple[str, RecordedStep | None]:
        """Begin a step."""
        step = self._id("s", key)
        recorded = self.former.steps.get(step) if self.former else None
        if recorded is not None:
            assert recorded.name == name
            self.steps[step] = recorded
        return step, recorded

    def finish_step(
        self,
        step: str,
        name: str,
        *,
        result: Json = None,
        pickled: str | None = None,
        error: StepError | None = None,
        attempts: int = 1,
    ) -> Settled:
        """Keep a step's end, as it comes back from JSON."""
        assert step not in self.steps
        kept = RecordedStep(name=name, result=result, pickled=pickled, error=error)
        self.steps[step] = msgspec.json.decode(encode_json(kept), type=RecordedStep)
        self.attempts[step] = attempts
        return Settled()

    def now(self) -> datetime:
        """Noon, and in a second run an hour later."""
        return NOON + timedelta(hours=1) if self.former else NOON

    def retitle(self, title: str) -> None:
        """Change the title."""
        self.titles.append(title)

    def log(self, channel: str, text: str) -> None:
        """Keep a line."""
        self.lines.append((channel, text))

    def store_file(self, data: bytes | Path, *, name: str, media_type: str) -> FileRef:
        """Keep a file."""
        content = data.read_bytes() if isinstance(data, Path) else data
        digest = hashlib.sha256(content).hexdigest()
        self.files[digest] = content
        return FileRef(sha256=digest, name=name, type=media_type, size_bytes=len(content))

    def file_path(self, file: FileRef) -> Path:
        """Where a kept file lies."""
        assert self.folder is not None
        path = self.folder / file.sha256
        path.write_bytes(self.files[file.sha256])
        return path


def ran(work: Callable[[], object], *answers: Json, folder: Path | None = None) -> FakeRecorder:
    """Run code as in a new session.

    Args:
        work: the code.
        *answers: to its inputs, in order.
        folder: for its files.
    """
    recorder = FakeRecorder(answers=list(answers), folder=folder)
    recorder.run(work)
    return recorder


def given(ask: Callable[[], T], *answers: Json) -> T:
    """What an input gives its app for these answers."""
    return FakeRecorder(answers=list(answers)).run(ask)
