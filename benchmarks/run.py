"""Run the benchmarks: ``python -m benchmarks.run [--only W1,W4] [--rounds 5]``."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import harness, report
from benchmarks.harness import Kind, Workload
from benchmarks.workloads import ALL

RESULTS = Path(__file__).resolve().parent / "results"
PACKAGES = ("outlast", "uvicorn", "uvloop", "fastapi", "sqlalchemy", "aiosqlite", "msgspec", "numpy", "pandas")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for, write the results, print the table.

    Args:
        arguments: The command line; the process's own by default.

    Returns:
        The exit code: 1 when Outlast failed a workload.
    """
    options = _parser().parse_args(arguments)
    chosen = _chosen(options.only)
    kinds = frozenset(Kind(kind) for kind in options.contestants.split(","))
    folder = Path(options.results)
    earlier = report.load(folder / "latest.json")
    results = report.Results(
        machine=report.this_machine(_versions()),
        workloads=dict(earlier.workloads) if earlier else {},
    )
    failed = False
    for workload in chosen:
        outcomes = harness.run(workload, rounds=options.rounds, quick=options.quick, kinds=kinds, say=_say)
        failed = failed or any(o.note for name, o in outcomes.items() if name == "Outlast")
        results.workloads[workload.name] = report.workload_result(workload, outcomes)
        if not options.quick:
            report.save(results, folder, ALL)
    print(report.markdown(results, chosen))
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--only", default="", help="workloads, by name, with commas between")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; a figure is their median")
    parser.add_argument("--contestants", default="outlast,limit,peer", help="who takes part")
    parser.add_argument("--quick", action="store_true", help="small samples, and no results are written")
    parser.add_argument("--results", default=str(RESULTS), help="the folder of the results")
    return parser


def _chosen(names: str) -> Sequence[Workload]:
    if not names:
        return ALL
    wanted = [name.strip().lower() for name in names.split(",")]
    chosen = [w for w in ALL if any(w.name.lower() == name or w.name.lower()[:-1] == name for name in wanted)]
    if not chosen:
        sys.exit(f"No workload is called {names}; there are {', '.join(workload.name for workload in ALL)}.")
    return chosen


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
