"""The laws of replay for apps whose tasks run side by side, each call named by its key."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

import outlast
from outlast import aio
from outlast.testing import AppTest

Task = Sequence[str]
TASKS = st.lists(
    st.lists(st.sampled_from(["write", "grow", "ask", "step", "sleep", "yield"]), max_size=4), min_size=1, max_size=3
)


class Tasks:
    """An app of several tasks.

    Attributes:
        effects: how often each step's side effect happened.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks
        self.effects: Counter[str] = Counter()

    async def app(self) -> list[str]:
        """Run all tasks at once."""

        @outlast.step(key=lambda key: key)
        async def effect(key: str) -> str:
            await asyncio.sleep(0)
            self.effects[key] += 1
            return f"result of {key}"

        async def run(number: int, task: Task) -> str:
            said = []
            for place, op in enumerate(task):
                key = f"{number}-{place}"
                if op == "write":
                    outlast.write(f"text {key}", key=key)
                elif op == "grow":
                    text = outlast.code(f"begin {key}", key=key)
                    await asyncio.sleep(0)
                    text.append(" end")
                elif op == "ask":
                    said.append(await aio.ask(f"question {key}", key=key))
                elif op == "step":
                    said.append(await effect(key))
                elif op == "sleep":
                    await aio.sleep(timedelta(days=1), key=key)
                await asyncio.sleep(0)
            return " ".join(said)

        return list(await asyncio.gather(*(run(number, task) for number, task in enumerate(self._tasks))))

    def finished(self, *, crash_everywhere: bool) -> AppTest:
        """Run it to its end."""
        t = AppTest(self.app, crash_everywhere=crash_everywhere).run()
        for _ in range(100):
            if t.document.over:
                return t
            if t.questions:
                t.answer(t.question.label, f"answer to {t.question.label}")
            else:
                t.advance(timedelta(days=1))
        raise AssertionError("the tasks do not end")


@given(TASKS)
@settings(max_examples=50)
def test_tasks_killed_at_every_event_end_with_the_same_document_and_each_effect_once(tasks: Sequence[Task]) -> None:
    calm, shaken = Tasks(tasks), Tasks(tasks)
    with calm.finished(crash_everywhere=False) as t, shaken.finished(crash_everywhere=True) as again:
        assert again.content == t.content
        assert set(calm.effects.values()) <= {1}
        assert calm.effects.keys() == shaken.effects.keys()
