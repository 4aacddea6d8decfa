"""Named places where a process can be made to die, so that tests can kill it there and nowhere else.

``OUTLAST_KILL_POINT=commit.before:3`` kills the process with SIGKILL when it reaches the place ``commit.before``
for the third time; several places are separated by commas. The variable is read once, when this module is imported.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "OUTLAST_KILL_POINT"

_visits_left: dict[str, int] = {}


def arm(places: str) -> None:
    """Say where this process dies, as the environment variable does; nothing said before holds any longer.

    Args:
        places: ``name`` or ``name:count``, several separated by commas; empty for nowhere.

    Raises:
        ValueError: a count that is not a whole number above 0.
    """
    visits: dict[str, int] = {}
    for place in filter(None, (part.strip() for part in places.split(","))):
        name, _, count = place.partition(":")
        visits[name] = int(count or 1)
        if visits[name] < 1:
            raise ValueError(f"{VARIABLE}: {place!r} counts visits from 1")
    _visits_left.clear()
    _visits_left.update(visits)


def reach(name: str) -> None:
    """Die here, if a test wants it. Costs one look into an empty dictionary otherwise."""
    if name in _visits_left:
        _visits_left[name] -= 1
        if _visits_left[name] == 0:
            os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get(VARIABLE, ""))
