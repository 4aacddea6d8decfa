"""An asynchronous app: several readers count words of a book at the same time, each with its own bar.

Shows: `async def`, `aio`, keys for code whose order is not certain, rows that come as they are ready.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from pathlib import Path

from outlast import aio, app, progress, step, table, write

TEXT = (Path(__file__).parent / "data" / "moby_dick.txt").read_text(encoding="utf-8")
CHAPTERS = re.split(r"(?m)^CHAPTER \d+\. ", TEXT)[1:]


@step(key=lambda number: f"chapter-{number}")
async def count(number: int) -> dict[str, int]:
    """Count the longer words of one chapter."""
    await asyncio.sleep(0)  # stands for waiting on a disk or a network: the other readers go on meanwhile
    chapter = CHAPTERS[number]
    return dict(Counter(word for word in re.findall(r"[a-z]+", chapter.lower()) if len(word) > 4).most_common(200))


async def read(reader: int, chapters: range) -> Counter[str]:
    """Read some chapters, one after the other."""
    words: Counter[str] = Counter()
    with progress(len(chapters), f"Reader {reader + 1}", unit="chapters", key=f"reader-{reader}") as bar:
        for number in chapters:
            words.update(await count(number))
            bar.advance()
    return words


@app(title="Word race", icon="🏁")
async def word_race(readers: int = 3) -> str:
    """Find the words that Moby-Dick is made of."""
    write("# Word race")
    shares = [range(reader, len(CHAPTERS), readers) for reader in range(readers)]
    parts = await asyncio.gather(*(read(reader, share) for reader, share in enumerate(shares)))
    words = sum(parts, Counter[str]())
    table([{"word": word, "times": times} for word, times in words.most_common(10)], caption="The ten most frequent")

    names = ["Queequeg", "Bildad", "Peleg"]
    guess = await aio.choose("Which of these names is in the book most often?", names)
    found = {name: TEXT.count(name) for name in names}
    best = max(names, key=lambda name: found[name])
    told = ", ".join(f"{name} {times} times" for name, times in found.items())
    write(f"{'Right' if guess == best else 'No'}: {told}.")
    return best
