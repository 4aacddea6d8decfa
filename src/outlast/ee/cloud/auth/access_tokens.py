"""Access tokens: signed statements of ten minutes' life that name a device (RFC 9068, RFC 8725).

They carry no role, name or address: what decides is looked up by ``sid`` and ``sub``, so nothing in them can be stale.

This server alone writes them and reads them, so a token's first segment must be, letter by letter, the one that one
of its keys writes. All that is done with headers (`alg` none or HMAC, `kid` as a path, `jwk`, `jku`, `x5c`, `crit`,
two `alg`) ends there, before anything is parsed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from joserfc import jws
from joserfc.errors import JoseError

from outlast.ee.cloud.auth.signing_keys import ALGORITHM, KeyRing
from outlast.ee.cloud.errors import InvalidToken

LIFETIME = timedelta(minutes=10)
LEEWAY = timedelta(seconds=30)
"""By how much the clocks of two servers may differ; RFC 9068 §4 allows some, ASVS 9.2.1 a minute."""

MAX_TOKEN_BYTES = 8 * 1024

# Three segments, the last of 64 bytes in the one way to write them.
_SHAPE = re.compile(r"([A-Za-z0-9_-]{1,512})\.([A-Za-z0-9_-]{1,8000})\.[A-Za-z0-9_-]{85}[AQgw]")
_CACHED = 4096
_ID_BYTES = 16

_Seconds = Annotated[int, msgspec.Meta(gt=0, lt=2**40)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Actor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who acts as the subject (RFC 8693 §4.1)."""

    sub: _Name


class Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What a token states; all but ``act`` must be there."""

    iss: _Name
    aud: _Name
    sub: _Name
    sid: _Name
    jti: _Name
    iat: _Seconds
    nbf: _Seconds
    exp: _Seconds
    act: Actor | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token.

    Attributes:
        token: the secret.
        expires_at: when it ends, to the second.
    """

    token: str
    jti: str
    expires_at: datetime


class AccessTokens:
    """Issues and verifies.

    Args:
        ring: the keys.
        issuer: this server's name, the ``iss`` of its tokens.
        audience: who the tokens are for; a token for another is refused.
    """

    def __init__(self, ring: KeyRing, *, issuer: str, audience: str) -> None:
        self.ring = ring
        self._issuer = issuer
        self._audience = audience
        self._verified: OrderedDict[bytes, tuple[str, Claims]] = OrderedDict()

    def issue(
        self,
        *,
        user_id: str,
        login_session_id: str,
        now: datetime,
        ends_at: datetime,
        impersonator_id: str | None = None,
    ) -> Issued:
        """Sign a token.

        Args:
            user_id: the subject.
            login_session_id: the device.
            now: when it begins.
            ends_at: the end of the device's session; no token lives longer (ASVS 10.4.8).
            impersonator_id: who acts as the subject.
        """
        key = self.ring.signer()
        began = int(now.timestamp())
        expires = min(began + int(LIFETIME.total_seconds()), int(ends_at.timestamp()))
        claims = Claims(
            iss=self._issuer,
            aud=self._audience,
            sub=user_id,
            sid=login_session_id,
            jti=secrets.token_urlsafe(_ID_BYTES),
            iat=began,
            nbf=began,
            exp=expires,
            act=Actor(sub=impersonator_id) if impersonator_id else None,
        )
        token = jws.serialize_compact({**key.header_fields}, msgspec.json.encode(claims), key.pair, [ALGORITHM])
        return Issued(token, claims.jti, datetime.fromtimestamp(expires, UTC))

    def is_of_unknown_key(self, token: str, *, now: datetime) -> bool:
        """Whether it looks like a token of a key that this process has not seen: another server may have made it."""
        found = _SHAPE.fullmatch(token) if len(token) <= MAX_TOKEN_BYTES else None
        return found is not None and self.ring.verifier(found[1], now) is None

    def verify(self, token: str, *, now: datetime) -> Claims:
        """Check a token and read it. The signature is checked once; the times and the key at each call.

        Raises:
            InvalidToken: it is not one of this server's, or not good at this time.
        """
        # The bound comes first: what is longer costs nothing, whatever is in it.
        if len(token) > MAX_TOKEN_BYTES:
            raise InvalidToken("This is no access token of this server.")
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._verified.get(digest)
        if known is None:
            known = self._check(token, now)
            self._verified[digest] = known
            if len(self._verified) > _CACHED:
                self._verified.popitem(last=False)
        else:
            self._verified.move_to_end(digest)
        header, claims = known
        self._check_times(header, claims, now)
        return claims

    def _check(self, token: str, now: datetime) -> tuple[str, Claims]:
        shape = _SHAPE.fullmatch(token)
        key = self.ring.verifier(shape[1], now) if shape else None
        if shape is None or key is None:
            raise InvalidToken("This is no access token of this server.")
        try:
            payload = jws.deserialize_compact(token, key.pair, [ALGORITHM]).payload
            claims = msgspec.json.decode(payload, type=Claims)
        except (JoseError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise InvalidToken("This is no access token of this server.") from error
        if claims.iss != self._issuer or claims.aud != self._audience:
            raise InvalidToken("This access token is meant for another server.")
        return shape[1], claims

    def _check_times(self, header: str, claims: Claims, now: datetime) -> None:
        at, leeway_s = now.timestamp(), LEEWAY.total_seconds()
        if at >= claims.exp:
            raise InvalidToken("This access token has expired; refresh it.")
        if max(claims.nbf, claims.iat) > at + leeway_s:
            raise InvalidToken("This access token is not good yet.")
        if claims.exp - claims.iat > LIFETIME.total_seconds():
            raise InvalidToken("This access token lives longer than this server lets any.")
        if self.ring.verifier(header, now) is None:
            raise InvalidToken("The key of this access token is retired; refresh it.")
