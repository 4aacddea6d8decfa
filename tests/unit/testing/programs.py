"""Little programs that Hypothesis puts together, each a tree of what an app may do, and an app that runs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import strategies as st

import outlast
from outlast.sdk.layout import Container
from outlast.testing import AppTest
from outlast.testing.app_test import Function

TEXT = st.text("ab *\n", min_size=0, max_size=5)
WORDS = st.sampled_from(["one", "two", "three"])


@dataclass(frozen=True)
class Write:
    text: str


@dataclass(frozen=True)
class Stream:
    chunks: Sequence[str]


@dataclass(frozen=True)
class Grow:
    """A text that is appended to before and after what stands in `inner`."""

    chunks: Sequence[str]
    inner: Sequence[Op]


@dataclass(frozen=True)
class Table:
    rows: Sequence[Sequence[int]]
    inner: Sequence[Op]


@dataclass(frozen=True)
class Metric:
    values: Sequence[int]


@dataclass(frozen=True)
class Progress:
    total: int
    inner: Sequence[Op]


@dataclass(frozen=True)
class Ask:
    answer: str


@dataclass(frozen=True)
class Number:
    answer: int


@dataclass(frozen=True)
class Impatient:
    """A question that nobody answers in time."""


@dataclass(frozen=True)
class Step:
    result: int | str | tuple[int, ...]
    fails: bool = False


@dataclass(frozen=True)
class Sleep:
    days: int


@dataclass(frozen=True)
class Chance:
    """Draws from all that is not the same twice, unless it is recorded."""


@dataclass(frozen=True)
class Inside:
    container: str
    inner: Sequence[Op]


@dataclass(frozen=True)
class Passing:
    """A note that is taken away after `inner`."""

    inner: Sequence[Op]


Op = (
    Write
    | Stream
    | Grow
    | Table
    | Metric
    | Progress
    | Ask
    | Number
    | Impatient
    | Step
    | Sleep
    | Chance
    | Inside
    | Passing
)

_rows = st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), max_size=3)
_leaves = st.one_of(
    st.builds(Write, TEXT),
    st.builds(Stream, st.lists(TEXT, max_size=4)),
    st.builds(Metric, st.lists(st.integers(0, 9), min_size=1, max_size=3)),
    st.builds(Ask, WORDS),
    st.builds(Number, st.integers(0, 9)),
    st.builds(Impatient),
    st.builds(Step, st.one_of(st.integers(0, 9), WORDS, st.tuples(st.integers(0, 9))), st.booleans()),
    st.builds(Sleep, st.integers(0, 3)),
    st.builds(Chance),
)


def _nested(ops: st.SearchStrategy[Op]) -> st.SearchStrategy[Op]:
    some = st.lists(ops, max_size=3)
    return st.one_of(
        st.builds(Grow, st.lists(TEXT, min_size=1, max_size=3), some),
        st.builds(Table, _rows, some),
        st.builds(Progress, st.integers(1, 3), some),
        st.builds(Inside, st.sampled_from(["section", "expander", "columns", "tabs", "status"]), some),
        st.builds(Passing, some),
    )


programs = st.lists(st.recursive(_leaves, _nested, max_leaves=6), min_size=1, max_size=6)
"""Programs of a few steps each."""


@dataclass
class Run:
    """One interpretation of a program.

    Attributes:
        effects: how often the side effect of each step happened, over all attempts.
    """

    program: Sequence[Op]
    effects: Counter[str] = field(default_factory=Counter)

    def app(self) -> Function:
        """The app that interprets the program; each attempt starts at its beginning."""

        @outlast.app
        def program() -> str:
            _Attempt(self.effects).run(self.program)
            return "done"

        return program

    def drive(self, t: AppTest) -> AppTest:
        """Answer and wait until the app has ended."""
        for _ in range(200):
            if t.document.over:
                return t
            if t.document.waiting_timer:
                t.advance(t.document.timers[t.document.waiting_timer] - t.now)
            elif t.question.label.startswith("impatient"):
                t.advance(timedelta(hours=1))
            else:
                t.answer(_meant(t.question.label))
        raise AssertionError("the program does not end")


def _meant(label: str) -> str | int:
    kind, _, answer = label.rpartition(" ")
    return int(answer) if kind.endswith("number") else answer


class _Attempt:
    def __init__(self, effects: Counter[str]) -> None:
        self._effects = effects
        self._calls = 0

    def run(self, ops: Sequence[Op]) -> None:
        for op in ops:
            self._calls += 1
            getattr(self, f"_{type(op).__name__.lower()}")(op)

    def _write(self, op: Write) -> None:
        outlast.write(op.text)

    def _stream(self, op: Stream) -> None:
        outlast.write(chunk for chunk in op.chunks)

    def _grow(self, op: Grow) -> None:
        block = outlast.code("", language="text")
        for chunk in op.chunks:
            block.append(chunk)
        self.run(op.inner)
        for chunk in op.chunks:
            block.append(chunk)
        if len(op.chunks) % 2:
            block.close()

    def _table(self, op: Table) -> None:
        table = outlast.table(columns=["x", "y"])
        for row in op.rows:
            table.append([row])
        self.run(op.inner)
        for row in op.rows:
            table.append([row])

    def _metric(self, op: Metric) -> None:
        metric = outlast.metric("figure", 0)
        for value in op.values:
            metric.update(value)

    def _progress(self, op: Progress) -> None:
        with outlast.progress(op.total, "work") as bar:
            for part in range(op.total):
                bar.advance()
                if part == 0:
                    self.run(op.inner)

    def _ask(self, op: Ask) -> None:
        assert outlast.ask(f"question {self._calls} {op.answer}") == op.answer

    def _number(self, op: Number) -> None:
        assert outlast.ask(f"{self._calls} number {op.answer}", int) == op.answer

    def _impatient(self, op: Impatient) -> None:
        try:
            outlast.ask(f"impatient {self._calls}", timeout=timedelta(hours=1))
        except outlast.AnswerTimeout:
            outlast.note("nobody came")

    def _step(self, op: Step) -> None:
        name = f"step-{self._calls}"

        def effect() -> object:
            self._effects[name] += 1
            if op.fails:
                raise ValueError(str(op.result))
            return op.result

        try:
            found = outlast.step(name, effect)
        except ValueError as error:
            found = str(error)
        assert found == (str(op.result) if op.fails else op.result)

    def _sleep(self, op: Sleep) -> None:
        outlast.sleep(timedelta(days=op.days))

    def _chance(self, op: Chance) -> None:
        outlast.write(f"{outlast.random.randrange(100)} {outlast.uuid()} {outlast.now()}")

    def _inside(self, op: Inside) -> None:
        with _container(op.container):
            self.run(op.inner)

    def _passing(self, op: Passing) -> None:
        note = outlast.note("for now")
        self.run(op.inner)
        note.remove()


def _container(kind: str) -> Container:
    if kind == "columns":
        return outlast.columns(2)[1]
    if kind == "tabs":
        return outlast.tabs("first", "second")[0]
    if kind == "expander":
        return outlast.expander("inside")
    return outlast.status("inside") if kind == "status" else outlast.section("inside")
