"""What code must say beside it, and what it must not do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.meta.source import Module, check, modules, tracked

CODE = ("src", "tests", "examples", "benchmarks", "docs")
BROAD = {"Exception", "BaseException"}
VAGUE = {"shared", "utils", "util", "common", "helpers", "helper", "manager", "managers", "misc", "base_utils"}
ONLY_UNTYPED = "src/outlast/protocol/codec.py"


def _dotted(node: ast.AST) -> str:
    return ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def test_a_broad_except_says_why() -> None:
    check(
        "broad_except",
        {
            f"{m.path}:{node.lineno}": 1
            for m in modules(*CODE)
            for node in ast.walk(m.tree)
            if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not m.says(node, "broad")
        },
    )


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    types = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(_dotted(each).rpartition(".")[2] in BROAD for each in types)


def test_an_import_inside_a_function_says_why() -> None:
    check(
        "late_import",
        {f"{m.path}:{node.lineno}": 1 for m in modules("src", "tests") for node in _late_imports(m)},
    )


def _late_imports(module: Module) -> Iterator[ast.stmt]:
    for _, function, _ in module.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom) and not module.says(node, "late"):
                yield node


def test_types_end_only_in_the_codec() -> None:
    check(
        "any",
        {
            f"{m.path}:{node.lineno}": 1
            for m in modules("src", "tests")
            if m.path != ONLY_UNTYPED
            for node in ast.walk(m.tree)
            if isinstance(node, ast.ImportFrom | ast.Attribute) and _names_any(node)
        },
    )


def _names_any(node: ast.ImportFrom | ast.Attribute) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module in {"typing", "typing_extensions"} and any(alias.name == "Any" for alias in node.names)
    return _dotted(node) in {"typing.Any", "t.Any"}


def test_only_the_server_knows_raw_http_errors() -> None:
    check(
        "http_exception",
        {
            f"{m.path}:{node.lineno}": 1
            for m in modules("src")
            if m.path != "src/outlast/http/problems.py"
            for node in ast.walk(m.tree)
            if isinstance(node, ast.Name) and node.id == "HTTPException"
        },
    )


def test_a_test_fakes_nothing_of_ours_by_patching() -> None:
    check(
        "patching",
        {
            f"{m.path}:{node.lineno}": 1
            for m in modules("tests")
            for node in ast.walk(m.tree)
            if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unittest.mock"))
            or (isinstance(node, ast.Import) and any(a.name.startswith("unittest.mock") for a in node.names))
            or (isinstance(node, ast.Attribute) and ast.unparse(node) == "monkeypatch.setattr")
        },
    )


def test_a_test_waits_on_events_and_not_on_time() -> None:
    check(
        "sleeping_test",
        {
            f"{m.path}:{node.lineno}": 1
            for m in modules("tests")
            for node in ast.walk(m.tree)
            if isinstance(node, ast.Call)
            and _dotted(node.func) in {"time.sleep", "asyncio.sleep"}
            and not _yields_only(node)
            and "# sleeps: " not in m.lines[node.lineno - 1]
        },
    )


def _yields_only(call: ast.Call) -> bool:
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


def test_the_name_of_a_test_is_a_sentence() -> None:
    check(
        "test_name",
        {
            f"{m.path}:{node.name}": 1
            for m in modules("tests")
            for node in m.tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name.startswith("test_")
            and len(node.name.split("_")) < 4
        },
    )


def test_no_file_has_a_name_that_says_nothing() -> None:
    code = (PurePosixPath(name) for name in tracked() if name.endswith((".py", ".ts", ".tsx")))
    parts = {str(path): {*path.parent.parts, path.stem} for path in code}
    check("vague_name", {path: 1 for path, names in parts.items() if names & VAGUE})


def test_a_tests_folder_is_one_of_ours() -> None:
    kinds = {"unit", "contract", "api", "stream", "process", "golden", "meta", "e2e"}
    tests = [PurePosixPath(n) for n in tracked() if re.fullmatch(r"tests/.*/?test_\w+\.py", n)]
    assert {str(path) for path in tests if path.parts[1] not in kinds} == set()
