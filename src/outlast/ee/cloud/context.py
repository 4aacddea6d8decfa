"""What all requests share: the open cloud. Domains hang their own parts on it; the kernel asks them by ports."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import HTTPConnection

from outlast.ee.cloud.box import SecretBox
from outlast.ee.cloud.caller import Caller, Origin, Role
from outlast.ee.cloud.limiter import Limiter
from outlast.ee.cloud.policy import Policy, Rule
from outlast.ee.cloud.viewers import Viewers
from outlast.kit.clock import Clock
from outlast.kit.errors import OutlastError
from outlast.kit.settings import Settings
from outlast.runtime import Runtime

if TYPE_CHECKING:
    from outlast.ee.cloud.unit import Unit

logger = logging.getLogger(__name__)

P = TypeVar("P")

SERVER_SCOPE = "-"
"""The ``workspace_id`` of what belongs to the server itself: accounts, the audit of sign-ins."""

ALL_WORKSPACES = "*"
"""The scope of the server's own work, such as the relay's and the purge's; never that of a request."""


class Authenticator(Protocol):
    """Tells who makes a request (domain auth)."""

    async def authenticate(self, connection: HTTPConnection, origin: Origin) -> Caller | None:
        """Who it is; None when the request holds no credential.

        Raises:
            InvalidToken: it holds one that is not good.
            CrossSite: a cookie came along with another site's request.
        """
        ...

    async def still_good(self, caller: Caller) -> bool:
        """Whether the credential is good as of now, at most a second late."""
        ...


class Memberships(Protocol):
    """Tells who belongs where (domain workspaces)."""

    async def role(self, user_id: str, workspace_id: str) -> Role | None:
        """A member's role, at most a second late; None for who is none, and in workspaces that are deleted."""
        ...

    async def role_in(self, unit: Unit) -> Role | None:
        """The caller's role in the unit's workspace, as the unit's transaction sees it."""
        ...


class LicenceGate(Protocol):
    """Tells what the licence allows (domain license)."""

    async def check(self, rule: Rule, *, writes: bool, workspace_id: str | None = None) -> None:
        """Let a verb pass.

        Raises:
            OutlastError: ``license.expired``, when the licence allows reading alone; ``license.feature_missing``.
        """
        ...


class Denials(Protocol):
    """Is told of refusals (domain audit)."""

    async def denied(
        self, caller: Caller | None, rule: Rule, *, workspace_id: str | None, origin: Origin, error: OutlastError
    ) -> None:
        """Record one."""
        ...


@dataclass(slots=True)
class Gates:
    """What the kernel asks of the domains."""

    authenticator: Authenticator
    memberships: Memberships
    licence: LicenceGate
    denials: Denials


@dataclass(slots=True)
class Cloud:
    """Everything that requests share.

    Attributes:
        engine: of the one database.
        runtime: the engine of sessions.
        box: seals secrets at rest.
        policy: the table of verbs.
        stopping: set when the server begins to stop; event streams then end.
        viewers: who looks at which stream now.
    """

    engine: AsyncEngine
    runtime: Runtime
    settings: Settings
    clock: Clock
    box: SecretBox
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    policy: Policy = field(default_factory=Policy)
    limiter: Limiter = field(default_factory=Limiter)
    viewers: Viewers = field(default_factory=Viewers)
    _gates: Gates | None = None
    _parts: dict[type[object], object] = field(default_factory=dict)
    _jobs: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def gates(self) -> Gates:
        """What the kernel asks of the domains; set once, by `outlast.ee.cloud.mount_cloud`."""
        assert self._gates is not None, "the cloud is not mounted yet"
        return self._gates

    @gates.setter
    def gates(self, gates: Gates) -> None:
        self._gates = gates

    def add(self, part: object) -> None:
        """Hang a domain's part on the cloud, one of each class."""
        self._parts[type(part)] = part

    def part(self, kind: type[P]) -> P:
        """The part of a class.

        Raises:
            KeyError: its domain is not mounted.
        """
        part = self._parts[kind]
        assert isinstance(part, kind)
        return part

    def beside(self, job: Callable[[], Awaitable[None]]) -> None:
        """Have a job run beside the server, from `start` to `close`; one that fails is started again."""
        self._jobs.append(job)

    def start(self) -> None:
        """Start the jobs."""
        self._jobs.append(lambda: self.viewers.watch(self._may_look))
        self._tasks += [asyncio.create_task(_keep(job), name="beside the cloud") for job in self._jobs]

    async def close(self) -> None:
        """End the jobs. The runtime is its owner's to close."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _may_look(self, caller: Caller, workspace_id: str | None) -> bool:
        if not await self.gates.authenticator.still_good(caller):
            return False
        return workspace_id is None or await self.gates.memberships.role(caller.user_id, workspace_id) is not None


RETRY_PAUSES_S: Sequence[float] = (0.1, 0.5, 2, 5)


async def _keep(job: Callable[[], Awaitable[None]]) -> None:
    failures = 0
    while True:
        try:
            await job()
            return
        except Exception:  # broad: a job that fails ends neither the server nor itself
            logger.exception("A job beside the server failed; it is started again")
        await asyncio.sleep(RETRY_PAUSES_S[min(failures, len(RETRY_PAUSES_S) - 1)])
        failures += 1
