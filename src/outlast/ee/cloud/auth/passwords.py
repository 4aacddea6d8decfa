"""Passwords: which are taken, and how they are kept.

Argon2id at the parameters of OWASP's password storage sheet, in threads of its own: the hash takes tens of
milliseconds and 19 MiB, and the event loop belongs to everybody.
"""

from __future__ import annotations

import asyncio
import functools
import os
import re
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from outlast.ee.cloud.auth.errors import HashingBusy, PasswordRefused
from outlast.kit.measures import Gauge

T = TypeVar("T")

HASHING = Gauge("outlast_password_hashes", "Password hashes that are being made or wait for their turn.")

MIN_LENGTH = 8
MAX_LENGTH = 256
MEMORY_KIB = 19 * 1024
PASSES = 2
PARALLELISM = 1

_PRODUCT = "outlast"
_WORD_LENGTH = 4
_NO_LETTERS = re.compile(r"[\W\d_]+")
_RETRY_AFTER = timedelta(seconds=1)


def normalise(password: str) -> str:
    """The form that is checked and hashed: NFKC, so that one password typed on two keyboards stays one.

    Nothing is cut off or folded (ASVS 6.2.8); the form is that of NIST SP 800-63B-4 §3.1.1.2.
    """
    return unicodedata.normalize("NFKC", password)


def check(password: str, *, context: Iterable[str] = ()) -> None:
    """Refuse a password that is easily guessed.

    Args:
        password: as it was typed.
        context: what a guesser knows of the account: its e-mail address, name, workspace.

    Raises:
        PasswordRefused: with the field ``password`` and what is wrong with it (ASVS 6.2.1, 6.2.4, 6.2.9, 6.2.11).
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise _refused(f"must have {MIN_LENGTH} to {MAX_LENGTH} characters")
    if not password.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs") for c in password):
        raise _refused("must not hold control characters")
    folded = normalise(password).casefold()
    if len(set(folded)) == 1 or folded in _common_passwords():
        raise _refused("is one of the most used of all")
    if _is_of_context(folded, context):
        raise _refused("says little more than the product's, the workspace's or your own name")


def _refused(why: str) -> PasswordRefused:
    return PasswordRefused(f"The password {why}; choose another.", errors={"password": why})


def _is_of_context(folded: str, context: Iterable[str]) -> bool:
    """Whether hardly a letter is left when the words a guesser knows are taken out."""
    letters = rest = _NO_LETTERS.sub("", folded)
    for word in sorted(_context_words(context), key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != letters and len(rest) < _WORD_LENGTH


def _context_words(context: Iterable[str]) -> frozenset[str]:
    """`Ada.Lovelace@example.org` gives `adalovelace`, `lovelace` and `example`: parts that are long enough to tell."""
    words = {_PRODUCT}
    for text in context:
        folded = normalise(text).casefold()
        words.update(_NO_LETTERS.split(folded))
        words.update(_NO_LETTERS.sub("", part) for part in (folded, folded.partition("@")[0]))
    return frozenset(word for word in words if len(word) >= _WORD_LENGTH)


@functools.cache
def _common_passwords() -> frozenset[str]:
    """The most used 30,000 as far as they are long enough to be taken at all."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # late: a hundred thousand words, not needed to log in

    return frozenset(word.casefold() for word in FREQUENCY_LISTS["passwords"] if len(word) >= MIN_LENGTH)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a password found.

    Attributes:
        right: whether it is the account's.
        better_hash: to be kept instead of the present one, which was made at older parameters.
    """

    right: bool
    better_hash: str | None = None


_WRONG = Verdict(right=False)


class PasswordHasher:
    """Hashes and verifies in a bounded pool of threads.

    Args:
        threads: how many hashes are made at one time; by default one fewer than the machine has cores.
        waiting: how many more calls may wait for a thread; the next one is refused, not queued.
    """

    def __init__(self, *, threads: int | None = None, waiting: int = 32) -> None:
        workers = threads or max(1, min(4, (os.cpu_count() or 2) - 1))
        self._pool = ThreadPoolExecutor(workers, "password hash", initializer=_give_way)
        self._most = workers + waiting
        self._busy = 0
        self._hash = PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=PARALLELISM),))
        self._nobodys = self._hash.hash(os.urandom(16))

    async def hash(self, password: str) -> str:
        """Hash a password that `check` let pass.

        Raises:
            HashingBusy: the queue is full.
        """
        return await self._run(functools.partial(self._hash.hash, _bytes(password)))

    async def verify(self, password: str, stored: str | None) -> Verdict:
        """Compare a password with the hash that is kept.

        Args:
            password: as it was typed.
            stored: the account's hash; None when there is no such account or it has no password: the answer is
                then wrong, after as long as a real comparison takes (ASVS 6.3.8).

        Raises:
            HashingBusy: the queue is full.
        """
        if len(password) > MAX_LENGTH:  # never taken by `check`, and no work for the pool
            password = ""
        return await self._run(functools.partial(self._verify, _bytes(password), stored))

    def _verify(self, password: bytes, stored: str | None) -> Verdict:
        right, better = self._hash.verify_and_update(password, stored or self._nobodys)
        return Verdict(right, better) if right and stored else _WRONG

    async def _run(self, work: Callable[[], T]) -> T:
        if self._busy >= self._most:
            raise HashingBusy("The server checks many passwords at this moment; try again.", retry_after=_RETRY_AFTER)
        self._busy += 1
        HASHING.add()
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        # The thread is taken until the work is done, also when nobody waits for it any more.
        future.add_done_callback(self._done)
        return await asyncio.shield(future)

    def _done(self, future: asyncio.Future[T]) -> None:
        self._busy -= 1
        HASHING.add(by=-1)
        if not future.cancelled():
            future.exception()

    def close(self) -> None:
        """End the threads; hashes that wait are dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _give_way() -> None:
    """Let the event loop go before this thread where there are few cores (on Linux threads have a priority each)."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _bytes(password: str) -> bytes:
    # A lone surrogate, which JSON can spell, is no text: it equals no password.
    return normalise(password).encode("utf-8", "surrogatepass")
