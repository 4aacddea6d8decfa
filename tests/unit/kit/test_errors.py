"""The error tree is the one that is drawn."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from outlast.kit import errors
from outlast.kit.errors import OutlastError
from tests.meta.source import modules


def _drawn() -> Iterator[tuple[str, str, int | None]]:
    """Each class of the docstring with its parent's name and its status, where one is drawn."""
    parents = {0: "OutlastError"}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"((?:│   |    )*)(?:├── |└── )(\w+)(?:\s+(\d{3})\b)?", line)
        if found:
            depth = len(found[1]) // 4 + 1
            parents[depth] = found[2]
            yield found[2], parents[depth - 1], int(found[3]) if found[3] else None


def _subclasses(of: type[OutlastError]) -> Iterator[type[OutlastError]]:
    for each in of.__subclasses__():
        yield each
        yield from _subclasses(each)


def test_the_drawn_tree_is_the_real_one() -> None:
    real = {
        each.__name__: each.__mro__[1].__name__
        for each in _subclasses(OutlastError)
        if each.__module__ == errors.__name__
    }
    drawn = {name: parent for name, parent, _ in _drawn()}
    assert drawn == real


def test_a_drawn_status_is_the_real_one_and_the_others_are_inherited() -> None:
    for name, parent, status in _drawn():
        assert getattr(errors, name).status == (status or getattr(errors, parent).status), name


def test_every_error_of_the_package_has_a_code_of_its_own() -> None:
    codes = [
        str(node.value.value)
        for module in modules("src")
        for each in module.classes()
        for node in each.body
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "code"
        and isinstance(node.value, ast.Constant)
    ]
    assert sorted(codes) == sorted(set(codes))
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", code) for code in codes)


def test_details_hold_what_a_program_wants_to_know() -> None:
    assert errors.InvalidAnswer("no", errors={"": "too long"}).details == {"errors": {"": "too long"}}
    assert errors.LimitExceeded("no", limit="cpu").code == "limit_cpu"
    assert errors.StreamTrimmed("gone", first=7).details == {"first": 7}
