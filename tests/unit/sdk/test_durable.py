"""Steps, sleeps, the clock and chance: done once, and found again."""

from __future__ import annotations

import asyncio
import random as stdlib_random
import threading
import uuid as stdlib_uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from outlast import StepFailed, now, random, sleep, step, uuid, write
from outlast.kit.errors import ReplayDiverged
from outlast.protocol.codec import Json
from outlast.protocol.commands import RecordedStep
from outlast.sdk.durable import is_exact_json
from outlast.sdk.questions import AskedInStep
from outlast.sdk.streaming import BlocksTheLoop
from tests.unit.sdk.fake_recorder import NOON, FakeRecorder, ran

NO_WAIT = timedelta(0)


@dataclass
class Plan:
    city: str


class Picky(Exception):
    """An error that pickle can't bring back."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__(f"{a} and {b}")


class Counter:
    """Counts how often a step really ran."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, result: object = None) -> object:
        self.runs += 1
        return result


@pytest.mark.parametrize(
    "result",
    [None, True, 3, 2.5, "text", [1, [2]], {"a": {"b": None}}, (1, 2), {1: "a"}, {3, 4}, Plan("Rome"), 2**80, b"x"],
)
def test_a_steps_result_comes_back_the_same_without_running_it(result: object) -> None:
    counter = Counter()

    def work() -> object:
        return step("work", counter, result)

    first = ran(work)
    again = first.replayed().run(work)
    assert again == result
    assert type(again) is type(result)
    assert counter.runs == 1
    kept = first.steps["s1"]
    assert (kept.pickled is None) == is_exact_json(result)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (float("nan"), False),
        ([float("inf")], False),
        ({"a": (1,)}, False),
        (True, True),
        (2**63 - 1, True),
        (2**63, False),
        ("\ud800", False),
        (type("Text", (str,), {})("a"), False),
    ],
)
def test_only_what_json_gives_back_equal_is_kept_as_json(value: object, exact: bool) -> None:
    assert is_exact_json(value) is exact


def test_a_decorated_function_keeps_its_name_arguments_and_docs() -> None:
    @step
    def charge(order: int, *, fast: bool = False) -> str:
        """Charge it."""
        return f"{order} {fast}"

    recorder = FakeRecorder()
    assert recorder.run(lambda: charge(17, fast=True)) == "17 True"
    assert charge.__doc__ == "Charge it."
    assert recorder.steps["s1"].name == "charge"
    assert charge(1) == "1 False"  # outside of a session it just runs


def test_a_method_may_be_a_step() -> None:
    class Shop:
        @step(name="sell")
        def sell(self, item: str) -> str:
            return item.upper()

    assert FakeRecorder().run(lambda: Shop().sell("tea")) == "TEA"


def test_a_key_of_the_arguments_names_each_call() -> None:
    @step(key=lambda page: f"page-{page}")
    def read(page: int) -> int:
        return page

    assert list(ran(lambda: (read(2), read(1))).steps) == ["s:page-2", "s:page-1"]


def test_a_step_is_tried_again_and_says_how_often() -> None:
    attempts = []

    @step(retries=3, backoff=NO_WAIT)
    def flaky() -> str:
        attempts.append(1)
        if len(attempts) < 3:
            raise ConnectionError("again")
        return "ok"

    recorder = FakeRecorder()
    assert recorder.run(flaky) == "ok"
    assert recorder.attempts["s1"] == 3


def test_the_last_error_is_kept_and_raised_again() -> None:
    counter = Counter()

    @step(retries=1, backoff=NO_WAIT)
    def broken() -> None:
        counter()
        raise ValueError("no")

    first = FakeRecorder()
    for recorder in (first, first.replayed()):
        with pytest.raises(ValueError, match=r"^no$"):
            recorder.run(broken)
    assert counter.runs == 2
    assert first.attempts["s1"] == 2


def test_an_error_that_cant_be_kept_is_another_in_every_run() -> None:
    @step
    def broken() -> None:
        raise Picky(1, 2)

    first = FakeRecorder()
    for recorder in (first, first.replayed()):
        with pytest.raises(StepFailed, match="Picky: 1 and 2"):
            recorder.run(broken)


def test_only_errors_worth_it_are_tried_again() -> None:
    counter = Counter()

    @step(retries=5, backoff=NO_WAIT, retry_on=ConnectionError)
    def broken() -> None:
        counter()
        raise ValueError("no use")

    with pytest.raises(ValueError, match="no use"):
        ran(broken)
    assert counter.runs == 1


def test_an_interrupt_is_neither_kept_nor_tried_again() -> None:
    @step(retries=5, backoff=NO_WAIT)
    def interrupted() -> None:
        raise KeyboardInterrupt

    recorder = FakeRecorder()
    with pytest.raises(KeyboardInterrupt):
        recorder.run(interrupted)
    assert not recorder.steps


def test_a_divergence_in_a_step_is_not_the_steps_error() -> None:
    @step(retries=5, backoff=NO_WAIT)
    def diverges() -> None:
        raise ReplayDiverged("other code")

    recorder = FakeRecorder()
    with pytest.raises(ReplayDiverged):
        recorder.run(diverges)
    assert not recorder.steps


