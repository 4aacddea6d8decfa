"""What accounts, log-ins and tokens refuse."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

from outlast.kit.errors import Conflict, InvalidInput, NotFound, OutlastError, TooMuch, Unauthenticated, Unavailable


class UserNotFound(NotFound):
    """No account of this id, or none that the caller may see."""

    code = "user.not_found"


class DeviceNotFound(NotFound):
    """No log-in session of this id among the caller's own."""

    code = "login_session.not_found"


class TokenNotFound(NotFound):
    """No personal access token of this id among the caller's own."""

    code = "token.not_found"


class AvatarNotFound(NotFound):
    """This user has no picture."""

    code = "avatar.not_found"


class EmailTaken(Conflict):
    """There is an account with this e-mail address already."""

    code = "user.email_taken"


class ActsOnYourself(Conflict):
    """This is done to others alone."""

    code = "user.is_you"


class UnknownScope(InvalidInput):
    """There is no scope of this name."""

    code = "token.unknown_scope"


class AvatarRefused(InvalidInput):
    """The picture is too large, or none that browsers show."""

    code = "avatar.refused"


class SignUpClosed(Conflict):
    """Accounts are made by invitation on this server."""

    code = "auth.sign_up_closed"


class WrongCredentials(Unauthenticated):
    """The e-mail address or the password is wrong, or the account can't be used; which of them is never told."""

    code = "auth.wrong_credentials"


class TokenInAddress(Unauthenticated):
    """A token stands in the request's address (RFC 6750 §2.3, RFC 9700 §4.3.2)."""

    code = "auth.token_in_address"
    headers: Mapping[str, str] = {"www-authenticate": 'Bearer realm="outlast", error="invalid_request"'}


class LinkSpent(Unauthenticated):
    """The sign-in link was used before, has expired, or is none of this server's."""

    code = "auth.link_spent"


class InvalidGrant(OutlastError):
    """The refresh token is not, or no longer, good; sign in again (RFC 6749 §5.2)."""

    code = "invalid_grant"
    status = 400


class PasswordRefused(InvalidInput):
    """The password is too short, too long or too easily guessed."""

    code = "auth.password_refused"


class HashingBusy(Unavailable):
    """Too many log-ins are being checked at this moment; try again shortly."""

    code = "auth.busy"

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.headers: Mapping[str, str] = {"retry-after": str(math.ceil(retry_after.total_seconds()))}


class TooManyAttempts(TooMuch):
    """Too many failed log-ins of this account from this place; Retry-After says when to try again."""

    code = "auth.too_many_attempts"

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.headers: Mapping[str, str] = {"retry-after": str(math.ceil(retry_after.total_seconds()))}
