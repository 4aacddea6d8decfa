"""Workspaces, members and invites: on the wire, and as other domains know them."""

from __future__ import annotations

import hashlib
import re
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool, StrictInt

from outlast.ee.cloud.caller import Role, RoleName
from outlast.ee.cloud.routes import View, Wish
from outlast.ee.cloud.workspaces.errors import State

SLUG = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TOKEN_CHARS = 200
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def _name(text: str) -> str:
    name = text.strip()
    if not name or not name.isprintable():
        raise ValueError("must be one line of text")
    return name


def _email(text: str) -> str:
    """An address, roughly; whether mail can go there the mail's own check says."""
    email = text.strip()
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", email) or not email.isprintable():
        raise ValueError("must be an e-mail address")
    return email


def address_key(email: str) -> str:
    """An address as it is compared: without regard to case, but only that of ASCII letters.

    Some others have a small letter that is one of these (the Kelvin sign): folding them would give one person's
    invites to another.
    """
    return email.strip().translate(_SMALL)


Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_name)]
Slug = Annotated[str, Field(pattern=rf"^{SLUG}$")]
Email = Annotated[
    str, Field(min_length=3, max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_email)
]
Id = Annotated[str, Field(min_length=36, max_length=36, pattern="^[0-9a-f-]{36}$")]


class Settings(View):
    """What a workspace decides for all of its members.

    Attributes:
        default_agent: that a new conversation starts with.
        allow_invites: whether admins may invite; owners always may.
        retention_days: after which a session that is over is removed; None to keep it.
        hibernate_after_s: seconds after which a session that waits gives up its process; None for the server's own.
        max_sessions_per_user: sessions of one member that are not over, at one time; None for no limit.
    """

    default_agent: str | None = None
    allow_invites: bool = True
    retention_days: int | None = None
    hibernate_after_s: int | None = None
    max_sessions_per_user: int | None = None

    @property
    def retention(self) -> timedelta | None:
        """How long a session that is over is kept."""
        return None if self.retention_days is None else timedelta(days=self.retention_days)

    @property
    def hibernate_after(self) -> timedelta | None:
        """How long a session waits before it gives up its process."""
        return None if self.hibernate_after_s is None else timedelta(seconds=self.hibernate_after_s)


class SettingsWish(Wish):
    """Settings to change; those not named stay, null goes back to the default."""

    default_agent: Name | None = None
    allow_invites: StrictBool | None = None
    retention_days: StrictInt | None = Field(default=None, ge=1, le=36_500)
    hibernate_after_s: StrictInt | None = Field(default=None, ge=1, le=86_400)
    max_sessions_per_user: StrictInt | None = Field(default=None, ge=1, le=10_000)

    def over(self, settings: Settings) -> Settings:
        """Settings with this changed."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        kept = settings.model_dump(exclude=self.model_fields_set)
        return Settings(**kept, **{name: value for name, value in given.items() if value is not None})


class WorkspaceWish(Wish):
    """A workspace to make."""

    name: Name
    slug: Slug | None = Field(default=None, description="Made from the name unless given.")


class WorkspaceChange(Wish):
    """What to change of a workspace; what is not named stays."""

    name: Name | None = None
    slug: Slug | None = None
    settings: SettingsWish | None = None


class TransferWish(Wish):
    """Who becomes owner."""

    user_id: Id


class RoleWish(Wish):
    """The role that a member gets."""

    role: RoleName


class InviteWish(Wish):
    """Whom to invite."""

    email: Email
    role: RoleName = "member"


class InviteToken(Wish):
    """What the mailed link holds."""

    token: str = Field(min_length=1, max_length=_TOKEN_CHARS)


class InviteId(Wish):
    """An invite to the caller's own address, from the list of theirs."""

    workspace_id: Id
    invite_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A workspace, as other domains know it.

    Attributes:
        deleted_at: when it was deleted; it can be restored until `purge_at`.
        version: counts its changes.
    """

    id: str
    name: str
    slug: str
    settings: Settings
    created_at: datetime
    deleted_at: datetime | None = None
    purge_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who belongs to a workspace."""

    workspace_id: str
    user_id: str
    role: Role
    joined_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """An invite, whose secret only the mail knows.

    Attributes:
        digest: of the secret.
        invited_by: the member who sent it; accepted only while they may grant its role.
        sent: how many mails went out for it.
    """

    workspace_id: str
    id: str
    email: str
    role: Role
    digest: str
    invited_by: str
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    accepted_by: str | None = None
    revoked_at: datetime | None = None
    sent: int = 1

    @property
    def email_key(self) -> str:
        """The address as it is compared."""
        return address_key(self.email)

    def state(self, now: datetime) -> State:
        """Whether it can still be accepted."""
        if self.accepted_at is not None:
            return "accepted"
        if self.revoked_at is not None:
            return "revoked"
        return "open" if now < self.expires_at else "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The server's first workspace, and an owner of it."""

    workspace_id: str
    owner_id: str


class Tagged(View):
    """A view that has a version."""

    @property
    def etag(self) -> str:
        """A strong ETag: equal for equal bytes only (RFC 9110 §8.8.3)."""
        return f'"{hashlib.blake2b(self.model_dump_json().encode(), digest_size=12).hexdigest()}"'


class WorkspaceItem(Tagged):
    """A workspace as one of its members sees it.

    Attributes:
        role: the caller's.
    """

    id: str
    name: str
    slug: str
    role: RoleName
    settings: Settings
    created_at: datetime
    version: int


class WorkspacePage(View):
    """A page of the caller's workspaces, the oldest first."""

    items: list[WorkspaceItem]
    next_cursor: str | None


class DeletedWorkspace(View):
    """A workspace of the caller's that was deleted.

    Attributes:
        purge_at: until then it can be restored.
    """

    id: str
    name: str
    slug: str
    deleted_at: datetime
    purge_at: datetime


class DeletedPage(View):
    """A page of deleted workspaces, the oldest first."""

    items: list[DeletedWorkspace]
    next_cursor: str | None


class MemberItem(Tagged):
    """A member."""

    user_id: str
    name: str
    email: str
    role: RoleName
    joined_at: datetime
    version: int


class MemberPage(View):
    """A page of members, by the age of their accounts."""

    items: list[MemberItem]
    next_cursor: str | None


class InviteItem(Tagged):
    """An invite as admins see it.

    Attributes:
        invited_by: who sent it.
        sent: how many mails went out for it.
    """

    id: str
    email: str
    role: RoleName
    state: State
    invited_by: str
    created_at: datetime
    expires_at: datetime
    sent: int


class InvitePage(View):
    """A page of invites, the newest first."""

    items: list[InviteItem]
    next_cursor: str | None


class InviteView(View):
    """An invite as who was invited sees it.

    Attributes:
        invited_by: the name of who sent it.
    """

    id: str
    workspace_id: str
    workspace_name: str
    email: str
    role: RoleName
    invited_by: str
    expires_at: datetime


class MyInvitePage(View):
    """A page of open invites to the caller's address, the oldest first."""

    items: list[InviteView]
    next_cursor: str | None