def test_a_kept_result_that_cant_be_read_any_more_diverges() -> None:
    first = ran(lambda: step("work", lambda: Plan("Rome")))
    first.steps["s1"] = RecordedStep(name="work", pickled="bm90IGEgcGlja2xl")
    with pytest.raises(ReplayDiverged, match="can't be read any more"):
        first.replayed().run(lambda: step("work", lambda: Plan("Rome")))


async def coroutine() -> None: ...


def coroutine_later() -> object:
    return coroutine()


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: step("lock", threading.Lock), "can't be kept"),
        (lambda: step(None), "Write @step"),  # type: ignore[call-overload]
        (lambda: step("name"), "takes a function to run now"),  # type: ignore[call-overload]
        (lambda: step(timeout=timedelta(1))(lambda: None), "only an `async def`"),
        (lambda: step(lambda: (yield)), "is a generator"),
        (lambda: step("a", coroutine_later), "make its function `async def`"),
    ],
)
def test_a_step_that_cant_be_kept_says_why(work: Callable[[], object], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        ran(work)


def test_policies_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        step(retries=-1)
    with pytest.raises(ValueError, match="longer than nothing"):
        step(timeout=NO_WAIT)


def test_what_a_step_shows_is_counted_by_the_step() -> None:
    def app() -> list[str]:
        write("before")
        step("noisy", lambda: (write("inside"), step("inner", lambda: str(uuid())), random.random())[1])
        write("after")
        return [str(uuid()), str(random.random())]

    first = FakeRecorder()
    drawn = first.run(app)
    assert list(first.blocks) == ["b1", "b:s1.1", "b2"]
    assert list(first.steps) == ["s:s1.2", "s1"]
    second = first.replayed()
    assert second.run(app) == drawn
    assert list(second.blocks) == ["b1", "b2"]


def test_a_step_in_an_async_app_is_kept_too() -> None:
    counter = Counter()

    @step(retries=1, backoff=NO_WAIT)
    async def fetch(page: int) -> tuple[int]:
        if counter.runs == 0:
            counter()
            raise ConnectionError
        return (page,)

    async def call(page: int) -> tuple[int]:
        return (page,)

    async def app() -> object:
        return await fetch(3), await step("call", call, 4)

    first = FakeRecorder()
    assert first.run_async(app) == ((3,), (4,))
    assert first.attempts == {"s1": 2, "s2": 1}
    assert first.replayed().run_async(app) == ((3,), (4,))


def test_an_async_step_may_have_a_timeout() -> None:
    @step(timeout=timedelta(milliseconds=1))
    async def slow() -> None:
        await asyncio.Event().wait()

    async def app() -> None:
        with pytest.raises(TimeoutError, match="took longer than"):
            await slow()

    first = FakeRecorder()
    first.run_async(app)
    first.replayed().run_async(app)


def test_sleep_takes_a_timedelta_or_seconds() -> None:
    def work() -> None:
        sleep(timedelta(days=3))
        sleep(1.5, key="nap")

    recorder = ran(work)
    assert recorder.sleeps == {"t1": timedelta(days=3), "t:nap": timedelta(seconds=1.5)}


@pytest.mark.parametrize(
    ("duration", "error"),
    [(-1, ValueError), (float("nan"), ValueError), ("1 h", TypeError), (True, TypeError)],
)
def test_a_sleep_of_no_length_is_refused(duration: Json, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"sleep\(\)"):
        ran(lambda: sleep(duration))


def test_a_sleep_on_an_event_loop_or_in_a_step_is_refused() -> None:
    async def app() -> None:
        sleep(1)

    with pytest.raises(BlocksTheLoop, match=r"aio\.sleep"):
        FakeRecorder().run_async(app)
    with pytest.raises(AskedInStep, match="before or after"):
        ran(lambda: step("nap", sleep, 1))


def test_the_clock_of_a_replay_shows_the_first_runs_time() -> None:
    first = FakeRecorder()
    assert first.run(now) == NOON
    assert first.replayed().run(now) == NOON


def test_chance_repeats_in_a_replay_and_differs_between_sessions() -> None:
    def draws() -> list[object]:
        items = list(range(10))
        random.shuffle(items)
        return [uuid(), random.random(), random.choice("abc"), random.gauss(), items, random.randint(1, 6), uuid()]

    first = FakeRecorder()
    drawn = first.run(draws)
    assert first.replayed().run(draws) == drawn
    other = FakeRecorder()
    other.start.seed = 8
    assert other.run(draws) != drawn
    assert isinstance(drawn[0], stdlib_uuid.UUID)
    assert drawn[0].version == 4
    assert drawn[0] != drawn[-1]


def test_the_sessions_random_numbers_have_no_seed_of_their_own() -> None:
    random.seed(1)
    assert isinstance(random, stdlib_random.Random)
    for refused in (random.getstate, lambda: random.setstate(())):
        with pytest.raises(NotImplementedError):
            refused()
