"""One block of a document as something Rich can print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.json import JSON
from rich.markdown import Heading, Markdown, MarkdownElement
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from typing_extensions import override

from outlast.protocol.codec import Json, encode_json
from outlast.protocol.wording import cell_text, progress_text

MAX_ROWS = 50
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if code not in (9, 10)}
_LEVELS = {
    "info": ("i", "blue"),
    "success": ("✓", "green"),
    "warning": ("!", "yellow"),
    "error": ("✗", "red"),
}
_STATES = {"done": ("✓", "green"), "failed": ("✗", "red"), "running": ("…", "cyan")}


class _LeftHeading(Heading):
    """A heading where the text begins, not in the middle of a wide terminal."""

    @override
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        self.text.stylize("bold underline" if self.tag in ("h1", "h2") else "bold")
        yield self.text


class _Markdown(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "heading_open": _LeftHeading}


def plain(text: object) -> str:
    """Text without control characters: what an app writes must not steer the reader's terminal."""
    return str(text).translate(_CONTROLS)


def markdown(text: str) -> RenderableType:
    """Markdown, or a part of it."""
    return _Markdown(plain(text).strip("\n"), code_theme="ansi_dark")


def table(props: Mapping[str, Json], *, first: int = 0, last_rows: int | None = None) -> RenderableType:
    """A table.

    Args:
        props: of the block.
        first: index of the first row to show; those before were printed earlier.
        last_rows: show no more than so many of the last rows, for a table that grows in place.
    """
    columns, rows = props.get("columns", []), props.get("rows", [])
    shown = rows[first:]
    hidden = 0
    if last_rows is not None:
        shown = shown[-last_rows:]
    elif len(shown) > MAX_ROWS:
        shown, hidden = shown[:MAX_ROWS], len(shown) - MAX_ROWS
    grid = Table(show_edge=False, header_style="bold", pad_edge=False, caption_justify="left", caption_style="dim")
    for column in columns:
        grid.add_column(Text(plain(column["name"])), justify="right" if column.get("type") == "number" else "left")
    for row in shown:
        grid.add_row(*(Text(plain(cell_text(cell))) for cell in row))
    words = [plain(props["caption"])] if props.get("caption") else []
    hidden += max(0, int(props.get("total") or 0) - len(rows))
    if hidden:
        words.append(f"{hidden} more rows")
    grid.caption = Text(", ".join(words), style="dim") if words else None
    return Padding(grid, (1, 0), expand=False)


def progress(props: Mapping[str, Json]) -> RenderableType:
    """A bar with how far it is, how fast, and how long it still takes."""
    value, total = float(props.get("value", 0)), props.get("total")
    grid = Table.grid(padding=(0, 1))
    facts = [progress_text(props)]
    if props.get("rate_per_s"):
        rate = float(props["rate_per_s"])
        facts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.2g}/s")
    if props.get("remaining_s") and (total is None or value < total):
        facts.append(f"{_duration(float(props['remaining_s']))} left")
    bar = ProgressBar(total=total, completed=value, width=30, pulse=total is None)
    grid.add_row(Text(plain(props.get("label") or "Progress")), bar, Text(", ".join(facts), style="dim"))
    return grid


def status(props: Mapping[str, Json]) -> RenderableType:
    """A piece of work and its steps; a spinner while it runs."""
    state = props.get("state", "running")
    mark, colour = _STATES.get(state, ("…", "cyan"))
    took = f" ({_duration(float(props['duration_s']))})" if props.get("duration_s") is not None else ""
    label = Text.assemble(plain(props.get("label", "")), (took, "dim"))
    head: RenderableType = Spinner("dots", label, style=colour) if state == "running" else _marked(mark, colour, label)
    steps = [Text(f"  {plain(step)}", style="dim") for step in props.get("steps", ())]
    return Group(head, *steps)


def metric(props: Mapping[str, Json]) -> RenderableType:
    """A figure with its name."""
    unit = f" {plain(props['unit'])}" if props.get("unit") else ""
    delta = f" ({plain(props['delta'])})" if props.get("delta") is not None else ""
    return Text.assemble(
        (f"{plain(props.get('label', ''))}: ", "dim"),
        (f"{plain(props.get('value', ''))}{unit}", "bold"),
        (delta, "dim"),
    )


def heading(kind: str, props: Mapping[str, Json]) -> RenderableType | None:
    """The line above a container's children; None for one without words."""
    title = plain(props.get("title") or props.get("label") or "")
    if not title:
        return None
    if kind == "section":
        return Padding(Text(title, style="bold underline"), (1, 0, 0, 0))
    return Text(f"▾ {title}", style="bold")


def answered(label: str, words: str) -> RenderableType:
    """A question that was answered."""
    return Text.assemble(("? ", "cyan"), (plain(label), "bold"), f"  {plain(words)}")


def leaf(kind: str, props: Mapping[str, Json]) -> RenderableType:
    """A block that holds no others, whole. Pictures and charts are told by a line (`stored`)."""
    make = _LEAVES.get(kind)
    return make(props) if make else Text(f"[{kind}]", style="dim")


def stored(kind: str, props: Mapping[str, Json], place: str) -> RenderableType:
    """A picture, chart, sound, film or file: what it is and where it was saved."""
    file = props.get("file", {})
    words = props.get("caption") or props.get("label") or props.get("alt") or file.get("name") or ""
    said = f"{kind} {plain(words)}".strip()
    return Text.assemble(("▣ ", "magenta"), said, (f"  {plain(place)}", "dim") if place else "")


def local(moment: datetime) -> str:
    """A moment in the reader's time zone: ``14:30``, with its day if that is another one."""
    here = moment.astimezone()
    form = "%H:%M:%S" if here.date() == datetime.now().astimezone().date() else "%A, %d %B, %H:%M"
    return here.strftime(form)


def _note(props: Mapping[str, Json]) -> RenderableType:
    mark, colour = _LEVELS.get(props.get("level", "info"), ("i", "blue"))
    return _marked(mark, colour, Text(plain(props.get("text", ""))))


def _fault(props: Mapping[str, Json]) -> RenderableType:
    head = _marked("✗", "red", Text(f"{plain(props.get('type'))}: {plain(props.get('message'))}"))
    trace = props.get("traceback")
    return Group(head, Text(plain(trace), style="dim")) if trace else head


def _marked(mark: str, colour: str, words: Text) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text(mark, style=f"bold {colour}"), words)
    return grid


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


_LEAVES: Mapping[str, Callable[[Mapping[str, Json]], RenderableType]] = {
    "markdown": lambda props: markdown(str(props.get("text", ""))),
    "code": lambda props: Syntax(
        plain(props.get("text", "")).rstrip("\n"),
        str(props.get("language") or "text"),
        theme="ansi_dark",
        background_color="default",
        word_wrap=True,
    ),
    "json": lambda props: JSON(encode_json(props.get("value")).decode()),
    "table": table,
    "metric": metric,
    "progress": progress,
    "status": status,
    "thinking": lambda props: Text(plain(props.get("text", "")), style="dim italic"),
    "note": _note,
    "fault": _fault,
}
