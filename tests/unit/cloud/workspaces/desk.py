"""The domains up to workspaces over a real database, without a server: verbs are called in units of work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from outlast.db.engine import create_engine
from outlast.db.migrations import upgrade
from outlast.ee.cloud import audit, auth, events, mail, workspaces
from outlast.ee.cloud import license as licences
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.box import SecretBox
from outlast.ee.cloud.caller import Caller, Role
from outlast.ee.cloud.context import Cloud
from outlast.ee.cloud.unit import Unit
from outlast.kit.clock import ManualClock
from outlast.kit.settings import load_settings
from outlast.runtime.awake import HostSettings
from outlast.runtime.opening import memory_runtime
from outlast.testing.fakes import FakeExecutor, FakeProcess

SITE = "https://apps.example.com"


@dataclass
class Desk:
    """A cloud, and what a test does with it."""

    cloud: Cloud
    clock: ManualClock

    def unit(self, caller: Caller | None = None, workspace_id: str | None = None) -> AbstractAsyncContextManager[Unit]:
        """A unit that writes."""
        return units.writing(self.cloud, caller=caller, workspace_id=workspace_id)

    def look(self, caller: Caller | None = None, workspace_id: str | None = None) -> AbstractAsyncContextManager[Unit]:
        """A unit that reads."""
        return units.looking(self.cloud, caller=caller, workspace_id=workspace_id)

    async def person(self, name: str, *, verified: bool = True) -> Caller:
        """Somebody new, who calls from a device."""
        async with self.unit() as unit:
            made = await auth.create_person(unit, email=f"{name}@example.com", name=name.title(), verified=verified)
        return Caller(user_id=made.id, email=made.email, name=made.name, proved_at=self.clock.now())

    async def workspace(self, owner: Caller, name: str = "Acme") -> str:
        """A workspace; its id."""
        async with self.unit() as unit:
            return (await workspaces.create_workspace(unit, name=name, owner_id=owner.user_id)).id

    async def join(self, workspace_id: str, person: Caller, role: Role = Role.MEMBER) -> None:
        """Make somebody a member."""
        async with self.unit(workspace_id=workspace_id) as unit:
            await workspaces.add_member(unit, user_id=person.user_id, role=role)

    async def role(self, workspace_id: str, person: Caller) -> Role | None:
        """What somebody may do in a workspace, as requests see it."""
        return await workspaces.memberships(self.cloud).role(person.user_id, workspace_id)


@asynccontextmanager
async def open_desk(database_url: str, folder: Path) -> AsyncIterator[Desk]:
    """Open the domains over an empty database."""
    engine = create_engine(database_url)
    await upgrade(engine)
    clock = ManualClock()
    runtime = await memory_runtime(
        HostSettings(hibernate_after=None, cancel_grace=timedelta(seconds=1)), executor=FakeExecutor(_nothing)
    )
    settings = load_settings(data_dir=folder, database_url=database_url)
    cloud = Cloud(engine=engine, runtime=runtime, settings=settings, clock=clock, box=SecretBox(bytes(32)))
    for domain in (audit, events, mail, licences, auth, workspaces):
        domain.install(cloud)
    try:
        yield Desk(cloud, clock)
    finally:
        await runtime.close()
        await engine.dispose()


async def _nothing(_process: FakeProcess) -> None:
    """No app runs here."""
