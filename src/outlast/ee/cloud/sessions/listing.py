"""Lists of sessions: one's own, what is shared with one, and for admins all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from outlast.ee.cloud.caller import Caller, Role
from outlast.ee.cloud.errors import RoleTooLow
from outlast.ee.cloud.sessions import repository
from outlast.ee.cloud.sessions.access import Level, Shared, Sight, tell_denied
from outlast.ee.cloud.sessions.schemas import item_of
from outlast.ee.cloud.work import Work
from outlast.kit.errors import InvalidInput
from outlast.kit.pages import Page
from outlast.protocol.api import SessionItem, SessionList
from outlast.protocol.document import State
from outlast.runtime.records import SessionFilter, SessionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which sessions; None is all."""

    which: Literal["mine", "shared", "all"]
    state: State | None
    app: str | None
    text: str | None
    deleted: bool


async def page(work: Work, wanted: Wanted, *, cursor: str | None, limit: int) -> SessionList:
    """A page, newest activity first.

    Raises:
        RoleTooLow: all are for admins.
        InvalidInput: deleted ones are asked for among others'.
        InvalidCursor: the cursor is not of this list.
    """
    found = await _found(work, wanted, cursor=cursor, limit=limit)
    shared: Shared = {}
    if wanted.which != "mine" and found.items:
        shared = await work.cloud.part(Sight).shared(work.workspace_id, work.caller.user_id)
    least = Level.VIEW if wanted.which == "shared" else Level.MANAGE

    def item(record: SessionRecord) -> SessionItem:
        mine = record.user_id == work.caller.user_id
        return item_of(record, Level.OWNER if mine else shared.get(record.id, least))

    return SessionList(items=[item(record) for record in found.items], next_cursor=found.next_cursor)


def audiences_of(caller: Caller, role: Role | None) -> Sequence[str]:
    """The names under which an input may be asked of somebody, in lower case."""
    roles = [each.label for each in Role if role is not None and each <= role]
    return [*roles, caller.user_id, caller.email.lower()]


async def _found(work: Work, wanted: Wanted, *, cursor: str | None, limit: int) -> Page[SessionRecord]:
    user_id = work.caller.user_id
    which = SessionFilter(
        workspace_id=work.workspace_id,
        state=wanted.state,
        app=wanted.app,
        text=wanted.text,
        deleted=wanted.deleted,
        user_id=user_id if wanted.which == "mine" else None,
    )
    if wanted.which == "shared":
        if wanted.deleted:
            raise InvalidInput("What others have deleted is not shown.", errors={"deleted": "not with which=shared"})
        async with work.reading() as unit:
            known_as = audiences_of(work.caller, work.role)
            return await repository.shared_page(
                unit, which, user_id=user_id, known_as=known_as, cursor=cursor, limit=limit
            )
    if wanted.which == "all" and (work.role is None or work.role < Role.ADMIN):
        error = RoleTooLow("Only admins list all sessions of a workspace.")
        await tell_denied(work, error)
        raise error
    return await work.cloud.runtime.records.page(which, cursor=cursor, limit=limit)
