"""A text generator that streams: a Markov model, trained on the first chapters of Moby-Dick when the file is loaded.

Shows: `write` with a generator, which is recorded once it is through, so that a replay never pays for it again.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le

from outlast import app, choose, random, session, write

TEXT = (Path(__file__).parent / "data" / "moby_dick.txt").read_text(encoding="utf-8")
ORDER = 2
PAUSE_S = 0.02

Model = dict[tuple[str, ...], list[str]]


def train(text: str) -> tuple[Model, list[tuple[str, ...]]]:
    """Count which word follows which two; also give the pairs that begin a sentence."""
    model: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    starts: list[tuple[str, ...]] = []
    for paragraph in text.split("\n\n"):
        words = paragraph.split()
        if len(words) <= ORDER or words[0] == "CHAPTER":
            continue
        starts.append(tuple(words[:ORDER]))
        for index in range(len(words) - ORDER):
            model[tuple(words[index : index + ORDER])].append(words[index + ORDER])
    return dict(model), starts


MODEL, STARTS = train(TEXT)


def tell(words: int, start: tuple[str, ...], pause_s: float) -> Iterator[str]:
    """Yield a story word by word; it ends with the first sentence that ends past `words`."""
    told = list(start)
    yield " ".join(start)
    while len(told) < 3 * words:
        following = MODEL.get(tuple(told[-ORDER:]))
        word = random.choice(following) if following else " ".join(random.choice(STARTS))
        told.extend(word.split())
        yield f" {word}"
        time.sleep(pause_s)
        if len(told) >= words and word[-1] in ".!?":
            return


@app(title="Storyteller", icon="🐋")
def storyteller(
    words: Annotated[int, Ge(10), Le(1000)] = 120, pause_s: Annotated[float, Ge(0), Le(1)] = PAUSE_S
) -> str:
    """Hear a sea story that was never written."""
    write("# A sea story")
    session.title = f"A sea story of about {words} words"
    story = ""
    start = random.choice(STARTS)
    while True:
        story += write(tell(words, start, pause_s)) + "\n\n"
        if choose("And then?", ["Go on", "Enough"]) == "Enough":
            break
        start = random.choice(STARTS)
    write(f"*{len(story.split())} words.*")
    return story
