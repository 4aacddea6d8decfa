"""Accounts, devices and tokens on the wire."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self, TypeAlias

import msgspec
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, SecretStr, StrictBool, WithJsonSchema, field_validator, model_validator

from outlast.ee.cloud.auth.people import LoginSession, PersonalToken, Status, User
from outlast.ee.cloud.routes import View, Wish
from outlast.protocol.codec import Json

MAX_PASSWORD_FIELD = 1024
"""Far above what is taken: what is longer gets the words of `passwords.check`."""


def _address(text: str) -> str:
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error


def _plain(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be a line of text")
    return text.strip()


EmailAddress: TypeAlias = Annotated[
    str, Field(min_length=3, max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_address)
]
Line: TypeAlias = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_plain)]
Password: TypeAlias = Annotated[SecretStr, Field(max_length=MAX_PASSWORD_FIELD)]
NewPassword: TypeAlias = Annotated[
    SecretStr, Field(max_length=MAX_PASSWORD_FIELD, description="8 to 256 characters of any script.")
]
Lifetime: TypeAlias = Annotated[
    timedelta,
    Field(gt=timedelta(0), le=timedelta(days=3660)),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "duration"}, {"type": "number", "exclusiveMinimum": 0}]}),
]
Secret: TypeAlias = Annotated[SecretStr, Field(min_length=1, max_length=16 * 1024)]


class Registration(Wish):
    """A new account.

    Attributes:
        invite: of an invitation's mail (`#invite=…`); the address is known to be theirs then.
    """

    email: EmailAddress
    name: Line
    password: NewPassword
    invite: Annotated[SecretStr, Field(min_length=1, max_length=200)] | None = None


class LogIn(Wish):
    """Who wants in: by e-mail address and password, or by the code of a sign-in link."""

    email: Annotated[str, Field(max_length=320)] | None = None
    password: Password | None = None
    code: Secret | None = None

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:  # noqa: N804  a validator after the model is a method
        by_password = self.email is not None and self.password is not None
        if by_password == (self.code is not None) or (self.email is None) != (self.password is None):
            raise ValueError("send email and password, or code")
        return self


class Renewal(Wish):
    """A refresh token; a browser's comes as a cookie instead."""

    refresh_token: Secret | None = None


class PresentedToken(Wish):
    """A token to be looked at, or revoked."""

    token: Secret


class Proof(Wish):
    """Shows again who one is, in one way: by the password, a code of the app, or a passkey.

    Attributes:
        code: of the app, or a recovery code.
        passkey: the browser's answer to ``POST /auth/reauthenticate/passkey``, `PublicKeyCredential.toJSON()`.
    """

    password: Password | None = None
    code: Annotated[SecretStr, Field(min_length=6, max_length=64)] | None = None
    passkey: Annotated[dict[str, Json], Field(max_length=20)] | None = None

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:  # noqa: N804  a validator after the model is a method
        if [self.password, self.code, self.passkey].count(None) != 2:
            raise ValueError("send one of password, code and passkey")
        return self


class PasswordChange(Wish):
    """The present password and the next."""

    password: Password | None = None
    new_password: NewPassword
    keep_other_sessions: StrictBool = False


class MeChange(Wish):
    """What a user may change of their own account; null leaves the workspace."""

    name: Line | None = None
    status: Status | None = None
    active_workspace_id: Annotated[str, Field(max_length=36)] | None = None

    @field_validator("name", "status", mode="before")
    @classmethod
    def _is_something(cls, value: object) -> object:
        if value is None:  # left out it stays; there is no account without one
            raise ValueError("must not be null")
        return value


class TokenWish(Wish):
    """A new personal access token.

    Attributes:
        expires_in: from now; ISO 8601 or seconds; none for a token without end.
    """

    name: Line
    workspace_id: Annotated[str, Field(max_length=36)]
    scopes: Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=60)]
    expires_in: Lifetime | None = timedelta(days=90)


