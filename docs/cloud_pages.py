"""Reference pages of the cloud: its permissions, its routes' errors, and which test holds which requirement."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fastapi import FastAPI

from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.mount import API, DOMAINS
from outlast.ee.cloud.policy import Rule, Who
from outlast.ee.cloud.routes import served

ROOT = Path(__file__).resolve().parents[1]
MARK = re.compile(r"\[security ([\d, ]+)\]")

PERMISSIONS = """# Permissions

Every route of the API does one verb; this table says who may. A role may do all that the roles before it may:
`viewer < member < admin < owner`. What the caller may not see answers 404, what they may see but not do 403.

- **scope**: what a personal access token must hold; without one no token may do this.
- **fresh**: needs a proof of identity of the last minutes (`OUTLAST_FRESH_FOR`), else 401
  `insufficient_user_authentication`.
- **once**: takes an `Idempotency-Key`."""

SECURITY = """# Security requirements, and the tests that hold them

Each requirement is held by the tests named beside it; those names are collected from the tests themselves."""


def permissions_page() -> str:
    """Reference of verbs and who may do them."""
    app = FastAPI()
    rules: dict[str, Rule] = {}
    for domain in DOMAINS:
        app.include_router(domain.router, prefix=API)
        rules |= {rule.verb: rule for rule in domain.RULES}
    routes: defaultdict[str, list[str]] = defaultdict(list)
    for method, path, verb in served(app):
        routes[verb].append(f"`{method} {path}`")
    lines = ["| verb | who | scope | fresh | once | routes | ASVS |", "|---|---|---|---|---|---|---|"]
    for verb, rule in sorted(rules.items()):
        cells = (
            f"`{verb}`",
            _who(rule.needs),
            f"`{rule.scope}`" if rule.scope else "",
            "yes" if rule.fresh else "",
            "yes" if rule.creates else "",
            "<br>".join(routes[verb]),
            rule.asvs,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return f"{PERMISSIONS}\n\n" + "\n".join(lines)


def _who(needs: Role | Who) -> str:
    return needs.label if isinstance(needs, Role) else needs.value


def security_page() -> str:
    """Reference of the security requirements."""
    held = marked_tests(ROOT / "tests")
    listed = tomllib.loads((ROOT / "docs/security.toml").read_text("utf-8"))
    excused: Mapping[str, str] = listed.pop("excused", {})
    out = [SECURITY]
    for letter, section in listed.items():
        lines = [f"## {letter}. {section.pop('title')}\n", "| | requirement | tests |", "|---|---|---|"]
        for number, text in section.items():
            tests = held.get(int(number), ())
            cell = "<br>".join(f"`{name}`" for name in tests) or f"does not apply: {excused.get(number, 'no test yet')}"
            lines.append(f"| {number} | {text} | {cell} |")
        out.append("\n".join(lines))
    return "\n\n".join(out)


def missing_requirements() -> Sequence[int]:
    """Numbers that no test covers and that are not excused, and those that are both."""
    listed = tomllib.loads((ROOT / "docs/security.toml").read_text("utf-8"))
    excused = {int(number) for number in listed.pop("excused", {})}
    numbers = {int(key) for section in listed.values() for key in section if key.isdecimal()}
    held = set(marked_tests(ROOT / "tests"))
    return sorted((numbers - held - excused) | (held & excused) | (held - numbers))


def marked_tests(folder: Path) -> Mapping[int, Sequence[str]]:
    """The tests that say which requirement they hold, by number."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        for name, text in _tests(ast.parse(path.read_text("utf-8"))):
            for mark in MARK.findall(text):
                for number in mark.replace(" ", "").split(","):
                    found[int(number)].append(f"{path.relative_to(ROOT)}::{name}")
    return found


def _tests(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name, ast.get_docstring(node) or ""
