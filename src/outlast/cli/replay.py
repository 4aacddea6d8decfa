"""``outlast replay``: would a recorded session still run with the code of now?"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.text import Text

from outlast.cli.blocks import plain
from outlast.cli.exits import Code
from outlast.cli.options import AsJson, UsageError, console_here, print_json, split_target
from outlast.kit.errors import AppBroken, AppNotFound, NotFound, ProtocolViolation
from outlast.protocol import events as e
from outlast.protocol.codec import encode_json

if TYPE_CHECKING:
    from outlast.worker.loading import AnyApp


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between a recording and the code of now; see `outlast.testing.Divergence`."""

    where: str
    recorded: str
    now: str
    fatal: bool


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What `outlast replay --json` prints.

    Attributes:
        replays: a session of then would go on.
        differences: in the order of the run; those not fatal leave what viewers saw as it was.
    """

    app: str
    events: int
    replays: bool
    differences: Sequence[Difference]


def replay(
    recording: Annotated[
        Path,
        typer.Argument(metavar="RECORDING", help="What `outlast export --format json` or `outlast run --json` wrote."),
    ],
    app_file: Annotated[
        str | None,
        typer.Argument(metavar="FILE[:APP]", help="The app of now; by default MODULE.py here or beside the first."),
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Every difference counts, not only fatal ones.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a recorded session against the code of now: nothing is asked, no recorded step runs again.

    Ends with 1 where such a session would stop with `replay_diverged`.
    """
    from outlast.testing.replay import divergences  # late: the command line starts fast

    events = read_recording(recording)
    created = events[0] if events else None
    if not isinstance(created, e.SessionCreated):
        raise ProtocolViolation(f"{recording} does not begin with `session.created`, as a recording does.")
    app = _load_app(app_file or _beside(recording, created.app), created.app)
    differences = [
        Difference(where=each.where, recorded=each.recorded, now=each.now, fatal=each.fatal)
        for each in divergences(app, events)
    ]
    replays = not any(each.fatal or strict for each in differences)
    if as_json:
        print_json(Outcome(app=created.app, events=len(events), replays=replays, differences=differences))
    else:
        _show(differences, replays=replays, events=len(events))
    raise typer.Exit(Code.OK if replays else Code.FAILED)


def read_recording(path: Path) -> Sequence[e.SessionEvent]:
    """Read events: one a line, as a JSON array, or as an export holds them.

    Raises:
        NotFound: there is no such file.
        ProtocolViolation: something in it is not an event; the message says where.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {str(path)!r}.")
    text = path.read_text("utf-8")
    try:
        whole = json.loads(text)
    except ValueError:
        parts = [(f"line {number}", line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    else:
        listed = whole.get("events", [whole]) if isinstance(whole, dict) else whole
        if not isinstance(listed, list):
            raise ProtocolViolation(f"{path} is no recording: it holds neither events nor a list of them.")
        parts = [(f"event {number}", encode_json(each).decode()) for number, each in enumerate(listed, 1)]
    events = []
    for where, part in parts:
        try:
            events.append(e.decode_event(part))
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise ProtocolViolation(f"{path}, {where} is not an event: {error}.") from error
    return events


def _beside(recording: Path, app: str) -> str:
    module, _, function = app.partition(":")
    relative = Path(*module.split(".")).with_suffix(".py") if re.fullmatch(r"\w+(\.\w+)*", module) else Path("app.py")
    for folder in (Path(), recording.parent):
        if (folder / relative).is_file():
            return f"{folder / relative}:{function}"
    raise UsageError(f"{relative} is neither here nor beside the recording; name the app's file.")


def _load_app(target: str, recorded: str) -> AnyApp:
    from outlast.worker.control import Broken, Load  # late: as above
    from outlast.worker.loading import load_apps  # late: as above

    name, function = split_target(target)
    function = function or recorded.rpartition(":")[2]
    path = Path(name).resolve()
    found = load_apps(Load(path=str(path), module=path.stem, root=str(path.parent)))
    if isinstance(found, Broken):
        raise AppBroken(f"{path} can't be loaded. {found.error}")
    app = found.get(function)
    if app is None:
        names = ", ".join(info.name for info in found.infos()) or "none"
        raise AppNotFound(f"{name} has no app {function!r} (it has: {names}); say which: {name}:APP.")
    return app


def _show(differences: Sequence[Difference], *, replays: bool, events: int) -> None:
    console = console_here()
    for each in differences:
        mark, style = ("✗", "red") if each.fatal else ("~", "yellow")
        console.print(Text.assemble((f"{mark} ", style), (plain(each.where), "bold")))
        console.print(Text(f"    recorded  {plain(each.recorded)}"))
        console.print(Text(f"    now       {plain(each.now)}"))
    if not replays:
        console.print(Text("It diverges: a session like this one would stop there.", style="red"))
    elif differences:
        console.print(Text("It replays; what differs is not shown to those who saw the session.", style="yellow"))
    else:
        console.print(Text(f"It replays: {events} events, no difference.", style="green"))
