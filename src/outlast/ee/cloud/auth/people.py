"""What is known of people, their devices and their tokens: the rows, as the rest of the domain sees them."""

from __future__ import annotations

import string
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from outlast.ee.cloud.auth.rotation import Lineage

Status: TypeAlias = Literal["online", "away", "dnd", "offline"]
TokenKind: TypeAlias = Literal["personal", "local"]


@dataclass(frozen=True, slots=True)
class Person:
    """An account, as other domains see it.

    Attributes:
        email: as its owner writes it.
        verified: whether it has been shown that the address is theirs.
        disabled: whether the account may do nothing.
    """

    id: str
    email: str
    name: str
    verified: bool = False
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account, all of it.

    Attributes:
        password_hash: None for who logs in by other means.
        is_operator: runs this server: may end anybody's sign-ins and disable accounts.
        version: counts changes of what others see; the ETag.
    """

    id: str
    email: str
    name: str
    password_hash: str | None
    password_changed_at: datetime | None
    verified_at: datetime | None
    disabled_at: datetime | None
    is_operator: bool
    status: Status
    last_seen_at: datetime | None
    active_workspace_id: str | None
    avatar_digest: str | None
    version: int
    created_at: datetime

    @property
    def person(self) -> Person:
        """The part that other domains see."""
        return Person(
            self.id, self.email, self.name, verified=self.verified_at is not None, disabled=self.disabled_at is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSession:
    """A device that somebody is logged in on.

    Attributes:
        epoch: how often its secrets were replaced.
        method: how they logged in: ``password``, ``link``, ``passkey``, ``oidc:<name>``, ``impersonation``.
        level: 1 for one factor, 2 for two.
        proved_at: when they last proved who they are.
        idle_ends_at: its end if it is not used before.
        ends_at: its end in any case.
    """

    id: str
    user_id: str
    epoch: int
    method: str
    level: int
    impersonator_id: str | None
    label: str
    ip: str
    user_agent: str
    created_at: datetime
    proved_at: datetime
    last_used_at: datetime
    idle_ends_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    @property
    def good_until(self) -> datetime:
        """When it ends if nothing happens."""
        return min(self.idle_ends_at, self.ends_at)

    @property
    def sid(self) -> str:
        """What its access tokens name it by."""
        return f"{self.id}.{self.epoch}"

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.ended_at is None and now < self.good_until

    def used(self, now: datetime, *, idle: timedelta) -> LoginSession:
        """After an ordinary use, which moves the idle end alone."""
        return replace(self, last_used_at=now, idle_ends_at=now + idle)

    def impersonated(self, by: str, *, ends_at: datetime) -> LoginSession:
        """The same for who acts as its user: it ends soon, and is never renewed."""
        return replace(self, impersonator_id=by, idle_ends_at=ends_at, ends_at=ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A device with its refresh tokens."""

    device: LoginSession
    lineage: Lineage


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalToken:
    """A token that its owner made for a program; it opens one workspace.

    Attributes:
        scopes: what it may do there, besides what its owner's role allows.
        expires_at: None if it has no end.
    """

    id: str
    workspace_id: str
    user_id: str
    kind: TokenKind
    name: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def email_key(email: str) -> str:
    """The address as accounts are told apart by it: letters of ASCII alone are folded, as other letters that fold to
    the same one may be another mailbox."""
    return email.strip().translate(_LOWER)
