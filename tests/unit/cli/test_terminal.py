"""A session played in the terminal, over a fake session."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from outlast.cli.asking import Interrupted, Left, NoAnswer, Upload
from outlast.cli.exits import Code
from outlast.cli.screen import Screen
from outlast.cli.terminal import Interrupts, Player
from outlast.kit.errors import AlreadyAnswered, InvalidAnswer
from outlast.protocol import events as e
from outlast.protocol.codec import Json
from outlast.protocol.document import Document, Input


def asks(number: int) -> e.SessionEvent:
    return e.InputRequested(input=f"i{number}", block=f"b{number}", kind="text", label=f"Question {number}")


class FakeSession:
    """Asks as many questions as it was told; its events come before the answer is acknowledged."""

    def __init__(self, questions: int) -> None:
        self.answers: list[Json] = []
        self.refuse: list[Exception] = []
        self.cancelled = ""
        self._questions = questions
        self._queue: asyncio.Queue[e.SessionEvent] = asyncio.Queue()
        self.emit(e.SessionCreated(app="fake:fake"), e.SessionStarted(), asks(1))

    def emit(self, *events: e.SessionEvent) -> None:
        for event in events:
            self._queue.put_nowait(event)

    async def updates(self) -> AsyncIterator[Document | Sequence[e.SessionEvent]]:
        while True:
            yield [await self._queue.get()]

    async def answer(self, input_id: str, value: Json) -> None:
        if self.refuse:
            raise self.refuse.pop(0)
        self.answers.append(value)
        done = len(self.answers) == self._questions
        following = e.SessionCompleted(result="done") if done else asks(len(self.answers) + 1)
        self.emit(e.InputSubmitted(input=input_id, value=value), following)
        for _ in range(5):  # the stream is faster than the acknowledgement
            await asyncio.sleep(0)

    async def upload(self, path: Path) -> Json:
        return {"name": path.name}

    async def cancel(self, reason: str) -> None:
        self.cancelled = reason
        self.emit(e.SessionCancelled(reason=reason))


class FakeAsker:
    """Answers by a function; notes what it was told."""

    def __init__(self, answer: Callable[[Input], Json]) -> None:
        self.told: list[str] = []
        self.was_told = asyncio.Event()
        self._answer = answer

    async def ask(self, asked: Input, *, upload: Upload) -> Json:
        answer = self._answer(asked)
        if answer is None:
            await asyncio.Event().wait()
        return answer

    def explain(self, error: str) -> None:
        self.told.append(error)
        self.was_told.set()

    def leaves_trace(self, asked: Input) -> bool:
        return False


def playing(session: FakeSession, asker: FakeAsker) -> tuple[Player, io.StringIO]:
    text = io.StringIO()
    console = Console(file=text, width=80, color_system=None)
    return Player(session, Screen(console), asker, console=console), text


def failing(error: Exception) -> Callable[[Input], Json]:
    def answer(_asked: Input) -> Json:
        raise error

    return answer


async def test_each_question_is_asked_once_though_the_stream_is_ahead_of_the_acknowledgement() -> None:
    session = FakeSession(questions=5)
    player, text = playing(session, FakeAsker(lambda asked: asked.label))
    assert await player.play(Interrupts()) is Code.OK
    assert session.answers == [f"Question {number}" for number in range(1, 6)]
    assert "? Question 5  Question 5" in text.getvalue()


async def test_a_refused_answer_is_explained_and_asked_again() -> None:
    session = FakeSession(questions=1)
    session.refuse = [InvalidAnswer("Too long.")]
    asker = FakeAsker(lambda asked: "yes")
    player, _ = playing(session, asker)
    assert await player.play(Interrupts()) is Code.OK
    assert asker.told == ["Too long."]


async def test_a_question_that_another_device_answers_is_no_longer_asked() -> None:
    session = FakeSession(questions=2)
    asker = FakeAsker(lambda asked: None if asked.label == "Question 1" else "second")
    player, _ = playing(session, asker)
    playing_on = asyncio.create_task(player.play(Interrupts()))
    await asyncio.sleep(0)
    session.answers.append("elsewhere")
    session.emit(e.InputSubmitted(input="i1", value="elsewhere"), asks(2))
    assert await playing_on is Code.OK
    assert session.answers == ["elsewhere", "second"]


async def test_the_second_of_two_answers_is_told_so() -> None:
    session = FakeSession(questions=2)
    session.refuse = [AlreadyAnswered("taken")]
    asker = FakeAsker(lambda asked: "mine")
    player, _ = playing(session, asker)
    playing_on = asyncio.create_task(player.play(Interrupts()))
    await asker.was_told.wait()
    session.emit(e.InputSubmitted(input="i1", value="theirs"), e.SessionCompleted())
    assert await playing_on is Code.OK
    assert asker.told == ["Somebody else has answered this."]


async def test_ctrl_c_at_a_question_cancels() -> None:
    session = FakeSession(questions=1)
    player, text = playing(session, FakeAsker(failing(Interrupted())))
    assert await player.play(Interrupts()) is Code.CANCELLED
    assert session.cancelled
    assert "Cancelled" in text.getvalue()


async def test_ctrl_d_at_a_question_leaves_the_session_alone() -> None:
    session = FakeSession(questions=1)
    player, _ = playing(session, FakeAsker(failing(Left())))
    assert await player.play(Interrupts()) is Code.NO_ANSWER
    assert not session.cancelled


async def test_nobody_to_answer_is_an_error() -> None:
    player, _ = playing(FakeSession(questions=1), FakeAsker(failing(NoAnswer("The app asks."))))
    with pytest.raises(NoAnswer, match="The app asks"):
        await player.play(Interrupts())
