"""Two requests at once: the last owner stays, an invite is used once, seats are never exceeded. On both databases."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import TypeVar

from outlast.ee.cloud.caller import Caller, Role
from outlast.ee.cloud.context import SERVER_SCOPE
from outlast.ee.cloud.events import Fact
from outlast.ee.cloud.license import SeatLimit
from outlast.ee.cloud.workspaces import invite_repository, inviting, members, repository, service
from outlast.ee.cloud.workspaces.errors import InviteForAnother, InviteOver, LastOwner
from outlast.ee.cloud.workspaces.handlers import USER_DISABLED, revoke_invites
from outlast.ee.cloud.workspaces.purging import forget_invites
from outlast.ee.cloud.workspaces.schemas import InviteId, InviteToken
from outlast.kit.errors import NotFound, OutlastError
from tests.unit.cloud.workspaces.desk import SITE, Desk

T = TypeVar("T")
COMMUNITY_SEATS = 5


async def _all(*tasks: Awaitable[T]) -> Sequence[T | BaseException]:
    return await asyncio.gather(*tasks, return_exceptions=True)


def _only_refusals(results: Sequence[object]) -> list[OutlastError]:
    errors = [result for result in results if isinstance(result, BaseException)]
    assert all(isinstance(error, OutlastError) for error in errors), errors
    return [error for error in errors if isinstance(error, OutlastError)]


async def _owners(desk: Desk, workspace_id: str) -> int:
    async with desk.look(workspace_id=workspace_id) as unit:
        return await repository.count_owners(unit)


async def _leave(desk: Desk, workspace_id: str, person: Caller) -> None:
    async with desk.unit(person, workspace_id) as unit:
        await members.leave(unit)


async def _demote(desk: Desk, workspace_id: str, *, by: Caller, whom: Caller) -> None:
    async with desk.unit(by, workspace_id) as unit:
        await members.set_role(unit, whom.user_id, Role.MEMBER, match=_any)


async def _remove(desk: Desk, workspace_id: str, *, by: Caller, whom: Caller) -> None:
    async with desk.unit(by, workspace_id) as unit:
        await members.remove(unit, whom.user_id, match=_any)


def _any(_etag: str) -> None:
    """Whatever the present version is."""


async def test_the_last_two_owners_can_not_both_go_at_once(desk: Desk) -> None:
    """[security 72]"""
    ada, bob = await desk.person("ada"), await desk.person("bob")
    pairs = (
        (_leave(desk, w := await desk.workspace(ada), ada), _leave(desk, w, bob), w),
        (_demote(desk, w := await desk.workspace(ada), by=ada, whom=bob), _demote(desk, w, by=bob, whom=ada), w),
        (_remove(desk, w := await desk.workspace(ada), by=ada, whom=bob), _remove(desk, w, by=bob, whom=ada), w),
        (_leave(desk, w := await desk.workspace(ada), ada), _demote(desk, w, by=bob, whom=bob), w),
        (_leave(desk, w := await desk.workspace(ada), bob), _remove(desk, w, by=ada, whom=ada), w),
    )
    for first, second, workspace_id in pairs:
        await desk.join(workspace_id, bob, Role.OWNER)
        results = await _all(first, second)
        assert await _owners(desk, workspace_id) == 1
        # Who lost is told that they are the last, or, when they were removed or demoted first, that they may not.
        assert len(_only_refusals(results)) == 1


async def test_one_who_is_alone_can_not_go_in_any_way(desk: Desk) -> None:
    """[security 72]"""
    ada = await desk.person("ada")
    workspace_id = await desk.workspace(ada)
    for way in (
        _leave(desk, workspace_id, ada),
        _demote(desk, workspace_id, by=ada, whom=ada),
        _remove(desk, workspace_id, by=ada, whom=ada),
    ):
        (error,) = _only_refusals(await _all(way))
        assert isinstance(error, LastOwner)
    assert await desk.role(workspace_id, ada) is Role.OWNER


async def _invite(desk: Desk, workspace_id: str, *, by: Caller, whom: Caller) -> str:
    async with desk.unit(by, workspace_id) as unit:
        return (await inviting.create(unit, email=whom.email, role=Role.MEMBER, site=SITE)).id


async def _accept(desk: Desk, person: Caller, answer: InviteId | InviteToken) -> None:
    async with desk.unit(person) as unit:
        await inviting.accept(unit, answer)


async def _seated(desk: Desk) -> int:
    async with desk.look(workspace_id="*") as unit:
        return await repository.count_seated(unit)


async def test_a_hundred_accepts_at_once_take_no_more_than_the_seats(desk: Desk) -> None:
    """[security 78]"""
    ada = await desk.person("ada")
    workspace_id = await desk.workspace(ada)
    guests = [await desk.person(f"guest{n}") for n in range(100)]
    invites = [
        InviteId(workspace_id=workspace_id, invite_id=await _invite(desk, workspace_id, by=ada, whom=g)) for g in guests
    ]
    results = await _all(*(_accept(desk, guest, invite) for guest, invite in zip(guests, invites, strict=True)))
    refusals = _only_refusals(results)
    assert {type(error) for error in refusals} == {SeatLimit}
    assert len(results) - len(refusals) == COMMUNITY_SEATS - 1
    assert await _seated(desk) == COMMUNITY_SEATS
    # Who found no seat has used no invite up.
    async with desk.unit(ada, workspace_id) as unit:
        page = await inviting.page(unit, only_open=True, cursor=None, limit=100)
        await members.remove(
            unit, next(g.user_id for g, r in zip(guests, results, strict=True) if r is None), match=_any
        )
    assert len(page.items) == len(refusals)
    late = next(n for n, result in enumerate(results) if result is not None)
    await _accept(desk, guests[late], invites[late])
    assert await _seated(desk) == COMMUNITY_SEATS


async def test_accepts_into_several_workspaces_at_once_share_the_seats(desk: Desk) -> None:
    """[security 78]"""
    ada = await desk.person("ada")
    places = [await desk.workspace(ada, f"Place {n}") for n in range(4)]
    guests = [await desk.person(f"guest{n}") for n in range(20)]
    invites = [
        InviteId(workspace_id=place, invite_id=await _invite(desk, place, by=ada, whom=guest))
        for guest, place in zip(guests, places * 5, strict=True)
    ]
    results = await _all(*(_accept(desk, guest, invite) for guest, invite in zip(guests, invites, strict=True)))
    assert {type(error) for error in _only_refusals(results)} == {SeatLimit}
    assert await _seated(desk) == COMMUNITY_SEATS


async def test_one_persons_second_workspace_takes_no_second_seat(desk: Desk) -> None:
    """[security 78]"""
    ada, bob = await desk.person("ada"), await desk.person("bob")
    first, second = await desk.workspace(ada), await desk.workspace(ada, "Second")
    for guest in [await desk.person(f"guest{n}") for n in range(7)]:  # more than the seats, as after a lost licence
        await desk.join(first, guest)
    await desk.join(first, bob)
    invite = InviteId(workspace_id=second, invite_id=await _invite(desk, second, by=ada, whom=bob))
    await _accept(desk, bob, invite)
    assert await desk.role(second, bob) is Role.MEMBER


async def test_parallel_accepts_of_one_invite_make_one_member(desk: Desk) -> None:
    """[security 77]"""
    ada, bob = await desk.person("ada"), await desk.person("bob")
    workspace_id = await desk.workspace(ada)
    invite = InviteId(workspace_id=workspace_id, invite_id=await _invite(desk, workspace_id, by=ada, whom=bob))
    results = await _all(*(_accept(desk, bob, invite) for _ in range(10)))
    assert len(_only_refusals(results)) == 9
    async with desk.look(ada, workspace_id) as unit:
        assert len((await members.page(unit, cursor=None, limit=10)).items) == 2
    (again,) = _only_refusals(await _all(_accept(desk, bob, invite)))
    assert again.status == 409
    await _leave(desk, workspace_id, bob)
    (used,) = _only_refusals(await _all(_accept(desk, bob, invite)))
    assert isinstance(used, InviteOver)
    assert used.state == "accepted"


async def test_a_role_lost_while_waiting_for_the_lock_no_longer_counts(desk: Desk) -> None:
    """[security 72]"""
    ada, bob, eve = await desk.person("ada"), await desk.person("bob"), await desk.person("eve")
    workspace_id = await desk.workspace(ada)
    await desk.join(workspace_id, bob, Role.OWNER)
    await desk.join(workspace_id, eve, Role.VIEWER)

    async with desk.unit(ada, workspace_id) as first:
        await members.set_role(first, bob.user_id, Role.MEMBER, match=_any)
        second = asyncio.create_task(_promote(desk, workspace_id, by=bob, whom=eve))
        await asyncio.sleep(0)
    (error,) = _only_refusals(await _all(second))
    assert error.code == "role.too_low"
    assert await desk.role(workspace_id, eve) is Role.VIEWER


async def _promote(desk: Desk, workspace_id: str, *, by: Caller, whom: Caller) -> None:
    async with desk.unit(by, workspace_id) as unit:
        await members.set_role(unit, whom.user_id, Role.OWNER, match=_any)


async def test_two_workspaces_at_once_never_get_the_same_slug(desk: Desk) -> None:
    ada = await desk.person("ada")

    async def make() -> str:
        async with desk.unit(ada) as unit:
            return (await service.create_workspace(unit, name="Ümläut & Co.", owner_id=ada.user_id)).slug

    results = await _all(*(make() for _ in range(4)))
    slugs = [result for result in results if isinstance(result, str)]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"umlaut-co(-[0-9a-f]{6})?", slug) for slug in slugs)
    assert all(error.code == "workspace.slug_taken" for error in _only_refusals(results))


async def test_a_removed_persons_invites_go_with_them(desk: Desk) -> None:
    """[security 37, 77]"""
    ada, bob, eve = await desk.person("ada"), await desk.person("bob"), await desk.person("eve")
    workspace_id = await desk.workspace(ada)
    await desk.join(workspace_id, bob, Role.ADMIN)
    invite = InviteId(workspace_id=workspace_id, invite_id=await _invite(desk, workspace_id, by=bob, whom=eve))
    await _demote(desk, workspace_id, by=ada, whom=bob)
    (void,) = _only_refusals(await _all(_accept(desk, eve, invite)))
    assert isinstance(void, InviteOver)
    assert void.state == "void"
    await _remove(desk, workspace_id, by=ada, whom=bob)
    (revoked,) = _only_refusals(await _all(_accept(desk, eve, invite)))
    assert isinstance(revoked, InviteOver)
    assert revoked.state == "revoked"


async def test_an_invite_opens_its_own_workspace_only(desk: Desk) -> None:
    """[security 77]"""
    ada, bob = await desk.person("ada"), await desk.person("bob")
    ours, theirs = await desk.workspace(ada), await desk.workspace(ada, "Other")
    invite_id = await _invite(desk, ours, by=ada, whom=bob)
    (error,) = _only_refusals(await _all(_accept(desk, bob, InviteId(workspace_id=theirs, invite_id=invite_id))))
    assert isinstance(error, NotFound)
    assert await desk.role(theirs, bob) is None


async def test_a_disabled_persons_invites_let_nobody_in(desk: Desk) -> None:
    """[security 37]"""
    ada, bob, eve = await desk.person("ada"), await desk.person("bob"), await desk.person("eve")
    workspace_id = await desk.workspace(ada)
    await desk.join(workspace_id, bob, Role.ADMIN)
    invite_id = await _invite(desk, workspace_id, by=bob, whom=eve)
    fact = Fact(id="1", workspace_id=SERVER_SCOPE, kind=USER_DISABLED, data={"user": bob.user_id}, at=desk.clock.now())
    for _ in range(2):  # a fact may come again
        await revoke_invites(desk.cloud, fact)
    (error,) = _only_refusals(await _all(_accept(desk, eve, InviteId(workspace_id=workspace_id, invite_id=invite_id))))
    assert isinstance(error, InviteOver)
    assert error.state == "revoked"


async def test_an_unverified_address_needs_the_mailed_secret(desk: Desk) -> None:
    """[security 77]"""
    ada, bob = await desk.person("ada"), await desk.person("bob", verified=False)
    workspace_id = await desk.workspace(ada)
    invite_id = await _invite(desk, workspace_id, by=ada, whom=bob)
    (error,) = _only_refusals(await _all(_accept(desk, bob, InviteId(workspace_id=workspace_id, invite_id=invite_id))))
    assert isinstance(error, InviteForAnother)
    async with desk.look(bob) as unit:
        assert (await inviting.mine(unit, cursor=None, limit=10)).items == []
    assert await desk.role(workspace_id, bob) is None


async def test_addresses_of_old_invites_are_forgotten(desk: Desk) -> None:
    ada, bob = await desk.person("ada"), await desk.person("bob")
    workspace_id = await desk.workspace(ada)
    invite_id = await _invite(desk, workspace_id, by=ada, whom=bob)
    for days, kept in ((97, True), (1, False)):
        desk.clock.advance(timedelta(days=days))
        await forget_invites(desk.cloud)
        async with desk.look(ada, workspace_id) as unit:
            assert (await invite_repository.find(unit, invite_id) is not None) is kept
