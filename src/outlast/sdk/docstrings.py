"""What docstrings say of parameters: Google's ``Args:``, reST's ``:param x:`` and NumPy's ``Parameters``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SECTION = re.compile(r"^(Args|Arguments|Parameters|Attributes|Params|Keyword Args):\s*$")
_OTHER = re.compile(r"^(Returns?|Raises|Yields?|Examples?|Notes?|Warnings?|See Also|Todo):\s*$")
_ENTRY = re.compile(r"^\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
_REST = re.compile(r"^:param\s+(?:[\w.\[\], |]+\s+)?(\w+):\s*(.*)$")
_NUMPY = re.compile(r"^(\w+)(\s*:.*)?$")


@dataclass(slots=True)
class Doc:
    """A docstring taken apart.

    Attributes:
        text: all but the parameters, Markdown.
        params: what it says of each parameter.
    """

    text: str = ""
    params: dict[str, str] = field(default_factory=dict)


def parse(docstring: str | None) -> Doc:
    """Take a docstring apart; what is not understood stays in the text."""
    lines = inspect.cleandoc(docstring or "").splitlines()
    doc, kept, at = Doc(), [], 0
    while at < len(lines):
        line = lines[at]
        rule = lines[at + 1].strip() if at + 1 < len(lines) else ""
        if _SECTION.match(line):
            at = _google(lines, at + 1, doc.params)
        elif line.strip() in {"Parameters", "Attributes"} and rule and set(rule) == {"-"}:
            at = _numpy(lines, at + 2, doc.params)
        elif found := _REST.match(line.strip()):
            at = _continued(lines, at + 1, doc.params, name=found[1], first=found[2])
        elif _OTHER.match(line):
            at = _skip(lines, at + 1)
        else:
            kept.append(line)
            at += 1
    doc.text = "\n".join(kept).strip()
    return doc


def words(name: str) -> str:
    """A name of code in words: ``max_days`` becomes ``Max days``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").strip()
    if not spaced:
        return name
    first, *rest = spaced.split(" ")
    return " ".join([first[:1].upper() + first[1:], *(w if w.isupper() else w.lower() for w in rest)])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _google(lines: Sequence[str], at: int, params: dict[str, str]) -> int:
    depth, name = 0, ""
    while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) > 0):
        line = lines[at]
        if line.strip():
            depth = depth or _indent(line)
            found = _ENTRY.match(line.strip()) if _indent(line) <= depth else None
            if found:
                name = found[1]
                params[name] = found[2]
            elif name:
                params[name] = f"{params[name]} {line.strip()}".strip()
        at += 1
    return at


def _numpy(lines: Sequence[str], at: int, params: dict[str, str]) -> int:
    name = ""
    while at < len(lines):
        line = lines[at]
        following = lines[at + 1].strip() if at + 1 < len(lines) else ""
        if line.strip() and _indent(line) == 0:
            found = _NUMPY.match(line.strip())
            if not found or (following and set(following) == {"-"}):
                return at
            name = found[1]
            params[name] = ""
        elif line.strip() and name:
            params[name] = f"{params[name]} {line.strip()}".strip()
        at += 1
    return at


def _continued(lines: Sequence[str], at: int, params: dict[str, str], *, name: str, first: str) -> int:
    params[name] = first
    while at < len(lines) and lines[at].strip() and _indent(lines[at]) > 0:
        params[name] = f"{params[name]} {lines[at].strip()}".strip()
        at += 1
    return at


def _skip(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) > 0):
        at += 1
    return at


def param_docs(owner: object) -> Mapping[str, str]:
    """What an object's own docstring says of its parameters or fields."""
    text = owner.__dict__.get("__doc__") if isinstance(owner, type) else getattr(owner, "__doc__", None)
    return parse(text if isinstance(text, str) else None).params
