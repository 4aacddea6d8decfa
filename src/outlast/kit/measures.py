"""What the parts of a server count, for whoever shows it.

A count costs a dictionary update, and needs no package: who counts need not know how it is shown (the server does,
in Prometheus's format). Names and units follow Prometheus's conventions: base units, counters end in ``_total``.
All are written by the event loop's thread alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Sized

Labels = tuple[str, ...]

MAX_SERIES = 5000
"""Of one measure."""

LATENCY_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


class Measure:
    """A measure by labels.

    Args:
        name: unique in the process.
        meaning: one line for people.
        labels: names of what it is told apart by; few values each, or the server's memory grows with them.
    """

    def __init__(self, name: str, meaning: str, labels: Sequence[str] = ()) -> None:
        self.name = name
        self.meaning = meaning
        self.labels = tuple(labels)
        _all[name] = self


class Amounts(Measure):
    """A number by labels."""

    def __init__(self, name: str, meaning: str, labels: Sequence[str] = ()) -> None:
        super().__init__(name, meaning, labels)
        self.values: dict[Labels, float] = {} if labels else {(): 0.0}

    def add(self, *labels: str, by: float = 1.0) -> None:
        """Count one more, or ``by`` more."""
        before = self.values.get(labels)
        if before is None:
            labels = _bounded(labels, self.values)
            before = self.values.get(labels, 0.0)
        self.values[labels] = before + by


class Counter(Amounts):
    """Counts what happened; only grows."""


class Gauge(Amounts):
    """Tells how much there is now."""

    def replace(self, values: Mapping[Labels, float]) -> None:
        """Say what all of it is now; labels that are not named are gone."""
        self.values = dict(values)


class Series:
    """One distribution: how many values fell up to each bound, their sum and their number."""

    __slots__ = ("counts", "total")

    def __init__(self, size: int) -> None:
        self.counts = [0] * size
        self.total = 0.0


class Histogram(Measure):
    """Counts values into ranges.

    Args:
        name: as `Measure`.
        meaning: as `Measure`.
        bounds: upper ends of the ranges, ascending; one without end is added.
        labels: as `Measure`.
    """

    def __init__(self, name: str, meaning: str, bounds: Sequence[float], *, labels: Sequence[str] = ()) -> None:
        super().__init__(name, meaning, labels)
        self.bounds = tuple(bounds)
        self.values: dict[Labels, Series] = {}
        if not labels:
            self.values[()] = Series(len(self.bounds) + 1)

    def observe(self, value: float, *labels: str) -> None:
        """Count a value."""
        series = self.values.get(labels)
        if series is None:
            series = self.values.setdefault(_bounded(labels, self.values), Series(len(self.bounds) + 1))
        series.counts[bisect_left(self.bounds, value)] += 1
        series.total += value


_all: dict[str, Measure] = {}


def _bounded(labels: Labels, values: Sized) -> Labels:
    """The labels, or those of all the rest: what comes from outside must not fill the memory."""
    return labels if len(values) < MAX_SERIES else tuple("other" for _ in labels)


def all_measures() -> Iterator[Measure]:
    """Every measure of the process, by name."""
    for name in sorted(_all):
        yield _all[name]
