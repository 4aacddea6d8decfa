"""Refresh tokens: used once, except that a retry gets what the lost answer held (RFC 9700 §4.14.2).

A token is a family's selector, constant for the life of a device's session, and a secret that changes at each use.
The session's row holds digests of the selector, of the present secret and of the two before it. Whoever shows the
selector with any other secret had a token of this family once: an old one is used a second time.

A successor is derived from the secret itself and a salt made at its first use. So whoever presents the same
secret again gets the same successor, while neither the row (no secret in it) nor an old secret (no salt) tells it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outlast.ee.cloud.auth.opaque import SECRET_BYTES, Kind, secret_of, token_of

GRACE = timedelta(seconds=10)
"""How long a used token still gives its successor; at exactly this age it is an attack."""

_SELECTOR_BYTES = 16
_INFO = b"outlast refresh successor"


@dataclass(frozen=True, slots=True)
class Presented:
    """A refresh token, taken apart.

    Attributes:
        selector: digest of the family's selector, the row's key.
        secret: the 256 bits that are good once.
    """

    selector: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a session's row knows of its refresh tokens; digests in hex.

    Attributes:
        current: the one that is good.
        parent: the one before it, used at ``parent_used_at``; ``salt`` made ``current`` of it.
        grandparent: the one before that, used at ``grandparent_used_at``.
    """

    current: str
    parent: str | None = None
    parent_used_at: datetime | None = None
    salt: str | None = None
    grandparent: str | None = None
    grandparent_used_at: datetime | None = None


class Outcome(Enum):
    """What presenting a token comes to."""

    ROTATED = "rotated"
    """Its first use: the lineage is a new one."""
    REPEATED = "repeated"
    """A retry within the grace: the same successor again, nothing changes."""
    TOO_LATE = "too late"
    """A retry within the grace, but its successor has been used: refused, the family lives."""
    REUSED = "reused"
    """Somebody else has, or had, this token: the family ends."""


@dataclass(frozen=True, slots=True)
class Use:
    """The outcome, with the successor's secret and the lineage as it is to be stored."""

    outcome: Outcome
    lineage: Lineage
    secret: bytes | None = None


def begin() -> tuple[str, str, Lineage]:
    """Begin a family.

    Returns:
        The first token, the digest of its selector, and the lineage to store.
    """
    selector, secret = secrets.token_bytes(_SELECTOR_BYTES), secrets.token_bytes(SECRET_BYTES)
    return token_of(Kind.REFRESH, selector + secret), _digest(selector), Lineage(_digest(secret))


def read(token: str) -> Presented | None:
    """Take a token apart; None if it is no refresh token."""
    data = secret_of(Kind.REFRESH, token)
    if data is None:
        return None
    return Presented(_digest(data[:_SELECTOR_BYTES]), data[_SELECTOR_BYTES:])


def with_secret(token: str, secret: bytes) -> str:
    """The family's token with another secret."""
    data = secret_of(Kind.REFRESH, token)
    assert data is not None, "the token was read before"
    return token_of(Kind.REFRESH, data[:_SELECTOR_BYTES] + secret)


def use(lineage: Lineage, secret: bytes, *, now: datetime, grace: timedelta = GRACE) -> Use:
    """Decide what a presented secret comes to. The caller holds the row's lock from reading to storing."""
    shown = _digest(secret)
    if hmac.compare_digest(shown, lineage.current):
        return _rotate(lineage, secret, now)
    if lineage.parent == shown and lineage.salt is not None and _is_within(lineage.parent_used_at, now, grace):
        return Use(Outcome.REPEATED, lineage, _successor(secret, lineage.salt))
    if lineage.grandparent == shown and _is_within(lineage.grandparent_used_at, now, grace):
        return Use(Outcome.TOO_LATE, lineage)
    return Use(Outcome.REUSED, lineage)


def _rotate(lineage: Lineage, secret: bytes, now: datetime) -> Use:
    salt = secrets.token_hex(SECRET_BYTES)
    successor = _successor(secret, salt)
    after = replace(
        lineage,
        current=_digest(successor),
        parent=lineage.current,
        parent_used_at=now,
        salt=salt,
        grandparent=lineage.parent,
        grandparent_used_at=lineage.parent_used_at,
    )
    return Use(Outcome.ROTATED, after, successor)


def _is_within(used_at: datetime | None, now: datetime, grace: timedelta) -> bool:
    return used_at is not None and now - used_at < grace


def _successor(secret: bytes, salt: str) -> bytes:
    return HKDF(SHA256(), SECRET_BYTES, bytes.fromhex(salt), _INFO).derive(secret)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
