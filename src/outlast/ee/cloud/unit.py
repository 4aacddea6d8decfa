"""A unit of work: one transaction, what it may touch, and what follows once it is committed.

One request is one unit, committed at the edge; nothing below commits (architecture §8). On SQLite a unit holds the
one write lock: nothing in it may wait for the engine, whose commits need that lock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from outlast.db.unit import reading, transaction
from outlast.ee.cloud.caller import HERE, Caller, Origin, Role
from outlast.ee.cloud.context import ALL_WORKSPACES, SERVER_SCOPE, Cloud
from outlast.ee.cloud.errors import NoWorkspace, SignInRequired

_SCOPE = text(
    "SELECT set_config('role', coalesce("
    # Another database of the same server may have made the role, without this one's user being let into it.
    "(SELECT rolname::text FROM pg_roles WHERE rolname = 'outlast_app' AND pg_has_role(session_user, oid, 'MEMBER')), "
    "'none'), true), "
    "set_config('outlast.workspace', :workspace, true), set_config('outlast.user', :user, true)"
)


class Unit:
    """What verbs are given.

    Attributes:
        connection: in a transaction; repositories alone use it.
        now: one moment for the whole unit.
        role: the caller's in the workspace; None outside of one.
    """

    __slots__ = ("_after", "_caller", "_workspace_id", "cloud", "connection", "now", "origin", "role")

    def __init__(
        self,
        cloud: Cloud,
        connection: AsyncConnection,
        *,
        caller: Caller | None = None,
        workspace_id: str | None = None,
        role: Role | None = None,
        origin: Origin = HERE,
    ) -> None:
        self.cloud = cloud
        self.connection = connection
        self.now: datetime = cloud.clock.now()
        self.role = role
        self.origin = origin
        self._caller = caller
        self._workspace_id = workspace_id
        self._after: list[Callable[[], None]] = []

    @property
    def caller(self) -> Caller:
        """Who asks.

        Raises:
            SignInRequired: nobody has said.
        """
        if self._caller is None:
            raise SignInRequired
        return self._caller

    @property
    def caller_or_none(self) -> Caller | None:
        """Who asks, if anybody has said; the server itself is nobody."""
        return self._caller

    @property
    def workspace_id(self) -> str:
        """The workspace that all of this is about.

        Raises:
            NoWorkspace: it is about none; a query that needs one is never made (MTCS "Don'ts").
        """
        if self._workspace_id is None or self._workspace_id == ALL_WORKSPACES:
            raise NoWorkspace("Something of a workspace was asked for outside of one.")
        return self._workspace_id

    @property
    def scope(self) -> str:
        """The workspace, or `SERVER_SCOPE` for what is about accounts."""
        return SERVER_SCOPE if self._workspace_id in (None, ALL_WORKSPACES) else str(self._workspace_id)

    @asynccontextmanager
    async def within(self, workspace_id: str) -> AsyncIterator[Unit]:
        """The same transaction, about another workspace: one that is being made, or that an invite opens.

        Args:
            workspace_id: who may enter it, the verb must have found out by itself; `ALL_WORKSPACES` to count over all.
        """
        inner = Unit(self.cloud, self.connection, caller=self._caller, workspace_id=workspace_id, origin=self.origin)
        inner.now, inner._after = self.now, self._after
        await _confine(self.connection, self._caller, workspace_id)
        try:
            yield inner
        except BaseException:  # broad: whatever ended it, a unit that goes on sees its own workspace alone
            with suppress(DBAPIError):  # PostgreSQL takes no statement after one that failed
                await _confine(self.connection, self._caller, self._workspace_id)
            raise
        await _confine(self.connection, self._caller, self._workspace_id)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have something called once this is committed, and not at all if it is not."""
        self._after.append(call)

    def committed(self) -> None:
        """Make the calls that wait for the commit."""
        for call in self._after:
            call()


@asynccontextmanager
async def writing(
    cloud: Cloud,
    *,
    caller: Caller | None = None,
    workspace_id: str | None = None,
    role: Role | None = None,
    origin: Origin = HERE,
) -> AsyncIterator[Unit]:
    """A unit that may write; committed at the end of the block, undone by an error.

    Args:
        cloud: the open cloud.
        caller: who asks; None for the server itself.
        workspace_id: what it is about; `ALL_WORKSPACES` for the server's own work over all of them.
        role: the caller's there.
        origin: of the request.

    Raises:
        Unavailable: the database can't be used now.
    """
    async with transaction(cloud.engine) as connection:
        unit = Unit(cloud, connection, caller=caller, workspace_id=workspace_id, role=role, origin=origin)
        await _confine(connection, caller, workspace_id)
        yield unit
    unit.committed()


@asynccontextmanager
async def looking(
    cloud: Cloud,
    *,
    caller: Caller | None = None,
    workspace_id: str | None = None,
    role: Role | None = None,
    origin: Origin = HERE,
) -> AsyncIterator[Unit]:
    """A unit that only reads, and takes no lock; otherwise as `writing`."""
    async with reading(cloud.engine) as connection:
        await _confine(connection, caller, workspace_id)
        yield Unit(cloud, connection, caller=caller, workspace_id=workspace_id, role=role, origin=origin)


async def _confine(connection: AsyncConnection, caller: Caller | None, workspace_id: str | None) -> None:
    """Row-level security says again what the repositories say (PostgreSQL)."""
    if connection.dialect.name == "postgresql":
        user = caller.user_id if caller is not None else ""
        await connection.execute(_SCOPE, {"workspace": workspace_id or SERVER_SCOPE, "user": user})
