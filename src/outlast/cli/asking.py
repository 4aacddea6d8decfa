"""Who answers a session here: lines of standard input, or a person at prompts (`outlast.cli.prompts`)."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.text import Text

from outlast.cli import blocks
from outlast.cli.answers import empty, from_text, hint
from outlast.kit.errors import InvalidAnswer, OutlastError
from outlast.protocol.codec import Json, to_json
from outlast.protocol.document import Input
from outlast.protocol.inputs import check

Upload = Callable[[Path], Awaitable[Json]]


class Left(Exception):
    """The person left the question open on purpose (Ctrl-D)."""


class NoAnswer(OutlastError):
    """The app asks, and standard input has no more lines."""

    code = "no_answer"


class Interrupted(Exception):
    """The person pressed Ctrl-C at the question."""


class Asker(Protocol):
    """Asks one question."""

    async def ask(self, asked: Input, *, upload: Upload) -> Json:
        """Ask until the answer fits. May be cancelled: somebody else has answered.

        Raises:
            Interrupted: the person wants to stop the session.
            Left: the person wants to answer another time.
            NoAnswer: nobody is there to answer.
        """
        ...

    def explain(self, error: str) -> None:
        """Say why an answer was refused."""
        ...

    def leaves_trace(self, asked: Input) -> bool:
        """Whether question and answer stand on the screen when it has been answered."""
        ...


class LineAsker:
    """Takes each answer from a line of standard input. Blank lines take the default.

    Args:
        console: for what is wrong with an answer.
        show: say each question there too: somebody types the lines, but the session is shown elsewhere.
    """

    def __init__(self, console: Console, *, show: bool = False) -> None:
        self._console = console
        self._show = show
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._reading = False

    async def ask(self, asked: Input, *, upload: Upload) -> Json:
        if asked.kind == "form" and not await self._begins_object():
            return {
                field["input"]: await self._one(
                    field["kind"], field.get("spec", {}), label=field.get("label", ""), upload=upload
                )
                for field in asked.spec.get("fields", ())
            }
        return await self._one(asked.kind, asked.spec, label=asked.label, upload=upload)

    def explain(self, error: str) -> None:
        self._console.print(Text(f"  {blocks.plain(error)}", style="red"))

    def leaves_trace(self, asked: Input) -> bool:
        return False

    async def _one(self, kind: str, spec: Mapping[str, Json], *, label: str, upload: Upload) -> Json:
        while True:
            if self._show:
                options = ", ".join(spec.get("options", ()))
                words = "; ".join(filter(None, (options, hint(kind, spec))))
                self._console.print(Text(f"? {blocks.plain(label)}{f' ({blocks.plain(words)})' if words else ''}"))
            line = await self._line(label, hint(kind, spec))
            try:
                if kind == "upload":
                    value = await uploaded(line, spec, upload)
                else:
                    value = from_text(kind, spec, line)
                return check(kind, spec, value)
            except InvalidAnswer as error:
                self.explain(f"{label}: {error.message}")

    async def _line(self, label: str, words: str) -> str:
        self._read()
        line = await self._lines.get()
        if line is None:
            self._lines.put_nowait(None)
            about = f" ({words})" if words else ""
            raise NoAnswer(f"The app asks {label!r}{about}, and standard input has no more lines.")
        return line

    async def _begins_object(self) -> bool:
        self._read()
        line = await self._lines.get()
        # Looked at, not taken: it goes back in front of what has been read since.
        later = [self._lines.get_nowait() for _ in range(self._lines.qsize())]
        for each in (line, *later):
            self._lines.put_nowait(each)
        return line is not None and line.lstrip().startswith("{")

    def _read(self) -> None:
        """Read in a daemon thread: a read that never ends must not keep the process alive."""
        if self._reading:
            return
        self._reading = True
        loop = asyncio.get_running_loop()

        def read() -> None:
            for line in sys.stdin:
                loop.call_soon_threadsafe(self._lines.put_nowait, line.rstrip("\r\n"))
            loop.call_soon_threadsafe(self._lines.put_nowait, None)

        threading.Thread(target=read, name="stdin", daemon=True).start()


def asker_for(console: Console, *, as_json: bool) -> Asker:
    """Whoever answers here: a person at prompts when both ends are a terminal, else lines of standard input."""
    at_terminal = sys.stdin.isatty()
    if at_terminal and sys.stdout.isatty() and not as_json:
        from outlast.cli.prompts import PromptAsker  # late: only a person needs prompts

        return PromptAsker(console)
    return LineAsker(console, show=at_terminal)


async def uploaded(text: str, spec: Mapping[str, Json], upload: Upload) -> Json:
    """Upload the files that a text names, one or several with commas between.

    Raises:
        InvalidAnswer: there is no such file.
    """
    if text.strip() == "":
        return empty("upload", spec)
    return to_json([await upload(path) for path in _paths(text)])


def _paths(text: str) -> Sequence[Path]:
    whole = Path(text.strip()).expanduser()
    paths = [whole] if whole.is_file() else [Path(part.strip()).expanduser() for part in text.split(",")]
    for path in paths:
        if not path.is_file():
            raise InvalidAnswer(f"There is no file {str(path)!r}.", errors={"": f"There is no file {str(path)!r}."})
    return paths
