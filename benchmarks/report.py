"""Results as JSON, with the machine, and as the Markdown table of ratios that the README shows."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks.harness import Better, Kind, Metric, Outcome, Workload


class Machine(msgspec.Struct, frozen=True):
    """Where the figures come from."""

    system: str
    processor: str
    cores: int
    memory_gib: float
    python: str
    packages: dict[str, str]


class ContestantResult(msgspec.Struct, frozen=True):
    """What one contestant came to."""

    kind: str
    medians: dict[str, float]
    rounds: list[dict[str, float]]
    note: str


class WorkloadResult(msgspec.Struct, frozen=True):
    """One workload's results."""

    title: str
    at: datetime
    contestants: dict[str, ContestantResult]


class Results(msgspec.Struct):
    """A file of results; a later run of a workload replaces the earlier one."""

    machine: Machine
    workloads: dict[str, WorkloadResult]


def this_machine(packages: Mapping[str, str]) -> Machine:
    """Describe this machine.

    Args:
        packages: Package -> version, of what took part.

    Returns:
        The description.
    """
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gib=round(pages / 2**30, 1),
        python=platform.python_version(),
        packages=dict(packages),
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def workload_result(workload: Workload, outcomes: Mapping[str, Outcome]) -> WorkloadResult:
    """Put a workload's outcomes into the form of the file.

    Args:
        workload: What was run.
        outcomes: Contestant -> outcome.

    Returns:
        The entry of the file.
    """
    kinds = {contestant.name: contestant.kind for contestant in workload.contestants}
    return WorkloadResult(
        title=workload.title,
        at=datetime.now(UTC).replace(microsecond=0),
        contestants={
            name: ContestantResult(
                kind=kinds[name].value,
                medians={
                    key: value
                    for key in {key: None for figures in outcome.rounds for key in figures}
                    if (value := outcome.median(key)) is not None
                },
                rounds=outcome.rounds,
                note=outcome.note,
            )
            for name, outcome in outcomes.items()
        },
    )


def load(path: Path) -> Results | None:
    """Read a file of results.

    Args:
        path: The file.

    Returns:
        The results, or None without a file that can be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except (OSError, msgspec.DecodeError):
        return None


def save(results: Results, folder: Path, workloads: Sequence[Workload]) -> str:
    """Write ``latest.json`` and ``latest.md``.

    Args:
        results: What to write.
        folder: Where.
        workloads: The workloads, in the order of the table.

    Returns:
        The Markdown.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(results), indent=1)
    (folder / "latest.json").write_bytes(text + b"\n")
    table = markdown(results, workloads)
    (folder / "latest.md").write_text(table)
    return table


def markdown(results: Results, workloads: Sequence[Workload]) -> str:
    """Write the table.

    Args:
        results: The figures.
        workloads: The workloads, in the order of the table.

    Returns:
        Markdown, with what could not be measured below the table.
    """
    peers = _peers(results)
    lines = [
        _about(results),
        "",
        "| | figure | Outlast | goal | bare limit | " + " | ".join(peers) + " |",
        "|---|---|---:|---|---:|" + "---:|" * len(peers),
    ]
    notes: list[str] = []
    for workload in workloads:
        result = results.workloads.get(workload.name)
        if result is None:
            continue
        lines += [_row(workload, metric, result=result, peers=peers) for metric in workload.metrics]
        notes += [
            f"- {workload.name}, {name}: {contestant.note}"
            for name, contestant in result.contestants.items()
            if contestant.note
        ]
    measured = [
        (workload, results.workloads[workload.name]) for workload in workloads if workload.name in results.workloads
    ]
    titles = [f"- {workload.name}: {workload.title} ({_rounds(result)})" for workload, result in measured]
    return "\n".join([*lines, "", *titles, *([""] if notes else []), *notes]) + "\n"


def _about(results: Results) -> str:
    machine = results.machine
    return (
        f"{machine.cores} cores ({machine.processor}), {machine.memory_gib:g} GiB, {machine.system}, "
        f"Python {machine.python}; medians. In brackets, for a peer: how many times better "
        "Outlast is (below 1 the peer is ahead); for the bare limit: how many times worse than it Outlast is."
    )


def _rounds(result: WorkloadResult) -> str:
    count = max((len(contestant.rounds) for contestant in result.contestants.values()), default=0)
    return f"{count} round{'' if count == 1 else 's'}"


def _peers(results: Results) -> list[str]:
    return list(
        dict.fromkeys(
            name
            for workload in results.workloads.values()
            for name, contestant in workload.contestants.items()
            if contestant.kind == Kind.PEER
        )
    )


def _row(workload: Workload, metric: Metric, *, result: WorkloadResult, peers: Sequence[str]) -> str:
    ours = _of_kind(result, Kind.OUTLAST, metric.key)
    limit = _of_kind(result, Kind.LIMIT, metric.limit_key or metric.key)
    cells = [workload.name, metric.label, _number(ours, metric), _goal(metric, ours, limit)]
    cells.append(_with_ratio(limit, _ratio(metric, limit, ours), metric))
    for peer in peers:
        contestant = result.contestants.get(peer)
        figure = contestant.medians.get(metric.key) if contestant else None
        cells.append(_with_ratio(figure, _ratio(metric, ours, figure), metric))
    return "| " + " | ".join(cells) + " |"


def _of_kind(result: WorkloadResult, kind: Kind, key: str) -> float | None:
    for contestant in result.contestants.values():
        if contestant.kind == kind and key in contestant.medians:
            return contestant.medians[key]
    return None


def _ratio(metric: Metric, better: float | None, worse: float | None) -> float | None:
    """How many times worse `worse` is than `better`."""
    if better is None or worse is None:
        return None
    above, below = (worse, better) if metric.better is Better.LESS else (better, worse)
    return above / below if below else None


def _number(value: float | None, metric: Metric) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.{metric.digits}f}"


def _with_ratio(value: float | None, ratio: float | None, metric: Metric) -> str:
    if value is None:
        return "-"
    if ratio is None:
        return _number(value, metric)
    return f"{_number(value, metric)} ({ratio:,.1f}x)"


def _goal(metric: Metric, ours: float | None, limit: float | None) -> str:
    parts: list[tuple[str, bool | None]] = []
    if metric.at_most is not None:
        parts.append((f"<= {metric.at_most:,g}", None if ours is None else ours <= metric.at_most))
    if metric.at_least is not None:
        parts.append((f">= {metric.at_least:,g}", None if ours is None else ours >= metric.at_least))
    if metric.at_most_limits is not None:
        ratio = _ratio(metric, limit, ours)
        parts.append(
            (f"<= {metric.at_most_limits:g}x limit", None if ratio is None else ratio <= metric.at_most_limits)
        )
    return ", ".join(f"{text} {_VERDICTS[met]}".strip() for text, met in parts)


_VERDICTS = {True: "met", False: "**missed**", None: ""}
