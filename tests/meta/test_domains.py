"""The shape of the cloud's domains: the same files in each, entered by the front door only."""

from __future__ import annotations

import ast
import re
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
    words = {"insert", "update", "delete", "select", "text"}
    speakers = [
        str(path.relative_to(CLOUD))
        for domain in DOMAINS
        for path in sorted((CLOUD / domain).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "sqlalchemy"
        and "repository" not in path.stem
        and path.stem != "tables"
        if words & {alias.name for alias in node.names}
    ]
    assert speakers == []


def test_every_query_names_its_workspace() -> None:
    """Taking the filter out of any one query makes this red, whether or not a test goes that way.

    A query over accounts, or the server's own over all workspaces, says so: `# unscoped: <why>` in its lines or on
    its function. [security 74]
    """
    open_queries = []
    for domain in DOMAINS:
        for path in sorted((CLOUD / domain).rglob("*repository*.py")):
            lines = path.read_text("utf-8").splitlines()
            for function, statement in _queries(ast.parse("\n".join(lines))):
                said = lines[statement.lineno - 1 : statement.end_lineno]
                said += lines[function.lineno - 1 : function.body[0].lineno] if function is not None else []
                if "# unscoped: " not in "\n".join(said) and not FILTER.search("\n".join(said)):
                    open_queries.append(f"{path.relative_to(CLOUD)}:{statement.lineno}")
    assert open_queries == []


FILTER = re.compile(r"workspace_id\s*==|workspace_id=unit\.workspace_id|\b_?here\(unit")
"""How a filter is written; ``_here(unit)`` is a repository's own name for it."""


def _queries(tree: ast.Module) -> Iterator[tuple[ast.AsyncFunctionDef | ast.FunctionDef | None, ast.stmt]]:
    """The statements that hold a select, update or delete, with the function around them."""
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)]:
        for statement in ast.walk(function):
            if isinstance(statement, SIMPLE) and any(map(_is_query, ast.walk(statement))):
                yield function, statement
    for statement in tree.body:
        if isinstance(statement, SIMPLE) and any(map(_is_query, ast.walk(statement))):
            yield None, statement


SIMPLE = (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return)


def _is_query(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"select", "update", "delete"}
    )
