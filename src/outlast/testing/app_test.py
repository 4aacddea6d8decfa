"""`AppTest`: run an app in a test, look at what it shows, answer what it asks, pull the plug.

No server, no processes, no waiting: the app runs in a thread under the session process' own recorder, its events
go into a list, and time stands still until the test moves it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from outlast.kit.errors import AlreadyAnswered, InputNotFound, SessionOver
from outlast.protocol.codec import Json
from outlast.protocol.events import SessionEvent, User
from outlast.sdk.app import App
from outlast.testing.looks import Looks
from outlast.testing.replay import Divergence, divergences
from outlast.testing.stage import Stage, StageOptions
from outlast.testing.view import Question


class Function(Protocol):
    """What ``@app`` gives, or a plain function."""

    def __call__(self, *args: Json, **kwargs: Json) -> object:
        """Run it."""
        ...


class Unset:
    """The type of `UNSET`."""


UNSET: Final = Unset()
"""Says that an argument was not given, where None is a value."""


@dataclass
class Defaults:
    """What every `AppTest` starts with unless it is told otherwise; the pytest plugin sets it.

    Attributes:
        crash_everywhere: kill the session after each of its events and wake it.
    """

    crash_everywhere: bool = False


defaults = Defaults()


class AppTest(Looks):
    """One session of an app, under the control of a test.

    Every method that lets the app go on returns when it waits again, or has ended.

    Args:
        app: what ``@app`` decorates, or a plain function.
        args: arguments by position.
        user: who starts the session and answers.
        secrets: what ``session.secrets`` gives.
        seed: of the session's ``random`` and ``uuid``.
        crash_everywhere: kill the session after each event that it writes and wake it again; the document must not
            show it. None: as the option ``--outlast-crash-everywhere`` says.
        timeout: how long the app may compute until a test fails with the place where it hangs.
        kwargs: arguments by name; a `pathlib.Path` for a file.

    Example:
        ```python
        def test_a_trip_is_booked_once():
            t = AppTest(trip, city="Lisbon").run()
            assert t.question.label == "How many days?"
            t.answer(3)
            t.answer("Style", "packed")
            t.crash()  # the process is gone; the session is not
            t.answer(True)
            assert "Booked" in t.text
        ```
    """

    def __init__(
        self,
        app: Function,
        /,
        *args: object,
        user: User | None = None,
        secrets: Mapping[str, str] | None = None,
        seed: int = 0,
        crash_everywhere: bool | None = None,
        timeout: timedelta = timedelta(seconds=10),
        **kwargs: object,
    ) -> None:
        everywhere = defaults.crash_everywhere if crash_everywhere is None else crash_everywhere
        options = StageOptions(
            user=user or User(id="tester", name="Tester", role="owner"),
            secrets=dict(secrets or {}),
            seed=seed,
            crash_everywhere=everywhere,
            timeout=timeout,
        )
        super().__init__(Stage(app if isinstance(app, App) else App(app), options, args=args, kwargs=kwargs))

    # What the test does.

    def run(self) -> AppTest:
        """Start the app; returns when it waits or has ended."""
        self._stage.start()
        return self

    def answer(self, *given: object, by: User | None = None) -> AppTest:
        """Answer a question: ``answer(value)`` the only or first one, ``answer(label, value)`` the one so labelled.

        Args:
            given: the value, with the question's label (or id) before it. JSON values, and dates, enum members and
                the like. A form takes a mapping from field name to answer.
            by: who answers; the user of the session unless given.

        Raises:
            InvalidAnswer: the value does not fit; the question stays open.
            InputNotFound: nothing of this label is asked.
            SessionOver: the app has ended.
        """
        if len(given) not in (1, 2):
            raise TypeError("answer() takes a value, or a label and a value.")
        question = self._find(str(given[0]) if len(given) == 2 else None)
        self._stage.submit(question.id, question.check(given[-1]), by=by)
        return self

    def upload(self, *files: Path | tuple[str, bytes], label: str | None = None) -> AppTest:
        """Answer an upload.

        Args:
            files: paths, or pairs of a name and bytes.
            label: of the question, when several are open.

        Raises:
            InvalidAnswer: too large, too many or of the wrong kind.
        """
        question = self._find(label)
        references = [self._stage.files.put(file) for file in files]
        self._stage.submit(question.id, question.check(references), by=None)
        return self

    def advance(self, by: timedelta) -> AppTest:
        """Let time pass: durable sleeps end, questions time out, each at its moment and in order."""
        self._stage.advance(by)
        return self

    def crash(self) -> AppTest:
        """Kill the session's process where it stands, and wake the session: the app runs again from its start.

        ``finally`` blocks of the app run while its thread unwinds, which a killed process does not do; nothing that
        they write counts.
        """
        self._stage.kill()
        self._stage.wake("crashed")
        return self

    def hibernate(self) -> AppTest:
        """Put a waiting session to sleep: its process ends. An answer, `advance` or `cancel` wakes it."""
        self._stage.hibernate()
        return self

    def cancel(self, reason: str = "", *, by: User | None = None) -> AppTest:
        """Cancel the session: ``SessionCancelled`` is raised in the app."""
        self._stage.cancel(reason, by=by)
        return self

    def branch(self, seq: int, value: object | Unset = UNSET) -> AppTest:
        """Start another session with the history of this one up to an event; this one stays as it is.

        Args:
            seq: the last event that both share.
            value: another answer to the last input that is open there.

        Returns:
            The branch, which has run to its next wait.
        """
        branch = copy.copy(self)
        branch._adopt(self._stage.branch(seq), value)  # noqa: SLF001  it is one of us
        return branch

    def _adopt(self, stage: Stage, value: object | Unset) -> None:
        self._stage = stage
        if isinstance(value, Unset):
            stage.wake("branched")
        else:
            question = self._find(None)
            stage.submit(question.id, question.check(value), by=None)

    def close(self) -> None:
        """End the session's thread and remove its files; done by itself when the object is collected."""
        self._stage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @classmethod
    def resume(cls, app: Function, events: Sequence[SessionEvent], *, files: Path | None = None) -> Self:
        """Take a recorded stream as a session; `run` wakes it where it stood.

        Args:
            app: the code of now.
            events: from the first on, as `outlast.testing.replay.read_events` gives them.
            files: a folder that holds the session's files under their SHA-256.
        """
        resumed = cls(app)
        resumed._stage.load(events, files=files)
        return resumed

    @staticmethod
    def replay(app: Function, events: Iterable[SessionEvent], *, files: Path | None = None) -> Sequence[Divergence]:
        """Run an app against a recorded stream: where would a session of then go astray with the code of now?

        Nothing is asked again and no recorded step runs; a step that was not recorded is not run either.

        Args:
            app: the code of now.
            events: the stream, from its first event.
            files: a folder that holds the session's files under their SHA-256.

        Returns:
            What differs, in the order of the run; empty when the recording replays.
        """
        return divergences(app if isinstance(app, App) else App(app), list(events), files=files)

    def _find(self, label: str | None) -> Question:
        if self.document.over:
            raise SessionOver(f"The app takes no more answers: {self._condition()}")
        for question in self.questions:
            if label is None or label in (question.label, question.id):
                return question
        if any(label in (key, asked.label) for key, asked in self.document.inputs.items()):
            raise AlreadyAnswered(f"The question {label!r} was answered or withdrawn before.")
        asked = ", ".join(repr(question.label) for question in self.questions) or self._condition()
        raise InputNotFound(f"The app does not ask {label!r} now; open: {asked}.")
