"""All that a test may look at in a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from outlast.protocol.codec import Json
from outlast.protocol.document import Document, State
from outlast.protocol.events import LogWritten, SessionEvent
from outlast.testing import view
from outlast.testing.stage import Stage
from outlast.testing.view import BlockView, Question, TableView


@dataclass(frozen=True)
class Failure:
    """How a session failed.

    Attributes:
        code: ``app_error``, ``replay_diverged`` and so on.
        message: what happened.
        error: the traceback of the app's own frames, where there is one.
    """

    code: str
    message: str
    error: str | None = None


class Looks:
    """The side of an `outlast.testing.AppTest` that changes nothing."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def now(self) -> datetime:
        """The time that the session lives in; it stands still until `advance`."""
        return self._stage.clock.now()

    @property
    def document(self) -> Document:
        """What viewers see, with all that a replay needs."""
        return self._stage.document

    @property
    def events(self) -> Sequence[SessionEvent]:
        """The stream, from the first event."""
        return tuple(self._stage.events)

    @property
    def state(self) -> State:
        """``waiting``, ``completed``, ``failed`` ..."""
        return self.document.state

    @property
    def content(self) -> Mapping[str, Json]:
        """What viewers were told, without positions, times and speeds: to compare two sessions."""
        return view.content_of(self.document)

    @property
    def blocks(self) -> Sequence[BlockView]:
        """All blocks in reading order."""
        return view.blocks_of(self.document)

    def find(self, kind: str) -> Sequence[BlockView]:
        """The blocks of one kind: ``find("chart")``."""
        return [block for block in self.blocks if block.kind == kind]

    @property
    def text(self) -> str:
        """All words of the document."""
        return view.text_of(self.document)

    @property
    def tables(self) -> Sequence[TableView]:
        """All tables."""
        return view.tables_of(self.document)

    @property
    def metrics(self) -> Mapping[str, str | int | float]:
        """The metrics' values by their labels."""
        return view.metrics_of(self.document)

    @property
    def log(self) -> str:
        """What the app printed, and the warnings it caused."""
        return "".join(event.text for event in self._stage.events if isinstance(event, LogWritten))

    def file(self, block: BlockView) -> bytes:
        """The bytes of a picture, sound, film or download."""
        return self._stage.files.read(str(block.props["file"]["sha256"]))

    @property
    def questions(self) -> Sequence[Question]:
        """The open inputs, in the order they were asked."""
        return view.questions_of(self.document)

    @property
    def question(self) -> Question:
        """The open input, the first of several.

        Raises:
            AssertionError: there is none; the message says what the app does instead.
        """
        questions = self.questions
        assert questions, f"The app asks nothing: {self._condition()}"
        return questions[0]

    @property
    def result(self) -> Json:
        """What the app returned.

        Raises:
            AssertionError: it has not ended well; the message says how it stands.
        """
        assert self.state == "completed", f"The app has no result: {self._condition()}"
        return self.document.result

    @property
    def failure(self) -> Failure | None:
        """How the session failed; None if it has not."""
        document = self.document
        if document.failure_code is None:
            return None
        return Failure(document.failure_code, document.failure_message or "", document.failure_error)

    def _condition(self) -> str:
        failure = self.failure
        if failure is not None:
            return f"it failed with {failure.code}: {failure.message}\n{failure.error or ''}"
        if self.state in ("waiting", "hibernated") and self.document.waiting_timer:
            return f"it sleeps until {self.document.timers[self.document.waiting_timer]:%Y-%m-%d %H:%M:%S} UTC"
        return f"it is {self.state}"
