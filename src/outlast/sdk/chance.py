"""Chance that a replay repeats: ids and random numbers follow from the session's seed."""

from __future__ import annotations

import random as stdlib_random
import threading
import uuid as stdlib_uuid
import weakref
from typing import NoReturn

from typing_extensions import override

from outlast.sdk.context import Recorder, current
from outlast.sdk.place import step_scope


class _Chance:
    """The state of one session, kept apart for each step: a replay skips steps, and what they drew with them."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._randoms: dict[str, stdlib_random.Random] = {}

    def of(self, use: str) -> stdlib_random.Random:
        scope = step_scope()
        name = f"{use}/{scope.step if scope else ''}"
        found = self._randoms.get(name)
        if found is None:
            found = self._randoms[name] = stdlib_random.Random(f"{self._seed}/{name}")
        return found


_sessions: weakref.WeakKeyDictionary[Recorder, _Chance] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def _drawn_from(use: str) -> stdlib_random.Random:
    recorder = current()
    with _lock:
        chance = _sessions.get(recorder)
        if chance is None:
            chance = _sessions[recorder] = _Chance(recorder.start.seed)
        return chance.of(use)


def uuid() -> stdlib_uuid.UUID:
    """A random id (version 4) that a replay gets again; made without waiting.

    Example:
        ```python
        order_id = str(uuid())
        ```
    """
    return stdlib_uuid.UUID(int=_drawn_from("uuid").getrandbits(128), version=4)


class SessionRandom(stdlib_random.Random):
    """The functions of the standard library's `random` module, drawn from the session's seed.

    A replay draws the same numbers, as long as it draws them in the same order. Not for secrets.

    Example:
        ```python
        winner = random.choice(["Ada", "Grace", "Mary"])
        ```
    """

    # Everything else of `Random` is built on these two, but for `gauss`, which keeps a second draw in the object
    # that sessions in threads would share.

    @override
    def random(self) -> float:
        """A number from 0 up to 1, 1 excluded."""
        return _drawn_from("random").random()

    @override
    def getrandbits(self, k: int, /) -> int:
        """A whole number of ``k`` random bits."""
        return _drawn_from("random").getrandbits(k)

    @override
    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        """A number of the normal distribution."""
        return self.normalvariate(mu, sigma)

    @override
    def seed(self, *_args: object, **_kwargs: object) -> None:
        """Do nothing: the session gives the seed."""

    @override
    def getstate(self) -> NoReturn:
        """Refuse: the state belongs to the session."""
        raise NotImplementedError("The session keeps the state of its random numbers.")

    @override
    def setstate(self, state: object) -> NoReturn:
        """Refuse: the state belongs to the session."""
        raise NotImplementedError("The session keeps the state of its random numbers.")


random = SessionRandom()
