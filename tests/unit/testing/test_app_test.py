"""`AppTest`, as an author of apps uses it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum
from pathlib import Path

import pytest

from outlast import (
    AnswerTimeout,
    File,
    SessionCancelled,
    app,
    ask,
    choose,
    confirm,
    form,
    log,
    metric,
    now,
    pick_date,
    progress,
    section,
    session,
    sleep,
    step,
    stop,
    table,
    upload,
    write,
)
from outlast.kit.errors import AlreadyAnswered, BranchImpossible, InputNotFound, InvalidAnswer, SessionOver
from outlast.protocol.events import BlockAppended, SessionWoken, User
from outlast.testing import AppTest
from outlast.testing.plugin import MakeAppTest


class Style(Enum):
    RELAXED = "relaxed"
    PACKED = "packed"


def greet(name: str = "world") -> str:
    """Greet somebody, twice."""
    write(f"# Hello {name}")
    again = confirm("Again?")
    if again:
        write("Hello again.")
    return f"greeted {name}"


class TestLooking:
    def test_a_plain_function_is_an_app(self, app_test: MakeAppTest) -> None:
        t = app_test(greet, "Ada").run()
        assert t.state == "waiting"
        assert t.text == "# Hello Ada"
        assert (t.question.label, t.question.kind) == ("Again?", "confirm")
        assert t.answer(False).result == "greeted Ada"

    def test_tables_and_metrics_are_read_by_their_names(self, app_test: MakeAppTest) -> None:
        def report() -> None:
            prices = table(columns=["item", "price"], caption="Prices")
            prices.append({"item": "tea", "price": 2.5})
            metric("Items", 1)
            metric("Items", 2)

        t = app_test(report).run()
        assert t.tables[0].records == [{"item": "tea", "price": 2.5}]
        assert t.tables[0].column("price") == [2.5]
        assert t.tables[0].caption == "Prices"
        assert t.metrics == {"Items": 2}

    def test_blocks_know_where_they_stand(self, app_test: MakeAppTest) -> None:
        def nested() -> None:
            with section("Outer"):
                write("inner")

        outer, inner = app_test(nested).run().blocks
        assert (outer.text, inner.parent) == ("Outer", outer.id)

    def test_what_was_logged_is_apart_from_what_is_shown(self, app_test: MakeAppTest) -> None:
        t = app_test(lambda: log("rows", 3)).run()
        assert "rows 3" in t.log
        assert t.text == ""

    def test_the_user_and_the_secrets_are_those_of_the_test(self, app_test: MakeAppTest) -> None:
        def who() -> str:
            assert session.user is not None
            return f"{session.user.name} {session.secrets['KEY']}"

        t = app_test(who, user=User(id="u", name="Ada"), secrets={"KEY": "k"}).run()
        assert t.result == "Ada k"

    def test_a_result_that_is_not_there_says_what_the_app_does_instead(self, app_test: MakeAppTest) -> None:
        def broken() -> None:
            raise ZeroDivisionError("the reason")

        with pytest.raises(AssertionError, match="the reason"):
            _ = app_test(broken).run().result
        with pytest.raises(AssertionError, match="it is waiting"):
            _ = app_test(greet).run().result
        with pytest.raises(AssertionError, match="it sleeps until 2030-01-02"):
            _ = app_test(lambda: sleep(timedelta(days=1))).run().question

    def test_a_failure_has_the_lines_of_the_app(self, app_test: MakeAppTest) -> None:
        def broken() -> None:
            raise ZeroDivisionError("the reason")

        failure = app_test(broken).run().failure
        assert failure is not None
        assert failure.code == "app_error"
        assert 'raise ZeroDivisionError("the reason")' in (failure.error or "")


class TestAnswering:
    def test_a_wrong_answer_raises_and_leaves_the_question_open(self, app_test: MakeAppTest) -> None:
        t = app_test(lambda: ask("How many?", int, min=1)).run()
        with pytest.raises(InvalidAnswer, match="at least 1"):
            t.answer(0)
        assert t.answer("2").result == 2

    def test_python_values_are_answers(self, app_test: MakeAppTest) -> None:
        def several() -> list[object]:
            day = pick_date("When?")
            style = ask("Style", Style)
            return [str(day), style.value]

        t = app_test(several).run().answer(date(2030, 5, 1)).answer(Style.PACKED)
        assert t.result == ["2030-05-01", "packed"]

    def test_a_form_is_answered_by_the_names_of_its_fields(self, app_test: MakeAppTest) -> None:
        def person() -> str:
            given = form("Who?", {"name": str, "age": int})
            return f"{given.name} {given.age}"

        t = app_test(person).run()
        assert set(t.question.fields) == {"name", "age"}
        with pytest.raises(InvalidAnswer):
            t.answer({"name": "Ada"})
        assert t.answer({"name": "Ada", "age": 36}).result == "Ada 36"

    def test_a_question_that_is_not_asked_is_named_with_those_that_are(self, app_test: MakeAppTest) -> None:
        t = app_test(greet).run()
        with pytest.raises(InputNotFound, match=r"'Why\?'.*'Again\?'"):
            t.answer("Why?", True)
        t.answer("Again?", True)
        with pytest.raises(SessionOver):
            t.answer("Again?", True)

    def test_an_answered_question_takes_no_second_answer(self, app_test: MakeAppTest) -> None:
        t = app_test(lambda: [choose("One", ["a"]), choose("Two", ["b"])]).run().answer("One", "a")
        with pytest.raises(AlreadyAnswered):
            t.answer("One", "a")

    def test_who_answered_is_recorded(self, app_test: MakeAppTest) -> None:
        t = app_test(greet).run().answer(True, by=User(id="g", name="Grace"))
        (asked,) = t.document.inputs.values()
        assert asked.by == User(id="g", name="Grace")

    def test_an_upload_is_there_for_the_app_also_after_a_crash(self, app_test: MakeAppTest, tmp_path: Path) -> None:
        def count() -> list[object]:
            files = upload("Files", accept=[".txt"], multiple=True)
            confirm("Go on?")
            return [f"{file.name} {file.read_text()}" for file in files]

        (tmp_path / "b.txt").write_text("B")
        t = app_test(count).run()
        with pytest.raises(InvalidAnswer):
            t.upload(("a.png", b"A"))
        t.upload(("a.txt", b"A"), tmp_path / "b.txt").crash().answer(True)
        assert t.result == ["a.txt A", "b.txt B"]

    def test_a_path_is_an_argument_for_a_file(self, app_test: MakeAppTest, tmp_path: Path) -> None:
        def read(file: File) -> str:
            return file.read_text()

        (tmp_path / "a.txt").write_text("hello")
        assert app_test(read, file=tmp_path / "a.txt").run().result == "hello"


class TestTime:
    def test_a_month_passes_at_once(self, app_test: MakeAppTest) -> None:
        def wait() -> str:
            before = now()
            sleep(timedelta(days=30))
            return str(now() - before)

        t = app_test(wait).run()
        t.advance(timedelta(days=29))
        assert t.state == "waiting"
        assert t.advance(timedelta(days=1)).result == "30 days, 0:00:00"

    def test_each_timer_on_the_way_is_due_at_its_moment(self, app_test: MakeAppTest) -> None:
        def wait() -> list[int]:
            start = now()
            days = []
            for length in (1, 2, 0, 3):
                sleep(timedelta(days=length))
                days.append((now() - start).days)
            return days

        assert app_test(wait).run().advance(timedelta(days=10)).result == [1, 3, 3, 6]

    def test_a_question_times_out(self, app_test: MakeAppTest) -> None:
        def impatient() -> str:
            try:
                return ask("Quick?", timeout=timedelta(hours=1))
            except AnswerTimeout:
                return "too late"

        assert app_test(impatient).run().advance(timedelta(hours=1)).result == "too late"
        assert app_test(impatient).run().hibernate().advance(timedelta(hours=2)).result == "too late"
        assert app_test(impatient).run().answer("yes").advance(timedelta(hours=2)).result == "yes"


class TestDying:
    def test_a_crash_repeats_neither_steps_nor_answers(self, app_test: MakeAppTest) -> None:
        calls: list[str] = []

        @step
        def charge() -> str:
            calls.append("charged")
            return "receipt"

        def shop() -> str:
            receipt = charge()
            write(receipt)
            return f"{receipt} {ask('Name')}"

        t = app_test(shop).run()
        before = t.document.blocks
        t.crash().crash()
        assert t.document.blocks == before
        assert t.answer("Ada").result == "receipt Ada"
        assert calls == ["charged"]

    def test_changed_code_diverges_and_says_where(self, app_test: MakeAppTest) -> None:
        questions = ["Name?"]

        def changing() -> None:
            ask(questions[0])

        t = app_test(changing).run()
        questions[0] = "Age?"
        failure = t.crash().failure
        assert failure is not None
        assert failure.code == "replay_diverged"
        assert "'Name?'" in failure.message
        assert "'Age?'" in failure.message

    def test_a_cancel_runs_the_finally_of_the_app(self, app_test: MakeAppTest) -> None:
        told: list[str] = []

        def careful() -> None:
            try:
                ask("Wait")
            except SessionCancelled:
                told.append("cancelled")
                raise
            finally:
                told.append("cleaned up")

        t = app_test(careful, crash_everywhere=False).run().cancel("enough")
        assert (t.state, t.document.ended_reason, told) == ("cancelled", "enough", ["cancelled", "cleaned up"])
        assert app_test(careful).run().hibernate().cancel().state == "cancelled"

    def test_only_a_session_that_waits_can_hibernate(self, app_test: MakeAppTest) -> None:
        t = app_test(greet).run().hibernate()
        assert t.state == "hibernated"
        with pytest.raises(RuntimeError, match="hibernated"):
            t.hibernate()

    def test_an_app_that_is_not_durable_fails_with_its_process(self, app_test: MakeAppTest) -> None:
        @app(durable=False)
        def fleeting() -> None:
            ask("Wait")

        t = app_test(fleeting).run()
        with pytest.raises(RuntimeError, match="not durable"):
            t.hibernate()
        failure = t.crash().failure
        assert failure is not None
        assert failure.code == "interrupted"

    def test_nothing_that_a_dying_app_writes_counts(self, app_test: MakeAppTest) -> None:
        def stubborn() -> None:
            try:
                ask("Wait")
            finally:
                write("last words")

        t = app_test(stubborn).run().hibernate()
        assert t.text == ""

    def test_an_app_that_does_not_end_fails_the_test_with_its_place(self, app_test: MakeAppTest) -> None:
        gate = threading.Event()

        def endless() -> None:
            gate.wait()

        with pytest.raises(AssertionError, match=r"gate\.wait\(\)"):
            app_test(endless, timeout=timedelta(milliseconds=50)).run()
        gate.set()

    def test_crash_everywhere_wakes_the_session_after_each_event(self, app_test: MakeAppTest) -> None:
        def chatty() -> str:
            text = write(word for word in ("a", "b", "c"))
            return f"{text} {ask('x')}"

        t = app_test(chatty, crash_everywhere=True).run().answer("y")
        assert t.result == "abc y"
        assert sum(isinstance(event, SessionWoken) for event in t.events) > 5
        assert [event.text for event in t.events if isinstance(event, BlockAppended)] == ["a", "b", "c"]

    def test_a_progress_whose_speed_differs_each_time_gets_further_all_the_same(self, app_test: MakeAppTest) -> None:
        def work() -> None:
            for _ in progress(range(3)):
                step("part", time.monotonic)

        assert app_test(work, crash_everywhere=True).run().state == "completed"


class TestBranching:
    def test_a_branch_takes_another_way_and_leaves_the_first_as_it_is(self, app_test: MakeAppTest) -> None:
        t = app_test(greet).run()
        asked = len(t.events)
        t.answer(False)
        branch = t.branch(asked, True)
        assert ("again" in branch.text, "again" in t.text) == (True, False)
        assert branch.document.branched_from is not None
        assert branch.document.branched_from.seq == asked

    def test_nothing_branches_off_the_end(self, app_test: MakeAppTest) -> None:
        t = app_test(lambda: None).run()
        with pytest.raises(BranchImpossible):
            t.branch(len(t.events))
        with pytest.raises(BranchImpossible):
            t.branch(99)


class TestLeavingNothing:
    def test_a_closed_test_leaves_no_thread_and_no_files(self) -> None:
        before = set(threading.enumerate())
        with AppTest(greet).run() as t:
            folder = t._stage.files.folder.parent
            assert folder.exists()
        assert set(threading.enumerate()) <= before
        assert not folder.exists()

    def test_stop_ends_an_app_early(self, app_test: MakeAppTest) -> None:
        @app
        def early() -> None:
            stop("enough")

        assert app_test(early).run().result == "enough"

    def test_a_stream_is_started_once_though_the_session_dies_after_it(self, app_test: MakeAppTest) -> None:
        started: list[str] = []

        def words() -> Iterator[str]:
            started.append("started")
            yield "word"

        def tell() -> None:
            write(words())
            confirm("More?")

        t = app_test(tell, crash_everywhere=False).run().crash().crash()
        assert started == ["started"]
        assert t.text == "word"
