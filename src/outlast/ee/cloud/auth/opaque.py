"""Opaque secrets: 256 random bits behind a prefix that names their kind, ended by a checksum.

The prefix lets every endpoint refuse another kind's token at once, and lets scanners find leaked ones; the checksum
tells a mistyped token from one that was revoked, without a look at the database. Only a token's digest is stored.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import string
import zlib
from enum import Enum

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE = len(_ALPHABET)
_DIGITS = frozenset(_ALPHABET)

SECRET_BYTES = 32
_CHECKSUM_DIGITS = 6  # 62 ** 6 > 2 ** 32


class Kind(Enum):
    """What a token is for; the value is its prefix."""

    REFRESH = "olr_"
    PERSONAL = "olt_"
    INVITE = "oli_"
    PROOF = "olv_"
    """Mailed: verifies an address, resets a password."""
    LINK = "oll_"
    """Logs in once."""
    DEVICE = "old_"
    """Kept by a browser that has logged in before."""
    SHARE = "ols_"
    """Opens what was shared by a link."""

    @property
    def size(self) -> int:
        """Bytes of randomness; a refresh token's family has a selector too."""
        return SECRET_BYTES + 16 if self is Kind.REFRESH else SECRET_BYTES


def new_token(kind: Kind) -> str:
    """Make a token nobody can guess."""
    return token_of(kind, secrets.token_bytes(kind.size))


def token_of(kind: Kind, secret: bytes) -> str:
    """Write a secret as a token.

    Args:
        kind: chooses the prefix.
        secret: as many bytes as the kind's size.
    """
    assert len(secret) == kind.size
    body = kind.value + _base62(int.from_bytes(secret, "big"), _digits(kind.size))
    return body + _checksum(body)


def is_token(kind: Kind, text: str) -> bool:
    """Tell whether the text has the shape of such a token; whether it is known is the database's to say."""
    if len(text) != len(kind.value) + _digits(kind.size) + _CHECKSUM_DIGITS or not text.startswith(kind.value):
        return False
    body, checksum = text[:-_CHECKSUM_DIGITS], text[-_CHECKSUM_DIGITS:]
    return _DIGITS.issuperset(text[len(kind.value) :]) and _checksum(body) == checksum


def secret_of(kind: Kind, token: str) -> bytes | None:
    """The secret that `token_of` wrote; None if this is no such token."""
    if not is_token(kind, token):
        return None
    number = 0
    for digit in token[len(kind.value) : -_CHECKSUM_DIGITS]:
        number = number * _BASE + _ALPHABET.index(digit)
    return number.to_bytes(kind.size, "big") if number < 1 << kind.size * 8 else None


def digest(token: str) -> str:
    """What is stored of a token and looked up: SHA-256 in hex. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECKSUM_DIGITS)


def _digits(size: int) -> int:
    """How many digits of base 62 hold so many bytes."""
    return math.ceil(size * 8 / math.log2(_BASE))


def _base62(number: int, width: int) -> str:
    digits: list[str] = []
    while number:
        number, digit = divmod(number, _BASE)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits)).rjust(width, _ALPHABET[0])
