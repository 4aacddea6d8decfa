"""``outlast doctor``: what this machine offers, and what to do about what it lacks."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from outlast.cli.blocks import plain
from outlast.cli.exits import Code
from outlast.cli.options import AsJson, DataDir, console_here, print_json, settings_of
from outlast.kit.errors import OutlastError
from outlast.kit.settings import Settings, unknown_variables

_OPTIONAL = {
    "asyncpg": "PostgreSQL (outlast[postgres])",
    "nats-py": "several machines (outlast[nats])",
    "ray": "clusters (outlast[ray])",
    "pandas": "tables from DataFrames",
    "altair": "charts",
    "plotly": "charts",
    "matplotlib": "pictures from figures",
    "pillow": "pictures",
}
_LOW_SPACE_BYTES = 1024**3
_MARKS = {"ok": ("✓", "green"), "note": ("·", "dim"), "warning": ("!", "yellow"), "problem": ("✗", "red")}


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at.

    Attributes:
        name: stable, for programs.
        level: ``problem`` where sessions can't run, ``warning`` where a promise does not hold in full.
        found: what is the case.
        advice: what to do; empty where nothing is.
    """

    name: str
    level: Literal["ok", "note", "warning", "problem"]
    found: str
    advice: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `outlast doctor --json` prints; ``ok`` when there is no problem."""

    ok: bool
    checks: Sequence[Check]


def doctor(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help="Apps to load, too.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Say what this machine offers: processes, limits, sandbox, database, disk, packages.

    Ends with 1 if something keeps sessions from running.
    """
    settings = settings_of(data_dir)
    checks = [check for look in _LOOKS for check in look(settings)]
    checks += asyncio.run(_apps(paths or [], settings))
    report = Report(ok=all(check.level != "problem" for check in checks), checks=checks)
    if as_json:
        print_json(report)
    else:
        _show(report)
    raise typer.Exit(Code.OK if report.ok else Code.FAILED)


def _python(_settings: Settings) -> Iterator[Check]:
    words = f"{platform.python_implementation()} {platform.python_version()} on {platform.platform()}"
    good = sys.version_info >= (3, 11)
    yield Check(
        name="python",
        level="ok" if good else "problem",
        found=words,
        advice="" if good else "Use Python 3.11 or newer.",
    )
    for variable in unknown_variables():
        yield Check(
            name="settings", level="warning", found=f"{variable} is no setting", advice="Is it misspelt? See the docs."
        )


def _processes(_settings: Settings) -> Iterator[Check]:
    if hasattr(os, "fork"):
        yield Check(name="fork", level="ok", found="sessions are forked from a warm template")
    else:
        yield Check(name="fork", level="warning", found="no fork here: each session starts an interpreter of its own")
    adjustable = os.access("/proc/self/oom_score_adj", os.W_OK)
    yield Check(
        name="memory_killer",
        level="ok" if adjustable else "warning",
        found="session processes are killed first when memory is short"
        if adjustable
        else "the kernel can't be told to kill session processes first",
    )
    cores, memory = os.cpu_count() or 1, _memory_bytes()
    yield Check(
        name="machine", level="note", found=f"{cores} cores, {_size(memory)} memory" if memory else f"{cores} cores"
    )


def _sandbox(settings: Settings) -> Iterator[Check]:
    from outlast.worker.landlock import abi  # late: only this check needs it

    version = abi()
    if not settings.sandbox:
        yield Check(name="landlock", level="warning", found="switched off (OUTLAST_SANDBOX)")
    elif version:
        words = f"ABI {version}: a session can't read the data folder and writes only to its scratch folder"
        yield Check(name="landlock", level="ok", found=words)
    else:
        yield Check(
            name="landlock",
            level="warning",
            found="this kernel has none: an app may read the server's data folder",
            advice="Serve only apps that you trust, or use Linux 5.13 or newer.",
        )


