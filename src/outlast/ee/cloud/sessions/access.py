"""Who may do what with a session: `access_session` gives it to who may, and nothing else checks that.

What this process has found out it believes for a second; a change made here is known here at once.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeVar

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Caller, Role
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.sessions import repository
from outlast.ee.cloud.sessions.errors import AccessTooLow
from outlast.ee.cloud.work import Work
from outlast.kit.errors import OutlastError, SessionNotFound
from outlast.kit.ids import is_id
from outlast.protocol.api import AccessName
from outlast.protocol.events import User
from outlast.runtime.audience import fits
from outlast.runtime.records import SessionRecord, unknown_session

K = TypeVar("K")
V = TypeVar("V")

BELIEVED_FOR_S = 1.0
OWNER_BELIEVED_FOR_S = 15.0
"""Whose a session is never changes; that another server deleted it is noticed so late by who just looks on."""
MAX_REMEMBERED = 10_000


class Level(enum.IntEnum):
    """What somebody may do with a session; see `outlast.protocol.api.AccessName`."""

    MANAGE = 0
    VIEW = 1
    ANSWER = 2
    EDIT = 3
    OWNER = 4

    @property
    def label(self) -> AccessName:
        """Its name on the wire."""
        return _LABELS[self]

    @classmethod
    def named(cls, label: str) -> Self:
        """The level of a name."""
        return cls[label.upper()]

    @property
    def sees_all(self) -> bool:
        """Whether the owner's form of events is theirs: who may edit may branch, and owns the branch."""
        return self >= Level.EDIT


_LABELS: Mapping[Level, AccessName] = {
    Level.MANAGE: "manage",
    Level.VIEW: "view",
    Level.ANSWER: "answer",
    Level.EDIT: "edit",
    Level.OWNER: "owner",
}

Shared = Mapping[str, Level]
"""What is shared with one person in one workspace, by session."""


@dataclass(frozen=True, slots=True)
class Access:
    """A session that the caller may do something with."""

    record: SessionRecord
    level: Level


@dataclass(slots=True)
class Sight:
    """What this process knows of who may see which session."""

    cloud: Cloud
    _shared: dict[tuple[str, str], tuple[float, Shared]] = field(default_factory=dict)
    _owners: dict[str, tuple[float, SessionRecord]] = field(default_factory=dict)

    async def record(self, session_id: str) -> SessionRecord:
        """A session's record; that of an awake one is at hand and costs no read.

        Raises:
            SessionNotFound: there is none.
        """
        live = self.cloud.runtime.host.awake.get(session_id)
        return live.record if live is not None else await self.cloud.runtime.records.get(session_id)

    async def level(self, record: SessionRecord, caller: Caller) -> Level | None:
        """What somebody may do with a session; None for nothing. While it asks something of them, they may answer."""
        if record.user_id == caller.user_id:
            return Level.OWNER
        level = (await self.shared(record.workspace_id, caller.user_id)).get(record.id)
        if (level is None or level < Level.ANSWER) and await self._is_asked(record, caller):
            return Level.ANSWER
        return level

    async def _is_asked(self, record: SessionRecord, caller: Caller) -> bool:
        if record.waiting_audience is None:
            return False
        role = await self.cloud.gates.memberships.role(caller.user_id, record.workspace_id)
        by = User(id=caller.user_id, role=role.label) if role is not None else None
        return fits(record.waiting_audience, by, owner_id=record.user_id, known_as=(caller.email,))

    async def shared(self, workspace_id: str, user_id: str) -> Shared:
        """What is shared with somebody in a workspace."""
        now = time.monotonic()
        known = self._shared.get((workspace_id, user_id))
        if known is not None and now < known[0]:
            return known[1]
        async with units.looking(self.cloud, workspace_id=workspace_id) as unit:
            labels = await repository.levels_of(unit, user_id)
        shared = {session_id: max(map(Level.named, names)) for session_id, names in labels.items()}
        _remember(self._shared, (workspace_id, user_id), (now + BELIEVED_FOR_S, shared))
        return shared

    async def shared_ids(self, cloud: Cloud, *, workspace_id: str, user_id: str) -> Collection[str]:
        """The sessions of others that somebody may see (the `outlast.ee.cloud.events.SharedSessions` port)."""
        return (await self.shared(workspace_id, user_id)).keys()

    async def still_allows(self, session_id: str, caller: Caller, level: Level) -> bool:
        """Whether an open stream of a session may go on as it is; asked of every one, twice a second."""
        try:
            record = await self._owner(session_id)
        except SessionNotFound:
            return False
        found = await self.level(record, caller) if record.deleted_at is None else None
        return found is not None and found >= level

    async def _owner(self, session_id: str) -> SessionRecord:
        """A record of which only what hardly ever changes is looked at; a change made here is known at once."""
        live = self.cloud.runtime.host.awake.get(session_id)
        if live is not None:
            return live.record
        now = time.monotonic()
        known = self._owners.get(session_id)
        if known is None or now >= known[0]:
            known = now + OWNER_BELIEVED_FOR_S, await self.cloud.runtime.records.get(session_id)
            _remember(self._owners, session_id, known)
        return known[1]

    def forget(self) -> None:
        """Find everything out anew, and look again at who looks on: something has just changed."""
        self._shared.clear()
        self._owners.clear()
        self.cloud.viewers.recheck()


async def access_session(
    work: Work, session_id: str, needs: Level, *, managing: bool = False, deleted: bool = False
) -> Access:
    """The session of the work's workspace, for who may do something with it.

    Args:
        work: of the request; its caller is a member.
        session_id: as it was sent.
        needs: the least level.
        managing: admins may do this with every session.
        deleted: a deleted session is wanted, and no other.

    Raises:
        SessionNotFound: none such, or not for the caller to see; never told apart.
        AccessTooLow: the caller sees it, but may not do this.
    """
    try:
        access = await _found(work, session_id, deleted=deleted)
        if not (managing and _is_admin(work)):
            _check_level(access.level, needs)
    except (SessionNotFound, AccessTooLow) as error:
        await tell_denied(work, error)
        raise
    return access


def _check_level(level: Level, needs: Level) -> None:
    if level < needs:
        raise AccessTooLow(
            f"You may {level.label} this session; this needs the level {needs.label}. Ask its owner.",
            needs=needs.label,
        )


async def tell_denied(work: Work, error: OutlastError) -> None:
    """Have a refusal recorded."""
    workspace_id = work.workspace_id if work.role is not None else None
    await work.cloud.gates.denials.denied(
        work.caller_or_none, work.rule, workspace_id=workspace_id, origin=work.origin, error=error
    )


async def _found(work: Work, session_id: str, *, deleted: bool) -> Access:
    if not is_id(session_id):  # never gets near the database, which may refuse it in its own words
        raise unknown_session(session_id[:64])
    sight = work.cloud.part(Sight)
    record = await sight.record(session_id)
    if record.workspace_id == work.workspace_id and (record.deleted_at is not None) == deleted:
        level = await sight.level(record, work.caller)
        if deleted and level != Level.OWNER:
            level = None  # it is gone for everybody else
        if level is None and _is_admin(work):
            level = Level.MANAGE
        if level is not None:
            return Access(record, level)
    raise unknown_session(session_id)


def _is_admin(work: Work) -> bool:
    return work.role is not None and work.role >= Role.ADMIN


def _remember(known: dict[K, V], key: K, value: V) -> None:
    if len(known) >= MAX_REMEMBERED:
        known.clear()
    known[key] = value
