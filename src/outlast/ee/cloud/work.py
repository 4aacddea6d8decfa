"""One request's work: who asks for what, where; checked before a route's own code runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.browser import SAFE_METHODS
from outlast.ee.cloud.caller import Caller, Origin, Role
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.errors import (
    ImpersonationReadOnly,
    InsufficientScope,
    RoleTooLow,
    SignInRequired,
    StepUpRequired,
    WorkspaceNotFound,
)
from outlast.ee.cloud.limiter import Quota, Taken
from outlast.ee.cloud.policy import Rule, Who
from outlast.ee.cloud.unit import Unit
from outlast.http.problems import PreconditionFailed, PreconditionRequired, RateLimited
from outlast.kit.errors import OutlastError
from outlast.kit.ids import is_id

WINDOW_S = 60
ANONYMOUS_SHARE = 4
"""Who has not signed in gets a fourth of the requests of who has."""


class Work:
    """What a route is given.

    Attributes:
        rule: of the route's verb.
        role: the caller's in the path's workspace.
        headers: for the answer.
    """

    __slots__ = ("_caller", "_workspace_id", "cloud", "connection", "headers", "origin", "role", "rule", "writes")

    def __init__(
        self, cloud: Cloud, connection: HTTPConnection, rule: Rule, *, origin: Origin, workspace_id: str | None
    ) -> None:
        self.cloud = cloud
        self.connection = connection
        self.rule = rule
        self.origin = origin
        self.role: Role | None = None
        self.writes = str(connection.scope["method"]) not in SAFE_METHODS
        self.headers: dict[str, str] = {}
        self._caller: Caller | None = None
        self._workspace_id = workspace_id

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
        """Who asks, if anybody has said."""
        return self._caller

    @property
    def workspace_id(self) -> str:
        """The path's workspace; the caller is a member."""
        assert self._workspace_id is not None, "this route has no workspace in its path"
        return self._workspace_id

    async def enter(self) -> None:
        """Check all that can be checked without the route's own code; refusals are recorded.

        Raises:
            OutlastError: the request stops here.
        """
        try:
            self._caller = await self.cloud.gates.authenticator.authenticate(self.connection, self.origin)
            self._take_turn()
            await self._check()
        except RateLimited:
            raise
        except OutlastError as error:
            if error.status in (401, 403, 404):
                await self.cloud.gates.denials.denied(
                    self._caller, self.rule, workspace_id=self._workspace_id, origin=self.origin, error=error
                )
            raise

    def _take_turn(self) -> None:
        requests = self.cloud.settings.rate_limit
        if requests is None:
            return
        if self._caller is None:
            quota, key = Quota("anonymous", max(1, requests // ANONYMOUS_SHARE), WINDOW_S), self.origin.ip
        else:
            quota, key = Quota("default", requests, WINDOW_S), f"{self._workspace_id}:{self._caller.key}"
        refuse_beyond(self.cloud.limiter.take(key, quota), quota)

    async def _check(self) -> None:
        rule, caller = self.rule, self._caller
        if caller is None:
            if rule.needs is not Who.ANYONE:
                raise SignInRequired
        else:
            await self._check_place(caller)
            self._check_credential(caller)
        await self.cloud.gates.licence.check(rule, writes=self.writes, workspace_id=self._workspace_id)

    async def _check_place(self, caller: Caller) -> None:
        """The workspace comes from the path and the membership, never from anything else (ASVS 8.4.1)."""
        if self._workspace_id is None:
            return
        bound_elsewhere = caller.workspace_id not in (None, self._workspace_id)
        if is_id(self._workspace_id) and not bound_elsewhere:
            self.role = await self.cloud.gates.memberships.role(caller.user_id, self._workspace_id)
        if self.role is None:
            raise unknown_workspace(self._workspace_id)
        self._check_role()

    def _check_role(self) -> None:
        needs = self.rule.needs
        if isinstance(needs, Role) and (self.role is None or self.role < needs):
            raise RoleTooLow(f"This needs the role {needs.label} in the workspace; ask one of its admins.")

    def _check_credential(self, caller: Caller) -> None:
        rule = self.rule
        if rule.needs is Who.OPERATOR and not caller.operator:
            raise RoleTooLow("Only who runs this server may do this.")
        if caller.scopes is not None and rule.needs is not Who.ANYONE:
            if rule.scope is None:
                raise InsufficientScope("No token may do this; sign in.", scope="")
            if rule.scope not in caller.scopes:
                raise InsufficientScope(f"This token lacks the scope {rule.scope}.", scope=rule.scope)
        if caller.impersonator_id is not None and self.writes:
            raise ImpersonationReadOnly("Who acts as another user may look and not touch.")
        if rule.fresh and caller.scopes is None:
            require_fresh(self.cloud, caller)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Unit]:
        """One transaction for the whole request. The role is read again in it: the cache may be a second late."""
        async with units.writing(
            self.cloud,
            caller=self._caller,
            workspace_id=self._workspace_id,
            role=self.role,
            origin=self.origin,
        ) as unit:
            if self._workspace_id is not None and self._caller is not None:
                unit.role = self.role = await self.cloud.gates.memberships.role_in(unit)
                if self.role is None:
                    raise unknown_workspace(self._workspace_id)
                self._check_role()
            yield unit

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Unit]:
        """A connection to read by."""
        async with units.looking(
            self.cloud, caller=self._caller, workspace_id=self._workspace_id, role=self.role, origin=self.origin
        ) as unit:
            yield unit

    def tag(self, etag: str) -> None:
        """Give the answer its version (RFC 9110 §8.8.3)."""
        self.headers["etag"] = etag

    def check_match(self, etag: str, *, required: bool = True) -> None:
        """Check If-Match against the present version.

        Raises:
            PreconditionRequired: it is missing, and required.
            PreconditionFailed: another change came first.
        """
        given = self.connection.headers.get("if-match")
        if given is None:
            if required:
                raise PreconditionRequired("Say which version you change: send its ETag as If-Match.")
            return
        if given.strip() != "*" and etag not in [part.strip() for part in given.split(",")]:
            raise PreconditionFailed("It has changed since you read it; read it again, and repeat the change.")


