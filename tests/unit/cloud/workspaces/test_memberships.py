"""Who belongs where, as requests see it: at once after this server's own changes, half a second late after others'."""

from __future__ import annotations

import asyncio

from outlast.ee.cloud import unit as units
from outlast.ee.cloud.caller import Role
from outlast.ee.cloud.workspaces import members, repository
from outlast.ee.cloud.workspaces.memberships import FRESH_FOR_S, KnownRoles
from tests.unit.cloud.workspaces.desk import Desk


async def test_a_change_of_this_process_counts_at_once(desk: Desk) -> None:
    """[security 33, 50]"""
    ada, bob = await desk.person("ada"), await desk.person("bob")
    workspace_id = await desk.workspace(ada)
    assert await desk.role(workspace_id, bob) is None
    await desk.join(workspace_id, bob, Role.VIEWER)
    assert await desk.role(workspace_id, bob) is Role.VIEWER
    async with desk.unit(ada, workspace_id) as unit:
        await members.set_role(unit, bob.user_id, Role.ADMIN, match=lambda _: None)
        assert await desk.role(workspace_id, bob) is Role.VIEWER  # not committed yet
    assert await desk.role(workspace_id, bob) is Role.ADMIN
    async with desk.unit(bob, workspace_id) as unit:
        await members.leave(unit)
    assert await desk.role(workspace_id, bob) is None


async def test_another_processs_change_counts_soon(desk: Desk) -> None:
    """[security 33, 50]"""
    ada, bob = await desk.person("ada"), await desk.person("bob")
    workspace_id = await desk.workspace(ada)
    await desk.join(workspace_id, bob)
    elsewhere = KnownRoles(desk.cloud)
    assert await elsewhere.role(bob.user_id, workspace_id) is Role.MEMBER
    async with desk.unit(workspace_id=workspace_id) as unit:
        await repository.remove_member(unit, bob.user_id)
    assert FRESH_FOR_S <= 0.5
    async with asyncio.timeout(FRESH_FOR_S + 0.4):
        while True:
            if await elsewhere.role(bob.user_id, workspace_id) is None:
                return
            await asyncio.sleep(0.02)  # sleeps: nobody tells another process


async def test_an_answer_read_before_a_change_is_not_kept_after_it(desk: Desk) -> None:
    """[security 50]"""
    ada, bob = await desk.person("ada"), await desk.person("bob")
    workspace_id = await desk.workspace(ada)
    await desk.join(workspace_id, bob)
    for _ in range(20):
        known = desk.cloud.part(KnownRoles)
        known.forget()
        reading = asyncio.create_task(known.role(bob.user_id, workspace_id))
        await asyncio.sleep(0)
        async with units.writing(desk.cloud, caller=ada, workspace_id=workspace_id) as unit:
            member = await repository.find_member(unit, bob.user_id)
            assert member is not None
            role = Role.ADMIN if member.role is Role.MEMBER else Role.MEMBER
            await members.set_role(unit, bob.user_id, role, match=lambda _: None)
        await reading
        assert await desk.role(workspace_id, bob) is role


async def test_a_role_is_remembered_by_person_and_workspace(desk: Desk) -> None:
    """[security 75]"""
    ada, bob = await desk.person("ada"), await desk.person("bob")
    one, two = await desk.workspace(ada, "One"), await desk.workspace(ada, "Two")
    await desk.join(one, bob)
    for _ in range(2):
        assert await desk.role(one, bob) is Role.MEMBER
        assert await desk.role(two, bob) is None
        assert await desk.role(one, ada) is Role.OWNER
