"""The verbs of the licence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from outlast.ee.cloud import audit, events
from outlast.ee.cloud.license import documents, repository
from outlast.ee.cloud.license.errors import FeatureMissing, LicenseFixed, LicenseRefused, SeatLimit
from outlast.ee.cloud.license.events import INSTALLED
from outlast.ee.cloud.license.licensing import Licensing
from outlast.ee.cloud.license.plans import MEANINGS
from outlast.ee.cloud.license.schemas import LicenseDetails, LicenseSummary
from outlast.ee.cloud.unit import Unit

Count = Callable[[], Awaitable[int]]
"""Counts, in the unit's transaction and the new one included."""


async def take_seat(unit: Unit, *, used: Count) -> None:
    """Let a member be added, in the transaction that adds them. Takers come one after the other.

    Args:
        used: seats used on the whole server after the new one.

    Raises:
        SeatLimit: there is no seat left.
        LicenseExpired: the server can be read only.
    """
    licensing = await _locked(unit)
    standing = licensing.standing(unit.workspace_id)
    standing.require_writable()
    if await used() > standing.seats:
        raise SeatLimit(
            f"All {standing.seats} seats of the {standing.plan} plan are taken; remove somebody, or install a licence "
            "with more seats.",
            seats=standing.seats,
        )


async def take_workspace(unit: Unit, *, used: Count) -> None:
    """Let a workspace be added, in the transaction that adds it.

    Args:
        used: workspaces on the server after the new one.

    Raises:
        FeatureMissing: the licence does not include more than one.
        LicenseExpired: the server can be read only.
    """
    standing = (await _locked(unit)).standing()
    standing.require_writable()
    if standing.workspaces is not None and await used() > standing.workspaces:
        raise FeatureMissing(
            f"The {standing.plan} plan does not include {MEANINGS['workspaces']}; install a licence that does.",
            feature="workspaces",
        )


async def summary(unit: Unit) -> LicenseSummary:
    """What everybody may know."""
    licensing = await _refreshed(unit)
    licence = licensing.licence
    standing = licensing.standing(licence.workspace if licence is not None else None)
    return LicenseSummary(
        plan=standing.plan, state=standing.state, expires_at=licence.expires_at if licence is not None else None
    )


async def details(unit: Unit) -> LicenseDetails:
    """What admins of the unit's workspace may know."""
    licensing = await _refreshed(unit)
    standing, licence = licensing.standing(unit.workspace_id), licensing.licence
    return LicenseDetails(
        id=licence and licence.id,
        org=licence and licence.org,
        plan=standing.plan,
        state=standing.state,
        not_before=licence and licence.not_before,
        expires_at=licence and licence.expires_at,
        grace_ends_at=standing.grace_ends_at,
        seats=standing.seats,
        seats_used=licensing.usage and licensing.usage.seats,
        workspaces=standing.workspaces,
        workspaces_used=licensing.usage and licensing.usage.workspaces,
        features=sorted(standing.features),
        workspace_id=(licence and licence.workspace) or None,
        source="settings" if licensing.configured.licence is not None else "installed" if licence else "none",
        clock_set_back=licensing.clock_set_back,
    )


async def etag(unit: Unit, *, lock: bool = False) -> str:
    """The version of the installed licence."""
    return f'"{(await repository.read(unit, lock=lock)).version}"'


async def install(unit: Unit, *, text: str) -> None:
    """Put another licence into force.

    Raises:
        LicenseFixed: the operator has set one, or no key to verify one with.
        LicenseRefused: it is not genuine, not of now, of another workspace, or older than the one in force.
    """
    licensing = await _locked(unit)
    if licensing.configured.licence is not None:
        raise LicenseFixed("The licence is in the server's settings (OUTLAST_LICENSE); its operator must change it.")
    if not licensing.configured.key:
        raise LicenseFixed("The server has no key to verify licences with; its operator must set it.")
    licence = documents.verify(text, licensing.configured.key)
    documents.check_time(licence, licensing.now)
    documents.check_place(licence, [unit.workspace_id])
    former = licensing.licence
    if former is not None and licence.not_before < former.not_before:
        raise LicenseRefused("This licence is older than the one in force.", reason="superseded")
    await repository.install(unit, text.strip(), by=unit.caller.user_id)
    told = {"plan": licence.plan, "expires_at": licence.expires_at}
    await audit.record(
        unit, "license.install", target="license", target_id=licence.id, details={**told, "seats": licence.seats}
    )
    await events.emit(unit, INSTALLED, told, audience="admins")
    unit.after_commit(licensing.forget)


async def _locked(unit: Unit) -> Licensing:
    """The licence as it stands, and stays until the unit's end."""
    licensing = unit.cloud.part(Licensing)
    licensing.take(await repository.read(unit, lock=True))
    return licensing


async def _refreshed(unit: Unit) -> Licensing:
    licensing = unit.cloud.part(Licensing)
    licensing.take(await repository.read(unit))
    return licensing
