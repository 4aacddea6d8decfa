"""The repository as the meta tests see it: its files, its syntax trees, and what is excepted from a rule."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = Path(__file__).with_name("allowed.toml")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file."""

    path: str
    """Relative to the repository, with slashes."""
    lines: tuple[str, ...]
    tree: ast.Module

    def functions(self) -> Iterator[tuple[str, Function, bool]]:
        """Every function with its dotted name and whether it is a method, nested ones included."""
        yield from _functions(self.tree, "", in_class=False)

    def classes(self) -> Iterator[ast.ClassDef]:
        """Every class, nested ones included."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def says(self, node: ast.AST, mark: str) -> bool:
        """Whether a line of this node's head carries the comment ``# <mark>: <why>``."""
        first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        if isinstance(node, ast.ExceptHandler):
            last = max(first, node.body[0].lineno - 1)
        return any(f"# {mark}: " in line for line in self.lines[first - 1 : last])


def _functions(parent: ast.AST, prefix: str, *, in_class: bool) -> Iterator[tuple[str, Function, bool]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, Function):
            name = f"{prefix}{node.name}"
            yield name, node, in_class
            yield from _functions(node, f"{name}.", in_class=False)
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.", in_class=True)
        else:
            yield from _functions(node, prefix, in_class=in_class)


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """The Python files below these folders of the repository; what a folder lacks is not an error."""
    below = tuple(f"{folder}/" for folder in folders)
    return tuple(_parse(path) for path in tracked() if path.startswith(below) and path.endswith(".py"))


@cache
def _parse(path: str) -> Module:
    text = (ROOT / path).read_text("utf-8")
    return Module(path, tuple(text.splitlines()), ast.parse(text, path))


@cache
def tracked() -> tuple[str, ...]:
    """The files that belong to the repository: known to git, or new and not ignored."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(sorted(name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()))


def check(rule: str, found: dict[str, int]) -> None:
    """Fail unless what breaks a rule is exactly what `allowed.toml` excepts.

    Args:
        rule: the rule's table in `allowed.toml`.
        found: what breaks the rule, with its measure (1 where there is none).
    """
    allowed: dict[str, int] = tomllib.loads(ALLOWED.read_text("utf-8")).get(rule, {})
    worse = {where: measure for where, measure in found.items() if measure > allowed.get(where, 0)}
    better = {where: measure for where, measure in allowed.items() if found.get(where, 0) < measure}
    assert not worse, f"{rule}: {worse}"
    assert not better, f"{rule}: take out of allowed.toml, or lower there: {better}"
