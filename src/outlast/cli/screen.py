"""A session's document as a terminal shows it: what is done scrolls away, what still changes stays at the bottom."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from outlast.cli import blocks
from outlast.protocol import events as e
from outlast.protocol.blocks import CONTAINERS, TEXT_KINDS
from outlast.protocol.document import Block, Document, Input
from outlast.protocol.wording import answer_lines

QUIET_S = 0.3
_STORED = frozenset({"image", "audio", "video", "file", "chart"})
_VOLATILE = frozenset({"rate_per_s", "remaining_s"})
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)", re.MULTILINE)
_LIVE_LINES = 12


@dataclass
class _Shown:
    """What of a block stands in the terminal's past already."""

    chars: int = 0
    rows: int = 0
    look: str = ""


class Screen:
    """Prints a document as it grows.

    Args:
        console: where to. One that is no terminal gets plain lines, each block once.
        save: stores a picture, file or chart and tells its place; empty when it can't.
    """

    def __init__(self, console: Console, save: Callable[[str, Block], str] = lambda _key, _block: "") -> None:
        self.console = console
        self.document = Document()
        self.answered_here: set[str] = set()
        self._save = save
        self._pending: dict[str, float] = {}
        self._shown: dict[str, _Shown] = {}
        self._log = ""
        self._growing: set[str] = set()
        self._last_opened = ""
        self._flat: set[str] = set()
        self._live: Live | None = None

    @property
    def unfinished(self) -> bool:
        """Whether something waits to be printed for good."""
        return bool(self._pending)

    def start_from(self, document: Document) -> None:
        """Begin with a document that has grown already."""
        self.document = document
        now = time.monotonic()
        self._pending = dict.fromkeys(document.blocks, now)
        self._last_opened = next(reversed(document.blocks), "")

    def note(self, events: Sequence[e.SessionEvent]) -> None:
        """Remember which blocks the events (already folded into the document) have changed."""
        now = time.monotonic()
        for event in events:
            if isinstance(event, (e.InputSubmitted, e.InputWithdrawn)):
                asked = self.document.inputs.get(event.input)
                if asked is not None:
                    self._pending[asked.block] = now
            elif isinstance(event, e.LogWritten):
                self._log += event.text if event.text.endswith("\n") or event.channel == "stdout" else f"{event.text}\n"
            elif isinstance(event, (e.BlockOpened, e.InputRequested)):
                self._last_opened = event.block
                self._pending[event.block] = now
            elif isinstance(event, (e.BlockAppended, e.BlockUpdated, e.BlockClosed)):
                self._pending[event.block] = now
                if isinstance(event, e.BlockAppended):
                    self._growing.add(event.block)

    def show(self, *, flush: bool = False) -> None:
        """Print what is settled and draw the rest at the bottom.

        Args:
            flush: print everything as it stands, and leave nothing at the bottom: a question comes.
        """
        now = time.monotonic()
        if flush:
            self._stop_live()
        self._put_log()
        for key in list(self._pending):
            block = self.document.blocks.get(key)
            if key not in self._pending:
                continue  # it was printed with the columns it stands in
            if block is None:
                del self._pending[key]
            elif self._holder(key, flush=flush) is None and (flush or self._settled(key, block, now=now)):
                del self._pending[key]
                self._print(key, block)
            elif block.kind == "markdown" and self._holder(key, flush=flush) is None:
                self._print_paragraphs(key, block)
        if not flush:
            self._draw()

    def close(self) -> None:
        """Take away what is drawn at the bottom."""
        self._stop_live()

    # -- what is settled -----------------------------------------------------------------------------

    def _settled(self, key: str, block: Block, *, now: float) -> bool:
        if block.closed:
            return True
        if block.kind == "input":
            return False
        if block.kind == "status" or (block.kind == "progress" and not _complete(block)):
            return False
        if block.kind in CONTAINERS:
            return block.kind != "columns"
        if key != self._last_opened and key not in self._growing:
            return True
        return now - self._pending[key] > QUIET_S

    def _holder(self, key: str, *, flush: bool) -> str | None:
        """The ``columns`` block that a block is printed with, if that is still being filled."""
        parent = self.document.blocks[key].parent
        while parent is not None and (block := self.document.blocks.get(parent)) is not None:
            if block.kind == "columns" and parent not in self._flat:
                if not flush:
                    return parent
                self._flat.add(parent)
            parent = block.parent
        return None

    # -- printing for good ---------------------------------------------------------------------------

    def _print(self, key: str, block: Block) -> None:
        if block.kind == "columns":
            self._print_columns(key, block)
            return
        for renderable in self._rest(key, block):
            _put(self.console, renderable)

    def _rest(self, key: str, block: Block) -> Iterator[RenderableType]:
        """What of a block has not been printed."""
        shown = self._shown.setdefault(key, _Shown())
        props = block.props
        if block.kind in TEXT_KINDS:
            text = str(props.get("text", ""))
            rest = text[shown.chars :] if shown.look == text[: shown.chars] else text
            shown.chars, shown.look = len(text), text
            if rest.strip():
                yield blocks.leaf(block.kind, {**props, "text": rest})
            return
        if block.kind == "table":
            rows = len(props.get("rows", ()))
            first, shown.rows = (shown.rows if rows > shown.rows else 0), rows
            look = repr(props)
            if look != shown.look:
                shown.look = look
                yield blocks.table(props, first=first)
            return
        look = repr({name: value for name, value in props.items() if name not in _VOLATILE})
        if block.kind == "input":
            look = repr(self._asked(block))
        if look == shown.look:
            return
        shown.look = look
        if (renderable := self._whole(key, block)) is not None:
            yield renderable

    def _whole(self, key: str, block: Block) -> RenderableType | None:
        if block.kind == "input":
            return self._input(block)
        if block.kind in _STORED:
            return blocks.stored(block.kind, block.props, self._save(key, block))
        if block.kind in CONTAINERS and block.kind != "status":
            return blocks.heading(block.kind, block.props)
        return blocks.leaf(block.kind, block.props)

    def _asked(self, block: Block) -> Input | None:
        return self.document.inputs.get(str(block.props.get("input")))

    def _input(self, block: Block) -> RenderableType | None:
        asked = self._asked(block)
        if asked is None or asked.state == "open" or block.props.get("input") in self.answered_here:
            return None
        if asked.state == "withdrawn":
            return Text(f"? {blocks.plain(asked.label)}  not answered", style="dim")
        words = "; ".join(f"{name}: {value}" if name else value for name, value in answer_lines(asked))
        return blocks.answered(asked.label, words)

    def _print_columns(self, key: str, block: Block) -> None:
        """Print the columns side by side, if their block was filled without a question in between."""
        if key in self._flat:
            return
        self._flat.add(key)
        parts = [child for child, b in self.document.blocks.items() if b.parent == key]
        grid = Table.grid(padding=(0, 3), expand=True)
        for place, _ in enumerate(parts):
            weights = block.props.get("weights") or []
            grid.add_column(ratio=max(1, round(10 * weights[place])) if place < len(weights) else 10)
        cells = [Group(*self._inside(part)) for part in parts]
        if any(cell.renderables for cell in cells):
            grid.add_row(*cells)
            _put(self.console, grid)

    def _inside(self, key: str) -> Iterator[RenderableType]:
        self._pending.pop(key, None)
        for child, block in self.document.blocks.items():
            if block.parent == key:
                self._pending.pop(child, None)
                yield from self._rest(child, block)
                yield from self._inside(child)

    def _print_paragraphs(self, key: str, block: Block) -> None:
        """Print the whole paragraphs of a text that is still being written."""
        text = str(block.props.get("text", ""))
        shown = self._shown.setdefault(key, _Shown())
        if shown.look != text[: shown.chars]:
            return
        end = _last_paragraph_end(text, shown.chars)
        if end > shown.chars:
            _put(self.console, blocks.markdown(text[shown.chars : end]))
            _put(self.console, "")
            shown.chars, shown.look = end, text[:end]

    def _put_log(self) -> None:
        """Print the whole lines that the app wrote to its standard output and the like."""
        *lines, self._log = self._log.split("\n")
        for line in lines:
            _put(self.console, Text(f"│ {blocks.plain(line)}", style="dim"))

    # -- drawing in place ----------------------------------------------------------------------------

    def _draw(self) -> None:
        if not self.console.is_terminal:
            return
        parts = [part for key in self._pending if (part := self._moving(key)) is not None]
        timer = self.document.waiting_timer
        if timer is not None and not self.document.over and (due := self.document.timers.get(timer)):
            parts.append(Spinner("dots", Text(f"sleeps until {blocks.local(due)}", style="dim")))
        if not parts:
            self._stop_live()
        elif self._live is None:
            self._live = Live(
                Group(*parts), console=self.console, transient=True, refresh_per_second=12, vertical_overflow="crop"
            )
            self._live.start(refresh=True)
        else:
            self._live.update(Group(*parts))

    def _moving(self, key: str) -> RenderableType | None:
        block = self.document.blocks.get(key)
        if block is None or block.kind in _STORED or block.kind == "input":
            return None
        if block.kind in CONTAINERS and block.kind != "status":
            return None
        shown = self._shown.get(key, _Shown())
        if block.kind in TEXT_KINDS:
            rest = str(block.props.get("text", ""))[shown.chars :]
            tail = "\n".join(rest.splitlines()[-_LIVE_LINES:])
            return blocks.leaf(block.kind, {**block.props, "text": tail}) if tail.strip() else None
        if block.kind == "table":
            return blocks.table(block.props, first=shown.rows, last_rows=_LIVE_LINES)
        return blocks.leaf(block.kind, block.props)

    def _stop_live(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


def _put(console: Console, renderable: RenderableType) -> None:
    """Print for good; a file gets no blanks at the ends of lines."""
    if console.is_terminal:
        console.print(renderable)
        return
    with console.capture() as captured:
        console.print(renderable)
    for line in captured.get().splitlines():
        console.file.write(f"{line.rstrip()}\n")
    console.file.flush()


def _complete(block: Block) -> bool:
    total = block.props.get("total")
    return total is not None and block.props.get("value", 0) >= total


def _last_paragraph_end(text: str, start: int) -> int:
    """Where the last paragraph that is whole ends, past ``start``; fenced code is one paragraph."""
    open_since: int | None = None
    fence = ""
    for match in _FENCE.finditer(text, start):
        if open_since is None:
            open_since, fence = match.start(), match[1]
        elif match[1].startswith(fence):
            open_since = None
    end = text.rfind("\n\n", start, open_since if open_since is not None else len(text))
    while end != -1 and _inside_fence(text, start, end):
        end = text.rfind("\n\n", start, end)
    return end + 2 if end != -1 else start


def _inside_fence(text: str, start: int, place: int) -> bool:
    fence = ""
    for match in _FENCE.finditer(text, start, place):
        if not fence:
            fence = match[1]
        elif match[1].startswith(fence):
            fence = ""
    return bool(fence)
