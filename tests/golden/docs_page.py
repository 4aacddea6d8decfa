"""A page of the docs as something that runs.

The blocks of a page run in order, in one folder and, for Python, in one namespace. A comment right above a
block changes how:

- ``<!-- docs: skip, <why> -->`` does not run it;
- ``<!-- docs: file trip.py -->`` saves it under that name first;
- ``<!-- docs: session -->`` runs it as the body of an app;
- ``<!-- docs: background, until <text> -->`` leaves a console block running to the end of the page once it
  has printed that text.

At the end `Page.play` starts each app that the page has defined by `AppTest`, unless it has a parameter without a
default; it must come to its first question, or to its end.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import doctest
import inspect
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import outlast
from outlast import App
from outlast.testing import AppTest

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)?[^\n]*\n(?P<text>.*?)^(?P=indent)```[ ]*$", re.MULTILINE | re.DOTALL
)
DIRECTIVE = re.compile(r"<!--\s*docs:\s*(?P<verb>\w+)(?:,?\s+(?P<rest>(?:(?!-->).)*?))?\s*-->\s*\Z", re.DOTALL)
VERBS = {"", "skip", "file", "session", "background"}
SHELLS = {"console", "bash", "sh", "shell"}
COMMAND_LIMIT_S = 15


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    language: str
    text: str
    line: int
    verb: str = ""
    rest: str = ""


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a Markdown page, with the directive above each."""
    for fence in FENCE.finditer(text):
        said = DIRECTIVE.search(text[: fence.start()].rstrip(" "))
        verb, rest = (said["verb"], said["rest"] or "") if said else ("", "")
        line = text.count("\n", 0, fence.start()) + 2
        assert verb in VERBS, f"line {line}: no directive is called {verb!r}"
        assert verb != "skip" or len(rest) > 8, f"line {line}: say why this block does not run"
        yield Block(fence["language"] or "", textwrap.dedent(fence["text"]), line, verb, rest)


@dataclass
class Page:
    """Runs the blocks of one page.

    Attributes:
        path: the page; errors point into it.
        folder: where its files are written and its commands run.
    """

    path: Path
    folder: Path
    names: dict[str, object] = field(default_factory=lambda: {"__name__": "docs"})
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, block: Block) -> None:
        """Run one block; raises what it raises, at the page's line."""
        if block.verb == "skip":
            return
        if block.verb == "file":
            target = self.folder / block.rest
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, "utf-8")
        if block.language == "python":
            self._python(block)
        elif block.language in SHELLS:
            self._console(block)
        elif block.language == "json":
            json.loads(block.text)
        elif block.language == "toml":
            tomllib.loads(block.text)

    def play(self) -> None:
        """Start each app that the page has defined; it must come to its first question or to its end."""
        apps = {id(value): value for value in self.names.values() if isinstance(value, App)}
        for app in apps.values():
            if not app.info().schema.get("required"):
                with self._importable(), AppTest(app) as test:
                    failure = test.run().failure
                assert failure is None, f"{self.path.name}: the app {app.name} fails: {failure}"

    def close(self) -> None:
        """End what still runs in the background, with all its children."""
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()

    def _python(self, block: Block) -> None:
        text, line = block.text, block.line
        if block.verb == "session":
            text = (
                "def page():\n"
                + textwrap.indent(text, "    ")
                + "\nfrom outlast import app as _app\npage = _app(page)\n"
            )
            line -= 1
            for name in outlast.__all__:
                self.names.setdefault(name, getattr(outlast, name))
        # Blank lines in front, so that a traceback names the page's own lines.
        code = compile("\n" * (line - 1) + text, str(self.path), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        with self._importable():
            if code.co_flags & inspect.CO_COROUTINE:
                coroutine = eval(code, self.names)
                asyncio.run(coroutine)
            else:
                exec(code, self.names)

    @contextlib.contextmanager
    def _importable(self) -> Iterator[None]:
        """Let blocks import what others saved as files, and forget those modules again."""
        before = set(sys.modules)
        sys.path.insert(0, str(self.folder))
        try:
            yield
        finally:
            sys.path.remove(str(self.folder))
            for name in set(sys.modules) - before:
                if str(getattr(sys.modules[name], "__file__", None)).startswith(str(self.folder)):
                    del sys.modules[name]

    def _console(self, block: Block) -> None:
        for command, expected in _commands(block):
            if block.verb == "background":
                self._start(command, until=block.rest.removeprefix("until").strip())
                continue
            process = self._open(command)
            try:
                output, _ = process.communicate(timeout=COMMAND_LIMIT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                output = process.communicate()[0] + f"(still running after {COMMAND_LIMIT_S} s)"
            assert process.returncode == 0, f"{self.path.name}:{block.line}: {command}\n{output}"
            flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            assert not expected or doctest.OutputChecker().check_output(expected, output, flags), (
                f"{self.path.name}:{block.line}: {command}\nthe page says:\n{expected}\nit printed:\n{output}"
            )

    def _start(self, command: str, *, until: str) -> None:
        process = self._open(command)
        self.running.append(process)
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if until in printed:
                return
        raise AssertionError(f"{command} ended before it printed {until!r}:\n{printed}")

    def _open(self, command: str) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAST_")} | {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(self.folder),
            "XDG_DATA_HOME": str(self.folder / ".data"),
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "OUTLAST_PORT": "0",  # many pages are run at one time
        }
        return subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def _commands(block: Block) -> Iterator[tuple[str, str]]:
    """The commands of a console block with the output that the page shows; without prompts it is one script."""
    if not re.search(r"^\$ ", block.text, re.MULTILINE):
        yield block.text, ""
        return
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command = re.match(r"(?:[^\n]*\\\n)*[^\n]*\n?", part)
        assert command is not None
        yield command[0].strip(), part[command.end() :]
