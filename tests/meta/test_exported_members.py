"""The public API: what `from outlast import ...` gives."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import outlast
from tests.meta.source import ROOT

REFERENCE = ROOT / "docs" / "reference"


def test_all_is_sorted_and_each_member_is_there() -> None:
    assert list(outlast.__all__) == sorted(outlast.__all__)
    assert [name for name in outlast.__all__ if not hasattr(outlast, name)] == []


def test_every_public_member_is_documented() -> None:
    members = {name: getattr(outlast, name) for name in outlast.__all__ if not name.startswith("__")}
    assert [name for name, member in members.items() if not (inspect.getdoc(member) or "").strip()] == []


def test_the_reference_lists_every_public_member() -> None:
    pages = "\n".join(page.read_text("utf-8") for page in REFERENCE.glob("*.md"))
    listed = set(re.findall(r"^#+ `(\w+)", pages, re.MULTILINE))
    assert {name for name in outlast.__all__ if not name.startswith("__")} - listed == set()


def test_the_generated_reference_is_not_stale() -> None:
    check = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, f"run `make docs`\n{check.stdout}{check.stderr}"


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = [
        "fastapi",
        "starlette",
        "sqlalchemy",
        "pydantic",
        "jsonschema",
        "httpx",
        "rich",
        "typer",
        "pandas",
        "numpy",
    ]
    code = f"import sys, outlast; print([m for m in {heavy} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_every_security_requirement_has_a_test_or_says_why_not() -> None:
    page = (ROOT / "docs/reference/security.md").read_text("utf-8")
    assert "no test yet" not in page
