"""The size and shape of files, classes and functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.meta.source import Function, check, modules

MAX_FILE_LINES = 400
MAX_CLASS_LINES = 250
MAX_FUNCTION_LINES = 60
P90_FUNCTION_LINES = 30
MAX_POSITIONAL = 3

CODE = ("src", "tests", "examples", "benchmarks", "docs")


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_a_file_is_short() -> None:
    check("file_lines", {m.path: len(m.lines) for m in modules(*CODE) if len(m.lines) > MAX_FILE_LINES})


def test_a_class_is_short() -> None:
    lengths = {f"{m.path}:{c.name}": _length(c) for m in modules(*CODE) for c in m.classes()}
    check("class_lines", {where: n for where, n in lengths.items() if n > MAX_CLASS_LINES})


def test_a_function_is_short() -> None:
    lengths = {f"{m.path}:{name}": _length(f) for m in modules(*CODE) for name, f, _ in m.functions()}
    check("function_lines", {where: n for where, n in lengths.items() if n > MAX_FUNCTION_LINES})


def test_nine_of_ten_functions_are_very_short() -> None:
    lengths = sorted(_length(function) for m in modules("src") for _, function, _ in m.functions())
    assert lengths[len(lengths) * 9 // 10] <= P90_FUNCTION_LINES


def test_what_follows_three_parameters_is_given_by_name() -> None:
    counts = {
        f"{m.path}:{name}": _positional(function, is_method=is_method)
        for m in modules("src", "tests", "benchmarks", "docs")  # not examples: an app is called by its form
        for name, function, is_method in m.functions()
        if not (m.path.startswith("tests/") and _is_called_by_pytest(function))
    }
    check("positional_parameters", {where: n for where, n in counts.items() if n > MAX_POSITIONAL})


def _positional(function: Function, *, is_method: bool) -> int:
    count = len(function.args.posonlyargs) + len(function.args.args)
    is_static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)
    return count - 1 if is_method and not is_static else count


def _is_called_by_pytest(function: Function) -> bool:
    return function.name.startswith(("test_", "pytest_")) or any(
        "fixture" in ast.unparse(decorator) for decorator in function.decorator_list
    )


def test_no_public_function_returns_a_bare_dict() -> None:
    check(
        "returns_dict",
        {
            f"{m.path}:{name}": 1
            for m in modules("src")
            for name, function, _ in m.functions()
            if not any(part.startswith("_") for part in name.split("."))
            and function.returns is not None
            and any(_is_dict(node) for node in _alternatives(function.returns))
        },
    )


def _alternatives(annotation: ast.expr) -> Iterator[ast.expr]:
    if isinstance(annotation, ast.BinOp):
        yield from _alternatives(annotation.left)
        yield from _alternatives(annotation.right)
    elif isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        yield from _alternatives(ast.parse(annotation.value, mode="eval").body)
    else:
        yield annotation


def _is_dict(annotation: ast.expr) -> bool:
    name = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(name, ast.Name) and name.id in {"dict", "Dict"}
