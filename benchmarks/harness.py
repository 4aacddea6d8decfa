"""Workloads, contestants, rounds and the table of ratios.

A workload is run by several contestants: Outlast, the bare limit of the machine, and peers. A
round runs each once, the next round in the opposite order, so that a machine that slows down or
warms up favours nobody. A figure is the median of the rounds.
"""

import shutil
import statistics
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

Figures = Mapping[str, float]
"""What one round measured: metric -> value."""


class Kind(StrEnum):
    """What a contestant is."""

    OUTLAST = "outlast"
    LIMIT = "limit"
    PEER = "peer"


class Better(StrEnum):
    """Which way a metric improves."""

    LESS = "less"
    MORE = "more"


class NotPossible(Exception):
    """A contestant has nothing of the kind; the message is its entry in the table."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a contestant gets for one round.

    Attributes:
        folder: An empty folder, removed afterwards.
        quick: Whether to take a small sample, to try the benchmark itself.
    """

    folder: Path
    quick: bool

    def size(self, full: int, quick: int) -> int:
        """Choose the size of a sample.

        Args:
            full: For a figure.
            quick: For a try.

        Returns:
            One of them.
        """
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Contestant:
    """Someone who runs a workload.

    Attributes:
        name: As it stands in the table.
        kind: What it is.
        run: Runs one round.
    """

    name: str
    kind: Kind
    run: Callable[[Round], Figures]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of a workload.

    Attributes:
        key: Its name in the figures.
        label: Its name in the table, with the unit.
        better: Which way it improves.
        at_most: The goal, or None.
        at_least: The goal, or None.
        at_most_limits: The goal as a multiple of the bare limit's figure, or None.
        limit_key: The limit's figure that it is compared with, if named otherwise.
        digits: Digits after the point in the table.
    """

    key: str
    label: str
    better: Better = Better.LESS
    at_most: float | None = None
    at_least: float | None = None
    at_most_limits: float | None = None
    limit_key: str | None = None
    digits: int = 2


@dataclass(frozen=True, slots=True)
class Workload:
    """A workload of the table.

    Attributes:
        name: ``W1``.
        title: What is done.
        metrics: Its figures.
        contestants: Who runs it, Outlast first.
    """

    name: str
    title: str
    metrics: Sequence[Metric]
    contestants: Sequence[Contestant]


@dataclass(slots=True)
class Outcome:
    """What a contestant came to.

    Attributes:
        rounds: The figures of each round.
        note: Why there are none.
    """

    rounds: list[dict[str, float]] = field(default_factory=list)
    note: str = ""

    def median(self, key: str) -> float | None:
        """Take the median of a figure.

        Args:
            key: The metric.

        Returns:
            The median over the rounds, or None where it was not measured.
        """
        values = [figures[key] for figures in self.rounds if key in figures]
        return statistics.median(values) if values else None


def run(
    workload: Workload,
    *,
    rounds: int,
    quick: bool,
    kinds: frozenset[Kind],
    say: Callable[[str], None],
) -> dict[str, Outcome]:
    """Run a workload.

    Args:
        workload: What to run.
        rounds: How often.
        quick: Whether to take small samples.
        kinds: Which contestants take part.
        say: Takes a line of progress.

    Returns:
        Contestant -> outcome.
    """
    entrants = [contestant for contestant in workload.contestants if contestant.kind in kinds]
    outcomes = {contestant.name: Outcome() for contestant in entrants}
    for number in range(rounds):
        for contestant in entrants if number % 2 == 0 else reversed(entrants):
            outcome = outcomes[contestant.name]
            if outcome.note:
                continue
            _run_round(contestant, outcome, quick=quick, say=say)
            shown = outcome.rounds[-1] if outcome.rounds and not outcome.note else outcome.note
            say(f"{workload.name} round {number + 1}/{rounds} {contestant.name}: {_shorten(shown)}")
    return outcomes


def _run_round(contestant: Contestant, outcome: Outcome, *, quick: bool, say: Callable[[str], None]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="outlast-bench-"))
    try:
        outcome.rounds.append(dict(contestant.run(Round(folder, quick))))
    except NotPossible as reason:
        outcome.note = str(reason)
    except Exception as error:  # broad: one contestant's fault must not end the others' run
        outcome.note = f"failed: {type(error).__name__}: {error}"
        say(traceback.format_exc())
        for log in folder.glob("*.log"):
            say(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _shorten(shown: Mapping[str, float] | str) -> str:
    if isinstance(shown, str):
        return shown
    return ", ".join(
        f"{key} {value:,.3g}" if abs(value) < 1000 else f"{key} {value:,.0f}" for key, value in shown.items()
    )
