"""Opaque secrets: 256 random bits behind a prefix that names their kind, ended by a checksum.

The prefix lets every endpoint refuse another kind's token at once, and lets scanners find leaked ones; the checksum
tells a mistyped token from one that was revoked, without a look at the database. Only a token's digest is stored.
"""

from __future__ import annotations

import hashlib
import secrets
import string
import zlib
from enum import Enum

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE = len(_ALPHABET)
_VALUES = frozenset(_ALPHABET)

SECRET_BYTES = 32
_SECRET_DIGITS = 43  # 62 ** 43 > 2 ** 256
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


def new_token(kind: Kind) -> str:
    """Make a token nobody can guess."""
    return token_of(kind, secrets.token_bytes(SECRET_BYTES))


def token_of(kind: Kind, secret: bytes) -> str:
    """Write a secret as a token.

    Args:
        kind: chooses the prefix.
        secret: `SECRET_BYTES` bytes.
    """
    body = kind.value + _base62(int.from_bytes(secret, "big"), _SECRET_DIGITS)
    return body + _checksum(body)


def is_token(kind: Kind, text: str) -> bool:
    """Tell whether the text has the shape of such a token; whether it is known is the database's to say."""
    if len(text) != len(kind.value) + _SECRET_DIGITS + _CHECKSUM_DIGITS or not text.startswith(kind.value):
        return False
    body, checksum = text[:-_CHECKSUM_DIGITS], text[-_CHECKSUM_DIGITS:]
    return _VALUES.issuperset(text[len(kind.value) :]) and _checksum(body) == checksum


def digest(token: str) -> str:
    """What is stored of a token and looked up: SHA-256 in hex. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECKSUM_DIGITS)


def _base62(number: int, width: int) -> str:
    digits: list[str] = []
    while number:
        number, digit = divmod(number, _BASE)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits)).rjust(width, _ALPHABET[0])
