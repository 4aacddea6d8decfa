"""Records the streams that later code must still replay.

    python -m tests.golden.record            # what is missing
    python -m tests.golden.record --renew    # all, after a change that is meant to break old sessions

A recording that no longer replays means that sessions which run on somebody's machine would stop with
``replay_diverged`` after the next deploy. Renew only when the example itself was changed on purpose, never to make a
change of the sdk, the worker or the protocol pass.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from outlast.protocol.codec import Json
from outlast.protocol.events import User
from outlast.testing import AppTest
from outlast.testing.replay import write_events
from tests.unit.examples.loading import example

FOLDER = Path(__file__).with_name("recordings")
BOSS = User(id="boss", name="Grace", role="admin")


def _trip(t: AppTest) -> None:
    t.run().answer(3).crash().answer("relaxed").hibernate().answer(True, by=BOSS)


def _order(t: AppTest) -> None:
    t.run().answer(["Desk lamp", "Standing desk"]).answer({"name": "Ada", "street": "Rua Garrett 1", "city": "Lisbon"})
    t.hibernate().answer({"approved": True, "comment": "fine"}, by=BOSS)
    t.advance(timedelta(hours=20)).crash().advance(timedelta(hours=4)).hibernate().advance(timedelta(days=2))


def _survey(t: AppTest) -> None:
    t.run().answer({"name": "Ada", "role": "scientist", "years": 30}).answer(["Vim"]).answer(9).crash()
    t.answer("2001-02-03").answer("2 to 5").answer("Shorter\nmeetings").answer(True).answer("ada@example.org")


def _storyteller(t: AppTest) -> None:
    t.run().answer("Go on").crash().answer("Go on").hibernate().answer("Enough")


def _expenses(t: AppTest) -> None:
    t.run().answer([["Train", 84.5, True], ["Dinner", 20, False]]).advance(timedelta(days=4))
    t.answer({"approved": False, "comment": "no receipt"}, by=BOSS).crash().answer([["Train", 84.5, True]])
    t.hibernate().advance(timedelta(days=3)).answer(True, by=BOSS)


def _convert(t: AppTest) -> None:
    t.run().answer("I paste it").answer("json").answer("{").crash()
    t.answer("I paste it").answer("csv").answer("name,weight\napple,150\n").answer("markdown")


def _word_race(t: AppTest) -> None:
    t.run().crash().answer("Peleg")


def _still_waiting(t: AppTest) -> None:
    t.run().answer(["Notebook"]).answer({"name": "Ada", "street": "Rua Garrett 1", "city": "Lisbon"})
    t.advance(timedelta(days=1))


SCRIPTS: Mapping[str, Callable[[AppTest], None]] = {
    "trip": _trip,
    "order": _order,
    "survey": _survey,
    "storyteller": _storyteller,
    "expenses": _expenses,
    "convert": _convert,
    "word_race": _word_race,
    "order.waiting": _still_waiting,
}
"""What a person does to each; the name up to a dot is the example's."""

ARGUMENTS: Mapping[str, Mapping[str, Json]] = {"storyteller": {"words": 25, "pause_s": 0}, "word_race": {"readers": 2}}


def record(name: str) -> AppTest:
    """Run a script."""
    app = name.partition(".")[0]
    t = AppTest(example(app), crash_everywhere=False, **ARGUMENTS.get(app, {}))
    SCRIPTS[name](t)
    return t


def main() -> None:
    """Write the recordings."""
    FOLDER.mkdir(exist_ok=True)
    for name in SCRIPTS:
        path = FOLDER / f"{name}.jsonl"
        if "--renew" in sys.argv or not path.exists():
            with record(name) as t:
                write_events(path, t.events)
                print(f"{path.name}: {len(t.events)} events, {t.state}")


if __name__ == "__main__":
    main()
