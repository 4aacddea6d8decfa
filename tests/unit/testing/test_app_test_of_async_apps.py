"""`AppTest` with ``async def`` apps."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from outlast import aio
from outlast.testing.plugin import MakeAppTest


class TestAsync:
    def test_questions_of_several_tasks_are_open_at_once(self, app_test: MakeAppTest) -> None:
        async def both() -> list[str]:
            return list(await asyncio.gather(aio.ask("One", key="one"), aio.ask("Two", key="two")))

        t = app_test(both).run()
        assert {question.label for question in t.questions} == {"One", "Two"}
        t.answer("Two", "2")
        assert [question.label for question in t.questions] == ["One"]
        t.crash()
        assert t.answer("One", "1").result == ["1", "2"]

    def test_a_task_that_goes_on_after_an_answer_is_waited_for(self, app_test: MakeAppTest) -> None:
        async def chain() -> str:
            async def talk(name: str) -> str:
                first = await aio.ask(f"{name} 1", key=f"{name}1")
                for _ in range(50):
                    await asyncio.sleep(0)
                return first + await aio.ask(f"{name} 2", key=f"{name}2")

            return "".join(await asyncio.gather(talk("a"), talk("b")))

        t = app_test(chain).run()
        t.answer("a 1", "x")
        assert {question.label for question in t.questions} == {"a 2", "b 1"}
        t.answer("a 2", "y").answer("b 1", "z").answer("b 2", "!")
        assert t.result == "xyz!"

    def test_an_async_session_sleeps_and_is_cancelled(self, app_test: MakeAppTest) -> None:
        async def wait() -> str:
            await aio.sleep(timedelta(days=1))
            return "up"

        assert app_test(wait).run().advance(timedelta(days=1)).result == "up"
        assert app_test(wait).run().cancel().state == "cancelled"
        assert app_test(wait, crash_everywhere=True).run().advance(timedelta(days=1)).result == "up"

    async def test_it_works_inside_a_running_event_loop_too(self, app_test: MakeAppTest) -> None:
        async def hello() -> str:
            return await aio.ask("Name")

        assert app_test(hello).run().answer("Ada").result == "Ada"
