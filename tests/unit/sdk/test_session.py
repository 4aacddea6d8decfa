"""The session as its app sees it, and the awaitable functions."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest

import outlast
from outlast import aio, log, session, stop
from outlast.protocol.commands import Start
from outlast.protocol.events import User
from outlast.sdk import inputs
from outlast.sdk.context import NoSession, SessionStopped
from tests.unit.sdk.fake_recorder import NOON, FakeRecorder


def started() -> FakeRecorder:
    return FakeRecorder(
        start=Start(
            session="s-9",
            app="a:b",
            args={"city": "Rome"},
            title="Old",
            user=User("u1", "Ada"),
            secrets={"TOKEN": "hush"},
            attempt=2,
        )
    )


def test_a_session_knows_itself() -> None:
    def work() -> None:
        assert (session.id, session.title, session.attempt, session.cancelled) == ("s-9", "Old", 2, False)
        assert session.user == User("u1", "Ada")
        assert session.args == {"city": "Rome"}
        session.title = "New"
        assert session.title == "New"

    recorder = started()
    recorder.run(work)
    assert recorder.titles == ["New"]


def test_secrets_are_read_by_name_and_never_shown() -> None:
    def work() -> None:
        assert session.secrets["TOKEN"] == "hush"
        assert (len(session.secrets), list(session.secrets)) == (1, ["TOKEN"])
        assert "hush" not in repr(session.secrets)
        with pytest.raises(KeyError, match=r"no secret 'KEY' \(there are: TOKEN\)"):
            _ = session.secrets["KEY"]

    started().run(work)


def test_a_title_must_be_text() -> None:
    def work() -> None:
        session.title = 5  # type: ignore[assignment]

    with pytest.raises(TypeError, match="title is text"):
        started().run(work)


def test_stop_ends_the_session_with_a_result() -> None:
    with pytest.raises(SessionStopped) as caught:
        started().run(lambda: stop({"done": True}))
    assert caught.value.result == {"done": True}
    assert not isinstance(caught.value, Exception)


def test_log_writes_a_line_as_print_does() -> None:
    recorder = started()
    recorder.run(lambda: log("rows:", 12))
    assert recorder.lines == [("log", "rows: 12")]


@pytest.mark.parametrize("work", [lambda: session.id, stop, lambda: log("x"), outlast.uuid, outlast.now])
def test_outside_of_a_session_there_is_none(work: object) -> None:
    assert callable(work)
    with pytest.raises(NoSession):
        work()


@dataclass
class Guest:
    name: str


async def words() -> AsyncIterator[str]:
    yield "Hello "
    yield "world"


def test_every_waiting_function_has_an_awaitable_twin() -> None:
    ref = {"sha256": "ab" * 32, "name": "a", "type": "text/plain", "size_bytes": 1}

    async def app() -> list[object]:
        return [
            await aio.ask("Days?", int, min=1),
            await aio.confirm("Go?"),
            await aio.choose("Style", ["a", "b"]),
            await aio.choose_many("Extras", {"x": 1, "y": 2}),
            await aio.slider("Budget", 0, 10),
            await aio.pick_date("Day"),
            await aio.pick_time("Time"),
            (await aio.upload("File")).name,
            await aio.edit_table("T", [{"a": 1}]),
            await aio.form("Guest", Guest),
            await aio.chat(),
            bool(await aio.approve("OK?")),
        ]

    answers = [3, True, "b", ["y"], 5, "2026-05-01", "08:30", [ref], [[2]], {"name": "Ada"}, "hi", False]
    assert FakeRecorder(answers=answers).run_async(app) == [
        3, True, "b", [2], 5, date(2026, 5, 1), time(8, 30), "a", [{"a": 2}], Guest("Ada"), "hi", False,
    ]  # fmt: skip


def test_async_writing_sleeping_and_the_clock() -> None:
    async def app() -> None:
        assert await aio.write(words()) == "Hello world"
        assert await aio.write("text") == "text"
        assert await aio.write({"a": 1}) is None
        await aio.sleep(timedelta(hours=1))
        assert await aio.now() == NOON

    recorder = FakeRecorder()
    recorder.run_async(app)
    assert recorder.sleeps == {"t1": timedelta(hours=1)}
    again = recorder.replayed()
    again.run_async(app)
    assert [block.props for block in again.shown("markdown")] == [{"text": "Hello world"}, {"text": "text"}]


def test_an_async_answer_that_is_not_accepted_is_asked_again() -> None:
    from uuid import UUID  # late: only here

    async def app() -> UUID:
        return await aio.ask("Id?", UUID)

    assert FakeRecorder(answers=["x", str(UUID(int=1))]).run_async(app) == UUID(int=1)


def test_help_shows_what_the_caller_gets() -> None:
    assert inspect.signature(inputs.confirm).return_annotation == "bool"
    assert "Ask yes or no." in (inspect.getdoc(inputs.confirm) or "")
    assert all(inspect.getdoc(getattr(aio, name)) for name in aio.__all__)
