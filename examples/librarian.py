"""A chat about Python's standard library, which answers out of the documentation that Python itself carries.

Shows: `chat`, streamed answers, code blocks. No network, no model: BM25 over docstrings.
"""

from __future__ import annotations

import importlib
import inspect
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from outlast import app, chat, code, status, write

LISTED = """
argparse base64 bisect calendar collections contextlib csv dataclasses datetime decimal difflib enum fractions functools
glob hashlib heapq html io itertools json logging math os.path pathlib pprint queue random re secrets shutil statistics
string subprocess tempfile textwrap threading time tomllib urllib.parse uuid zipfile zlib
"""
MODULES = LISTED.split()
SAYING_NOTHING = """
a an and are as at be by can do for from how i if in is it its of on or that the this to what when which with you
"""
STOP = frozenset(SAYING_NOTHING.split())
K1, B = 1.4, 0.6


@dataclass(frozen=True)
class Entry:
    """One function, class or module with its documentation."""

    name: str
    signature: str
    doc: str
    words: Counter[str]


def words_of(text: str) -> list[str]:
    """Words in lower case, cut to a crude stem, without those that say nothing."""
    found = re.findall(r"[a-z]+", text.lower())
    return [re.sub(r"(ing|ed|es|s)$", "", word) if len(word) > 4 else word for word in found if word not in STOP]


def entries() -> Iterator[Entry]:
    """Everything public that these modules document."""
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name in getattr(module, "__all__", dir(module)):
            thing = getattr(module, name, None)
            doc = inspect.getdoc(thing) if inspect.isroutine(thing) or inspect.isclass(thing) else None
            if name.startswith("_") or not doc or len(doc) < 20:
                continue
            try:
                signature = str(inspect.signature(thing))
            except (ValueError, TypeError):
                signature = "(…)"
            full = f"{module_name}.{name}"
            heading = words_of(full.replace("_", " ")) * 3
            yield Entry(full, signature, doc, Counter(heading + words_of(doc)))


LIBRARY = list(entries())
SEEN_IN = Counter(word for entry in LIBRARY for word in entry.words)
MEAN_LENGTH = sum(entry.words.total() for entry in LIBRARY) / len(LIBRARY)


def find(question: str, limit: int = 3) -> list[Entry]:
    """The entries that fit a question best (Okapi BM25), best first."""

    def score(entry: Entry) -> float:
        length = K1 * (1 - B + B * entry.words.total() / MEAN_LENGTH)
        return sum(
            math.log(1 + len(LIBRARY) / (0.5 + SEEN_IN[word]))
            * entry.words[word]
            * (K1 + 1)
            / (entry.words[word] + length)
            for word in asked
            if word in entry.words
        )

    asked = set(words_of(question))
    best = sorted(((score(entry), entry.name, entry) for entry in LIBRARY), reverse=True, key=lambda found: found[:2])
    return [entry for points, _, entry in best[:limit] if points > 2]


def answer(found: list[Entry]) -> Iterator[str]:
    """Say what was found, a few words at a time."""
    first, *others = found
    yield f"**`{first.name}`** — "
    for word in first.doc.split("\n\n")[0].split():
        yield f"{word} "
    if others:
        yield "\n\nSee also " + ", ".join(f"`{entry.name}`" for entry in others) + "."


@app(title="Librarian", icon="📚")
def librarian() -> int:
    """Ask about Python's standard library; say “bye” to leave."""
    write(f"# Librarian\n\nI have read {len(LIBRARY)} entries of {len(MODULES)} modules. What are you looking for?")
    questions = 0
    while (message := chat("Your question", placeholder="How do I group a list?")).strip().lower() not in {
        "bye",
        "quit",
    }:
        questions += 1
        with status("Looking it up"):
            found = find(message)
        if not found:
            write("I find nothing about that. Try other words.")
            continue
        write(answer(found))
        code(f"import {found[0].name.rpartition('.')[0]}\n\n{found[0].name}{found[0].signature}", language="python")
    write("Goodbye.")
    return questions
