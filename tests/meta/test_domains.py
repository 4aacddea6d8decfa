"""The shape of the cloud's domains: the same files in each, entered by the front door only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import outlast.ee.cloud

CLOUD = Path(outlast.ee.cloud.__file__).parent
PACKAGE = "outlast.ee.cloud"
DOMAINS = ("audit", "auth", "events", "files", "license", "sessions", "workspaces")
PORTS = ("mail",)
FILES = ("__init__", "router", "service", "policy", "repository", "tables", "schemas", "events", "handlers", "errors")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_each_domain_has_the_same_files() -> None:
    missing = [
        f"{domain}/{name}.py" for domain in DOMAINS for name in FILES if not (CLOUD / domain / f"{name}.py").exists()
    ]
    assert missing == []


def test_other_domains_are_entered_by_the_front_door() -> None:
    through_the_window = []
    for domain in (*DOMAINS, *PORTS):
        for path in sorted((CLOUD / domain).rglob("*.py")):
            for name in _imports(path):
                house, _, room = name.removeprefix(f"{PACKAGE}.").partition(".")
                is_module = room and (CLOUD / house / f"{room.partition('.')[0]}.py").exists()
                if name.startswith(f"{PACKAGE}.") and house != domain and house in (*DOMAINS, *PORTS) and is_module:
                    through_the_window.append(f"{path.relative_to(CLOUD)} imports {name}")
    assert through_the_window == []


def test_only_repositories_speak_to_the_database() -> None:
    speakers = []
    for domain in DOMAINS:
        for path in sorted((CLOUD / domain).rglob("*.py")):
            words = {"insert", "update", "delete", "select", "text"}
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy":
                    if words & {alias.name for alias in node.names} and "repository" not in path.stem:
                        speakers.append(str(path.relative_to(CLOUD)))
    assert speakers == []