class AccessWish(Wish):
    """Whether somebody may use their account."""

    disabled: StrictBool


class DeviceView(View):
    """A device that the user is logged in on.

    Attributes:
        label: a name for it, as ``Firefox on Linux``.
        current: whether it is the one that asks.
        idle_ends_at: when it is logged out if it is not used before.
        ends_at: when it is logged out in any case.
    """

    id: str
    label: str
    ip: str
    user_agent: str
    method: str
    level: int
    created_at: datetime
    last_used_at: datetime
    proved_at: datetime
    idle_ends_at: datetime
    ends_at: datetime
    current: bool

    @classmethod
    def of(cls, device: LoginSession, *, current: str | None) -> DeviceView:
        """A device as its user sees it."""
        fields = {name: getattr(device, name) for name in cls.model_fields if name != "current"}
        return cls(**fields, current=device.id == current)


class DevicePage(View):
    """All devices of the user; there are never more than one page of them."""

    items: list[DeviceView]
    next_cursor: str | None = None


class MeView(msgspec.Struct, frozen=True, kw_only=True):
    """The user who asks.

    Attributes:
        avatar_url: where the picture is; its address changes with it.
        operator: whether they run this server.
        login_session_id: the device that asks; None for a token.
    """

    id: str
    email: str
    name: str
    verified: bool
    has_password: bool
    operator: bool
    status: Status
    last_seen_at: datetime | None
    active_workspace_id: str | None
    avatar_url: str | None
    created_at: datetime
    login_session_id: str | None


class LoggedIn(View):
    """A device that has just been logged in, or renewed.

    Attributes:
        access_token: for the Authorization header; a browser has it as a cookie instead, and gets none here.
        refresh_token: good once, at ``POST /auth/sessions/refresh``.
        expires_in: seconds of the access token's life.
    """

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  a kind
    access_token: str | None
    refresh_token: str | None
    expires_in: int
    session: DeviceView


class Introspection(View):
    """What a token is (RFC 7662 §2.2). Of one that is not good nothing is told but that."""

    active: bool
    token_type: str | None = None
    sub: str | None = None
    username: str | None = None
    sid: str | None = None
    jti: str | None = None
    iss: str | None = None
    aud: str | None = None
    iat: int | None = None
    nbf: int | None = None
    exp: int | None = None
    scope: str | None = None
    workspace_id: str | None = None


class Jwk(View):
    """A public key (RFC 7517, RFC 8037)."""

    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class Jwks(View):
    """The keys that access tokens are verified with."""

    keys: list[Jwk]


class TokenView(View):
    """A personal access token, without its secret."""

    id: str
    workspace_id: str
    name: str
    kind: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, token: PersonalToken) -> TokenView:
        """A token as its owner sees it."""
        fields = {name: getattr(token, name) for name in cls.model_fields if name != "scopes"}
        return cls(**fields, scopes=sorted(token.scopes))


class NewToken(TokenView):
    """A token just made; its secret is shown this once."""

    token: str


class TokenPage(View):
    """A page of tokens, the latest first."""

    items: list[TokenView]
    next_cursor: str | None


class UserView(View):
    """An account, as who runs the server sees it."""

    id: str
    email: str
    name: str
    verified: bool
    disabled: bool
    operator: bool
    created_at: datetime
    last_seen_at: datetime | None

    @classmethod
    def of(cls, user: User) -> UserView:
        """An account as its operator sees it."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            verified=user.verified_at is not None,
            disabled=user.disabled_at is not None,
            operator=user.is_operator,
            created_at=user.created_at,
            last_seen_at=user.last_seen_at,
        )


class UserPage(View):
    """A page of accounts, in the order of their making."""

    items: list[UserView]
    next_cursor: str | None


class EndedSessions(View):
    """How many log-in sessions were ended."""

    ended: int


class Impersonation(View):
    """An access token that looks at the server as another user does. It reads, and ends by itself."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  a kind
    access_token: str
    expires_in: int
