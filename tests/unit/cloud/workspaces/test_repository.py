"""Every query of workspaces stays in its unit's workspace: what is another's is neither read nor changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from outlast.ee.cloud.caller import Caller, Role
from outlast.ee.cloud.context import ALL_WORKSPACES
from outlast.ee.cloud.errors import NoWorkspace
from outlast.ee.cloud.unit import Unit
from outlast.ee.cloud.workspaces import invite_repository, repository
from outlast.ee.cloud.workspaces.errors import InviteNotFound
from outlast.ee.cloud.workspaces.schemas import Invite, Member, Workspace
from outlast.ee.cloud.workspaces.tables import invites, members, workspaces
from outlast.kit.ids import new_id
from tests.unit.cloud.workspaces.desk import Desk

DIGEST = "d" * 64


@dataclass
class Two:
    """Two workspaces of different people; ``theirs`` holds what ``ours`` must not touch."""

    desk: Desk
    ours: str
    theirs: str
    our_owner: Caller
    their_owner: Caller
    invite: Invite

    async def all_of_theirs(self) -> Sequence[object]:
        async with self.desk.look(workspace_id=self.theirs) as unit:
            return [
                await repository.find(unit),
                await repository.members_page(unit, after=None, limit=10),
                await invite_repository.page(unit, only_open=False, before=None, limit=10),
            ]


@pytest.fixture
async def two(desk: Desk) -> Two:
    """Two workspaces with an owner each, and an open invite to theirs."""
    our_owner, their_owner = await desk.person("ada"), await desk.person("eve")
    ours, theirs = await desk.workspace(our_owner), await desk.workspace(their_owner, "Other")
    invite = Invite(
        workspace_id=theirs,
        id=new_id(),
        email="guest@example.com",
        role=Role.MEMBER,
        digest=DIGEST,
        invited_by=their_owner.user_id,
        created_at=desk.clock.now(),
        expires_at=desk.clock.now() + timedelta(days=7),
    )
    async with desk.unit(workspace_id=theirs) as unit:
        await invite_repository.add(unit, invite)
    return Two(desk, ours, theirs, our_owner, their_owner, invite)


Read = Callable[[Unit, Two], Awaitable[object]]

READS: dict[str, Read] = {
    "find_member": lambda unit, two: repository.find_member(unit, two.their_owner.user_id),
    "role_of": lambda unit, two: repository.role_of(unit, two.their_owner.user_id),
    "find_invite": lambda unit, two: invite_repository.find(unit, two.invite.id),
    "find_by_digest": lambda unit, two: invite_repository.find_by_digest(unit, DIGEST),
    "pending_for": lambda unit, two: invite_repository.pending_for(unit, two.invite.email_key),
}


@pytest.mark.parametrize("name", READS)
async def test_a_query_finds_its_own_workspaces_rows_only(two: Two, name: str) -> None:
    """[security 68, 77]"""
    async with two.desk.look(workspace_id=two.theirs) as unit:
        assert await READS[name](unit, two) is not None
    async with two.desk.look(workspace_id=two.ours) as unit:
        assert await READS[name](unit, two) is None


async def test_lists_hold_their_own_workspaces_rows_only(two: Two) -> None:
    """[security 68]"""
    async with two.desk.unit(workspace_id=two.ours) as unit:
        assert [m.user_id for m in await repository.members_page(unit, after=None, limit=10)] == [two.our_owner.user_id]
        assert await repository.member_ids(unit) == [two.our_owner.user_id]
        assert await repository.count_owners(unit) == 1
        assert await invite_repository.page(unit, only_open=False, before=None, limit=10) == []
    for workspace_id in (two.ours, two.theirs):
        async with two.desk.unit(workspace_id=workspace_id) as unit:
            found, locked = await repository.find(unit), await repository.lock(unit)
        assert found is not None
        assert found == locked
        assert found.id == workspace_id


Write = Callable[[Unit, Two], Awaitable[object]]

WRITES: dict[str, Write] = {
    "change": lambda unit, two: repository.change(unit, {"name": "Changed"}),
    "set_role": lambda unit, two: repository.set_role(unit, two.their_owner.user_id, Role.VIEWER),
    "remove_member": lambda unit, two: repository.remove_member(unit, two.their_owner.user_id),
    "renew": lambda unit, two: invite_repository.renew(unit, replace(two.invite, digest="e" * 64, sent=2)),
    "accept": lambda unit, two: invite_repository.accept(unit, two.invite.id, user_id=two.our_owner.user_id),
    "revoke": lambda unit, two: invite_repository.revoke(unit, two.invite.id),
    "revoke_all_by": lambda unit, two: invite_repository.revoke_all_by(unit, two.their_owner.user_id),
    "remove": lambda unit, two: repository.remove(unit),
}


@pytest.mark.parametrize("name", WRITES)
async def test_a_change_leaves_other_workspaces_alone(two: Two, name: str) -> None:
    """[security 68]"""
    before = await two.all_of_theirs()
    async with two.desk.unit(workspace_id=two.ours) as unit:
        await WRITES[name](unit, two)
    assert await two.all_of_theirs() == before
    async with two.desk.unit(workspace_id=two.theirs) as unit:
        await WRITES[name](unit, two)
    assert await two.all_of_theirs() != before


async def test_a_row_is_added_to_the_units_workspace_whatever_it_says(two: Two) -> None:
    """[security 69]"""
    before = await two.all_of_theirs()
    third = await two.desk.person("kim")
    async with two.desk.unit(workspace_id=two.ours) as unit:
        member = Member(workspace_id=two.theirs, user_id=third.user_id, role=Role.OWNER, joined_at=unit.now)
        await repository.add_member(unit, member)
        await invite_repository.add(unit, replace(two.invite, id=new_id(), digest="f" * 64))
    assert await two.all_of_theirs() == before
    assert await two.desk.role(two.theirs, third) is None
    assert await two.desk.role(two.ours, third) is Role.OWNER


@pytest.mark.parametrize("name", [*READS, *WRITES])
async def test_a_query_outside_of_a_workspace_is_not_made(two: Two, name: str) -> None:
    """[security 74]"""
    for scope in (None, ALL_WORKSPACES):
        with pytest.raises(NoWorkspace):
            async with two.desk.unit(workspace_id=scope) as unit:
                await {**READS, **WRITES}[name](unit, two)


async def test_what_a_person_sees_outside_of_workspaces_is_their_own(two: Two) -> None:
    """[security 69, 70]"""
    ada, eve = two.our_owner, two.their_owner
    async with two.desk.look(caller=ada) as unit:
        own = await repository.page_of(unit, ada.user_id, after=None, limit=10)
        assert [(workspace.id, role) for workspace, role in own] == [(two.ours, Role.OWNER)]
        assert await repository.page_of(unit, ada.user_id, after=None, limit=10, only=two.theirs) == []
        others = await repository.page_of(unit, eve.user_id, after=None, limit=10)
        # The database itself hides what is not the caller's, where it can.
        assert others == [] or unit.connection.dialect.name == "sqlite"


async def test_pages_go_on_where_they_ended(two: Two) -> None:
    more = [await two.desk.workspace(two.our_owner, f"More {n}") for n in range(3)]
    async with two.desk.look(caller=two.our_owner) as unit:
        seen: list[Workspace] = []
        while page := await repository.page_of(
            unit, two.our_owner.user_id, after=seen[-1].id if seen else None, limit=2
        ):
            seen += [workspace for workspace, _ in page]
    assert [workspace.id for workspace in seen] == sorted([two.ours, *more])


async def test_the_database_itself_shows_no_row_of_another_workspace(two: Two) -> None:
    """[security 73, 74]"""
    async with two.desk.look() as outside, two.desk.look(workspace_id=two.ours) as inside:
        if outside.connection.dialect.name == "sqlite":
            return  # it has no such thing; there the repositories alone see to it
        for table, column in ((workspaces, "id"), (members, "workspace_id"), (invites, "workspace_id")):
            assert (await outside.connection.execute(select(table))).all() == []
            seen = {row[column] for row in (await inside.connection.execute(select(table))).mappings()}
            assert seen <= {two.ours}


async def test_who_sees_their_memberships_can_not_write_them(two: Two) -> None:
    """[security 69, 73]"""
    async with two.desk.unit(two.our_owner) as unit:
        if unit.connection.dialect.name == "sqlite":
            return
        mine = (await unit.connection.execute(select(members))).mappings().all()
        assert [(row["workspace_id"], row["user_id"]) for row in mine] == [(two.ours, two.our_owner.user_id)]
        changed = await unit.connection.execute(update(members).values(role="viewer"))
        assert changed.rowcount == 0
    forged = {"user_id": two.our_owner.user_id, "role": "owner", "joined_at": two.desk.clock.now(), "version": 1}
    for scope in (None, two.ours):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with two.desk.unit(two.our_owner, scope) as unit:
                await unit.connection.execute(insert(members).values(workspace_id=two.theirs, **forged))


async def test_a_unit_sees_its_own_workspace_again_after_another(two: Two) -> None:
    """[security 74]"""

    async def fail_inside(unit: Unit) -> None:
        async with unit.within(two.theirs) as inside:
            assert await invite_repository.find(inside, two.invite.id) is not None
            raise InviteNotFound("as a verb does")

    async with two.desk.unit(two.our_owner, two.ours) as unit:
        with pytest.raises(InviteNotFound):
            await fail_inside(unit)
        assert await invite_repository.find(unit, two.invite.id) is None
        assert await repository.role_of(unit, two.our_owner.user_id) is Role.OWNER
        async with unit.within(ALL_WORKSPACES) as everywhere:
            assert await repository.count_live(everywhere) == 2
        assert await repository.member_ids(unit) == [two.our_owner.user_id]