def unknown_workspace(workspace_id: str) -> WorkspaceNotFound:
    """The error for a workspace that is not there, or not for the caller."""
    return WorkspaceNotFound(f"There is no workspace {workspace_id[:64]!r}.")


def require_fresh(cloud: Cloud, caller: Caller) -> None:
    """Check that a device's user has proved lately who they are.

    Raises:
        StepUpRequired: longer ago than `Settings.fresh_for`.
    """
    if cloud.clock.now() - caller.proved_at > cloud.settings.fresh_for:
        raise StepUpRequired(
            "Confirm that it is you: POST /api/v1/auth/reauthenticate, then try again.",
            max_age_s=int(cloud.settings.fresh_for.total_seconds()),
            level=caller.level,
        )


def refuse_beyond(taken: Taken, quota: Quota) -> None:
    """Stop a request that is over its quota.

    Raises:
        RateLimited: with Retry-After and the RateLimit headers.
    """
    if taken.allowed:
        return
    error = RateLimited(f"Too many requests; try again in {taken.retry_after_s} s.")
    error.headers = {
        "retry-after": str(taken.retry_after_s),
        "ratelimit-policy": quota.header,
        "ratelimit": f'"{quota.name}";r={taken.remaining};t={taken.retry_after_s}',
    }
    raise error


async def _work(request: Request) -> Work:
    # A plain function would be called in a thread: two switches for every request.
    work = request.state.work
    assert isinstance(work, Work)
    return work


In = Annotated[Work, Depends(_work)]
"""A route's `Work`: ``async def create_invite(work: In, body: InviteWish) -> InviteItem``."""
