"""One-time codes of an authenticator app (TOTP, RFC 6238): six digits, a new one each 30 seconds."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Self

import pyotp

from outlast.ee.cloud.box import SecretBox

STEP = timedelta(seconds=30)
DIGITS = 6
DRIFT_STEPS = 1
"""Steps that a device's clock may be away, each way (RFC 6238 §5.2 advises one)."""
NEVER = -1
"""The last used step of a secret of which no code was used yet."""


class Authenticator:
    """The secret that a user's app and this server share.

    Args:
        secret: base 32, as a person types it into an app. Show it only until it is confirmed.
    """

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._codes = pyotp.TOTP(secret, digits=DIGITS, interval=int(STEP.total_seconds()))

    @classmethod
    def new(cls) -> Self:
        """Make one, of 160 random bits (RFC 4226 §4 R6)."""
        return cls(pyotp.random_base32())

    @classmethod
    def opened(cls, sealed: bytes, *, box: SecretBox, user_id: str) -> Self:
        """The one that `sealed` put away; another user's does not open."""
        return cls(box.open(sealed, purpose=_purpose(user_id)).decode())

    def sealed(self, *, box: SecretBox, user_id: str) -> bytes:
        """The secret for the database."""
        return box.seal(self.secret.encode(), purpose=_purpose(user_id))

    def uri(self, *, account: str, issuer: str) -> str:
        """The ``otpauth://`` URI that an app reads from a QR code.

        Args:
            account: the user's e-mail.
            issuer: this server's name.
        """
        return self._codes.provisioning_uri(name=account, issuer_name=issuer)

    def step_of(self, code: str, *, at: datetime, last_used: int = NEVER) -> int | None:
        """Check a code.

        Args:
            code: as typed; spaces don't matter.
            at: the present moment.
            last_used: the step of the last code that was taken. Its code and older ones are refused: a code works
                once (RFC 6238 §5.2, ASVS 6.5.1).

        Returns:
            The step to remember, by an update that fails when another request has used this step or a later one; or
            nothing if the code is wrong.
        """
        digits = "".join(code.split())
        if len(digits) != DIGITS or not digits.isascii() or not digits.isdecimal():
            return None
        present = self._codes.timecode(at)
        found = None
        for step in range(max(0, present - DRIFT_STEPS), present + DRIFT_STEPS + 1):
            # All of them, always: the time of the answer tells nothing of the clocks.
            if hmac.compare_digest(self._codes.generate_otp(step), digits) and step > last_used:
                found = step
        return found


def _purpose(user_id: str) -> str:
    return f"totp {user_id}"
