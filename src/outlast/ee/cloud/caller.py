"""Who makes a request, and from where."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self, TypeAlias

RoleName: TypeAlias = Literal["viewer", "member", "admin", "owner"]
"""A role on the wire and in the database."""


class Role(enum.IntEnum):
    """What a member may do in a workspace; each role may do all that those before it may."""

    VIEWER = 1
    MEMBER = 2
    ADMIN = 3
    OWNER = 4

    @property
    def label(self) -> RoleName:
        """Its name on the wire."""
        return _LABELS[self]

    @classmethod
    def named(cls, label: str) -> Self:
        """The role of a name.

        Raises:
            KeyError: there is none.
        """
        return cls[label.upper()]


_LABELS: dict[Role, RoleName] = {
    Role.VIEWER: "viewer",
    Role.MEMBER: "member",
    Role.ADMIN: "admin",
    Role.OWNER: "owner",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from.

    Attributes:
        ip: the client's address; a proxy's word is taken only from a trusted one.
        user_agent: what the client says it is, cut to 400 characters.
        request_id: names the request in logs and in answers.
    """

    ip: str = ""
    user_agent: str = ""
    request_id: str = ""


HERE = Origin(ip="local", user_agent="outlast")
"""The server itself, or its operator at the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a request.

    Attributes:
        login_session_id: the device, when it is one.
        token_id: the personal access token, when it is one.
        workspace_id: the only workspace that a token opens; None for a device.
        scopes: what a token may do (``sessions:read``); None for a device, which may do all that its user may.
        level: 1 for one factor, 2 for two (NIST SP 800-63B AAL).
        proved_at: when the user last proved who they are; step-up looks at it.
        impersonator_id: who acts as this user, if somebody does.
        cookie: whether a browser sent it along by itself.
        operator: whether they run this server.
    """

    user_id: str
    email: str
    name: str
    login_session_id: str | None = None
    token_id: str | None = None
    workspace_id: str | None = None
    scopes: frozenset[str] | None = None
    level: int = 1
    proved_at: datetime
    impersonator_id: str | None = None
    cookie: bool = False
    operator: bool = False

    @property
    def key(self) -> str:
        """Names the credential: of rate limits and idempotency keys."""
        return self.login_session_id or self.token_id or self.user_id
