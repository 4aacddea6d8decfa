"""Every code block of the README and the docs runs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.golden.docs_page import Block, Page, blocks

ROOT = Path(__file__).resolve().parents[2]
PAGES = [path for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if path.is_file()]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_block_of_a_page_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    with closing(Page(path, tmp_path)) as page:
        for block in blocks(path.read_text("utf-8")):
            page.run(block)
        page.play()


def test_a_directive_belongs_to_the_block_below_it() -> None:
    text = "<!-- docs: file a.py -->\n```python\nx = 1\n```\n\n```console\n$ ls\n```\n"
    assert list(blocks(text)) == [
        Block("python", "x = 1\n", 3, "file", "a.py"),
        Block("console", "$ ls\n", 7),
    ]


def test_a_block_that_is_skipped_without_a_reason_is_an_error() -> None:
    with pytest.raises(AssertionError, match="say why"):
        list(blocks("<!-- docs: skip -->\n```python\nx\n```\n"))


def test_the_blocks_of_a_page_share_names_files_and_what_runs(tmp_path: Path) -> None:
    text = """
<!-- docs: file name.txt -->
```text
Ada
```

<!-- docs: background, until ready -->
```console
$ echo ready; echo $$ > pid; sleep 60
```

```console
$ cat name.txt
A...
$ kill -0 $(cat pid)
```

```python
import asyncio

value = await asyncio.sleep(0, 41)
```

```python
assert value == 41
```
"""
    page = Page(tmp_path / "page.md", tmp_path)
    with closing(page):
        for block in blocks(text):
            page.run(block)
    assert [process.returncode for process in page.running] == [-15]


def test_an_app_of_a_page_that_fails_at_once_fails_the_page(tmp_path: Path) -> None:
    text = "```python\nfrom outlast import app\n\n@app\ndef broken():\n    undefined\n```\n"
    with closing(Page(tmp_path / "page.md", tmp_path)) as page:
        for block in blocks(text):
            page.run(block)
        with pytest.raises(AssertionError, match=r"page\.md: the app broken fails"):
            page.play()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("```console\n$ false\n```\n", "page.md:2: false"),
        ("```console\n$ echo one\ntwo\n```\n", "it printed:\none"),
        ("```python\nraise ValueError('x')\n```\n", "x"),
    ],
)
def test_a_block_that_fails_or_prints_something_else_fails_its_page(tmp_path: Path, text: str, error: str) -> None:
    (block,) = blocks(text)
    with (
        closing(Page(tmp_path / "page.md", tmp_path)) as page,
        pytest.raises((AssertionError, ValueError), match=error),
    ):
        page.run(block)
