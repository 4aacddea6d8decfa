"""The keys that sign access tokens: the newest signs, and each verifies until the last token it signed has ended."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from joserfc.jwk import OKPKey

from outlast.protocol.codec import encode_json

ALGORITHM = "Ed25519"  # fully specified, as RFC 9864 wants it; "EdDSA" would leave the curve open
TOKEN_TYPE = "at+jwt"  # noqa: S105  (RFC 9068 §2.1)


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """One key pair.

    Attributes:
        kid: its RFC 7638 thumbprint, so that two servers never give one name to two keys.
        header: the first segment of every token that it signs.
    """

    pair: OKPKey
    made_at: datetime
    kid: str = field(init=False)
    header: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kid", self.pair.thumbprint())
        segment = base64.urlsafe_b64encode(encode_json(self.header_fields)).rstrip(b"=").decode()
        object.__setattr__(self, "header", segment)

    @property
    def header_fields(self) -> Mapping[str, str]:
        """The header, decoded."""
        return {"alg": ALGORITHM, "kid": self.kid, "typ": TOKEN_TYPE}

    @classmethod
    def made(cls, at: datetime) -> SigningKey:
        """Make a new pair."""
        return cls(OKPKey.generate_key("Ed25519"), at)

    @classmethod
    def from_secret(cls, secret: bytes, made_at: datetime) -> SigningKey:
        """Read what `secret` gave."""
        return cls(OKPKey.import_key(secret), made_at)

    def secret(self) -> bytes:
        """The private key as PEM; to be sealed before it is stored."""
        return self.pair.as_pem(private=True)

    def public(self) -> Mapping[str, str]:
        """The public half as a JWK (RFC 7517)."""
        jwk = self.pair.as_dict(private=False)
        return {
            "kty": str(jwk["kty"]),
            "crv": str(jwk["crv"]),
            "x": str(jwk["x"]),
            "kid": self.kid,
            "use": "sig",
            "alg": ALGORITHM,
        }


class KeyRing:
    """All keys that count.

    Args:
        keys: in any order; none twice.
        rotate_after: age at which a key hands over to a new one.
        verify_for: how long a key verifies after it has handed over: as long as a token lives, and some seconds more.
    """

    def __init__(self, keys: Iterable[SigningKey] = (), *, rotate_after: timedelta, verify_for: timedelta) -> None:
        self._rotate_after = rotate_after
        self._verify_for = verify_for
        self._keys: Sequence[SigningKey] = ()
        self._by_header: Mapping[str, SigningKey] = {}
        self._retires: Mapping[str, datetime] = {}
        self.replace(keys)

    def replace(self, keys: Iterable[SigningKey]) -> None:
        """Take other keys, those of the database."""
        self._keys = sorted(keys, key=lambda key: (key.made_at, key.kid), reverse=True)
        self._by_header = {key.header: key for key in self._keys}
        pairs = zip(self._keys[1:], self._keys, strict=False)
        self._retires = {old.kid: newer.made_at + self._verify_for for old, newer in pairs}

    def is_due(self, now: datetime) -> bool:
        """Whether a new key should be made."""
        return not self._keys or now - self._keys[0].made_at >= self._rotate_after

    def signer(self) -> SigningKey:
        """The key that signs.

        Raises:
            LookupError: there is none yet.
        """
        if not self._keys:
            raise LookupError("there is no signing key yet")
        return self._keys[0]

    def verifier(self, header: str, now: datetime) -> SigningKey | None:
        """The key whose tokens begin with this segment; None if there is none, or it is retired."""
        key = self._by_header.get(header)
        return None if key is None or self._is_retired(key, now) else key

    def current(self, now: datetime) -> Sequence[SigningKey]:
        """Those that verify, the newest first."""
        return [key for key in self._keys if not self._is_retired(key, now)]

    def retired(self, now: datetime) -> Sequence[SigningKey]:
        """Those that no longer count and may be deleted."""
        return [key for key in self._keys if self._is_retired(key, now)]

    def _is_retired(self, key: SigningKey, now: datetime) -> bool:
        retires_at = self._retires.get(key.kid)
        return retires_at is not None and now >= retires_at
