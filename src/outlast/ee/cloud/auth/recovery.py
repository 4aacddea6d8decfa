"""Recovery codes: what lets a user in whose second factor is lost. Each works once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

CODES = 10
CHARACTERS = 24
"""Of 5 bits: 120 bits. From 112 bits on, a fast hash is enough for what can't be guessed (ASVS 6.5.2)."""
GROUP = 6

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter that is read as another
_READ_AS = str.maketrans({"i": "1", "l": "1", "o": "0", "-": None, " ": None})


def new_codes() -> Sequence[str]:
    """Make a set of codes; the old set is of no use from then on.

    Returns:
        Ten codes, in groups for the eye. They are shown once and stored by `code_hash`.
    """
    return [_grouped("".join(secrets.choice(_ALPHABET) for _ in range(CHARACTERS))) for _ in range(CODES)]


def code_hash(code: str) -> bytes:
    """What the database knows of a code: SHA-256, the same for all ways in which people type it."""
    plain = code.strip().lower().translate(_READ_AS)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()


def looks_like_code(text: str) -> bool:
    """Whether this has the form of a recovery code, and not of a six-digit one."""
    plain = text.strip().lower().translate(_READ_AS)
    return len(plain) == CHARACTERS and set(plain) <= set(_ALPHABET)


def _grouped(code: str) -> str:
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