def _limits(settings: Settings) -> Iterator[Check]:
    try:
        import resource  # late: Windows has none
    except ImportError:
        yield Check(name="limits", level="warning", found="no resource limits on this platform")
        return
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * settings.max_sessions + 100
    few = soft != resource.RLIM_INFINITY and soft < wanted
    yield Check(
        name="open_files",
        level="warning" if few else "ok",
        found=f"{soft} open files for the server",
        advice=f"{settings.max_sessions} sessions may need {wanted}: `ulimit -n {wanted}`." if few else "",
    )
    given = {
        "memory": _size(settings.limit_memory_bytes) if settings.limit_memory_bytes else "",
        "CPU time": str(settings.limit_cpu or ""),
        "wall time": str(settings.limit_wall_time or ""),
        "open files": str(settings.limit_open_files or ""),
        "processes": str(settings.limit_processes or ""),
    }
    words = ", ".join(f"{name} {value or 'not limited'}" for name, value in given.items())
    yield Check(name="session_limits", level="note", found=words)


def _database(settings: Settings) -> Iterator[Check]:
    if not settings.url.startswith("sqlite"):
        yield Check(name="database", level="note", found=f"{settings.url.partition('://')[0]} (not looked into)")
        return
    folder, path = settings.data_dir, Path(settings.url.partition(":///")[2])
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f"doctor-{os.getpid()}.sqlite3"
        try:
            connection = sqlite3.connect(probe)
            mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            connection.execute("CREATE TABLE probe (x)")
            connection.commit()
            connection.close()
        finally:
            for leftover in folder.glob(f"{probe.name}*"):
                leftover.unlink()
    except (OSError, sqlite3.Error) as error:
        yield Check(
            name="database", level="problem", found=f"{folder} can't be written: {error}", advice="Choose --data-dir."
        )
        return
    size = f", {_size(path.stat().st_size)}" if path.is_file() else ", not made yet"
    wal = mode.lower() == "wal"
    yield Check(
        name="database",
        level="ok" if wal else "warning",
        found=f"{path}{size}, SQLite {sqlite3.sqlite_version}, journal {mode}",
        advice="" if wal else "This file system can't do write-ahead logs (a network drive?); use a local one.",
    )
    free = shutil.disk_usage(folder).free
    low = free < _LOW_SPACE_BYTES
    yield Check(
        name="disk", level="warning" if low else "ok", found=f"{_size(free)} free", advice="Make room." if low else ""
    )


def _server(settings: Settings) -> Iterator[Check]:
    from outlast.client import running_server  # late: only this check needs it

    running = running_server(settings.data_dir)
    words = f"{running.url} (process {running.pid})" if running else "none runs on this data folder"
    yield Check(name="server", level="note", found=words)


def _packages(_settings: Settings) -> Iterator[Check]:
    for name, purpose in _OPTIONAL.items():
        try:
            found = f"{name} {importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            found = f"{name} is not installed"
        yield Check(name="package", level="note", found=f"{found}: {purpose}")


async def _apps(paths: Sequence[str], settings: Settings) -> Sequence[Check]:
    """Load apps as a server would, and say how their sessions would be started."""
    from outlast.runtime.opening import host_settings, memory_runtime  # late: the command line starts fast

    if not paths:
        return []
    checks = []
    async with await memory_runtime(host_settings(settings)) as runtime:
        for path in paths:
            try:
                runtime.registry.add(path)
            except OutlastError as error:
                checks.append(Check(name="apps", level="problem", found=error.message))
        await runtime.registry.load()
        checks += [Check(name="app", level="ok", found=entry.id) for entry in runtime.registry.apps()]
        checks += [
            Check(name="app", level="problem", found=f"{broken.path}: {broken.message}")
            for broken in runtime.registry.broken()
        ]
    return checks


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0


def _size(size_bytes: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if size_bytes < 1024:
            return f"{size_bytes:.3g} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.3g} GiB"


def _show(report: Report) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    for check in report.checks:
        mark, style = _MARKS[check.level]
        words = Text(plain(check.found))
        if check.advice:
            words.append(f"\n{plain(check.advice)}", style="dim")
        grid.add_row(Text(mark, style=style), check.name, words)
    console_here().print(grid)


_LOOKS: Sequence[Callable[[Settings], Iterator[Check]]] = (
    _python,
    _processes,
    _sandbox,
    _limits,
    _database,
    _server,
    _packages,
)
